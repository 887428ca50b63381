"""Sentences that are never told: runs of their letters are taken out of a stream.

Takes the text of an answer in pieces; spaces, punctuation and capitals make no difference. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

LIMIT = 24  # letters in a row, a Hangul syllable counting twice: shorter phrases are anybody's


class SecretFilter:
    """Holds back what may be the beginning of a secret; what is one leaves `instead`."""

    def __init__(self, secrets: Iterable[str], instead: str) -> None:
        self._secrets = tuple(filter(None, map(_letters, secrets)))
        self._instead = instead
        self._run = ""  # the letters of the held text: they stand in a secret
        self._held = ""
        self._places: list[int] = []  # where each of them stands in the held text

    def push(self, text: str) -> str:
        return "".join(map(self._take, text))

    def rest(self) -> str:
        given = self._instead if self._is_secret else self._held
        self._run, self._held, self._places = "", "", []
        return given

    @property
    def _is_secret(self) -> bool:
        return _weight(self._run) >= LIMIT

    def _take(self, character: str) -> str:
        """What is certain with one character more."""
        letter = _letters(character)
        given = ""
        if letter and not self._stands(self._run + letter):
            given = self.rest() if self._is_secret else self._let_go(letter)
        if letter and self._stands(self._run + letter):
            self._run += letter
            self._places += [len(self._held)] * len(letter)
            self._held += character
            return given
        if self._run:
            self._held += character
            return given
        return given + character

    def _let_go(self, letter: str) -> str:
        """Of the held text what cannot be the beginning of a secret any more."""
        run = self._run
        dropped = 0
        while dropped < len(run) and not self._stands(run[dropped:] + letter):
            dropped += 1
        if dropped == len(run):
            return self.rest()
        cut = self._places[dropped]
        given, self._held = self._held[:cut], self._held[cut:]
        self._run = run[dropped:]
        self._places = [place - cut for place in self._places[dropped:]]
        return given

    def _stands(self, run: str) -> bool:
        return any(run in secret for secret in self._secrets)


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _weight(run: str) -> int:
    return sum(2 if "가" <= letter <= "힣" else 1 for letter in run)
