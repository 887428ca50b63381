"""One unit to look at: its page as a picture where the file has pages that can be drawn, else its text as HTML.

Takes a Unit, marks and a way to draw, gives a Rendered. What cannot be drawn is shown as text, and said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ai_chat.errors import InputError
from ai_chat.loaders.normalise import to_raw
from ai_chat.rendering.html import unit_html
from ai_chat.rendering.places import Span, spans_of
from ai_chat.rendering.wire import Box, Mark, Picture
from ai_chat.types import Problem, Rendered, Unit

Drawing = Callable[[tuple[Mark, ...]], Picture]


def render_unit(
    unit: Unit, name: str, marks: Sequence[tuple[int, int]], sentence: str, drawing: Drawing | None
) -> Rendered:
    """`drawing` makes the picture of this unit's page, None where there is none to make; `name` is the document's."""
    spans = spans_of(unit.text, marks, sentence)
    wanted = max(len(spans), bool(marks or sentence.strip()))
    warnings: list[Problem] = []
    if drawing is not None:
        try:
            picture = drawing(tuple(_mark(unit, span) for span in spans))
            warnings += _unplaced(name, wanted, picture.marked)
            return Rendered("image/png", picture.png, picture.marked, tuple(warnings))
        except InputError as error:
            locked = error.code == "password_needed"
            warnings.append(Problem("picture_locked", {"name": name}) if locked else error.problem)
    warnings += _unplaced(name, wanted, len(spans))
    return Rendered("text/html", unit_html(unit, name, spans).encode("utf-8", "replace"), len(spans), tuple(warnings))


def _unplaced(name: str, wanted: int, marked: int) -> list[Problem]:
    return [] if marked >= wanted else [Problem("sentence_unplaced", {"name": name})]


def _mark(unit: Unit, span: Span) -> Mark:
    text = unit.text[span.start : span.end]
    if unit.boxes:
        return Mark(text, boxes=tuple(_boxes(unit, span)))
    return Mark(text, raw=tuple(to_raw(unit.offsets, place) for place in range(span.start, span.end)))


def _boxes(unit: Unit, span: Span) -> Iterator[Box]:
    for box in unit.boxes:
        if box.start < span.end and span.start < box.end:
            yield box.left, box.top, box.right, box.bottom
