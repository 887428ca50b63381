"""Files into the library, idempotent by content hash: several are read at a time, one is stored at a time.

A file is known by its place, a version by (sha256, parser, chunker). Units stream into an unfinished version that nothing sees;
publishing it is one transaction, so a kill at any moment leaves the older version or the new one. What is found inside a file is put
on the list before its parent is published, so that a kill loses none of it either.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path, PurePosixPath

from ai_chat import chunking
from ai_chat.dates import document_date
from ai_chat.errors import AiChatError, InputError
from ai_chat.ingest.ahead import Parsers, Reading
from ai_chat.ingest.content import day_in, store_units
from ai_chat.ingest.file import File
from ai_chat.ingest.files import Stamp, find_files, keep_file, sha256_of, stamp
from ai_chat.ingest.indexing import Indexer
from ai_chat.ingest.inside import Inside
from ai_chat.ingest.line import Line
from ai_chat.ingest.pace import Pace
from ai_chat.metrics import Meter
from ai_chat.store import DocumentRow, Store
from ai_chat.types import Attachment, IngestEvent, Outcome, Problem, Status

_TRIES = 3
_UNITS_OF_A_FIRST_PAGE = 20
_TELL_SECONDS = 0.5  # how often who waits is told what for
_STATUS: dict[str, Status] = {
    "needs_ocr": "needs_ocr",
    "password_needed": "needs_password",
    "password_wrong": "needs_password",
}


class Ingestion:
    """`suffixes` are the file names taken from folders; `files` keeps what is found inside files; `line` is shared with others who
    read into the same library. `ocr` tells whether pages that are pictures can be read now; what is done and what fails is told to
    `meter`."""

    def __init__(
        self,
        store: Store,
        parsers: Parsers,
        indexer: Indexer,
        suffixes: Sequence[str],
        files: Path,
        line: Line | None = None,
        ocr: Callable[[], bool] = lambda: False,
        meter: Meter | None = None,
    ) -> None:
        self._store = store
        self._library = store.library
        self._versions = store.versions
        self._parsers = parsers
        self._indexer = indexer
        self._suffixes = suffixes
        self._files = files
        self._line = line or Line()
        self._ocr = ocr
        self._meter = meter or Meter()
        self._inside = Inside(store, files)

    def run(self, paths: Sequence[Path], collection: str, password: str | None = None) -> Iterator[IngestEvent]:
        """Read all files at these paths; keyword-searchable when the iterator ends, finished files within seconds."""
        found = find_files(paths, self._suffixes)
        files, problems = found.files, found.problems
        total = len(files) + len(problems)
        for done, (path, problem) in enumerate(problems, start=1):
            yield IngestEvent(done, total, str(path), "failed", problem=problem)
        if found.passed_over:
            values = {"count": found.passed_over, "known": " ".join(self._suffixes)}
            yield IngestEvent(len(problems), total, "", problem=Problem("files_passed_over", values))
        asked = [File(path, collection, str(path), path.name, password) for path in files]
        yield from self._all(asked, len(problems))

    def one(
        self, path: Path, collection: str, locator: str, name: str, password: str | None = None
    ) -> Iterator[IngestEvent]:
        """Read one file and what is inside it, searchable when its outcome is told. `locator` is where it lives for the user."""
        for event in self._all([File(path, collection, locator, name, password)]):
            if event.outcome:
                self._indexer.catch_up()
            yield event

    def retry(self, document_ids: Sequence[str], password: str | None = None) -> Iterator[IngestEvent]:
        """Read documents again that could not be read, or not whole; InputError document_unknown."""
        rows = [self._store.family.row(document_id) for document_id in document_ids]
        yield from self._all([File.of(row, password) for row in rows])

    def replace(
        self, document_id: str, path: Path, password: str | None = None, *, locator: str = ""
    ) -> Iterator[IngestEvent]:
        """Another file in the place of this document, which keeps its id; InputError path_missing, document_there where it is one.

        `locator` is where it lives for the user, if not at its path.
        """
        if not path.exists():
            raise InputError("path_missing", path=str(path))
        stamp(path)
        self._store.family.relocate(document_id, locator or str(path), path.name, str(path))
        yield from self.retry([document_id], password)

    def resume(self) -> Iterator[IngestEvent]:
        """Read again what a killed process left queued or half read, and what waited for OCR; nothing while paused."""
        with self._line.turn():
            self._versions.drop_unfinished()
        if not self._line.paused:
            rows = self._store.family.interrupted() + self._scans()
            yield from self._all([File.of(row) for row in {row.id: row for row in rows}.values()])
        self._date_older()
        self._indexer.catch_up()

    def read_scans(self) -> Iterator[IngestEvent]:
        """Read what waited for OCR, where that is there now."""
        yield from self._all([File.of(row) for row in self._scans()])

    def _scans(self) -> list[DocumentRow]:
        waiting = self._store.family.awaiting_ocr()
        return waiting if waiting and self._ocr() else []

    def _date_older(self) -> None:
        """What a library of an older schema did not keep, without reading the files again."""
        for row in self._store.family.undated():
            assert row.version_id is not None
            with suppress(InputError):  # a file that is no longer there
                modified_at = stamp(Path(row.path)).modified_at
                inside = day_in(self._versions.units(row.version_id, _UNITS_OF_A_FIRST_PAGE))
                self._library.set_dates(row.id, modified_at, document_date(row.name, inside))

    # -- several files ------------------------------------------------------------

    def _all(self, files: Sequence[File], before: int = 0) -> Iterator[IngestEvent]:
        """Each and what is inside it, in the order in which they are ready; searchable when the iterator ends."""
        left, window = deque(files), list[File]()
        pace = Pace(files, before)
        try:
            while left or window:
                self._look_ahead(left, window)
                while (file := _ripe(window)) is None:
                    oldest = window[0]
                    yield pace.event(oldest, oldest.reading.pages if oldest.reading else None)
                window.remove(file)
                for event in self._in_turn(file, pace):
                    if event.outcome:
                        left.extendleft(reversed(file.inside))
                        pace.add(file.inside)
                    yield event
                self._indexer.feed()
        finally:
            for file in window:
                file.close()
            self._indexer.catch_up()

    def _look_ahead(self, left: deque[File], window: list[File]) -> None:
        """Begin to read the next files while others are being stored; while paused none."""
        most = max(self._parsers.count, 1)
        while left and len(window) < most:
            window.append(left.popleft())
            if most > 1 and not self._line.paused:
                self._begin(window[-1])

    def _begin(self, file: File) -> None:
        """What need not be read, or cannot be, is found out and said in its turn."""
        if file.refused:
            return
        with suppress(InputError):
            digest, parser = self._identify(file)
            known = self._library.find_document(file.collection, file.locator)
            if not (known and self._is_current(known, digest, parser)) and self._stored(digest, parser) is None:
                file.digest = digest
                file.reading = self._read(file)

    def _read(self, file: File) -> Reading:
        return Reading(file.path, file.name, file.password, self._parsers, self._keep)

    def _keep(self, attachment: Attachment) -> tuple[str, str]:
        """Its name and where it is kept."""
        return attachment.name, keep_file(self._files, Path(attachment.path), PurePosixPath(attachment.name).name)

    # -- one file -------------------------------------------------------------------

    def _in_turn(self, file: File, pace: Pace) -> Iterator[IngestEvent]:
        """The last event is its outcome, told when others may go on."""
        last = pace.event(file)
        place = self._line.join(last)
        yield last
        try:
            while not place.take(_TELL_SECONDS):
                yield place.ahead()
            for last in self._add(file, pace):
                place.about = last
                if last.outcome is None:
                    yield last
        finally:
            place.leave()
            file.close()
        yield last

    def _add(self, file: File, pace: Pace) -> Iterator[IngestEvent]:
        """Read one file; its failure is an event with the reason."""
        known = self._library.find_document(file.collection, file.locator)
        document_id, problem = known.id if known else None, None
        outcome: Outcome = "updated" if known and known.version_id and not known.removed else "added"
        try:
            if file.refused:
                raise InputError(file.refused.code, **file.refused.values)
            digest, parser = self._identify(file)
            if known and self._is_current(known, digest, parser):
                outcome = "unchanged"
                if (modified_at := stamp(file.path).modified_at) != known.modified_at:
                    self._library.set_dates(known.id, modified_at)
            else:
                document_id = self._put(file)
                yield from self._publish(file, document_id, digest, parser, pace)
        except AiChatError as error:
            if not isinstance(error, InputError) and not error.code.startswith("parser_"):
                raise
            problem, outcome = error.problem, "failed"
            document_id = self._fail(file, known, problem)
            self._meter.fail(problem)
        if outcome in ("added", "updated"):
            self._meter.count("documents")
        yield pace.finished(file, outcome, document_id, problem)

    def _publish(self, file: File, document_id: str, digest: str, parser: str, pace: Pace) -> Iterator[IngestEvent]:
        modified_at = stamp(file.path).modified_at
        version = yield from self._version(file, document_id, digest, parser, pace)
        dated = document_date(file.name, self._versions.dated(version))
        file.inside = self._inside.put(file, document_id, version)
        self._library.publish(document_id, version, "searchable", modified_at=modified_at, document_date=dated)

    def _identify(self, file: File) -> tuple[str, str]:
        now = stamp(file.path)
        if file.hashed is None or file.hashed[0] != now:
            file.hashed = now, sha256_of(file.path)
        return file.hashed[1], self._parsers.fingerprint(Path(file.name))

    def _is_current(self, known: DocumentRow, digest: str, parser: str) -> bool:
        stands_on = (known.sha256, known.parser, known.chunker)
        read = known.status in ("searchable", "complete") and not (known.unread_pages and self._ocr())
        return read and not known.removed and stands_on == (digest, parser, chunking.FINGERPRINT)

    def _stored(self, digest: str, parser: str) -> int | None:
        """None also where pages of it wait for OCR, which is there now."""
        found = self._versions.find(digest, parser, chunking.FINGERPRINT)
        waits = found is not None and self._versions.unread_pages(found) and self._ocr()
        return None if waits else found

    def _version(
        self, file: File, document_id: str, digest: str, parser: str, pace: Pace
    ) -> Generator[IngestEvent, None, int]:
        """The version of this content: the stored one, or read now; read again while the file changes under us."""
        for _ in range(_TRIES):
            if (stored := self._stored(digest, parser)) is not None:
                return stored
            self._library.set_status(document_id, "parsing")
            before = stamp(file.path)
            with closing(file.take_reading(digest) or self._read(file)) as reading:
                while not reading.is_ripe(_TELL_SECONDS):
                    yield pace.event(file, reading.pages)
                version = self._store_read(reading, digest, parser, partial(_is_still, file.path, before, digest))
            if version is not None:
                return version
            digest = sha256_of(file.path)
        raise InputError("file_changing", path=str(file.path))

    def _store_read(self, reading: Reading, digest: str, parser: str, is_same: Callable[[], bool]) -> int | None:
        """None where the file is not the same any more: what was read may not be of this digest."""
        version = self._versions.begin(digest, parser, chunking.FINGERPRINT)
        try:
            stored = partial(self._meter.count, "chunks")
            content = store_units(self._store, version, reading.items(), stored=stored)
            same = is_same()
        except AiChatError:
            self._versions.drop_unfinished(version)
            raise
        if not same:
            self._versions.drop_unfinished(version)
            return None
        self._versions.finish(version, dataclasses.replace(content, attachments=tuple(reading.attachments)))
        return version

    def _put(self, file: File) -> str:
        return self._library.put_document(file.collection, file.locator, file.name, str(file.path), file.parent_id)

    def _fail(self, file: File, known: DocumentRow | None, problem: Problem) -> str | None:
        """Keep the reason with the document; a file that was never there leaves no trace."""
        if known is None and problem.code == "file_vanished":
            return None
        document_id = self._put(file)
        self._library.set_status(document_id, _STATUS.get(problem.code, "failed"), problem)
        return document_id


def _is_still(path: Path, before: Stamp, digest: str) -> bool:
    return stamp(path) == before and sha256_of(path) == digest


def _ripe(window: Sequence[File]) -> File | None:
    """The file to store next: the first that makes nobody wait; None where none does for a while."""
    for file in window:
        if file.reading is None or file.reading.is_ripe(0):
            return file
    oldest = window[0].reading
    return window[0] if oldest and oldest.is_ripe(_TELL_SECONDS) else None
