"""The sentence nearest to the question's vector, where the words of both differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ai_chat.embedding import Embedder
from ai_chat.errors import MachineError
from ai_chat.lazy import Lazy
from ai_chat.search.nearest import HITS, NearestSentences
from ai_chat.search.sentence import best_sentence, sought, tells
from ai_chat.types import Hit, Scope, UnitRef
from tests.doubles import HashingEmbedder
from tests.doubles_search import open_library

TEXT = "온새미 사는 김포에 있다. 직원은 해마다 열다섯 날을 쉰다. 식당은 열두 시에 연다. 주차장은 지하에 있다."
OTHER_WORDS = "how long may staff rest"
MEANT = "직원은 해마다 열다섯 날을 쉰다."


class Translating(HashingEmbedder):
    """Knows what one question means."""

    def embed_query(self, text: str, timeout: float | None = None) -> np.ndarray | None:
        return super().embed_query(MEANT if text == OTHER_WORDS else text, timeout)


class Dying(Translating):
    """Answers one question and no more."""

    def embed_query(self, text: str, timeout: float | None = None) -> np.ndarray | None:
        if self.questions:
            raise MachineError("embedder_closed")
        return super().embed_query(text, timeout)


def hit(text: str, question: str) -> Hit:
    start, end = best_sentence(text, sought(question))
    place = UnitRef("page", 1, "1")
    return Hit(1, 1.0, "a.pdf", "d", "c", 1, place, 1, text, text[start:end], 100 + start, 100 + end)


def mended(hits: list[Hit], question: str, embedder: HashingEmbedder) -> tuple[Hit, ...]:
    vector = embedder.embed_query(question)
    assert vector is not None
    lazy: Lazy[Embedder] = Lazy(lambda: embedder)
    return NearestSentences(lazy).mended(hits, sought(question), vector, None)


def test_a_question_in_other_words_is_shown_the_nearest_sentence() -> None:
    (found,) = mended([hit(TEXT, OTHER_WORDS)], OTHER_WORDS, Translating())
    assert MEANT in found.sentence
    assert TEXT[found.start - 100 : found.end - 100] == found.sentence


def test_a_question_in_the_words_of_the_page_asks_no_embedder() -> None:
    question = "식당은 몇 시에 여나요?"
    embedder = HashingEmbedder()
    before = [hit(TEXT, question)]
    assert mended(before, question, embedder) == tuple(before)
    assert embedder.questions == [question]


def test_without_time_the_hits_stay_as_they_are() -> None:
    embedder = Translating()
    vector = embedder.embed_query(OTHER_WORDS)
    assert vector is not None
    embedder.hold()
    before = [hit(TEXT, OTHER_WORDS)]
    lazy: Lazy[Embedder] = Lazy(lambda: embedder)
    assert NearestSentences(lazy).mended(before, sought(OTHER_WORDS), vector, 0.0) == tuple(before)


def test_only_the_first_hits_are_looked_at() -> None:
    before = [hit(TEXT, OTHER_WORDS)] * (HITS + 2)
    found = mended(before, OTHER_WORDS, Translating())
    assert found[HITS:] == tuple(before[HITS:]) and MEANT in found[HITS - 1].sentence


def test_nothing_is_asked_where_the_first_hit_has_the_words() -> None:
    question = "식당은 몇 시에 여나요?"
    embedder = HashingEmbedder()
    before = [hit(TEXT, question), hit("주차장은 지하에 있다. 정문은 남쪽이다.", question)]
    assert mended(before, question, embedder) == tuple(before)
    assert embedder.questions == [question]


@pytest.mark.parametrize(("sentence", "enough"), [("연차휴가는 15일이다.", True), ("식당은 열두 시에 연다.", False)])
def test_whether_words_tell(sentence: str, enough: bool) -> None:
    assert tells(sentence, sought("연차휴가는 며칠인가요?")) is enough


def test_a_search_shows_the_nearest_sentence_where_the_words_differ(tmp_path: Path) -> None:
    with open_library(tmp_path) as library:
        library.add("a.pdf", TEXT)
        result = library.searcher(embedder=Translating).search(OTHER_WORDS, Scope())
        assert MEANT in result.hits[0].sentence and result.notices == ()


def test_a_search_whose_embedder_dies_says_so_and_keeps_its_sentences(tmp_path: Path) -> None:
    with open_library(tmp_path) as library:
        library.add("a.pdf", TEXT)
        result = library.searcher(embedder=Dying).search(OTHER_WORDS, Scope())
        assert result.hits[0].text == TEXT and result.notices == ("embedder_closed",)
