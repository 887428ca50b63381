"""The check of a whole answer: each sentence against what it cites, its markers mended, the places that it cites.

Takes an answer with markers [n], which mean passages[n - 1]; gives the text with markers that hold, a finding a sentence and
citations. Pure; no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ai_chat.checking.citation import cite
from ai_chat.checking.claim import COVERED, Claimed, Verdict
from ai_chat.checking.claims import MARKERS, Claim, claims, numbers_of
from ai_chat.checking.evidence import Evidence, evidence_of
from ai_chat.chunking import Span
from ai_chat.prompt import NOT_FOUND, language_of
from ai_chat.types import Citation, Doubt, Hit

_SLIP = 0.2  # so much more of a sentence's words, and so much nearer, is a passage that should have been cited


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence at start:end of the checked text; `markers` hold for it, `wrong` are spans of the checked text."""

    text: str
    start: int
    end: int
    markers: tuple[int, ...]
    supported: bool
    wrong: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """`text` is the answer with its markers mended; `sentences` and `doubts` have their places in it."""

    text: str
    sentences: tuple[CheckedSentence, ...]
    citations: tuple[Citation, ...]

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        unsupported = (sentence for sentence in self.sentences if not sentence.supported)
        return tuple(Doubt(each.text, each.start, each.end, each.wrong) for each in unsupported)


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of a claim: `markers` it is to have, `written` whether it gets those that it has not."""

    claim: Claim
    markers: tuple[int, ...]
    verdict: Verdict | None
    written: bool = True


def check(answer: str, question: str, passages: Sequence[Hit]) -> Checked:
    """Markers that do not bear their sentence out go where another passage does, which then is cited; so do sentences without any."""
    evidence = evidence_of(passages)
    judge = _Judge(question, evidence)
    listed = claims(answer)
    found = [judge.found(claim) for claim in listed]
    for number, (one, following) in enumerate(pairwise(found)):
        found[number] = _borrowed(one, following, answer)
    return _checked(answer, found, evidence)


class _Judge:
    def __init__(self, question: str, evidence: Evidence) -> None:
        self._question = question
        self._evidence = evidence
        self._all = tuple(range(len(evidence.hits)))

    def found(self, claim: Claim) -> _Found:
        if claim.bare in NOT_FOUND.values():
            return _Found(claim, (), None)
        claimed = Claimed(claim.bare_in_place, self._question, self._evidence)
        cited = tuple(dict.fromkeys(n - 1 for n in claim.markers if 1 <= n <= len(self._all)))
        if claim.bare.endswith((":", "：", "?")) or not claimed.says_something:
            return _Found(claim, tuple(n + 1 for n in cited), None)
        chosen, verdict = self._chosen(claimed, cited)
        return _Found(claim, tuple(n + 1 for n in chosen), verdict)

    def _chosen(self, claimed: Claimed, cited: tuple[int, ...]) -> tuple[tuple[int, ...], Verdict]:
        """The cited passages as far as they are needed; where they do not do, others."""
        verdict = self._judged(claimed, cited) if cited else None
        others = [n for n in self._all if n not in cited]
        singles = [(n, self._judged(claimed, (n,))) for n in others]
        if verdict and verdict.supported and not any(_says_it_better(each, verdict) for _, each in singles):
            return self._needed(claimed, cited), verdict
        bearing = [(each.covered + each.nearness, -n, each) for n, each in singles if each.supported]
        if bearing:
            _, number, best = max(bearing, key=lambda row: row[:2])
            return (-number,), best
        for n in sorted(others, key=lambda n: -dict(singles)[n].nearness):
            together = (*(cited or (self._nearest(claimed, n),)), n)
            joint = self._judged(claimed, tuple(dict.fromkeys(together)))
            if joint.supported:
                return self._needed(claimed, tuple(dict.fromkeys(together))), joint
        return cited, verdict or self._judged(claimed, self._all)

    def _nearest(self, claimed: Claimed, but: int) -> int:
        return max((n for n in self._all if n != but), key=lambda n: self._judged(claimed, (n,)).nearness, default=but)

    def _needed(self, claimed: Claimed, cited: tuple[int, ...]) -> tuple[int, ...]:
        """Without those that bear nothing out alone and that the others can do without."""
        kept = list(cited)
        for n in cited[::-1]:
            rest = tuple(m for m in kept if m != n)
            if rest and not self._judged(claimed, (n,)).supported and self._judged(claimed, rest).supported:
                kept.remove(n)
        return tuple(kept)

    def _judged(self, claimed: Claimed, passages: tuple[int, ...]) -> Verdict:
        verdict = claimed.judge(passages)
        if verdict.wrong or verdict.covered >= COVERED:
            return verdict
        if self._is_foreign(claimed, passages):
            return Verdict(COVERED, verdict.nearness, (), verdict.nearest)
        return verdict

    def _is_foreign(self, claimed: Claimed, passages: tuple[int, ...]) -> bool:
        """In another language than the passages, so that only values can be compared, and there are some."""
        texts = {language_of(self._evidence.hits[n].text) for n in passages}
        return claimed.has_values and language_of(claimed.text) not in texts


def _says_it_better(other: Verdict, cited: Verdict) -> bool:
    """By so much that the marker is a slip."""
    return other.supported and other.covered - cited.covered >= _SLIP and other.nearness - cited.nearness >= _SLIP


def _borrowed(one: _Found, following: _Found, answer: str) -> _Found:
    """A sentence without markers before one that has them, in the same paragraph, needs none of its own where they hold for it."""
    between = answer[one.claim.end : following.claim.start]
    if one.claim.markers or not one.markers or "\n" in between:
        return one
    return _Found(one.claim, one.markers, one.verdict, not set(one.markers) <= set(following.claim.markers))


def _checked(answer: str, found: Sequence[_Found], evidence: Evidence) -> Checked:
    pieces: list[str] = []
    sentences: list[CheckedSentence] = []
    length = end = 0
    for each in found:
        claim = each.claim
        gap, text = answer[end : claim.start], _marked(each)
        start = length + len(gap)
        wrong = each.verdict.wrong if each.verdict else ()
        supported = each.verdict is None or each.verdict.supported
        placed = tuple(_placed(span, claim.text, text, start) for span in wrong)
        sentences.append(CheckedSentence(text, start, start + len(text), each.markers, supported, placed))
        pieces += [gap, text]
        length, end = start + len(text), claim.end
    return Checked("".join([*pieces, answer[end:]]), tuple(sentences), tuple(_citations(found, evidence)))


def _marked(found: _Found) -> str:
    """The sentence with the markers that hold: in their places where those stay, else behind it."""
    text, kept = found.claim.text, set(found.markers)
    if kept == set(found.claim.markers) or (not found.claim.markers and not found.written):
        return text
    added = [n for n in found.markers if n not in found.claim.markers]
    bare = MARKERS.sub(lambda marker: "".join(f"[{n}]" for n in numbers_of(marker[1]) if n in kept), text)
    bare = _tidy(bare)
    return f"{bare} {''.join(f'[{n}]' for n in added)}" if added else bare


def _tidy(text: str) -> str:
    return text.replace("  ", " ").replace(" .", ".").replace(" ,", ",").strip()


def _placed(span: Span, before: str, after: str, start: int) -> Span:
    """Where that part of a sentence stands in the checked text: markers before it may have changed."""
    part = before[span[0] : span[1]]
    nth = before[: span[0]].count(part)
    at = -1
    for _ in range(nth + 1):
        at = after.find(part, at + 1)
    return (start + at, start + at + len(part)) if at >= 0 else (start, start + len(after))


def _citations(found: Sequence[_Found], evidence: Evidence) -> list[Citation]:
    """One a marker: of its passage the sentence that is nearest to the first claim citing it."""
    quoted: dict[int, Citation] = {}
    for each in found:
        for marker in each.markers:
            if marker not in quoted:
                quoted[marker] = _citation(marker, each, evidence)
    return [quoted[marker] for marker in sorted(quoted)]


def _citation(marker: int, found: _Found, evidence: Evidence) -> Citation:
    hit = evidence.hits[marker - 1]
    nearest = Claimed(found.claim.bare_in_place, "", evidence).judge((marker - 1,)).nearest
    return cite(marker, hit, nearest.span if nearest else (0, len(hit.text)))
