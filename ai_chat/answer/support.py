"""Does an answer say what its passages say? Markers bound to passages, sentences compared with what they cite.

Takes the answer's text and the passages that its markers number, gives findings and citations. Pure; no model.
A strict check is for models whose words are not to be trusted: there every sentence must be borne out or none is shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ai_chat.answer.strict import is_borne_out
from ai_chat.answer.sure import SURE, is_copied
from ai_chat.answer.wording import Wording, shared_part, shares_number, squeezed, wording
from ai_chat.chunking import Span, split_sentences
from ai_chat.prompt import NOT_FOUND
from ai_chat.types import Citation, Hit

_MARKERS = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_LEADING = re.compile(rf"(?:{_MARKERS.pattern}\s*)+")
_OPEN_MARKER = re.compile(r"\s?\[[\d,\s]{0,12}$|\s$")
_LOOSE_SHARE = 0.5
_RUN = 4  # words in a row
_MOST_RUNS = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer: `start:end` in the answer, `markers` those it cites."""

    text: str
    start: int
    end: int
    markers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim and whether one of its passages bears it out."""

    claim: Claim
    supported: bool


def supported(answer: str, question: str, passages: Sequence[Hit], *, strict: bool) -> tuple[Finding, ...]:
    """One finding a sentence. Strict: all rare words and, within one sentence, all numbers; loose: numbers and half the words."""
    check = _is_supported_strictly if strict else _is_supported
    return tuple(Finding(claim, check(claim, question, passages)) for claim in claims(answer))


def showable(answer: str, question: str, passages: Sequence[Hit], sureness: float | None = None) -> bool:
    """Whether an answer of a model that is not trusted may be shown: there is one, it does not ramble, all of it is borne out.

    `sureness`: of a model for which it was measured, that decides, and what stands in the passages is borne out.
    """
    if answer.strip() in NOT_FOUND.values():
        return True
    if sureness is not None:
        return sureness >= SURE and not rambles(answer) and is_copied(answer, question, passages)
    findings = supported(answer.strip(), question, passages, strict=True)
    return bool(findings) and not rambles(answer) and all(finding.supported for finding in findings)


def hopeless(beginning: str) -> bool:
    """Whether an answer that begins so can no longer become showable: a finished sentence cites nothing, or it rambles."""
    return any(not claim.markers for claim in claims(beginning)[:-1]) or rambles(beginning)


def without_markers(answer: str) -> str:
    return " ".join(_MARKERS.sub(" ", answer).split())


def claims(answer: str) -> list[Claim]:
    """Sentences with their markers; markers that stand behind a full stop belong to the sentence before them."""
    found: list[Claim] = []
    for start, end in _spans(answer):
        text = answer[start:end]
        bare = _MARKERS.sub("", text).strip(" \n\t.,")
        if bare:
            found.append(Claim(text, start, end, _markers(text)))
        elif found:
            last = found.pop()
            found.append(Claim(answer[last.start : end], last.start, end, last.markers + _markers(text)))
    return found


def _spans(answer: str) -> Iterator[Span]:
    """Sentences, and apart from them the markers that a sentence begins with."""
    for start, end in split_sentences(answer):
        leading = _LEADING.match(answer, start, end)
        if leading and leading.end() < end:
            yield start, start + len(leading[0].rstrip())
            yield leading.end(), end
        else:
            yield start, end


def rambles(answer: str) -> bool:
    """The same sentence twice, or the same few words again and again."""
    bare = [squeezed(_bare(claim)) for claim in claims(answer)]
    words = _MARKERS.sub("", answer).split()
    runs = Counter(tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1))
    return (
        len(set(bare)) < len(bare)
        or any(times > _MOST_RUNS for times in runs.values())
        or (len(words) >= _RUN - 1 and len(set(words)) * 2 < len(words) + 1)
    )


def citations(answer: str, passages: Sequence[Hit]) -> list[Citation]:
    """One a marker: the sentence of its passage that is nearest to the first sentence citing it."""
    found: dict[int, Citation] = {}
    for claim in claims(answer):
        for marker in claim.markers:
            if marker not in found and 1 <= marker <= len(passages):
                found[marker] = _citation(marker, claim, passages[marker - 1])
    return [found[marker] for marker in sorted(found)]


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
        return re.sub(r"\s?" + _MARKERS.pattern, self._kept, text)

    def _kept(self, found: re.Match[str]) -> str:
        valid = [n for n in map(self._meaning, _numbers(found[1])) if n is not None]
        space = found[0][: found[0].index("[")]
        return space + "".join(f"[{n}]" for n in valid) if valid else ""


def _markers(text: str) -> tuple[int, ...]:
    return tuple(number for found in _MARKERS.finditer(text) for number in _numbers(found[1]))


def _numbers(inside: str) -> list[int]:
    return [int(number) for number in inside.split(",")]


def _is_supported_strictly(claim: Claim, question: str, passages: Sequence[Hit]) -> bool:
    texts = [hit.text for hit in _cited(claim, passages)]
    return is_borne_out(_bare(claim), question, texts, opening=claim.start == 0)


def _is_supported(claim: Claim, _question: str, passages: Sequence[Hit]) -> bool:
    told = wording(_bare(claim))
    return _bare(claim) in NOT_FOUND.values() or any(
        _is_near(told, hit.text) for hit in _cited(claim, passages) or passages
    )


def _cited(claim: Claim, passages: Sequence[Hit]) -> list[Hit]:
    return [passages[n - 1] for n in claim.markers if 1 <= n <= len(passages)]


def _bare(claim: Claim) -> str:
    return _MARKERS.sub("", claim.text).strip()


def _is_near(told: Wording, passage: str) -> bool:
    known = wording(passage)
    return (
        all(shares_number(number, known.numbers) for number in told.numbers)
        and shared_part(told.words, squeezed(passage)) >= _LOOSE_SHARE
    )


def _citation(marker: int, claim: Claim, hit: Hit) -> Citation:
    told = wording(_bare(claim))
    start, end = max(split_sentences(hit.text), key=lambda span: _nearness(told, hit.text[span[0] : span[1]]))
    base = hit.start - hit.text.index(hit.sentence)
    return Citation(
        marker=marker,
        document=hit.document,
        document_id=hit.document_id,
        version_id=hit.version_id,
        unit=hit.unit,
        page=hit.page,
        quote=hit.text[start:end],
        start=base + start,
        end=base + end,
    )


def _nearness(told: Wording, sentence: str) -> float:
    known = wording(sentence)
    return shared_part(told.words, squeezed(sentence)) + sum(shares_number(n, known.numbers) for n in told.numbers)
