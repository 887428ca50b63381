"""Small pictures of numbers as SVG: a stacked bar, a line over an hour, a bar a minute; each says in words what it shows.

Pure: numbers and words in, HTML out: a picture with its colours inside, for Streamlit lets no SVG stand in the page itself. What is
written beside it is HTML, so that it keeps its size on any screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ai_chat.ui.escape import html_text

HOUR = 3600.0
_WIDTH, _HEIGHT, _BAR = 600, 90, 14
_COLUMNS = 150  # of an hour's line: 24 seconds each
_GAP = 3 * HOUR / _COLUMNS  # longer without a number, and the line is broken
_LINE, _MARK = "#3b82f6", "#d0762a"


@dataclass(frozen=True, slots=True)
class Share:
    """A piece of a bar. `label` says what it is."""

    colour: str
    label: str
    size: int


@dataclass(frozen=True, slots=True)
class Point:
    """`at` in seconds."""

    at: float
    value: float


def stacked_bar(shares: Sequence[Share], whole: int, mark: int, words: str) -> str:
    """The shares of `whole` beside each other; a line where `mark` is. `words` say it all."""
    pieces, left = [], 0.0
    for share in shares:
        width = _WIDTH * share.size / max(whole, 1)
        pieces.append(f'<rect fill="{share.colour}" x="{left:.1f}" y="1" width="{width:.1f}" height="{_BAR}"/>')
        left += width
    at = _WIDTH * mark / max(whole, 1)
    line = f'<rect fill="{_MARK}" x="{min(at, _WIDTH - 2):.1f}" y="0" width="2" height="{_BAR + 2}"/>'
    return _svg("".join(pieces) + line, _BAR + 2, words, "stack")


def hour_line(points: Sequence[Point], now: float, top: float, words: str, mark: float | None = None) -> str:
    """The highest value of each column; broken where nothing was measured. `mark` is a level to look for."""
    lines = [_polyline(run, now, top) for run in _runs(_columns(points, now))]
    level = (
        f'<rect fill="{_MARK}" x="0" y="{_y(mark, top):.1f}" width="{_WIDTH}" height="1"/>' if mark is not None else ""
    )
    return _svg(level + "".join(lines), _HEIGHT, words, "line")


def minute_bars(points: Sequence[Point], now: float, words: str) -> str:
    """A bar a minute, the highest over the whole height."""
    top = max((point.value for point in points), default=0.0)
    width = _WIDTH / 60
    bars = [
        f'<rect fill="{_LINE}" x="{max(_x(point.at, now), 0):.1f}" y="{_y(point.value, top):.1f}"'
        f' width="{width - 1.5:.1f}" height="{_HEIGHT - _y(point.value, top):.1f}"/>'
        for point in points
        if point.at > now - HOUR - 60
    ]
    return _svg("".join(bars), _HEIGHT, words, "bars")


def _svg(inside: str, height: int, words: str, kind: str) -> str:
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" preserveAspectRatio="none">{inside}</svg>'
    return f'<img class="{kind}" alt="{html_text(words)}" decoding="sync" src="data:image/svg+xml,{quote(drawn)}">'


def _columns(points: Sequence[Point], now: float) -> list[Point]:
    """One point a column of the hour, its highest."""
    highest: dict[int, Point] = {}
    for point in points:
        column = int((point.at - now + HOUR) * _COLUMNS / HOUR)
        if column >= 0 and (column not in highest or highest[column].value < point.value):
            highest[column] = point
    return [highest[column] for column in sorted(highest)]


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    run: list[Point] = []
    for point in points:
        if run and point.at - run[-1].at > _GAP:
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def _polyline(run: Sequence[Point], now: float, top: float) -> str:
    places = [(_x(point.at, now), _y(point.value, top)) for point in run]
    if len(places) == 1:
        places.append((places[0][0] + 2, places[0][1]))  # a single point is to be seen, too
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{joined}" fill="none" stroke="{_LINE}" stroke-width="2" vector-effect="non-scaling-stroke"/>'


def _x(at: float, now: float) -> float:
    return min(_WIDTH * (at - now + HOUR) / HOUR, _WIDTH)


def _y(value: float, top: float) -> float:
    return _HEIGHT - (_HEIGHT - 2) * min(value / top, 1.0) if top > 0 else float(_HEIGHT)
