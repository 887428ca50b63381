"""What a model that is not trusted wrote: every sentence of it must be borne out by what it cites, or none is shown.

Takes the answer's text and the passages that its markers number, gives citations and whether it may be shown. Pure; no model.
"""

from __future__ import annotations

from collections.abc import Sequence

from ai_chat.checking.citation import cite
from ai_chat.checking.claims import Claim, claims, rambles
from ai_chat.checking.strict import is_borne_out
from ai_chat.checking.sure import SURE, is_copied
from ai_chat.checking.wording import Wording, shared_part, shares_number, squeezed, wording
from ai_chat.chunking import split_sentences
from ai_chat.types import Citation, Hit


def showable(answer: str, question: str, passages: Sequence[Hit], sureness: float | None = None) -> bool:
    """Whether an answer of a model that is not trusted may be shown: there is one, it does not ramble, all of it is borne out.

    `sureness`: of a model for which it was measured, that decides, and what stands in the passages is borne out.
    """
    if sureness is not None:
        return sureness >= SURE and not rambles(answer) and is_copied(answer, question, passages)
    found = claims(answer.strip())
    return bool(found) and not rambles(answer) and all(_is_borne_out(claim, question, passages) for claim in found)


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


def _is_borne_out(claim: Claim, question: str, passages: Sequence[Hit]) -> bool:
    texts = [hit.text for hit in _cited(claim, passages)]
    return is_borne_out(claim.bare, question, texts, opening=claim.start == 0)


def _cited(claim: Claim, passages: Sequence[Hit]) -> list[Hit]:
    return [passages[n - 1] for n in claim.markers if 1 <= n <= len(passages)]


def _citation(marker: int, claim: Claim, hit: Hit) -> Citation:
    told = wording(claim.bare)
    nearest = max(split_sentences(hit.text), key=lambda span: _nearness(told, hit.text[span[0] : span[1]]))
    return cite(marker, hit, nearest)


def _nearness(told: Wording, sentence: str) -> float:
    known = wording(sentence)
    return shared_part(told.words, squeezed(sentence)) + sum(shares_number(n, known.numbers) for n in told.numbers)
