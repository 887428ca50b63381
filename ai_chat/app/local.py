"""LocalApp: the parts of one home joined into the App, for its owner or for reading alone.

A reader may become the owner while it lives: a server that started during a command takes over when that has finished.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ai_chat.app import upkeep
from ai_chat.app.kept import keep_upload
from ai_chat.app.ownership import POLL_SECONDS, Ownership
from ai_chat.app.parts import Parts
from ai_chat.app.status import status_of
from ai_chat.config import Settings
from ai_chat.errors import AiChatError, MachineError
from ai_chat.index import IndexDamaged
from ai_chat.ingest import Line, find_files
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.owner import OwnerInfo, OwnerLock
from ai_chat.store import Conversation, TurnRecord
from ai_chat.types import (
    DEFAULT_COLLECTION,
    SAMPLES_COLLECTION,
    DocumentDetail,
    DocumentInfo,
    Event,
    IndexEvent,
    IndexReport,
    IngestEvent,
    Mode,
    Problem,
    Scope,
    SearchResult,
)

_CLOSE_SECONDS = 5.0
_LEVEL_SECONDS = 5.0  # how long a question without any hit waits for an index that is being filled
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "documents"


class LocalApp:
    """`lock` None reads only. Made quickly: the parts open at first touch."""

    def __init__(self, settings: Settings, lock: OwnerLock | None, tell: Callable[[Problem], None]) -> None:
        self._settings = settings
        self._own = Ownership(settings, lock, tell)
        self._tell = tell
        self._closing = threading.Event()
        self._line = Line()
        self._background: list[threading.Thread] = []
        self._serving = False
        self._level = threading.Event()
        self._leveling = threading.Lock()
        self._parts = Parts(settings, lock is not None, tell, self, self._line)
        self._retired: list[Parts] = []
        if lock:
            self._parts.turns.recover()

    # -- questions ------------------------------------------------------------

    def search(
        self, query: str, scope: Scope, *, top_k: int = 5, mode: Mode = "hybrid", wait: float | None = None
    ) -> SearchResult:
        """`wait` as the Searcher has it: seconds that a hybrid search gives the question's vector."""
        self._prepare_question()
        result = self._search(query, scope, top_k, mode, wait)
        if self.is_level():
            return result
        if not result.hits and self._await_level():
            return self._search(query, scope, top_k, mode, wait)
        return replace(result, notices=(*result.notices, "index_catching_up"))

    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, use_llm: bool = True) -> str:
        self._own.require()
        self._prepare_question()
        return self._parts.turns.start(question, scope, conversation_id=conversation_id, use_llm=use_llm)

    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]:
        return self._parts.turns.events(turn_id, after)

    def stop(self, turn_id: str) -> None:
        self._parts.turns.stop(turn_id)

    def conversations(self, scope: Scope) -> Sequence[Conversation]:
        return self._parts.store.conversations.conversations(scope.principal)

    def turns(self, conversation_id: str) -> Sequence[TurnRecord]:
        return self._parts.store.conversations.turns(conversation_id)

    # -- documents --------------------------------------------------------------

    def ingest(
        self, paths: Sequence[Path], collection: str = DEFAULT_COLLECTION, *, dense: bool = True, wait: bool = False
    ) -> Iterator[IngestEvent]:
        """Keyword-searchable when it ends; with `wait` the vectors are there as well."""
        yield from self._own.awaited()
        finished: list[str] = []
        with self._parts.parser.lease() as parser:
            for event in self._parts.ingestion(parser).run(paths, collection):
                yield event
                if event.outcome:
                    finished.append(event.path)
                    if server := self._make_room(event):
                        yield from _by_server(server, paths, collection, finished, dense, wait)
                        return
        if dense:
            yield from self._fill_vectors(wait)

    def upload(self, name: str, data: bytes, collection: str = DEFAULT_COLLECTION) -> Iterator[IngestEvent]:
        """Keep the bytes under their hash and read them; the same name again replaces what was there."""
        yield from self._own.awaited()
        path = keep_upload(self._settings.files_dir, Path(name.replace("\\", "/")).name or "upload", data)
        with self._parts.parser.lease() as parser:
            yield from self._parts.ingestion(parser).one(path, collection, f"upload:{path.name}", path.name)
        yield from self._fill_vectors(wait=False)

    def documents(self, scope: Scope) -> Sequence[DocumentInfo]:
        return self._parts.store.library.documents(scope)

    def document(self, document_id: str) -> DocumentDetail:
        return self._parts.store.library.document(document_id)

    def collections(self) -> Sequence[str]:
        return self._parts.store.library.collections()

    def remove(self, document_ids: Sequence[str]) -> None:
        self._own.require()
        self._parts.store.library.remove(document_ids)
        self._parts.indexes.indexer.catch_up()
        self._level_vectors()

    def restore(self, document_ids: Sequence[str]) -> None:
        self._own.require()
        self._parts.store.library.restore(document_ids)
        self._parts.indexes.indexer.catch_up()
        self._level_vectors()

    # -- the indexes --------------------------------------------------------------

    def index_status(self) -> IndexReport:
        return upkeep.status(self._parts)

    def index_verify(self, *, thorough: bool = False) -> Iterator[IndexEvent]:
        return upkeep.verify(self._parts, thorough)

    def index_rebuild(self, *, vectors: bool = False) -> Iterator[IndexEvent]:
        """The old indexes answer until the new ones are ready."""
        self._own.require()
        yield from upkeep.rebuild(self._parts, vectors)
        self._level_vectors()

    def index_compact(self, *, drop_vectors: bool = False) -> Iterator[IndexEvent]:
        self._own.require()
        yield from upkeep.compact(self._parts, drop_vectors)

    # -- the whole ----------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """Plain values for the page, `doctor` and the API."""
        return status_of(self._parts, owning=self._own.held, serving=self._serving)

    def close(self) -> None:
        self._closing.set()
        for thread in self._background:
            thread.join(_CLOSE_SECONDS)
        for parts in (*self._retired, self._parts):
            parts.close()
        self._own.release()

    def is_level(self) -> bool:
        """Whether the keyword index is there and holds every change of the library."""
        try:
            return self._parts.indexes.indexer.is_level()
        except IndexDamaged:
            return False

    # -- the server's -----------------------------------------------------------

    def begin_background_work(self) -> None:
        """Finish what a killed process left, put the samples into a new library, load the model, fill in vectors."""
        self._serving = True
        if self._parts.model:
            self._parts.model.preload()
        self._begin(self._catch_up_all)

    def take_over_when_free(self, address: str, key: str) -> None:
        """Read only until the command that owns the home has finished, or lets us go first."""
        self._own.expect()
        self._begin(lambda: self._take_over(address, key))

    def _take_over(self, address: str, key: str) -> None:
        try:
            if lock := self._own.come(address, key, self._closing.wait):
                self._become_owner(lock)
                self.begin_background_work()
        finally:
            self._own.give_up()

    def _become_owner(self, lock: OwnerLock) -> None:
        """New parts that may write; the old ones stay open for whoever still reads through them."""
        self._retired.append(self._parts)
        self._parts = Parts(self._settings, True, self._tell, self, self._line)
        self._own.take(lock)
        self._parts.turns.recover()

    def _begin(self, work: Callable[[], None]) -> None:
        """In a thread that `close` waits for; its error is told, as nobody else hears of it."""

        def run() -> None:
            try:
                work()
            except AiChatError as error:
                self._tell(error.problem)

        thread = threading.Thread(target=run, name="background", daemon=True)
        self._background.append(thread)
        thread.start()

    def _catch_up_all(self) -> None:
        with self._parts.parser.lease() as parser:
            self._read_all(self._parts.ingestion(parser).resume())
        self._make_level()
        self._level_vectors()

    # -- inside -----------------------------------------------------------------

    def _search(self, query: str, scope: Scope, top_k: int, mode: Mode, wait: float | None) -> SearchResult:
        """Once more where an index was replaced meanwhile; a damaged one is mended first."""
        seen = self._parts.indexes.renewals
        for _ in range(2):
            try:
                return self._parts.searcher.search(query, scope, top_k=top_k, mode=mode, wait=wait)
            except IndexDamaged as error:
                found = error
        self._mend(found, seen)
        return self._parts.searcher.search(query, scope, top_k=top_k, mode=mode, wait=wait)

    def _await_level(self) -> bool:
        """Nothing was found: give an index that is being filled for the first time a while."""
        if self._own.held:
            return self._level.wait(_LEVEL_SECONDS)
        deadline = time.monotonic() + _LEVEL_SECONDS
        while self._parts.indexes.is_empty() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            self._parts.indexes.reopen()
        return self.is_level()

    def _prepare_question(self) -> None:
        """A command waits for its index to be level; a server answers from what there is and catches up behind."""
        if self._own.held and not self._serving:
            self._make_level()

    def _make_level(self) -> None:
        """Apply what the index lacks, once; a library that never held a document gets the samples."""
        with self._leveling:
            if self._level.is_set():
                return
            if self._parts.store.library.is_new() and SAMPLES.is_dir():
                self._add_samples()
            self._parts.indexes.indexer.catch_up()
            self._level.set()

    def _add_samples(self) -> None:
        with self._parts.parser.lease() as parser:
            self._read_all(self._parts.ingestion(parser).run([SAMPLES], SAMPLES_COLLECTION))

    def _read_all(self, events: Iterator[IngestEvent]) -> None:
        """Until the App is closed; the document list shows what came of each."""
        for _event in events:
            if self._closing.is_set():
                return

    def _level_vectors(self) -> None:
        """A server fills them in behind; a command only takes out what was removed."""
        if not self._serving:
            self._parts.drop_removed_vectors()
        elif self._parts.backfill and not self._closing.is_set():
            self._parts.backfill.wake()

    def _mend(self, error: IndexDamaged, seen: int) -> None:
        """Damage that shows only when the index is read: fill a new one from the library, at most a while before we answer."""
        if not self._own.held and not self._may_mend():
            return
        self._level.clear()
        self._parts.indexes.renew(error, seen)
        if self._serving:
            self._begin(self._make_level)
            self._level.wait(_LEVEL_SECONDS)
        else:
            self._make_level()
        self._level_vectors()

    def _may_mend(self) -> bool:
        """As the owner, if there is none; else False once the owner has mended it, or MachineError index_busy."""
        deadline = time.monotonic() + _LEVEL_SECONDS
        while time.monotonic() < deadline:
            if lock := self._own.seize():
                self._become_owner(lock)
                return True
            self._parts.indexes.reopen()
            if self._parts.indexes.can_be_read():
                return False
            time.sleep(POLL_SECONDS)
        raise MachineError("index_busy", path=str(self._settings.index_dir))

    def _fill_vectors(self, wait: bool) -> Iterator[IngestEvent]:
        if self._parts.backfill is None or not wait:
            self._level_vectors()
            return
        for done, total in self._parts.backfill.followed():
            yield IngestEvent(done, total, "", phase="vectors")

    def _make_room(self, event: IngestEvent) -> OwnerInfo | None:
        """For a command: others who wait come between; the server that is to do the rest where one has come."""
        if self._serving:
            return None
        server = self._own.make_room(event, self._parts.indexes.let_go)
        if server is None:
            self._parts.indexes.come_back()
        return server


def _by_server(
    server: OwnerInfo, paths: Sequence[Path], collection: str, finished: Sequence[str], dense: bool, wait: bool
) -> Iterator[IngestEvent]:
    """The files that are left, counted on from those that are finished."""
    from ai_chat.app.remote import RemoteApp

    assert server.address and server.key
    rest = [path for path in find_files(paths, KNOWN_SUFFIXES).files if str(path) not in finished]
    count = len(finished)
    for event in RemoteApp(server.address, server.key, server.pid).ingest(rest, collection, dense=dense, wait=wait):
        counted = event.phase == "reading"
        yield replace(event, done=event.done + count, total=event.total + count) if counted else event
