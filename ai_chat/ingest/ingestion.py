"""One file after the other into the library, idempotent by content hash.

A file is known by its place, a version by (sha256, parser, chunker). Units stream into an unfinished version that
nothing sees; publishing it is one transaction, so a kill at any moment leaves the older version or the new one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ai_chat import chunking
from ai_chat.dates import document_date
from ai_chat.errors import AiChatError, InputError
from ai_chat.ingest.content import day_in, store_units
from ai_chat.ingest.files import find_files, sha256_of, stamp
from ai_chat.ingest.indexing import Indexer
from ai_chat.ingest.line import Line
from ai_chat.store import DocumentRow, Store
from ai_chat.types import IngestEvent, Metadata, Outcome, Problem, Status, Unit

_TRIES = 3
_UNITS_OF_A_FIRST_PAGE = 20
_TELL_SECONDS = 0.5  # how often who waits is told what for
_STATUS: dict[str, Status] = {"needs_ocr": "needs_ocr", "password_needed": "needs_password"}


class Parser(Protocol):
    """Reads a file somewhere else than here: units, warnings and metadata among them; raises when nothing usable came."""

    def parse(self, path: Path, name: str | None = None) -> Iterator[Unit | Problem | Metadata]: ...

    def fingerprint(self, path: Path) -> str: ...


class Ingestion:
    """`suffixes` are the file names taken from folders; `line` is shared with others who read into the same library."""

    def __init__(
        self, store: Store, parser: Parser, indexer: Indexer, suffixes: Sequence[str], line: Line | None = None
    ) -> None:
        self._store = store
        self._library = store.library
        self._versions = store.versions
        self._parser = parser
        self._indexer = indexer
        self._suffixes = suffixes
        self._line = line or Line()

    def run(self, paths: Sequence[Path], collection: str) -> Iterator[IngestEvent]:
        """Read all files at these paths; keyword-searchable when the iterator ends, finished files within seconds."""
        found = find_files(paths, self._suffixes)
        files, problems = found.files, found.problems
        total = len(files) + len(problems)
        for done, (path, problem) in enumerate(problems, start=1):
            yield IngestEvent(done, total, str(path), "failed", problem=problem)
        if found.passed_over:
            values = {"count": found.passed_over, "known": " ".join(self._suffixes)}
            yield IngestEvent(len(problems), total, "", problem=Problem("files_passed_over", values))
        try:
            for done, path in enumerate(files, start=len(problems) + 1):
                yield IngestEvent(done - 1, total, str(path))
                yield from self._in_turn(path, collection, str(path), path.name, done, total)
                self._indexer.feed()
        finally:
            self._indexer.catch_up()

    def one(self, path: Path, collection: str, locator: str, name: str) -> Iterator[IngestEvent]:
        """Read one file, searchable when its outcome is told. `locator` is where the document lives for the user."""
        for event in self._in_turn(path, collection, locator, name, 1, 1):
            if event.outcome:
                self._indexer.catch_up()
            yield event

    def _in_turn(
        self, path: Path, collection: str, locator: str, name: str, done: int, total: int
    ) -> Iterator[IngestEvent]:
        place = self._line.join(IngestEvent(done - 1, total, str(path)))
        try:
            while not place.take(_TELL_SECONDS):
                yield place.ahead()
            event = self._add(path, collection, locator, name, done, total)
        finally:
            place.leave()
        yield event

    def _add(self, path: Path, collection: str, locator: str, name: str, done: int, total: int) -> IngestEvent:
        """Read one file; its failure is an event with the reason."""
        known = self._library.find_document(collection, locator)
        document_id: str | None = None
        try:
            digest, parser = self._identify(path)
            modified_at = stamp(path).modified_at
            if known and _is_current(known, digest, parser):
                if modified_at != known.modified_at:
                    self._library.set_dates(known.id, modified_at)
                return IngestEvent(done, total, str(path), "unchanged", known.id)
            document_id = self._library.put_document(collection, locator, name, str(path))
            version = self._version(path, name, document_id, digest, parser)
            dated = document_date(name, self._versions.dated(version))
            self._library.publish(document_id, version, "searchable", modified_at=modified_at, document_date=dated)
        except AiChatError as error:
            if not isinstance(error, InputError) and not error.code.startswith("parser_"):
                raise
            self._fail(collection, locator, name, path, known, error.problem)
            return IngestEvent(done, total, str(path), "failed", document_id, error.problem)
        return IngestEvent(done, total, str(path), _outcome(known), document_id)

    def resume(self) -> Iterator[IngestEvent]:
        """Read again what a killed process left queued or half read."""
        with self._line.turn():
            self._versions.drop_unfinished()
        rows = self._library.interrupted()
        for done, row in enumerate(rows, start=1):
            found = self._library.locator(row.id)
            yield from self._in_turn(Path(row.path), row.collection, found, row.name, done, len(rows))
        self._date_older()
        self._indexer.catch_up()

    def _date_older(self) -> None:
        """What a library of an older schema did not keep, without reading the files again."""
        for row in self._library.undated():
            assert row.version_id is not None
            with suppress(InputError):  # a file that is no longer there
                modified_at = stamp(Path(row.path)).modified_at
                inside = day_in(self._versions.units(row.version_id, _UNITS_OF_A_FIRST_PAGE))
                self._library.set_dates(row.id, modified_at, document_date(row.name, inside))

    def _identify(self, path: Path) -> tuple[str, str]:
        if not path.exists():
            raise InputError("file_vanished", path=str(path))
        return sha256_of(path), self._parser.fingerprint(path)

    def _version(self, path: Path, name: str, document_id: str, digest: str, parser: str) -> int:
        """The version of this content: the stored one, or read now; read again while the file changes under us."""
        for _ in range(_TRIES):
            stored = self._versions.find(digest, parser, chunking.FINGERPRINT)
            if stored is not None:
                return stored
            self._library.set_status(document_id, "parsing")
            before = stamp(path)
            version = self._read(path, name, digest, parser)
            if stamp(path) == before and sha256_of(path) == digest:
                return version
            self._versions.drop_unfinished(version)
            digest = sha256_of(path)
        raise InputError("file_changing", path=str(path))

    def _read(self, path: Path, name: str, digest: str, parser: str) -> int:
        version = self._versions.begin(digest, parser, chunking.FINGERPRINT)
        try:
            content = store_units(self._store, version, self._parser.parse(path, name))
        except AiChatError:
            self._versions.drop_unfinished(version)
            raise
        self._versions.finish(version, content.warnings, content.about, content.dated)
        return version

    def _fail(
        self, collection: str, locator: str, name: str, path: Path, known: DocumentRow | None, problem: Problem
    ) -> None:
        """Keep the reason with the document; a file that was never there leaves no trace."""
        if known is None and problem.code == "file_vanished":
            return
        document_id = self._library.put_document(collection, locator, name, str(path))
        self._library.set_status(document_id, _STATUS.get(problem.code, "failed"), problem)


def _is_current(known: DocumentRow, digest: str, parser: str) -> bool:
    stands_on = (known.sha256, known.parser, known.chunker)
    read = known.status in ("searchable", "complete")
    return read and not known.removed and stands_on == (digest, parser, chunking.FINGERPRINT)


def _outcome(known: DocumentRow | None) -> Outcome:
    return "updated" if known and known.version_id and not known.removed else "added"
