"""Judging: signs read from real hits, a chance that falls with what is missing, a calibration's file that may be anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ai_chat.search.fitting import Example, fitted, moved, rates
from ai_chat.search.judging import (
    DEFAULT,
    Calibration,
    CalibrationFile,
    Fitted,
    Weighing,
    fitted_from,
    judge,
    write_calibration,
)
from ai_chat.search.signs import Signs
from ai_chat.types import Problem, Scope
from tests.doubles_search import Library, open_library

GOOD = Signs(covered=0.8, passage=0.9, sentence=0.8, margin=0.5, near=0.9, apart=0.09, lacking=0.0, missing=())
BAD = Signs(
    covered=0.15, passage=0.1, sentence=0.1, margin=0.05, near=0.83, apart=0.03, lacking=1.0, missing=("기름값",)
)
DOCUMENTS = {
    "휴가.txt": "휴가 규정을 안내한다. 연차휴가는 입사 1년 뒤부터 15일이 주어진다. 병가는 진단서를 낸다.",
    "구매.txt": "구매 요청은 품번 PPR-9087로 한다. 예산이 3,000만원을 넘으면 대표가 승인한다.",
    "출장.txt": "출장비는 영수증과 함께 정산한다. 숙박비 한도는 하룻밤에 100,000원이다.",
    "보안.txt": "등록하지 않은 저장 장치는 쓸 수 없다. 비밀번호는 12자 이상으로 만들고 석 달마다 바꾼다.",
    "leave.txt": "The warranty on hydraulic chucks lasts 12 months. Repairs abroad begin within 5 working days.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with open_library(tmp_path_factory.mktemp("judging")) as opened:
        for name, text in DOCUMENTS.items():
            opened.add(name, text)
        yield opened


def signs(library: Library, question: str) -> Signs:
    found = library.searcher().look(question, Scope(), mode="lexical").signs
    assert found
    return found


def test_what_is_named_and_found_nowhere_is_missing(library: Library) -> None:
    assert signs(library, "연차휴가는 며칠인가요?").missing == ()
    lost = signs(library, "연차휴가를 기숙사에서 쓸 수 있나요?")
    assert lost.missing == ("기숙사",) and lost.lacking == 1.0
    assert signs(library, "품번 PPR-9087의 예산은?").missing == ()
    assert "9088" in signs(library, "품번 PPR-9088의 예산은?").missing


def test_a_word_that_says_what_is_asked_for_need_not_be_there(library: Library) -> None:
    assert signs(library, "연차휴가의 목적은 무엇인가요?").missing == ()
    assert signs(library, "Which company gives the warranty on hydraulic chucks?").missing == ()


def test_the_parts_of_a_question_that_the_first_hit_holds(library: Library) -> None:
    whole, half = signs(library, "연차휴가 입사"), signs(library, "연차휴가 기숙사")
    assert whole.passage == whole.sentence == 1.0
    assert 0.2 < half.passage < 0.8 and half.covered < whole.covered


def test_english_words_bend(library: Library) -> None:
    assert signs(library, "How long are warranties on a hydraulic chuck?").passage > 0.8


def test_a_search_is_judged(library: Library) -> None:
    search = library.searcher().search
    there = search("숙박비 한도는 하룻밤에 얼마인가요?", Scope(), mode="lexical").judgement
    absent = search("기숙사의 세탁기는 몇 시까지 쓰나요?", Scope(), mode="lexical")
    assert there and there.answerable and there.missing == () and 0.5 < there.score <= 1
    if absent.hits:
        assert absent.judgement and not absent.judgement.answerable
    assert search("연차휴가", Scope(), mode="dense").judgement is None
    assert search("qqqq", Scope(), mode="lexical").judgement is None


def test_documents_can_be_left_out(library: Library) -> None:
    searcher = library.searcher()
    first = searcher.look("연차휴가는 며칠인가요?", Scope()).hits[0]
    assert first.document == "휴가.txt"
    left = searcher.look("연차휴가는 며칠인가요?", Scope(), frozenset({first.version_id}))
    assert all(hit.document != "휴가.txt" for hit in left.hits)
    assert left.signs and not judge(left.signs).answerable


@pytest.mark.parametrize("vectors", [True, False])
def test_each_sign_tells(vectors: bool) -> None:
    def score(signs: Signs) -> float:
        return judge(signs if vectors else replace(signs, near=None, apart=None)).score

    assert score(GOOD) > 0.8 and score(BAD) < 0.1
    assert score(replace(GOOD, lacking=1.0)) < score(GOOD)
    assert score(replace(GOOD, passage=0.3)) < score(GOOD)
    assert score(replace(GOOD, covered=0.2)) < score(GOOD)
    assert judge(BAD).missing == ("기름값",)


def test_a_chance_is_one_however_far_signs_go() -> None:
    wild = Calibration(Weighing(1e9, {}), Weighing(-1e9, {}))
    assert judge(GOOD, wild).score == 1.0
    assert judge(replace(GOOD, near=None), wild).score == 0.0


def examples() -> list[Example]:
    steps = [number / 40 for number in range(40)]
    yes = [Example(replace(GOOD, passage=0.6 + 0.4 * step, covered=0.3 + 0.5 * step), True) for step in steps]
    no = [Example(replace(BAD, passage=0.5 * step, covered=0.1 + 0.3 * step), False) for step in steps]
    return [*yes, *no, Example(replace(GOOD, lacking=1.0), False, near_miss=True)]


def test_what_is_fitted_tells_the_sorts_apart() -> None:
    zero = Calibration(Weighing(0.0, {}), Weighing(0.0, {}))
    own = fitted(examples(), zero)
    found = rates(examples(), own)
    assert (found.answerable, found.unanswerable, found.near_misses) == (40, 40, 1)
    assert found.refused <= 2 and found.let_through == 0
    assert own.with_vectors.weights["passage"] > 0 > own.by_words.weights["lacking"]


def test_a_strong_pull_keeps_the_weights() -> None:
    own = fitted(examples(), DEFAULT, pull=1e6)
    for name, weight in DEFAULT.with_vectors.weights.items():
        assert own.with_vectors.weights[name] == pytest.approx(weight, abs=0.01)


def test_a_threshold_goes_where_the_unanswerable_are() -> None:
    hard = [Example(replace(BAD, passage=0.4 + 0.4 * number / 40, covered=0.4), False) for number in range(40)]
    yes = [Example(GOOD, True)] * 40
    easy = [Example(BAD, False)] * 40
    up, down = moved([*yes, *hard], DEFAULT), moved([*yes, *easy], DEFAULT)
    assert down.with_vectors.threshold < DEFAULT.with_vectors.threshold
    assert rates(hard, up).let_through < rates(hard, DEFAULT).let_through or not rates(hard, DEFAULT).let_through
    assert up.with_vectors.threshold > down.with_vectors.threshold
    assert up.with_vectors.weights == DEFAULT.with_vectors.weights
    assert rates(yes, up).refused == 0


def test_one_sort_alone_moves_nothing() -> None:
    assert moved([Example(BAD, False)] * 9, DEFAULT) == moved([Example(GOOD, True)] * 9, DEFAULT) == DEFAULT


def test_examples_without_vectors_fit_words_alone() -> None:
    bare = [replace(each, signs=replace(each.signs, near=None, apart=None)) for each in examples()]
    own = fitted(bare, DEFAULT)
    assert own.with_vectors == DEFAULT.with_vectors and own.by_words != DEFAULT.by_words


OWN = Calibration(Weighing(1.0, {"passage": 2.0}, 0.3), Weighing(-1.0, {"covered": 2.0}, 0.4))


def test_a_calibration_file_is_taken_up_while_running(tmp_path: Path) -> None:
    told: list[Problem] = []
    path = tmp_path / "calibration.json"
    file = CalibrationFile(path, "a", "e", told.append)
    assert file.current() == DEFAULT
    write_calibration(path, Fitted(OWN, "a", "e", 12))
    assert file.current() == OWN
    assert fitted_from(json.loads(path.read_text("utf-8"))) == Fitted(OWN, "a", "e", 12)
    path.unlink()
    assert file.current() == DEFAULT and not told


@pytest.mark.parametrize("analyzer, embedder", [("b", "e"), ("a", "f")])
def test_one_of_another_analyzer_or_embedder_is_not_used(tmp_path: Path, analyzer: str, embedder: str) -> None:
    told: list[Problem] = []
    write_calibration(tmp_path / "c.json", Fitted(OWN, analyzer, embedder, 12))
    file = CalibrationFile(tmp_path / "c.json", "a", "e", told.append)
    assert file.current() == file.current() == DEFAULT
    assert [problem.code for problem in told] == ["calibration_outdated"]


def test_one_without_vectors_judges_words_alone(tmp_path: Path) -> None:
    write_calibration(tmp_path / "c.json", Fitted(OWN, "a", None, 12))
    file = CalibrationFile(tmp_path / "c.json", "a", "e", lambda _problem: None)
    assert file.current() == Calibration(DEFAULT.with_vectors, OWN.by_words)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"format": "calibration/9"}',
        '{"format": "calibration/1", "analyzer": "a", "embedder": null, "questions": 1, "calibration": 3}',
        '{"format": "calibration/1", "analyzer": "a", "embedder": "e", "questions": 1, "calibration": {"with_vectors": '
        '{"bias": NaN, "weights": {}, "threshold": 0.5}, "by_words": {"bias": 0, "weights": {}, "threshold": 0.5}}}',
        '{"format": "calibration/1", "analyzer": "a", "embedder": "e", "questions": 1, "calibration": {"with_vectors": '
        '{"bias": 0, "weights": {"missing": 1}, "threshold": 0.5}, "by_words": {"bias": 0, "weights": {}, "threshold": 0}}}',
    ],
)
def test_a_damaged_file_is_told_of_once_and_not_used(tmp_path: Path, text: str) -> None:
    told: list[Problem] = []
    path = tmp_path / "c.json"
    path.write_text(text, "utf-8")
    file = CalibrationFile(path, "a", "e", told.append)
    assert file.current() == file.current() == DEFAULT
    assert [problem.code for problem in told] == ["calibration_damaged"]
    assert told[0].values["path"] == str(path)
