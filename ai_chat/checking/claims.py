"""An answer in sentences, each with its markers; and markers in a stream.

Takes text, gives claims with their places in it. Pure; knows no passages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ai_chat.checking.wording import squeezed
from ai_chat.chunking import Span, split_sentences

MARKERS = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_LEADING = re.compile(rf"(?:{MARKERS.pattern}\s*)+")
_OPEN_MARKER = re.compile(r"\s?\[[\d,\s]{0,12}$|\s$")
_LONGEST = 300  # characters of a claim
_RUN = 4  # words in a row
_MOST_RUNS = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer: `start:end` in the answer, `markers` those it cites."""

    text: str
    start: int
    end: int
    markers: tuple[int, ...]

    @property
    def bare(self) -> str:
        return MARKERS.sub("", self.text).strip()

    @property
    def bare_in_place(self) -> str:
        """Of the same length as `text`: spaces where markers stood."""
        return MARKERS.sub(lambda marker: " " * len(marker[0]), self.text)


def without_markers(answer: str) -> str:
    return " ".join(MARKERS.sub(" ", answer).split())


def claims(answer: str) -> list[Claim]:
    """Sentences with their markers; markers that stand behind a full stop belong to the sentence before them."""
    found: list[Claim] = []
    for start, end in _spans(answer):
        text = answer[start:end]
        bare = MARKERS.sub("", text).strip(" \n\t.,")
        if bare:
            found.append(Claim(text, start, end, _markers(text)))
        elif found:
            last = found.pop()
            found.append(Claim(answer[last.start : end], last.start, end, last.markers + _markers(text)))
    return found


def _spans(answer: str) -> Iterator[Span]:
    """Sentences, and apart from them the markers that a sentence begins with."""
    for start, end in _bounded(answer):
        leading = _LEADING.match(answer, start, end)
        if leading and leading.end() < end:
            yield start, start + len(leading[0].rstrip())
            yield leading.end(), end
        else:
            yield start, end


def _bounded(answer: str) -> Iterator[Span]:
    """Sentences; one that does not end is cut between words, since holding a claim against passages takes time by its length squared."""
    for start, end in split_sentences(answer):
        while end - start > _LONGEST:
            cut = answer.rfind(" ", start + 1, start + _LONGEST) + 1 or start + _LONGEST
            marker = next(
                (each for each in MARKERS.finditer(answer, start, end) if each.start() < cut < each.end()), None
            )
            cut = marker.end() if marker else cut
            yield start, cut
            start = cut
        yield start, end


def rambles(answer: str) -> bool:
    """The same sentence twice, or the same few words again and again."""
    bare = [squeezed(claim.bare) for claim in claims(answer)]
    words = MARKERS.sub("", answer).split()
    runs = Counter(tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1))
    return (
        len(set(bare)) < len(bare)
        or any(times > _MOST_RUNS for times in runs.values())
        or (len(words) >= _RUN - 1 and len(set(words)) * 2 < len(words) + 1)
    )


class MarkerFilter:
    """Streams text on with its markers as `meaning` gives them, without those of which it gives None.

    Holds back what may still become a marker.
    """

    def __init__(self, meaning: Callable[[int], int | None]) -> None:
        self._meaning = meaning
        self._held = ""

    def push(self, text: str) -> str:
        text = self._held + text
        opened = _OPEN_MARKER.search(text)
        end = opened.start() if opened else len(text)
        self._held = text[end:]
        return self._valid(text[:end])

    def rest(self) -> str:
        text, self._held = self._held, ""
        return self._valid(text)

    def _valid(self, text: str) -> str:
        return re.sub(r"\s?" + MARKERS.pattern, self._kept, text)

    def _kept(self, found: re.Match[str]) -> str:
        valid = [n for n in map(self._meaning, numbers_of(found[1])) if n is not None]
        space = found[0][: found[0].index("[")]
        return space + "".join(f"[{n}]" for n in valid) if valid else ""


def _markers(text: str) -> tuple[int, ...]:
    return tuple(number for found in MARKERS.finditer(text) for number in numbers_of(found[1]))


def numbers_of(inside: str) -> list[int]:
    """Of one marker: '1, 3' -> 1 and 3."""
    return [int(number) for number in inside.split(",")]
