"""The part of a passage that a small model reads: the sentence that answers and what stands around it.

A model of a few hundred million weights finds the wrong value in a whole passage; benchmarks/answers.py. Pure.
"""

from __future__ import annotations

from ai_chat.chunking import split_sentences

EXCERPT = 160  # code points; a longer sentence stays whole
_CELL = " | "


def excerpt(text: str, sentence: str, most: int = EXCERPT) -> str:
    """Whole sentences and table rows around `sentence`, those behind it first; a row is led by the table's first row.

    The whole text where it is not longer than `most`, or where the sentence does not stand in it.
    """
    at = text.find(sentence)
    if len(text) <= most or not sentence or at < 0:
        return text
    start, end = _around(text, at, at + len(sentence), most)
    kept = text[start:end]
    if _CELL not in sentence:
        return kept
    header = next(line for line in text.splitlines() if _CELL in line)
    return kept if header in kept else f"{header}\n{kept}"


def _around(text: str, start: int, end: int, most: int) -> tuple[int, int]:
    """The stretch from `start` to `end` with as many sentences beside it as there is room for, taken in turns."""
    spans = split_sentences(text)
    behind = [span for span in spans if span[0] >= end]
    before = [span for span in reversed(spans) if span[1] <= start]
    while True:
        grown = False
        if behind and behind[0][1] - start <= most:
            end = behind.pop(0)[1]
            grown = True
        if before and end - before[0][0] <= most:
            start = before.pop(0)[0]
            grown = True
        if not grown:
            return start, end
