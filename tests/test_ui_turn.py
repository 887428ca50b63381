"""A Turn's events as the page shows them, at every step."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from ai_chat.errors import InputError
from ai_chat.types import Event, Progress, UnitRef
from ai_chat.ui.evidence import answer_slot_html, evidence_html
from ai_chat.ui.follow import Follower, Followers
from ai_chat.ui.place import place
from ai_chat.ui.turn import strength, view_of
from tests.doubles_app import HOSTILE, PASSAGE, SENTENCE, _hit

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=9)))
EVIDENCE = ("evidence", {"hits": [_hit(1, PASSAGE, SENTENCE), _hit(2, HOSTILE, HOSTILE)]})


def events(*steps: tuple[Any, dict[str, Any]]) -> list[Event]:
    return [Event(number, kind, data) for number, (kind, data) in enumerate(steps, 1)]


def test_evidence_shows_before_any_answer() -> None:
    view = view_of(events(("searching", {}), EVIDENCE))
    assert (view.stage, len(view.evidence), view.text) == ("evidence", 2, "")
    html = evidence_html(view, "p", "ko")
    assert f"<mark>{SENTENCE}</mark>" in html and "1쪽" in html and 'id="p-1"' in html


def test_cards_say_in_a_word_how_well_they_fit() -> None:
    hits = [{**_hit(1, PASSAGE, SENTENCE), "score": score} for score in (0.4, 0.25, 0.1)]
    judged = events(("evidence", {"hits": hits, "judgement": {"score": 0.9, "answerable": True, "missing": []}}))
    assert [each.strength for each in view_of(judged).evidence] == ["strong", "fair", "weak"]
    html = evidence_html(view_of(judged), "p", "ko")
    assert html.index("관련 높음") < html.index("관련 보통") < html.index("관련 낮음")
    assert "strong match" in evidence_html(view_of(judged), "p", "en")


def test_what_nothing_judged_has_no_word() -> None:
    view = view_of(events(("evidence", {"hits": [_hit(1, PASSAGE, SENTENCE)], "judgement": None})))
    assert view.evidence[0].strength is None and "strength" not in evidence_html(view, "p", "ko")
    assert strength(0.9, 0.0, 0.0) is None
    assert [strength(judged, 1.0, 1.0) for judged in (0.8, 0.79, 0.5, 0.49)] == ["strong", "fair", "fair", "weak"]


def test_places_that_say_the_same_are_named() -> None:
    same = [{"document": "<사본>.pdf", "document_id": "d9", "unit": {"kind": "page", "number": 4, "label": "4"}}]
    view = view_of(events(("evidence", {"hits": [{**_hit(1, PASSAGE, SENTENCE), "duplicates": same}]})))
    assert "같은 내용: &lt;사본&gt;.pdf 4쪽" in evidence_html(view, "p", "ko")
    assert "같은 내용" not in evidence_html(view_of(events(EVIDENCE)), "p", "ko")


def test_places_are_said_in_the_readers_language() -> None:
    assert place(UnitRef("section", 3, "lines 7-9"), None, "ko") == "7–9행"
    assert place(UnitRef("section", 3, "lines 7-9"), None, "en") == "lines 7–9"
    assert place(UnitRef("section", 3, "lines 7-7"), None, "ko") == "7행"
    assert place(UnitRef("section", 3, ""), None, "en") == "part 3"
    assert place(UnitRef("section", 3, "개요"), None, "en") == "개요"
    assert place(UnitRef("page", 3, "3"), 3, "ko") == "3쪽"
    assert place(UnitRef("page", 3, "3", ocr=True), 3, "ko") == "3쪽 (글자 인식)"
    assert place(UnitRef("page", 3, "3", ocr=True), 3, "en") == "p. 3 (OCR)"


def test_hostile_documents_stay_text() -> None:
    html = evidence_html(view_of(events(EVIDENCE)), "p", "en")
    assert "<img" not in html and "&lt;img" in html


def test_an_answer_grows_and_its_markers_lead_to_the_passages() -> None:
    view = view_of(events(EVIDENCE, ("delta", {"text": "15일 "}), ("delta", {"text": "입니다 [1]."})))
    assert view.stage == "writing" and not view.done
    assert 'href="#p-1"' in answer_slot_html(view, "p", "ko", NOW)


def test_a_withheld_answer_leads_to_the_choice_of_a_model_and_to_no_command() -> None:
    end = {"finish_reason": "withheld", "problem": {"code": "answer_withheld", "values": {}}}
    for language, words in (("ko", "모델 고르기"), ("en", "Choose a model")):
        html = answer_slot_html(view_of(events(EVIDENCE, ("done", end))), "p", "ko" if language == "ko" else "en", NOW)
        assert f'<a href="/settings" target="_self">{words}</a>' in html and "ai-chat models" not in html


def test_a_withheld_answer_leaves_one_line() -> None:
    end = {"finish_reason": "withheld", "problem": {"code": "answer_withheld", "values": {}}}
    html = answer_slot_html(view_of(events(EVIDENCE, ("done", end))), "p", "ko", NOW)
    assert html.count("<p") == 2 and "모델" in html


def test_a_sentence_that_no_passage_bears_out_is_underlined() -> None:
    steps = events(
        EVIDENCE, ("delta", {"text": "15일. 30일."}), ("unsupported", {"start": 5, "end": 9, "sentence": ""})
    )
    assert '<p>15일. <span class="unsure">30일.</span></p>' in answer_slot_html(view_of(steps), "p", "ko", NOW)


def slot(*steps: tuple[Any, dict[str, Any]], language: Any = "ko") -> str:
    return answer_slot_html(view_of(events(EVIDENCE, *steps)), "p", language, NOW)


def test_waiting_is_told_with_its_numbers() -> None:
    assert "앞에 2개" in slot(("queued", {"position": 2}))
    assert "2 before you" in slot(("queued", {"position": 2}), language="en")
    assert "모델 불러오는 중 40%" in slot(("loading", {"model": "m", "fraction": 0.4}))
    assert "생각하는 중(12토큰)" in slot(("thinking", {"count": 12}))


def test_the_whole_question_is_shown_where_another_was_typed() -> None:
    whole = {"question": "그럼 비용은?", "searched_for": "출장 <숙박> 비용은?", "kind": "answer"}
    html = answer_slot_html(view_of(events(("searching", whole), EVIDENCE)), "p", "ko", NOW)
    assert "찾은 말: 출장 &lt;숙박&gt; 비용은?" in html
    typed = {**whole, "searched_for": None}
    assert "찾은 말" not in answer_slot_html(view_of(events(("searching", typed), EVIDENCE)), "p", "ko", NOW)


def test_an_answer_from_the_cache_tells_its_day_and_what_it_saved() -> None:
    cached = ("cached", {"made_at": "2026-11-20T16:05:00Z", "saved_seconds": 12.4, "tier": "exact"})
    told = (cached, ("delta", {"text": "15일 [1]"}), ("done", {"finish_reason": "stop", "cached": True}))
    assert "답변 캐시에서 · 11월 21일 작성 · 12초 절약" in slot(*told)
    assert "From the answer cache, written 21 Nov · 12 s saved" in slot(*told, language="en")
    assert "캐시" not in slot(*told[1:])


def test_what_the_documents_do_not_say_shows_the_nearest_passages() -> None:
    judged = ("evidence", {**EVIDENCE[1], "judgement": {"score": 0.1, "answerable": False, "missing": ["주차"]}})
    problem = {"code": "not_in_documents", "values": {"searched": "주차 요금", "missing": "주차"}}
    view = view_of(events(judged, ("done", {"finish_reason": "not_found", "problem": problem})))
    html = answer_slot_html(view, "p", "ko", NOW)
    assert "주차" in html and "근거에 나오지 않는 말" not in html
    assert "가장 가까운 내용" in evidence_html(view, "p", "ko")
    assert "The nearest passages" in evidence_html(view, "p", "en")


def test_the_missing_part_of_a_partial_answer_is_named_at_its_end() -> None:
    judged = (
        "evidence",
        {**EVIDENCE[1], "judgement": {"score": 0.8, "answerable": True, "missing": ["주차", "<식비>"]}},
    )
    steps = (judged, ("delta", {"text": "15일 [1]"}))
    end = ("done", {"finish_reason": "stop"})
    assert "근거에 나오지 않는 말: 주차, &lt;식비&gt;" in slot(*steps, end)
    assert "근거에 나오지 않는 말" not in slot(*steps)


def test_wrong_values_are_labelled_and_a_revision_takes_old_doubts_away() -> None:
    doubt = ("unsupported", {"sentence": "휴가는 30일입니다.", "start": 0, "end": 11, "wrong": [[4, 7], [9, 40]]})
    steps = (("delta", {"text": "휴가는 30일입니다."}), doubt)
    assert view_of(events(EVIDENCE, *steps)).wrong == ((4, 7), (9, 11))
    assert '<strong class="wrong">30일 <small>근거와 다름</small></strong>' in slot(*steps)
    assert "not in the passages" in slot(*steps, language="en")
    revised = slot(*steps, ("revised", {"text": "휴가는 15일입니다 [1]."}))
    assert "30일" not in revised and "wrong" not in revised and "unsure" not in revised
    assert 'href="#p-1"' in revised


def test_a_summary_tells_how_far_it_is_until_it_is_done() -> None:
    steps = (("progress", {"done": 2, "total": 8}), ("delta", {"text": "첫 부분 [1]"}))
    assert view_of(events(EVIDENCE, *steps)).progress == Progress(2, 8)
    assert "8개 부분 중 3번째를 읽는 중" in slot(*steps) and '<progress value="2" max="8">' in slot(*steps)
    assert "Reading section 8 of 8" in slot(("progress", {"done": 8, "total": 8}), language="en")
    done = slot(*steps, ("done", {"finish_reason": "stop"}))
    assert "<progress" not in done and "읽는 중" not in done


def test_a_restarted_answer_begins_again_and_says_so() -> None:
    steps = (("delta", {"text": "열닷새"}), ("restarted", {"code": "model_gone"}))
    assert "열닷새" not in slot(*steps) and "다시 시작했습니다" in slot(*steps)
    done = slot(*steps, ("delta", {"text": "15일 [1]"}), ("done", {"finish_reason": "stop"}))
    assert "15일" in done and "다시 시작했습니다" in done


def test_a_passage_of_an_older_turn_gets_a_card_of_its_own() -> None:
    place = {"document": "출장.pdf", "unit": {"kind": "page", "number": 4, "label": "4"}, "page": 4}
    cited = {
        **place,
        "marker": 3,
        "quote": "숙박비는 8만 원이다.",
        "document_id": "d7",
        "version_id": 2,
        "start": 5,
        "end": 17,
    }
    steps = events(
        EVIDENCE, ("delta", {"text": "8만 원 [3]"}), ("citation", cited), ("citation", {**cited, "marker": 1})
    )
    view = view_of(steps)
    assert [each.number for each in view.evidence] == [1, 2, 3]
    assert 'href="#p-3"' in answer_slot_html(view, "p", "ko", NOW)
    html = evidence_html(view, "p", "ko")
    assert 'id="p-3"' in html and "<mark>숙박비는 8만 원이다.</mark>" in html and "앞의 질문에서" in html
    assert "/view/d7/page/4?lang=ko&amp;v=2&amp;start=5&amp;end=17" in html


def test_an_answer_that_was_cut_says_so() -> None:
    end = {"finish_reason": "length", "problem": {"code": "answer_cut", "values": {"tokens": 512}}}
    assert "512토큰에서 잘렸습니다" in slot(("delta", {"text": "15일"}), ("done", end))


def test_an_error_says_what_happened() -> None:
    problem = {"code": "document_unknown", "values": {"id": "<b>"}}
    view = view_of(events(EVIDENCE, ("done", {"finish_reason": "error", "problem": problem})))
    html = answer_slot_html(view, "p", "en", NOW)
    assert "There is no document" in html and "<b>" not in html


def test_a_follower_reads_ahead_and_keeps_the_error() -> None:
    gate = threading.Event()

    def source() -> Iterator[int]:
        yield 1
        gate.wait(60)
        raise InputError("question_empty")

    follower = Followers().of("x", source)
    assert follower.wait(lambda items: len(items) == 1, 60) == [1]
    gate.set()
    follower.wait(lambda items: False, 5)
    assert follower.error is not None and follower.error.code == "question_empty"


def test_one_follower_a_name_and_finished_ones_are_forgotten() -> None:
    followers = Followers()
    first: Follower[int] = followers.of("0", lambda: [0])
    assert followers.of("0", lambda: [1]) is first
    for number in range(1, 100):
        followers.of(str(number), lambda: [0]).wait(lambda items: False, 5)
    assert followers.of("0", lambda: [2]) is not first
