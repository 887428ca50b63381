"""Showing what a document says: one of its units, drawn from the original file where that is still what was read.

Takes the Parts; looks units and files up, and hands them to the rendering room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ai_chat.app.parts import Parts
from ai_chat.errors import InputError
from ai_chat.ingest.files import sha256_of, stamp
from ai_chat.rendering.unit import render_unit
from ai_chat.rendering.wire import Mark, Page, Picture
from ai_chat.types import DocumentDetail, Problem, Rendered, Unit, UnitKind


def original(parts: Parts, document_id: str) -> Path:
    """The file that it was read from; InputError document_unknown, file_vanished."""
    path = Path(parts.store.library.document(document_id).info.path)
    stamp(path)
    return path


def render(
    parts: Parts,
    document_id: str,
    kind: UnitKind,
    number: int,
    marks: Sequence[tuple[int, int]],
    sentence: str,
    password: str | None,
    refused: Problem | None = None,
) -> Rendered:
    """A page as a picture, unless no work may begin (`refused`), all else as HTML; InputError document_unknown, unit_unknown."""
    detail = parts.store.library.document(document_id)
    unit, name = _unit(parts, detail, kind, number), detail.info.name
    if kind != "page":
        return render_unit(unit, name, marks, sentence, None)
    if problem := refused or _not_as_read(detail):
        rendered = render_unit(unit, name, marks, sentence, None)
        return replace(rendered, warnings=(problem, *rendered.warnings))

    def drawing(places: tuple[Mark, ...]) -> Picture:
        with parts.renderer.lease() as renderer:
            return renderer.draw(Page(Path(detail.info.path), name, number, places, password))

    return render_unit(unit, name, marks, sentence, drawing)


def _unit(parts: Parts, detail: DocumentDetail, kind: UnitKind, number: int) -> Unit:
    """With its word boxes, where it was read off a picture."""
    found = next((unit for unit in detail.units if (unit.kind, unit.number) == (kind, number)), None)
    if found is None:
        raise InputError("unit_unknown", name=detail.info.name, number=number)
    if found.ocr is None or detail.version_id is None:
        return found
    return replace(found, boxes=parts.store.versions.boxes(detail.version_id, kind, number))


def _not_as_read(detail: DocumentDetail) -> Problem | None:
    """Why the file is not the one whose text we hold; its time tells, and where that differs its content."""
    path = Path(detail.info.path)
    try:
        changed = stamp(path).modified_at != detail.info.modified_at and sha256_of(path) != detail.sha256
    except InputError as error:
        return error.problem
    return Problem("original_changed", {"name": detail.info.name}) if changed else None
