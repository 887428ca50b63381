"""Which passages a model reads, and what of them: a small one the sentence that answers and what stands around it.

A model of a few hundred million weights finds the wrong value in a whole passage; benchmarks/answers.py. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ai_chat.chunking import split_sentences
from ai_chat.prompt import Exchange
from ai_chat.types import Hit

EXCERPT = 160  # code points; a longer sentence stays whole
_PASSAGES_CHAT = 5
_PASSAGES_COMPLETION = 3
_PASSAGES_FOLLOW_UP = 3  # beside those of the questions before it
_CELL = " | "


def passages_read(hits: Sequence[Hit], *, chat: bool, follow_up: bool) -> list[Hit]:
    """The first few, as many as a model of its kind reads well; one that completes reads excerpts."""
    most = _PASSAGES_FOLLOW_UP if follow_up else _PASSAGES_CHAT if chat else _PASSAGES_COMPLETION
    return list(hits[:most]) if chat else [_excerpt(hit) for hit in hits[:most]]


def exchange_read(exchange: Exchange, *, chat: bool) -> Exchange:
    """As it was read when it was asked."""
    if chat:
        return exchange
    earlier = {number: _excerpt(hit) for number, hit in exchange.earlier.items()}
    return replace(exchange, passages=tuple(map(_excerpt, exchange.passages)), earlier=earlier)


def _excerpt(hit: Hit) -> Hit:
    return replace(hit, text=excerpt(hit.text, hit.sentence))


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
