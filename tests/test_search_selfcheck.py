"""The self-check of both legs over a real library: sound ones pass, blind ones are named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ai_chat.analyzer import Analyzer
from ai_chat.lazy import Lazy
from ai_chat.search.searcher import Searcher
from ai_chat.search.selfcheck import MOST_QUESTIONS, check_legs, fragment, judged, known_items
from ai_chat.types import Problem, Scope
from tests.doubles import HashingEmbedder
from tests.doubles_search import Library, open_library

PAGES = 60
KOREAN = "제{n}조에 따라 {a}팀 직원은 {b}만원까지 출장비를 정산하고 영수증을 {c}일 안에 총무팀에 낸다."
ENGLISH = "Under rule {n} the team called {a} may spend up to {b} euros and hands in its receipts within {c} days."
UNSPACED = "第{n}条により{a}課の社員は出張費を{b}円まで精算し領収書を{c}日以内に総務課へ提出するものとする。"


class Flat(HashingEmbedder):
    """Every passage alike, as a broken model has it."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.full((len(texts), self.dim), 1 / np.sqrt(self.dim), np.float32)


class Deaf(Analyzer):
    """Asks for terms that no passage was given."""

    def query_terms(self, text: str) -> dict[str, list[str]]:
        return {field: [f"{term}#" for term in terms] for field, terms in super().query_terms(text).items()}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path) as opened:
        yield opened


def fill(library: Library, pattern: str = KOREAN) -> Searcher:
    names = ("개발", "영업", "구매", "품질", "생산", "연구", "재무", "인사", "홍보", "법무")
    texts = [pattern.format(n=n, a=names[n % 10] * (n % 3 + 1), b=n * 37 + 11, c=n * 7 % 53 + 2) for n in range(PAGES)]
    library.add("rules.txt", *texts)
    return library.searcher()


def problems(searcher: Searcher) -> list[Problem]:
    return [step.problem for step in check_legs(searcher) if step.problem]


@pytest.mark.parametrize("pattern", [KOREAN, ENGLISH, UNSPACED])
def test_sound_legs_pass(library: Library, pattern: str) -> None:
    searcher = fill(library, pattern)
    steps = list(check_legs(searcher))
    assert [step.problem for step in steps] == [None] * 2 * MOST_QUESTIONS
    assert (steps[-1].done, steps[-1].total) == (60, 60)
    assert searcher.blind == frozenset() and searcher.search("출장비", Scope()).notices == ()


def test_vectors_that_are_all_alike_are_blind(library: Library) -> None:
    library.embedder = Flat(384)
    searcher = fill(library)
    [problem] = problems(searcher)
    assert problem.code == "dense_blind" and problem.values["asked"] == 30 and problem.values["found"] < 10
    assert searcher.search("출장비 정산", Scope()).notices == ("dense_doubtful",)
    assert searcher.search("출장비 정산", Scope(), mode="lexical").notices == ()


def test_terms_that_do_not_fit_the_index_are_blind(library: Library) -> None:
    fill(library)
    deaf = Searcher(library.store, Deaf(), Lazy(lambda: library.lexical), None, None)
    assert problems(deaf) == [Problem("lexical_blind", {"found": 0, "asked": 30})]
    assert "lexical_doubtful" in deaf.search("출장비", Scope()).notices


def test_a_leg_that_is_not_there_is_not_judged(library: Library) -> None:
    fill(library)
    assert problems(library.searcher(dense=False)) == []
    library.add("new.txt", *(KOREAN.format(n=n, a="새", b=n, c=n) for n in range(100, 150)), dense=False)
    assert problems(library.searcher()) == []


def test_too_few_passages_are_not_judged(library: Library) -> None:
    library.add("one.txt", "출장비는 영수증을 낸 뒤에 정산한다.")
    assert list(check_legs(library.searcher())) == []
    assert judged("dense", 0, 9) is None and judged("dense", 0, 10) is not None


def test_the_check_may_be_left_in_the_middle(library: Library) -> None:
    searcher = fill(library)
    steps = check_legs(searcher)
    assert next(steps).done == 1
    assert searcher.blind == frozenset()


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "부장이 부산으로 출장을 가면 하룻밤 숙박비를 12만원까지 쓸 수 있다.",
            "출장을 가면 하룻밤 숙박비를 12만원까지",
        ),
        ("東京都の会社は出張費を精算し領収書を総務課へ提出する", "出張費を精算し領収書を総"),
    ],
)
def test_a_fragment_is_from_the_middle(sentence: str, expected: str) -> None:
    assert fragment(sentence) in sentence and fragment(sentence) == expected


def test_passages_without_a_sentence_are_not_asked_for(library: Library) -> None:
    library.add("table.txt", "1 2 3\n4 5 6", "가나다")
    ids = library.store.versions.spread(10)
    assert known_items(list(library.store.library.passages(ids, Scope()).values())) == []
