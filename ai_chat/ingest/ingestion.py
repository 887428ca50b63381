"""One file after the other into the library, idempotent by content hash.

A file is known by its place, a version by (sha256, parser, chunker). Units stream into an unfinished version that
nothing sees; publishing it is one transaction, so a kill at any moment leaves the older version or the new one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from ai_chat import chunking
from ai_chat.errors import AiChatError, InputError
from ai_chat.ingest.files import find_files, sha256_of, stamp
from ai_chat.ingest.indexing import Indexer
from ai_chat.store import DocumentRow, Store
from ai_chat.types import IngestEvent, Outcome, Problem, Status, Unit

_UNITS_A_TRANSACTION = 20
_TRIES = 3
_FILES_A_COMMIT = 50
_STATUS: dict[str, Status] = {"needs_ocr": "needs_ocr", "password_needed": "needs_password"}


class Parser(Protocol):
    """Reads a file somewhere else than here: units, and warnings among them; raises when nothing usable came."""

    def parse(self, path: Path, name: str | None = None) -> Iterator[Unit | Problem]: ...

    def fingerprint(self, path: Path) -> str: ...


class Ingestion:
    """`suffixes` are the file names taken from folders."""

    def __init__(self, store: Store, parser: Parser, indexer: Indexer, suffixes: Sequence[str]) -> None:
        self._store = store
        self._library = store.library
        self._versions = store.versions
        self._parser = parser
        self._indexer = indexer
        self._suffixes = suffixes

    def run(self, paths: Sequence[Path], collection: str) -> Iterator[IngestEvent]:
        """Read all files at these paths; keyword-searchable when the iterator ends, finished files even before."""
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
                yield self.add(path, collection, str(path), path.name, done, total)
                if done % _FILES_A_COMMIT == 0:
                    self._indexer.catch_up()
        finally:
            self._indexer.catch_up()

    def add(self, path: Path, collection: str, locator: str, name: str, done: int = 1, total: int = 1) -> IngestEvent:
        """Read one file; its failure is an event with the reason. `locator` is where the document lives for the user."""
        known = self._library.find_document(collection, locator)
        document_id: str | None = None
        try:
            digest, parser = self._identify(path)
            if known and _is_current(known, digest, parser):
                return IngestEvent(done, total, str(path), "unchanged", known.id)
            document_id = self._library.put_document(collection, locator, name, str(path))
            version = self._version(path, name, document_id, digest, parser)
            self._library.publish(document_id, version, "searchable")
        except AiChatError as error:
            if not isinstance(error, InputError) and not error.code.startswith("parser_"):
                raise
            self._fail(collection, locator, name, path, known, error.problem)
            return IngestEvent(done, total, str(path), "failed", document_id, error.problem)
        return IngestEvent(done, total, str(path), _outcome(known), document_id)

    def resume(self) -> Iterator[IngestEvent]:
        """Read again what a killed process left queued or half read."""
        self._versions.drop_unfinished()
        rows = self._library.interrupted()
        for done, row in enumerate(rows, start=1):
            found = self._library.locator(row.id)
            yield self.add(Path(row.path), row.collection, found, row.name, done, len(rows))
        self._indexer.catch_up()

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
            warnings = store_units(self._store, version, self._parser.parse(path, name))
        except AiChatError:
            self._versions.drop_unfinished(version)
            raise
        self._versions.finish(version, warnings)
        return version

    def _fail(
        self, collection: str, locator: str, name: str, path: Path, known: DocumentRow | None, problem: Problem
    ) -> None:
        """Keep the reason with the document; a file that was never there leaves no trace."""
        if known is None and problem.code == "file_vanished":
            return
        document_id = self._library.put_document(collection, locator, name, str(path))
        self._library.set_status(document_id, _STATUS.get(problem.code, "failed"), problem)


def store_units(store: Store, version: int, units: Iterable[Unit | Problem]) -> list[Problem]:
    """Cut and store units as they come, a few a transaction; gives the warnings that came among them."""
    warnings: list[Problem] = []
    ordinal = itertools.count(1)
    batch: list[Unit] = []

    def flush() -> None:
        first = next(ordinal)
        cut = [(unit, chunking.chunk_unit(unit.text)) for unit in batch]
        store.versions.add_units(version, first, cut)
        for _ in batch[1:]:
            next(ordinal)
        batch.clear()

    for item in units:
        if isinstance(item, Problem):
            warnings.append(item)
            continue
        batch.append(item)
        if len(batch) >= _UNITS_A_TRANSACTION:
            flush()
    if batch:
        flush()
    return warnings


def _is_current(known: DocumentRow, digest: str, parser: str) -> bool:
    stands_on = (known.sha256, known.parser, known.chunker)
    read = known.status in ("searchable", "complete")
    return read and not known.removed and stands_on == (digest, parser, chunking.FINGERPRINT)


def _outcome(known: DocumentRow | None) -> Outcome:
    return "updated" if known and known.version_id and not known.removed else "added"
