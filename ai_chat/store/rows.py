"""The rows of the library: what they become, and the SELECTs that read them whole."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass

from ai_chat.types import DocumentInfo, Passage, Problem, Status, UnitRef


@dataclass(frozen=True, slots=True)
class Change:
    """From `sequence` on, the version is live or not."""

    sequence: int
    version_id: int
    live: bool


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """`heading`: the label of its unit, "" where that is only a number."""

    chunk_id: int
    text: str
    text_sha256: bytes
    heading: str = ""


@dataclass(frozen=True, slots=True)
class VersionFilter:
    """Only these versions, or all but these."""

    versions: frozenset[int]
    exclude: bool


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What ingestion needs to know about a document it has met before."""

    id: str
    version_id: int | None
    sha256: str | None
    parser: str | None
    chunker: str | None
    removed: bool
    status: Status
    path: str
    name: str
    collection: str
    locator: str
    modified_at: str | None = None
    parent_id: str | None = None
    unread_pages: int = 0


DOCUMENT = """
    SELECT d.*, c.name AS collection, v.sha256, v.parser, v.chunker, coalesce(v.unread_pages, 0) AS unread_pages
    FROM documents d
    JOIN collections c ON c.id = d.collection_id LEFT JOIN versions v ON v.id = d.version_id
"""
INFO = """
    SELECT d.*, c.name AS collection, v.sha256, v.parser, coalesce(v.warnings, '[]') AS warnings,
        coalesce(v.title, '') AS title, coalesce(v.author, '') AS author,
        coalesce(v.units, 0) AS unit_count, coalesce(v.chunks, 0) AS chunk_count,
        coalesce(v.ocr_pages, 0) AS ocr_pages, coalesce(v.unread_pages, 0) AS unread_pages,
        coalesce((SELECT p.name FROM documents p WHERE p.id = d.parent_id), '') AS parent_name
    FROM documents d JOIN collections c ON c.id = d.collection_id LEFT JOIN versions v ON v.id = d.version_id
"""
PASSAGE = """
    SELECT k.id AS chunk_id, k.start, k.end, substr(u.text, k.start + 1, k.end - k.start) AS text,
        u.version_id, u.kind, u.number, u.label, u.ocr IS NOT NULL AS ocr, d.id AS document_id, d.name, c.name AS collection, min(d.row)
    FROM chunks k JOIN units u ON u.id = k.unit_id JOIN documents d ON d.version_id = u.version_id
    JOIN collections c ON c.id = d.collection_id
"""
CHUNK_TEXT = """
    SELECT k.id, substr(u.text, k.start + 1, k.end - k.start) AS text FROM chunks k JOIN units u ON u.id = k.unit_id
"""


def text_sha256(text: str) -> bytes:
    """The key under which a text's vector is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _problem(value: str | None) -> Problem | None:
    return Problem(**json.loads(value)) if value else None


def document_row(row: sqlite3.Row) -> DocumentRow:
    return DocumentRow(
        id=row["id"],
        version_id=row["version_id"],
        sha256=row["sha256"],
        parser=row["parser"],
        chunker=row["chunker"],
        removed=row["removed_at"] is not None,
        status=row["status"],
        path=row["path"],
        name=row["name"],
        collection=row["collection"],
        locator=row["locator"],
        modified_at=row["modified_at"],
        parent_id=row["parent_id"],
        unread_pages=row["unread_pages"],
    )


def document_info(row: sqlite3.Row) -> DocumentInfo:
    return DocumentInfo(
        id=row["id"],
        name=row["name"],
        path=row["path"],
        collection=row["collection"],
        status=row["status"],
        units=row["unit_count"],
        chunks=row["chunk_count"],
        warnings=tuple(Problem(**w) for w in json.loads(row["warnings"])),
        error=_problem(row["error"]),
        document_date=row["document_date"] or "",
        modified_at=row["modified_at"] or "",
        added_at=row["added_at"],
        title=row["title"],
        author=row["author"],
        parent_id=row["parent_id"],
        ocr_pages=row["ocr_pages"],
        unread_pages=row["unread_pages"],
        parent_name=row["parent_name"],
    )


def passage(row: sqlite3.Row) -> Passage:
    return Passage(
        chunk_id=row["chunk_id"],
        version_id=row["version_id"],
        document_id=row["document_id"],
        document=row["name"],
        collection=row["collection"],
        unit=UnitRef(row["kind"], row["number"], row["label"], bool(row["ocr"])),
        start=row["start"],
        end=row["end"],
        text=row["text"],
    )
