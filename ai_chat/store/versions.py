"""Versions: one content, read by one parser and cut by one chunker, as units and chunks.

Takes units with their chunks, gives them back; an unfinished version is seen by nobody. Knows no document.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from ai_chat.store.boxes import pack, unpack
from ai_chat.store.database import Database, blanks, now
from ai_chat.store.rows import StoredChunk, text_sha256
from ai_chat.types import Chunk, Metadata, Problem, Unit, UnitKind, WordBox

_BATCH = 500
_NUMBERED = re.compile(r"(?:lines|rows) \d+-\d+")  # as the loaders label parts that have no name


@dataclass(frozen=True, slots=True)
class VersionContent:
    """What is told of a version besides its units. `dated`: the day that its content tells, "" where it tells none.

    `unread_pages` wait for OCR; `attachments`: name and place, as `Versions.attachments` gives them.
    """

    warnings: tuple[Problem, ...] = ()
    about: Metadata = field(default_factory=Metadata)
    dated: str = ""
    unread_pages: int = 0
    attachments: tuple[tuple[str, str], ...] = ()


NOTHING_TOLD = VersionContent()


class Versions:
    def __init__(self, database: Database) -> None:
        self._db = database

    def find(self, sha256: str, parser: str, chunker: str) -> int | None:
        """The one with the fewest pages that wait for OCR."""
        row = self._db.row(
            "SELECT id FROM versions WHERE sha256 = ? AND parser = ? AND chunker = ? AND finished = 1"
            " ORDER BY unread_pages, id DESC",
            (sha256, parser, chunker),
        )
        return row["id"] if row else None

    def unread_pages(self, version_id: int) -> int:
        """How many of its pages wait for OCR."""
        row = self._db.row("SELECT unread_pages FROM versions WHERE id = ?", (version_id,))
        return int(row["unread_pages"]) if row else 0

    def begin(self, sha256: str, parser: str, chunker: str) -> int:
        """An unfinished version to add units to."""
        with self._db.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO versions (sha256, parser, chunker, created_at) VALUES (?, ?, ?, ?)",
                (sha256, parser, chunker, now()),
            )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def add_units(self, version_id: int, first_ordinal: int, units: Iterable[tuple[Unit, Sequence[Chunk]]]) -> None:
        """Add units with their chunks in one short transaction."""
        with self._db.transaction() as connection:
            for ordinal, (unit, chunks) in enumerate(units, start=first_ordinal):
                cursor = connection.execute(
                    "INSERT INTO units (version_id, ordinal, kind, number, label, text, offsets, skipped, ocr, boxes)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (version_id, ordinal, *_columns(unit)),
                )
                connection.executemany(
                    "INSERT INTO chunks (unit_id, start, end, text_sha256) VALUES (?, ?, ?, ?)",
                    [(cursor.lastrowid, c.start, c.end, text_sha256(c.text)) for c in chunks],
                )

    def finish(self, version_id: int, content: VersionContent = NOTHING_TOLD) -> None:
        """It is whole: from now on it can be found."""
        about = content.about
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE versions SET finished = 1, warnings = ?, title = ?, author = ?, dated = ?, unread_pages = ?,"
                " attachments = ?, units = (SELECT count(*) FROM units u WHERE u.version_id = versions.id), ocr_pages ="
                " (SELECT count(*) FROM units u WHERE u.version_id = versions.id AND u.ocr IS NOT NULL), chunks ="
                " (SELECT count(*) FROM chunks k JOIN units u ON u.id = k.unit_id WHERE u.version_id = versions.id)"
                " WHERE id = ?",
                (
                    _problems(content.warnings), about.title, about.author, content.dated, content.unread_pages,
                    json.dumps(content.attachments, ensure_ascii=False), version_id,
                ),
            )  # fmt: skip

    def attachments(self, version_id: int) -> list[tuple[str, str]]:
        """Name and place below the folder of kept files, of each file that was found inside."""
        row = self._db.row("SELECT attachments FROM versions WHERE id = ?", (version_id,))
        return [(name, place) for name, place in json.loads(row["attachments"])] if row else []

    def dated(self, version_id: int) -> str:
        row = self._db.row("SELECT dated FROM versions WHERE id = ?", (version_id,))
        return str(row["dated"]) if row else ""

    def drop_unfinished(self, version_id: int | None = None) -> None:
        """Delete a version that was begun and not finished, or all of them."""
        condition, values = ("id = ? AND finished = 0", (version_id,)) if version_id else ("finished = 0", ())
        with self._db.transaction() as connection:
            connection.execute(f"DELETE FROM versions WHERE {condition}", values)

    def units(self, version_id: int, limit: int = -1) -> list[Unit]:
        """In their order, all or the first."""
        rows = self._db.rows("SELECT * FROM units WHERE version_id = ? ORDER BY ordinal LIMIT ?", (version_id, limit))
        return [_unit(row) for row in rows]

    def boxes(self, version_id: int, kind: UnitKind, number: int) -> tuple[WordBox, ...]:
        """Of a unit that was read off a picture; `units` leaves them out."""
        row = self._db.row(
            "SELECT boxes FROM units WHERE version_id = ? AND kind = ? AND number = ?", (version_id, kind, number)
        )
        return unpack(row["boxes"]) if row else ()

    def chunks(self, version_id: int, after: int = 0, limit: int = _BATCH) -> list[StoredChunk]:
        """Chunks of a version in order of id, from the one behind `after` on."""
        rows = self._db.rows(
            "SELECT k.id, substr(u.text, k.start + 1, k.end - k.start) AS text, k.text_sha256, u.kind, u.label"
            " FROM chunks k JOIN units u ON u.id = k.unit_id"
            " WHERE u.version_id = ? AND k.id > ? ORDER BY k.id LIMIT ?",
            (version_id, after, limit),
        )
        return [StoredChunk(r["id"], r["text"], r["text_sha256"], _heading(r["kind"], r["label"])) for r in rows]

    def names(self, version_id: int) -> tuple[str, ...]:
        """What the live documents on this version are called."""
        rows = self._db.rows(
            "SELECT DISTINCT name FROM documents WHERE version_id = ? AND removed_at IS NULL ORDER BY name",
            (version_id,),
        )
        return tuple(row["name"] for row in rows)

    def spread(self, count: int) -> list[int]:
        """At most `count` chunk ids, evenly from all that are stored."""
        row = self._db.row("SELECT coalesce(max(id), 0) FROM chunks")
        last = int(row[0]) if row else 0
        step = max(1, last // count)
        ids = ",".join(map(str, range(max(1, last - step * (count - 1)), last + 1, step)))
        return [row["id"] for row in self._db.rows(f"SELECT id FROM chunks WHERE id IN ({ids}) ORDER BY id")]

    def spans(self, chunk_ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
        """For each chunk its unit's row, start and end; a few at a time."""
        sql = f"SELECT id, unit_id, start, end FROM chunks WHERE id IN ({blanks(chunk_ids)})"
        rows = self._db.rows(sql, tuple(chunk_ids))
        return {row["id"]: (row["unit_id"], row["start"], row["end"]) for row in rows}

    def stretch(self, chunk_id: int, start: int, end: int) -> str:
        """From start to end of the text of the chunk's unit."""
        row = self._db.row(
            "SELECT substr(u.text, ? + 1, ? - ?) FROM chunks k JOIN units u ON u.id = k.unit_id WHERE k.id = ?",
            (start, end, start, chunk_id),
        )
        return str(row[0]) if row else ""


def _columns(unit: Unit) -> tuple[object, ...]:
    told = (unit.kind, unit.number, unit.label, unit.text, json.dumps(unit.offsets), json.dumps(unit.skipped))
    return (*told, unit.ocr, pack(unit.boxes))


def _unit(row: sqlite3.Row) -> Unit:
    offsets, skipped = (tuple(map(tuple, json.loads(row[name]))) for name in ("offsets", "skipped"))
    return Unit(row["kind"], row["number"], row["label"], row["text"], offsets, skipped, row["ocr"])


def _problems(problems: Sequence[Problem]) -> str:
    return json.dumps([asdict(problem) for problem in problems], ensure_ascii=False)


def _heading(kind: str, label: str) -> str:
    return "" if kind == "page" or _NUMBERED.fullmatch(label) else label
