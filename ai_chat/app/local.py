"""LocalApp: the parts of one home joined into the App, for its owner or for reading alone.

Takes calls, joins the parts that answer them; which parts those are at the moment is the Home's business.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ai_chat.app import showing, upkeep
from ai_chat.app.conversing import Conversing
from ai_chat.app.home import Home
from ai_chat.app.kept import keep_upload, locator_of, upload_locator, uploaded_as
from ai_chat.app.metrics import load, metrics_of, unload
from ai_chat.app.status import status_of
from ai_chat.config import Settings
from ai_chat.index import IndexDamaged
from ai_chat.ingest import find_files
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.memory.report import Eviction, MemoryReport
from ai_chat.metrics import Metrics
from ai_chat.owner import OwnerLock
from ai_chat.types import (
    DEFAULT_COLLECTION,
    DocumentDetail,
    DocumentInfo,
    DocumentPage,
    DocumentQuery,
    IndexEvent,
    IndexReport,
    IngestEvent,
    Mode,
    Problem,
    Rendered,
    Scope,
    SearchResult,
    UnitKind,
)

if TYPE_CHECKING:
    from ai_chat.app.remote import RemoteApp


class LocalApp(Conversing):
    """`lock` None reads only. Made quickly: the parts open at first touch."""

    def __init__(self, settings: Settings, lock: OwnerLock | None, tell: Callable[[Problem], None]) -> None:
        self.home = Home(settings, lock, tell, self)

    # -- questions ------------------------------------------------------------

    def search(
        self, query: str, scope: Scope, *, top_k: int = 5, mode: Mode = "hybrid", wait: float | None = None
    ) -> SearchResult:
        """`wait` as the Searcher has it: seconds that a hybrid search gives the question's vector."""
        self.home.prepare_question()
        is_level = self.home.is_level()  # before we look: it may become so meanwhile
        result = self._search(query, scope, top_k, mode, wait)
        if wait is None:  # those of Turns are told with their other times
            self.home.meter.observe("search_ms", result.milliseconds)
        if is_level and (result.hits or self.home.is_level()):
            return result
        if not result.hits and self.home.await_level():
            return self._search(query, scope, top_k, mode, wait)
        return replace(result, notices=(*result.notices, "index_catching_up"))

    # -- documents --------------------------------------------------------------

    def ingest(
        self,
        paths: Sequence[Path],
        collection: str = DEFAULT_COLLECTION,
        *,
        dense: bool = True,
        wait: bool = False,
        password: str | None = None,
    ) -> Iterator[IngestEvent]:
        """Keyword-searchable when it ends; with `wait` the vectors are there as well."""
        self.home.memory.require_room()
        yield from self.home.own.awaited()
        finished: list[str] = []
        with self._parts.ingestion() as ingestion:
            for event in ingestion.run(paths, collection, password):
                yield event
                if event.outcome:
                    finished.append(event.path)
                    if server := self._make_room(event):
                        rest = _left(paths, finished)
                        events = server.ingest(rest, collection, dense=dense, wait=wait, password=password)
                        yield from _counted_on(events, len(finished))
                        return
        if dense:
            yield from self.home.fill_vectors(wait)

    def upload(
        self, name: str, data: bytes, collection: str = DEFAULT_COLLECTION, *, password: str | None = None
    ) -> Iterator[IngestEvent]:
        """Keep the bytes under their hash and read them; the same name again replaces what was there.

        Folders in the name keep files of the same name apart.
        """
        self.home.memory.require_room()
        yield from self.home.own.awaited()
        place = uploaded_as(name)
        path = keep_upload(self.home.settings.files_dir, place.name, data)
        with self._parts.ingestion() as ingestion:
            yield from ingestion.one(path, collection, upload_locator(place), path.name, password)
        yield from self.home.fill_vectors(wait=False)

    def retry(self, document_ids: Sequence[str], *, password: str | None = None) -> Iterator[IngestEvent]:
        """Read documents again that could not be read, or not whole."""
        self.home.memory.require_room()
        yield from self.home.own.awaited()
        with self._parts.ingestion() as ingestion:
            yield from ingestion.retry(document_ids, password)
        yield from self.home.fill_vectors(wait=False)

    def replace(self, document_id: str, path: Path) -> Iterator[IngestEvent]:
        """Another file in the place of this document."""
        self.home.memory.require_room()
        yield from self.home.own.awaited()
        with self._parts.ingestion() as ingestion:
            yield from ingestion.replace(document_id, path, locator=locator_of(self.home.settings.files_dir, path))
        yield from self.home.fill_vectors(wait=False)

    def relocate(self, document_id: str, path: Path) -> None:
        """Its file lies somewhere else now, unchanged."""
        self.home.own.require()
        self._parts.store.family.relocate(document_id, str(path), path.name, str(path))
        self._parts.indexes.indexer.catch_up()

    def pause_ingest(self, paused: bool) -> None:
        self.home.own.require()
        self.home.pause(paused)

    def documents(self, scope: Scope) -> Sequence[DocumentInfo]:
        return self._parts.store.library.documents(scope)

    def document_page(self, scope: Scope, query: DocumentQuery) -> DocumentPage:
        return self._parts.store.pages.page(scope, query)

    def collections_of(self, document_ids: Sequence[str]) -> Mapping[str, str]:
        """Of those that there are, removed ones included."""
        return self._parts.store.pages.collections_of(document_ids)

    def collections_inside(self, document_ids: Sequence[str]) -> Collection[str]:
        """Also of all that was found inside them."""
        return self._parts.store.pages.collections_inside(document_ids)

    def counts(self, scope: Scope) -> Mapping[str, int]:
        """How many documents and chunks are in a scope."""
        return self._parts.store.library.counts(scope)

    def move_documents(self, document_ids: Sequence[str], collection: str) -> None:
        """With what was found inside them; the collection is made where it is not there."""
        self.home.own.require()
        self._parts.store.pages.move(document_ids, collection)
        self._parts.indexes.indexer.catch_up()

    def document(self, document_id: str) -> DocumentDetail:
        return self._parts.store.library.document(document_id)

    def original(self, document_id: str) -> Path:
        return showing.original(self._parts, document_id)

    def render(
        self,
        document_id: str,
        kind: UnitKind,
        number: int,
        *,
        marks: Sequence[tuple[int, int]] = (),
        sentence: str = "",
        password: str | None = None,
    ) -> Rendered:
        """`sentence` is found wherever in the unit it stands; `marks` hold while it stands there."""
        refused = self.home.memory.monitor.admit()
        return showing.render(self._parts, document_id, kind, number, marks, sentence, password, refused)

    def collections(self) -> Sequence[str]:
        return self._parts.store.library.collections()

    def remove(self, document_ids: Sequence[str]) -> None:
        self.home.own.require()
        self._change_documents(self._parts.store.library.remove, document_ids)

    def restore(self, document_ids: Sequence[str]) -> None:
        self.home.own.require()
        self._change_documents(self._parts.store.library.restore, document_ids)

    # -- the indexes --------------------------------------------------------------

    def index_status(self) -> IndexReport:
        return upkeep.status(self._parts)

    def index_verify(self, *, thorough: bool = False) -> Iterator[IndexEvent]:
        return upkeep.verify(self._parts, thorough)

    def index_rebuild(self, *, vectors: bool = False) -> Iterator[IndexEvent]:
        """The old indexes answer until the new ones are ready."""
        self.home.own.require()
        yield from upkeep.rebuild(self._parts, vectors)
        self.home.tidy()

    def index_compact(self, *, drop_vectors: bool = False) -> Iterator[IndexEvent]:
        self.home.own.require()
        yield from upkeep.compact(self._parts, drop_vectors)

    # -- the whole ----------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """Plain values for the page, `doctor` and the API."""
        owning, serving = self.home.own.held, self.home.serving
        return status_of(self._parts, self.home.memory, self.home.line, owning=owning, serving=serving)

    def memory_report(self, history: bool = False) -> MemoryReport:
        """`running` False for who reads beside another owner, or none: what would be loaded is nobody's yet."""
        return self.home.memory.report(running=self.home.own.held, history=history)

    def optimize_memory(self) -> tuple[Eviction, ...]:
        return self.home.memory.monitor.optimize()

    def metrics(self) -> Metrics:
        """Of this process, since it began."""
        return metrics_of(self._parts, self.home.meter)

    def load_model(self, tenant: str = "model") -> None:
        """In the background: the model, or the `embedder`; a failure stands in `status`."""
        self.home.own.require()
        load(self._parts, self.home.memory, tenant)

    def unload(self, tenant: str) -> Eviction | None:
        """None: it is not loaded, in use, or has nothing to let go. InputError: part_unknown."""
        self.home.own.require()
        return unload(self.home.memory, tenant)

    def close(self) -> None:
        self.home.close()

    # -- inside -----------------------------------------------------------------

    def _search(self, query: str, scope: Scope, top_k: int, mode: Mode, wait: float | None) -> SearchResult:
        """Once more where an index was replaced meanwhile; a damaged one is mended first."""
        seen = self._parts.indexes.renewals
        for _ in range(2):
            try:
                return self._parts.searcher.search(query, scope, top_k=top_k, mode=mode, wait=wait)
            except IndexDamaged as error:
                found = error
        self.home.mend(found, seen)
        return self._parts.searcher.search(query, scope, top_k=top_k, mode=mode, wait=wait)

    def _make_room(self, event: IngestEvent) -> RemoteApp | None:
        """For a command: others who wait come between; the server that is to do the rest where one has come."""
        from ai_chat.app.remote import RemoteApp

        if self.home.serving:
            return None
        server = self.home.own.make_room(event, self._parts.indexes.let_go)
        if server is None:
            self._parts.indexes.come_back()
            return None
        assert server.address and server.key
        return RemoteApp(server.address, server.key, server.pid)


def _left(paths: Sequence[Path], finished: Sequence[str]) -> list[Path]:
    known = frozenset(finished)
    return [path for path in find_files(paths, KNOWN_SUFFIXES).files if str(path) not in known]


def _counted_on(events: Iterator[IngestEvent], count: int) -> Iterator[IngestEvent]:
    """Behind those that are finished."""
    for event in events:
        counted = event.phase == "reading"
        yield replace(event, done=event.done + count, total=event.total + count) if counted else event
