"""LocalApp: the parts of one home joined into the App, for its owner or for reading alone.

Takes calls, joins the parts that answer them; which parts those are at the moment is the Home's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ai_chat.app import showing, upkeep
from ai_chat.app.home import Home
from ai_chat.app.kept import keep_upload
from ai_chat.app.parts import Parts
from ai_chat.app.status import status_of
from ai_chat.config import Settings
from ai_chat.index import IndexDamaged
from ai_chat.ingest import find_files
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.memory.report import Eviction, MemoryReport
from ai_chat.owner import OwnerLock
from ai_chat.store import Conversation, TurnRecord
from ai_chat.types import (
    ANSWERED,
    DEFAULT_COLLECTION,
    CacheStats,
    DocumentDetail,
    DocumentInfo,
    Event,
    IndexEvent,
    IndexReport,
    IngestEvent,
    Mode,
    Problem,
    Rendered,
    Scope,
    SearchResult,
    UnitKind,
    Wish,
)

if TYPE_CHECKING:
    from ai_chat.app.remote import RemoteApp


class LocalApp:
    """`lock` None reads only. Made quickly: the parts open at first touch."""

    def __init__(self, settings: Settings, lock: OwnerLock | None, tell: Callable[[Problem], None]) -> None:
        self.home = Home(settings, lock, tell, self)

    @property
    def _parts(self) -> Parts:
        """Of this moment: they change when a reader becomes the owner."""
        return self.home.parts

    # -- questions ------------------------------------------------------------

    def search(
        self, query: str, scope: Scope, *, top_k: int = 5, mode: Mode = "hybrid", wait: float | None = None
    ) -> SearchResult:
        """`wait` as the Searcher has it: seconds that a hybrid search gives the question's vector."""
        self.home.prepare_question()
        is_level = self.home.is_level()  # before we look: it may become so meanwhile
        result = self._search(query, scope, top_k, mode, wait)
        if is_level and (result.hits or self.home.is_level()):
            return result
        if not result.hits and self.home.await_level():
            return self._search(query, scope, top_k, mode, wait)
        return replace(result, notices=(*result.notices, "index_catching_up"))

    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str:
        self.home.own.require()
        self.home.prepare_question()
        return self._parts.turns.start(question, scope, conversation_id=conversation_id, wish=wish)

    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]:
        return self._parts.turns.events(turn_id, after)

    def stop(self, turn_id: str) -> None:
        self._parts.turns.stop(turn_id)

    def conversations(self, scope: Scope) -> Sequence[Conversation]:
        return self._parts.store.conversations.conversations(scope.principal)

    def turns(self, conversation_id: str) -> Sequence[TurnRecord]:
        return self._parts.store.conversations.turns(conversation_id)

    def cache_stats(self) -> CacheStats:
        return self._parts.answers.stats()

    def clear_cache(self) -> int:
        """Drop all answers that are kept; how many there were."""
        self.home.own.require()
        return self._parts.answers.clear()

    def forget_answer(self, turn_id: str) -> bool:
        """Drop the kept answer that this turn wrote or was served; whether there was one."""
        self.home.own.require()
        return self._parts.answers.forget(turn_id)

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
        """Keep the bytes under their hash and read them; the same name again replaces what was there."""
        self.home.memory.require_room()
        yield from self.home.own.awaited()
        path = keep_upload(self.home.settings.files_dir, Path(name.replace("\\", "/")).name or "upload", data)
        with self._parts.ingestion() as ingestion:
            yield from ingestion.one(path, collection, f"upload:{path.name}", path.name, password)
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
            yield from ingestion.replace(document_id, path)
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
        self._parts.store.library.remove(document_ids)
        self._parts.indexes.indexer.catch_up()
        self.home.tidy()

    def restore(self, document_ids: Sequence[str]) -> None:
        self.home.own.require()
        self._parts.store.library.restore(document_ids)
        self._parts.indexes.indexer.catch_up()
        self.home.tidy()

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
