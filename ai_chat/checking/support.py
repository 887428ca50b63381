"""Does an answer say what its passages say? Markers bound to passages, sentences compared with what they cite.

Takes the answer's text and the passages that its markers number, gives findings and citations. Pure; no model.
A strict check is for models whose words are not to be trusted: there every sentence must be borne out or none is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ai_chat.checking.claims import Claim, claims, rambles
from ai_chat.checking.strict import is_borne_out
from ai_chat.checking.sure import SURE, is_copied
from ai_chat.checking.wording import Wording, shared_part, shares_number, squeezed, wording
from ai_chat.chunking import split_sentences
from ai_chat.prompt import NOT_FOUND
from ai_chat.types import Citation, Hit

_LOOSE_SHARE = 0.5


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


def citations(answer: str, passages: Sequence[Hit]) -> list[Citation]:
    """One a marker: the sentence of its passage that is nearest to the first sentence citing it."""
    found: dict[int, Citation] = {}
    for claim in claims(answer):
        for marker in claim.markers:
            if marker not in found and 1 <= marker <= len(passages):
                found[marker] = _citation(marker, claim, passages[marker - 1])
    return [found[marker] for marker in sorted(found)]


def _is_supported_strictly(claim: Claim, question: str, passages: Sequence[Hit]) -> bool:
    texts = [hit.text for hit in _cited(claim, passages)]
    return is_borne_out(claim.bare, question, texts, opening=claim.start == 0)


def _is_supported(claim: Claim, _question: str, passages: Sequence[Hit]) -> bool:
    told = wording(claim.bare)
    return claim.bare in NOT_FOUND.values() or any(
        _is_near(told, hit.text) for hit in _cited(claim, passages) or passages
    )


def _cited(claim: Claim, passages: Sequence[Hit]) -> list[Hit]:
    return [passages[n - 1] for n in claim.markers if 1 <= n <= len(passages)]


def _is_near(told: Wording, passage: str) -> bool:
    known = wording(passage)
    return (
        all(shares_number(number, known.numbers) for number in told.numbers)
        and shared_part(told.words, squeezed(passage)) >= _LOOSE_SHARE
    )


def _citation(marker: int, claim: Claim, hit: Hit) -> Citation:
    told = wording(claim.bare)
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
