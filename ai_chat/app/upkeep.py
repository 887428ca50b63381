"""Looking after the indexes of a home: how they stand, whether they are right, making them anew, dropping what is dead.

Takes the Parts; looking opens the indexes anew for reading, so that it mends nothing. Long work comes as IndexEvents.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ai_chat.app.parts import Parts
from ai_chat.app.tenants import bytes_in
from ai_chat.errors import InputError, MachineError
from ai_chat.index import IndexDamaged
from ai_chat.index.lexical import LexicalIndex
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.ingest.checking import Check
from ai_chat.search.selfcheck import check_legs
from ai_chat.types import IndexEvent, IndexKind, IndexReport, IndexStatus, IndexStep, Problem

Progress = Callable[[int, int], None]


class _Abandoned(Exception):
    """Nobody follows the work any more."""


def status(parts: Parts) -> IndexReport:
    """Both indexes against the library, and the vectors that it keeps."""
    embedder = parts.embedder_info.fingerprint if parts.embedder_info else None
    texts, present = parts.store.vectors.coverage(embedder or "")
    return IndexReport(
        sequence=parts.store.library.sequence(),
        indexes=(_index_status(parts, "lexical"), _index_status(parts, "dense")),
        embedder=embedder,
        present=present,
        missing=texts - present if embedder else 0,
        others=tuple(parts.store.vectors.of_others(embedder)) if embedder else (),
    )


def verify(parts: Parts, thorough: bool) -> Iterator[IndexEvent]:
    """Events with a problem are faults."""
    yield IndexEvent("check_library", 0, 1)
    found = parts.store.database.check()
    damage = Problem("database_damaged", {"path": str(parts.store.database.path), "reason": found})
    yield IndexEvent("check_library", 1, 1, None if found == "ok" else damage)
    with ExitStack() as opened:
        lexical = dense = None
        try:
            lexical = opened.enter_context(closing(parts.indexes.read_lexical()))
        except IndexDamaged as error:
            if parts.store.library.sequence():
                yield IndexEvent("check_library", 1, 1, error.problem)
        try:
            if parts.embedder_info:
                dense = opened.enter_context(closing(parts.indexes.read_dense(parts.embedder_info)))
        except IndexDamaged as error:
            if error.code != "index_missing":  # otherwise no vector has been made yet
                yield IndexEvent("check_library", 1, 1, error.problem)
        embedder = parts.embedder_info.fingerprint if parts.embedder_info else None
        try:
            yield from Check(parts.store, lexical, dense, embedder, thorough).run()
            if lexical is not None:
                yield from _checked_legs(parts)
        except MachineError as error:
            yield IndexEvent("check_chunks", 1, 1, error.problem)


def _checked_legs(parts: Parts) -> Iterator[IndexEvent]:
    for checked in check_legs(parts.searcher):
        yield IndexEvent("check_search", checked.done, checked.total, checked.problem)


def rebuild(parts: Parts, vectors: bool) -> Iterator[IndexEvent]:
    """Beside the old ones, which answer meanwhile. Vectors are taken from the library; those it lacks are made as ever."""
    if not _is_sound(parts):
        parts.indexes.indexer.catch_up()
    for done, total in followed(parts.indexes.indexer.compact):
        yield IndexEvent("fill_lexical", done, total)
    if vectors and parts.backfill:
        for done, total in parts.indexes.rebuild_dense(parts.backfill.exclusive):
            yield IndexEvent("fill_dense", done, total)


def compact(parts: Parts, drop_vectors: bool) -> Iterator[IndexEvent]:
    """`saved` of an index's last event: the bytes that it is smaller by. `drop_vectors`: of embedders no longer used.

    InputError vectors_all_kept where there is no embedder: then nobody knows which of them are used.
    """
    if drop_vectors and parts.embedder_info is None:
        raise InputError("vectors_all_kept")
    parts.drop_removed_vectors()
    before = status(parts)
    for each, work in zip(before.indexes, (_compact_lexical, _compact_dense), strict=True):
        step: IndexStep = "fill_lexical" if each.kind == "lexical" else "fill_dense"
        done = total = 0
        if each.state in ("level", "behind") and (each.dead or each.kind == "dense"):
            for done, total in work(parts):
                yield IndexEvent(step, done, total)
        if each.state != "off":
            yield IndexEvent(step, total, total, saved=max(0, each.bytes - bytes_in(Path(each.path))))
    if drop_vectors:
        yield from _drop_vectors(parts, before)


def _compact_lexical(parts: Parts) -> Iterator[tuple[int, int]]:
    return followed(parts.indexes.indexer.compact)


def _compact_dense(parts: Parts) -> Iterator[tuple[int, int]]:
    if parts.backfill is None:
        return
    yield 0, 1
    with parts.backfill.exclusive(), parts.indexes.dense.lease() as dense:
        dense.compact()
    yield 1, 1


def _drop_vectors(parts: Parts, before: IndexReport) -> Iterator[IndexEvent]:
    total = len(before.others)
    for done, kept in enumerate(before.others):
        yield IndexEvent("drop_vectors", done, total)
        parts.store.vectors.drop(kept.embedder)
    saved = parts.store.database.shrink() if before.others else 0
    yield IndexEvent("drop_vectors", total, total, saved=saved)


def _index_status(parts: Parts, kind: IndexKind) -> IndexStatus:
    place = parts.indexes.place(kind)
    expected = parts.store.library.counts().get("chunks", 0)
    if place is None:
        return IndexStatus(kind, "off", "", "", 0, 0, expected, 0, 0, parts.embedder_problem)
    about = IndexStatus(kind, "level", place.fingerprint, str(place.folder), 0, 0, expected, 0, bytes_in(place.folder))
    try:
        with closing(_reader(parts, kind)) as index:
            behind = parts.store.library.sequence() - index.sequence
            chunks, dead, sequence = len(index), index.dead, index.sequence
    except IndexDamaged as error:
        if error.code == "index_missing":
            return replace(about, state="missing", problem=Problem("vectors_missing") if kind == "dense" else None)
        return replace(about, state="damaged", problem=error.problem)
    state: Literal["level", "behind", "ahead"] = "behind" if behind > 0 else "ahead" if behind else "level"
    problem = _last_error(parts, kind)
    return replace(about, state=state, sequence=sequence, chunks=chunks, dead=dead, problem=problem)


def _reader(parts: Parts, kind: IndexKind) -> LexicalIndex | LazyVectorStore:
    if kind == "lexical":
        return parts.indexes.read_lexical()
    assert parts.embedder_info is not None
    return parts.indexes.read_dense(parts.embedder_info)


def _last_error(parts: Parts, kind: IndexKind) -> Problem | None:
    error = parts.backfill.error if parts.backfill and kind == "dense" else None
    return error.problem if error else None


def _is_sound(parts: Parts) -> bool:
    try:
        parts.indexes.read_lexical().close()
    except IndexDamaged:
        return False
    return True


def followed(work: Callable[[Progress], None]) -> Iterator[tuple[int, int]]:
    """What `work` reports, as it comes, then its error. It runs in a thread, which ends at its next report when nobody follows it."""
    told: queue.SimpleQueue[tuple[int, int] | None] = queue.SimpleQueue()
    left = threading.Event()

    def report(done: int, total: int) -> None:
        if left.is_set():
            raise _Abandoned
        told.put((done, total))

    with ThreadPoolExecutor(1, thread_name_prefix="upkeep") as pool:
        working = pool.submit(work, report)
        working.add_done_callback(lambda _working: told.put(None))
        try:
            while (item := told.get()) is not None:
                yield item
        finally:
            left.set()
        working.result()
