"""Phrases and words to leave out -> the chunks that a search may see, before any ranking.

The keyword index gives the chunks that hold all words of a phrase; the stored text decides. A phrase begins where a word
begins and may go on in a particle ("연차 휴가" is in "연차 휴가는"); case, white space and punctuation do not count, nor
does a line end within a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from ai_chat.analyzer import PARTICLES, WORDS, fold
from ai_chat.index import ANY_END, Chunks, Versions
from ai_chat.search.query import Query

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PARTICLE = rf"(?:\n?(?:{'|'.join(sorted(PARTICLES))})(?:은|는|도|만|의|나|요)?)?"
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")  # kana and Chinese characters
_WITHIN_HANGUL = re.compile("(?<=[가-힣])(?=[가-힣])")  # where a line end may stand
_WITHIN_NUMBER = re.compile(r"(?<=\d)(?=\d)")  # where a comma may
_NO_GROUP_BEFORE = r"(?!(?<=\d,)\d{3}(?!\d))"  # 220,000 begins no word of 282,220,000
_NO_GROUP_BEHIND = r"(?!(?<=\d),\d{3}(?!\d))"


class PhraseTerms(Protocol):
    def phrase_terms(self, phrase: str) -> Mapping[str, Sequence[str]]: ...


class Containing(Protocol):
    def containing(self, terms: Mapping[str, Sequence[str]], versions: Versions | None = None) -> NDArray[np.int64]: ...


class Texts(Protocol):
    def texts(self, chunk_ids: Sequence[int]) -> Iterable[tuple[int, str]]: ...


def allowed_chunks(
    query: Query, versions: Versions | None, analyzer: PhraseTerms, lexical: Containing, library: Texts
) -> Chunks | None:
    """The chunks with every phrase and no word that is left out; None where the query names neither."""
    import numpy as np

    def holding(phrase: str, pattern: re.Pattern[str]) -> NDArray[np.int64]:
        words = analyzer.phrase_terms(phrase)[WORDS]  # other terms miss a word that a line end breaks
        candidates = lexical.containing({WORDS: words or [fold(phrase)[0][0] + ANY_END]}, versions)
        return _verified(candidates, pattern, library)

    without = [holding(word, _beginning(word)) for word in query.excluded if fold(word)]
    excluded = np.unique(np.concatenate(without)) if without else np.empty(0, np.int64)
    wanted = [holding(phrase, _exact(phrase)) for phrase in query.phrases if fold(phrase)]
    if not wanted:
        return Chunks(excluded, exclude=True) if without else None
    found = wanted[0]
    for more in wanted[1:]:
        found = np.intersect1d(found, more, assume_unique=True)
    return Chunks(np.setdiff1d(found, excluded, assume_unique=True))


def _verified(candidates: NDArray[np.int64], pattern: re.Pattern[str], library: Texts) -> NDArray[np.int64]:
    import numpy as np

    texts = library.texts(candidates.tolist())
    found = [chunk_id for chunk_id, text in texts if pattern.search(unicodedata.normalize("NFKC", text).casefold())]
    return np.array(sorted(found), np.int64)


def _exact(phrase: str) -> re.Pattern[str]:
    beginning = _beginning(phrase).pattern
    return re.compile(
        beginning if _UNSPACED.search(beginning[-1]) else rf"{beginning}{_NO_GROUP_BEHIND}{_PARTICLE}(?![^\W_])"
    )


def _beginning(phrase: str) -> re.Pattern[str]:
    """Where words begin so; what is written without spaces may begin anywhere."""
    words = fold(phrase)
    parts = [_WITHIN_NUMBER.sub(",?", _WITHIN_HANGUL.sub(r"\\n?", word)) for word in words]
    return re.compile(("" if _UNSPACED.match(words[0]) else rf"(?<![^\W_]){_NO_GROUP_BEFORE}") + r"[\W_]+".join(parts))
