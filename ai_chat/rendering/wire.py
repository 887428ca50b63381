"""The words between `client` and `worker`: a page and what to mark on it, the picture that was made of it.

What failed goes as the error frames of the loaders.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from ai_chat.process import Frame

WORKER = "ai_chat.rendering.worker"
READY: Frame = {"op": "ready"}

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as fractions of the picture."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to mark: by its boxes where they are known, else by the letters of the page's text and where each stands in it."""

    text: str
    raw: tuple[int, ...] = ()
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """`number` counts from 1; `name` is what the user calls the file."""

    path: Path
    name: str
    number: int
    marks: tuple[Mark, ...] = ()
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """`marked`: how many of the marks were found on the page."""

    png: bytes
    marked: int


def page_frame(page: Page) -> Frame:
    marks = [[mark.text, mark.raw, mark.boxes] for mark in page.marks]
    return {"op": "page", "page": [str(page.path), page.name, page.number, marks, page.password]}


def page_of(frame: Frame) -> Page:
    path, name, number, marks, password = frame["page"]
    return Page(Path(path), name, number, tuple(_mark_of(*mark) for mark in marks), password)


def picture_frame(picture: Picture) -> Frame:
    return {"op": "picture", "png": b64encode(picture.png).decode("ascii"), "marked": picture.marked}


def picture_of(frame: Frame) -> Picture:
    return Picture(b64decode(frame["png"]), frame["marked"])


def _mark_of(text: str, raw: list[int], boxes: list[list[float]]) -> Mark:
    return Mark(text, tuple(raw), tuple((left, top, right, bottom) for left, top, right, bottom in boxes))
