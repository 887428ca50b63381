"""A straight picture of a page -> the boxes to read one after the other: the whole, or what stands above, left, right and below a gutter.

Takes a mask of ink, gives boxes in its pixels. Careful: only two columns of running text are parted, no table and no form, whose rows
must stay together. Knows no tesseract.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

_MIDDLE = (0.3, 0.7)  # of the width: where a gutter may be
_GUTTER = 0.015  # of the width
_LONG = 0.35  # of the height that has ink
_FILLED = 0.75  # of a column's width, by half of its lines
_DENSE = 0.4  # of its rows of pixels; those of a table stand further apart


class Box(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int


def columns(ink: Mask) -> list[Box]:
    """In reading order."""
    height, width = ink.shape
    whole = Box(0, 0, width, height)
    inked = np.flatnonzero(ink.any(axis=1))
    if not inked.size:
        return [whole]
    first, last = int(inked[0]), int(inked[-1]) + 1
    x, top, bottom = _gutter(ink[first:last])
    if bottom - top < _LONG * (last - first):
        return [whole]
    top = first + top + 1 if top else 0
    bottom = first + bottom - 2 if first + bottom < last else height
    sides = [Box(0, top, x, bottom), Box(x, top, width, bottom)]
    if not all(_is_running_text(ink[side.top : side.bottom, side.left : side.right]) for side in sides):
        return [whole]
    around = [Box(0, 0, width, top), *sides, Box(0, bottom, width, height)]
    return [box for box in around if ink[box.top : box.bottom, box.left : box.right].any()]


def _gutter(ink: Mask) -> tuple[int, int, int]:
    """The middle, top and bottom of the longest empty strip of paper."""
    width = ink.shape[1]
    half = max(1, round(width * _GUTTER / 2))
    best = (width // 2, 0, 0)
    for x in range(round(width * _MIDDLE[0]), round(width * _MIDDLE[1])):
        filled = np.flatnonzero(ink[:, x - half : x + half + 1].any(axis=1))
        borders = np.concatenate(([-1], filled, [ink.shape[0]]))
        longest = int(np.diff(borders).argmax())
        top, bottom = int(borders[longest]) + 1, int(borders[longest + 1])
        if bottom - top > best[2] - best[1]:
            best = (x, top, bottom)
    return best


def _is_running_text(ink: Mask) -> bool:
    """Its lines stand close, and most reach from side to side."""
    filled: Mask = np.asarray(ink.any(axis=1))
    if filled.sum() < 10 or filled[: np.flatnonzero(filled)[-1] + 1].mean() < _DENSE:
        return False
    lines = ink[filled]
    starts, ends = lines.argmax(axis=1), lines.shape[1] - lines[:, ::-1].argmax(axis=1)
    edge = np.percentile(ends, 95) - np.percentile(starts, 5)
    return bool(np.median(ends - starts) >= _FILLED * edge and edge >= 0.5 * ink.shape[1])
