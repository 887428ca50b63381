"""The check for the starter model, which is trained to copy short answers from its passages and tells how sure it is.

Takes an answer with its markers, how sure the model was of its tokens, the question and the passages. Pure. The figures
behind the one threshold: docs/answers.md, measured by benchmarks/answers.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from ai_chat.checking.strict import is_borne_out
from ai_chat.prompt import blunt
from ai_chat.types import Hit

SURE = -0.15  # the least confidence with which an answer is shown; measured for the adapter of this release
_PART = re.compile(r"(.*?)((?:\s*\[\d+\])+|$)", re.DOTALL)
_NUMBER = re.compile(r"\[(\d+)\]")
_OPENING = re.compile(r"^(?:예|네|아니요|아니오|yes|no)\b[\s,.]*", re.IGNORECASE)
_COUNTED = re.compile(r"(?<![\d.,])(\d+(?:,\d{3})*(?:\.\d+)?)\s?([가-힣%])")
_SEPARATOR = re.compile(r",\s+")


def confidence(logprobs: Sequence[float]) -> float:
    """0 is certain: the natural logarithm of the probability of the whole answer."""
    return sum(logprobs)


def is_copied(answer: str, question: str, passages: Sequence[Hit]) -> bool:
    """Whether each part of the answer stands in a passage that its markers name: letter by letter, or by the strict check.

    A passage that speaks of the 6th edition where the question asks for the 7th bears out nothing.
    """
    found = list(_parts(answer))
    return bool(found) and all(
        any(_stands(part, question, passages[number - 1].text) for number in numbers if 1 <= number <= len(passages))
        for part, numbers in found
    )


def _parts(answer: str) -> Iterator[tuple[str, list[int]]]:
    """'승인 [1], 제출 [3]' -> 승인 with 1, 제출 with 3. A part that cites nothing has no numbers."""
    for found in _PART.finditer(answer):
        text = found[1].strip(" \n\t.,")
        if text:
            yield text, [int(number) for number in _NUMBER.findall(found[2])]


def _stands(part: str, question: str, passage: str) -> bool:
    """As a whole, or as a list of things that each stand there; a yes or no before it is the model's own."""
    bare = _OPENING.sub("", part)
    close = _close(blunt(passage))
    return not _is_of_another(question, passage) and (
        _is_within(_close(bare), close)
        or all(_is_within(_close(piece), close) for piece in _SEPARATOR.split(bare))
        or is_borne_out(bare, question, [passage], opening=False)
    )


def _is_of_another(question: str, passage: str) -> bool:
    """Whether a number of the question has its unit in the passage, but with other values alone."""
    known = _counted(passage)
    units = {unit for _, unit in known}
    return any(unit in units and (value, unit) not in known for value, unit in _counted(question))


def _counted(text: str) -> set[tuple[str, str]]:
    """Numbers with the letter behind them: '1,200원' -> ('1200', '원')."""
    return {(value.replace(",", ""), unit) for value, unit in _COUNTED.findall(unicodedata.normalize("NFKC", text))}


def _is_within(piece: str, passage: str) -> bool:
    """No number is cut: '15일' does not stand in '115일'."""
    before = r"(?<!\d)(?<!\d[.,])" if piece[:1].isdigit() else ""
    after = r"(?![.,]?\d)" if piece[-1:].isdigit() else ""
    return re.search(before + re.escape(piece) + after, passage) is not None


def _close(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())
