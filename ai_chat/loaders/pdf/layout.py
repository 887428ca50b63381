"""What of a PDF page's text is an artefact of its layout: positions in PDFium's page text that are better left out.

Three kinds: spaces that nobody can see, as the letters around them touch; spaces that PDFium infers between Hangul and Latin letters or
digits that were only set apart ("1871 년" is "1871년"); and, where the file writes its own spaces, line ends inside a word
at the right margin. Where unsure, nothing is left out.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import NamedTuple

from ai_chat.loaders.pdf.letters import Letters

_EAST = "\u1100-\u11ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf53a"
_WEST = "0-9A-Za-z.,:;!?()\\[\\]'\"%/~-"
_SCRIPT_BORDER = re.compile(f"(?<=[{_EAST}]) (?=[{_WEST}])|(?<=[{_WEST}]) (?=[{_EAST}])")
_WORD_BORDER = re.compile(f"(?<=[{_EAST}]) (?=[{_EAST}])")
_INNER_LINE_END = re.compile(
    f"(?<=[{_EAST}])\r\n(?=[{_EAST}(])"
    "|(?<=[0-9])\r\n(?=[학년월일시분초원명개건회차조항호층위세대쪽])"
    "|(?<=[A-Za-z)])\r\n(?=(?:은|는|이|가|을|를|의|에|에서|로|으로|와|과|도)\\s)"
)
_SPACED_LINE_END = re.compile(r"(?<=\S) \r\n")
_LIST_MARK = re.compile(f"(?:[0-9]{{1,3}}|[A-Za-z{_EAST}])[.)]|[0-9]+(?:\\.[0-9]+)+|제\\s?[0-9]+\\s?[조장절항]")
_TOUCHING = 0.05  # of the font size
_NARROWER = 0.85  # than the narrower ones of the spaces between words
_APART = 0.3  # of the font size; office programs keep Hangul and Latin apart by a fifth or a quarter
_NARROW = 0.6  # of the font size; wider gaps are columns
_MARGIN = 1.2  # of the font size; a line that ends farther from the margin had room for another letter
_WIDEST_LETTER = 1.05  # of the font size, on average over a line; more means that the line is a table's row
_FULL = 0.7  # of the longest line of running text; shorter lines end in cells and titles
_SAMPLE = 4000
_ENOUGH = 3


def artefacts(page: Letters) -> frozenset[int]:
    """Positions in the page text to leave out."""
    borders = [match.start() for match in _SCRIPT_BORDER.finditer(page.raw)]
    inferred = [position for position in borders if page.is_inferred(position)]
    unseen = [position for position in set(borders).difference(inferred) if _gap(page, position) < _TOUCHING]
    ends = _inner_line_ends(page)
    if not (inferred or ends):
        return frozenset(unseen)
    writes_spaces = _writes_spaces(page)
    limit = _APART if writes_spaces else min(_APART, _NARROWER * _word_gap(page))
    narrow = [position for position in inferred if _gap(page, position) < limit]
    ends = ends if writes_spaces else []
    return frozenset(chain(unseen, narrow, ends, (position + 1 for position in ends)))


class _Letter(NamedTuple):
    left: float
    bottom: float
    right: float
    size: float


def _letter(letters: Letters, position: int) -> _Letter:
    box, size = letters.box(position), letters.font_size(position)
    if not 1 < size < 2 * box.height:  # which the page scales
        size = box.height
    return _Letter(box.left, box.bottom, box.right, size)


def _gap(letters: Letters, position: int) -> float:
    """The distance between the letters around a space, in font sizes."""
    before, after = _letter(letters, position - 1), _letter(letters, position + 1)
    return abs(after.left - before.right) / max(before.size, 0.1)


def _writes_spaces(page: Letters) -> bool:
    """Whether the file itself holds nearly all narrow spaces between words; the page's beginning tells."""
    sample = [match.start() for match in _WORD_BORDER.finditer(page.raw, 0, _SAMPLE)]
    inferred = [position for position in sample if page.is_inferred(position)]
    narrow = sum(1 for position in inferred if _gap(page, position) < _NARROW)
    written = len(sample) - len(inferred)
    return written >= _ENOUGH and written >= 9 * narrow


def _word_gap(page: Letters) -> float:
    """How far apart words stand on the page's beginning, but for the closest tenth; 0 where none tells."""
    sample = [match.start() for match in _WORD_BORDER.finditer(page.raw, 0, _SAMPLE)]
    gaps = sorted(gap for position in sample if _TOUCHING < (gap := _gap(page, position)) < _NARROW)
    return gaps[len(gaps) // 10] if gaps else 0.0


def _inner_line_ends(page: Letters) -> list[int]:
    """Line ends at the margin of running text, without the space that this page keeps at other line ends."""
    spaced = [match.start() for match in _SPACED_LINE_END.finditer(page.raw) if not page.is_inferred(match.start())]
    if len(spaced) < _ENOUGH:
        return []
    margin = max(_letter(page, position - 1).right for position in spaced)
    shortest = _FULL * max(position - _line_start(page.raw, position) for position in spaced)
    found = (match.start() for match in _INNER_LINE_END.finditer(page.raw))
    candidates = [position for position in found if position - _line_start(page.raw, position) >= shortest]
    return [position for position in candidates if _continues(page, position, margin)]


def _continues(page: Letters, position: int, margin: float) -> bool:
    if _LIST_MARK.match(page.raw, position + 2):
        return False
    last, first = _letter(page, position - 1), _letter(page, position + 2)
    start = _line_start(page.raw, position)
    width = (last.right - _letter(page, start).left) / (position - start)
    at_margin = width < _WIDEST_LETTER * last.size and abs(margin - last.right) < _MARGIN * last.size
    line_below = 0 < last.bottom - first.bottom < 3 * last.size
    return at_margin and line_below and abs(first.size - last.size) < 0.1 * last.size


def _line_start(raw: str, position: int) -> int:
    return raw.rfind("\n", 0, position) + 1
