"""Hits as they are read: neighbours joined, what says the same shown once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.answer.fold import hit_from
from ai_chat.types import Hit, Place, Scope, UnitRef
from tests.doubles_search import Library, open_library

RULES = (
    "출장비 규정을 안내한다. 부장이 부산으로 출장을 가면 하룻밤 숙박비를 12만원까지 쓸 수 있다. "
    "영수증은 돌아온 날부터 7일 안에 총무팀에 낸다. 늦게 내면 다음 달에 정산한다."
)
OTHER = "구매 요청은 품번으로 한다. 예산이 3,000만원을 넘으면 대표가 승인한다."
LONG = " ".join(f"제{number}조 출장비는 {number}만원까지 정산하고 영수증을 낸다." for number in range(1, 60))
FIRST = UnitRef("page", 1, "p. 1")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path) as opened:
        yield opened


def first(library: Library, question: str, **options: object) -> Hit:
    return library.searcher().search(question, Scope(), **options).hits[0]  # type: ignore[arg-type]


def test_a_chunk_is_read_with_its_neighbour_that_matches_too(library: Library) -> None:
    document = library.add("long.txt", LONG)
    hit = first(library, "출장비 영수증 정산", mode="lexical")
    text = library.store.library.document(document).units[0].text
    assert 500 < len(hit.text) <= 900 and hit.text in text
    assert text[hit.start : hit.end] == hit.sentence and hit.sentence in hit.text


def test_a_chunk_whose_neighbours_do_not_match_stands_alone(library: Library) -> None:
    document = library.add("long.txt", f"{LONG} 사내 동호회는 매달 셋째 주 금요일 저녁에 강당에서 모인다. {LONG}")
    hit = first(library, "사내 동호회는 언제 모이나요?")
    assert len(hit.text) <= 500 and "동호회" in hit.sentence
    assert library.store.library.document(document).units[0].text[hit.start : hit.end] == hit.sentence


def test_the_same_text_in_another_format_is_one_hit_that_names_both_places(library: Library) -> None:
    library.add("rules.pdf", RULES)
    copy = library.add("rules.txt", RULES.replace(". ", ".\n"))
    library.add("other.txt", OTHER)
    hits = library.searcher().search("부산 출장 숙박비는 얼마까지 쓸 수 있나요?", Scope()).hits
    assert [hit.document for hit in hits] == ["rules.pdf", "other.txt"]
    assert hits[0].duplicates == (Place("rules.txt", copy, FIRST),) and hits[1].duplicates == ()


@pytest.mark.parametrize(("old", "new"), [("12만원", "15만원"), ("부산으로", "대구로")])
def test_another_number_or_another_word_in_the_answer_is_another_hit(library: Library, old: str, new: str) -> None:
    library.add("rules.pdf", RULES)
    library.add("newer.pdf", RULES.replace(old, new))
    hits = library.searcher().search("부장의 하룻밤 숙박비는 얼마까지 쓸 수 있나요?", Scope()).hits
    assert len(hits) == 2 and hits[0].duplicates == hits[1].duplicates == ()


def test_places_that_say_the_same_take_no_room_from_others(library: Library) -> None:
    for number in range(4):
        library.add(f"copy{number}.txt", RULES + "\n" * number + "끝")
    library.add("other.txt", OTHER + " 출장은 신청서를 낸다.")
    hits = library.searcher().search("출장 숙박비 신청", Scope(), top_k=2).hits
    assert [hit.document for hit in hits] == ["copy0.txt", "other.txt"]
    assert {place.document for place in hits[0].duplicates} == {"copy1.txt", "copy2.txt", "copy3.txt"}


def test_a_second_document_on_the_same_version_is_named(library: Library) -> None:
    library.add("rules.pdf", RULES)
    [info] = library.store.library.documents(Scope())
    version = library.store.library.document(info.id).version_id
    assert version is not None
    copy = library.store.library.put_document("documents", "copy", "copy.pdf", "copy.pdf")
    library.store.library.publish(copy, version, "complete")
    hit = first(library, "부산 출장 숙박비")
    assert (hit.document, hit.duplicates) == ("rules.pdf", (Place("copy.pdf", copy, FIRST),))
    library.store.library.remove([copy])
    assert first(library, "부산 출장 숙박비").duplicates == ()


def test_a_sentence_is_shown_where_it_stands_not_where_another_ends_so(library: Library) -> None:
    library.add("twice.txt", "국내출장비는 12만원이다. 그 밖의 일은 다르다. 출장비는 12만원이다.")
    hit = first(library, "출장비")
    assert (hit.sentence, hit.text[hit.start - 1]) == ("출장비는 12만원이다.", " ")
    assert hit.text[hit.start : hit.end] == hit.sentence


def test_a_hit_with_duplicates_survives_the_event_log(library: Library) -> None:
    from dataclasses import asdict

    library.add("rules.pdf", RULES)
    library.add("rules.txt", RULES.replace(". ", ".\n"))
    hit = first(library, "부산 출장 숙박비")
    assert hit_from(asdict(hit)) == hit and hit.duplicates
