"""open_app(settings) -> the App: local for the owner of the home and for pure reading, remote for everybody else.

The only room that names concrete classes; it joins them and holds no logic of theirs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ai_chat.backup.layout import RESTORING
from ai_chat.config import Settings
from ai_chat.errors import AiChatError, MachineError
from ai_chat.owner import OwnerInfo, OwnerLock, read_owner, read_progress, wait_for_owner
from ai_chat.types import (
    ANSWERED,
    DEFAULT_COLLECTION,
    CacheStats,
    DocumentDetail,
    DocumentInfo,
    DocumentPage,
    DocumentQuery,
    Event,
    IndexEvent,
    IndexReport,
    IngestEvent,
    Mode,
    Problem,
    Rating,
    Rendered,
    Scope,
    UnitKind,
    Wish,
)
from ai_chat.types import SearchResult as SearchResult

if TYPE_CHECKING:
    from ai_chat.app.local import LocalApp
    from ai_chat.memory.report import Eviction, MemoryReport
    from ai_chat.metrics import Metrics
    from ai_chat.store import Conversation, TurnRecord

Need = Literal["read", "write"]
Notify = Callable[[Problem], None]


class App(Protocol):
    """What the page, the API and the command line call. Errors are AiChatErrors."""

    def search(self, query: str, scope: Scope, *, top_k: int = 5, mode: Mode = "hybrid") -> SearchResult: ...
    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str: ...
    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]: ...
    def stop(self, turn_id: str) -> None: ...
    def conversations(self, scope: Scope, *, words: str = "") -> Sequence[Conversation]: ...
    def rename_conversation(self, conversation_id: str, title: str) -> None: ...
    def remove_conversations(self, conversation_ids: Sequence[str]) -> None: ...
    def restore_conversations(self, conversation_ids: Sequence[str]) -> None: ...
    def export_conversation(self, conversation_id: str, language: Literal["ko", "en"]) -> str: ...
    def rate(self, turn_id: str, good: bool | None, note: str = "") -> Rating | None: ...
    def ratings(self, conversation_id: str | None = None) -> Sequence[Rating]: ...
    def turns(self, conversation_id: str) -> Sequence[TurnRecord]: ...
    def cache_stats(self) -> CacheStats: ...
    def clear_cache(self) -> int: ...
    def forget_answer(self, turn_id: str) -> bool: ...
    def ingest(
        self,
        paths: Sequence[Path],
        collection: str = DEFAULT_COLLECTION,
        *,
        dense: bool = True,
        wait: bool = False,
        password: str | None = None,
    ) -> Iterator[IngestEvent]: ...
    def upload(
        self, name: str, data: bytes, collection: str = DEFAULT_COLLECTION, *, password: str | None = None
    ) -> Iterator[IngestEvent]: ...
    def retry(self, document_ids: Sequence[str], *, password: str | None = None) -> Iterator[IngestEvent]: ...
    def replace(self, document_id: str, path: Path) -> Iterator[IngestEvent]: ...
    def relocate(self, document_id: str, path: Path) -> None: ...
    def pause_ingest(self, paused: bool) -> None: ...
    def documents(self, scope: Scope) -> Sequence[DocumentInfo]: ...
    def document_page(self, scope: Scope, query: DocumentQuery) -> DocumentPage: ...
    def move_documents(self, document_ids: Sequence[str], collection: str) -> None: ...
    def document(self, document_id: str) -> DocumentDetail: ...
    def original(self, document_id: str) -> Path: ...
    def render(
        self,
        document_id: str,
        kind: UnitKind,
        number: int,
        *,
        marks: Sequence[tuple[int, int]] = (),
        sentence: str = "",
        password: str | None = None,
    ) -> Rendered: ...
    def collections(self) -> Sequence[str]: ...
    def remove(self, document_ids: Sequence[str]) -> None: ...
    def restore(self, document_ids: Sequence[str]) -> None: ...
    def index_status(self) -> IndexReport: ...
    def index_verify(self, *, thorough: bool = False) -> Iterator[IndexEvent]: ...
    def index_rebuild(self, *, vectors: bool = False) -> Iterator[IndexEvent]: ...
    def index_compact(self, *, drop_vectors: bool = False) -> Iterator[IndexEvent]: ...
    def status(self) -> dict[str, Any]: ...
    def memory_report(self, history: bool = False) -> MemoryReport: ...
    def optimize_memory(self) -> tuple[Eviction, ...]: ...
    def metrics(self) -> Metrics: ...
    def load_model(self, tenant: str = "model") -> None: ...
    def unload(self, tenant: str) -> Eviction | None: ...
    def close(self) -> None: ...


def open_app(settings: Settings, need: Need, on_wait: Notify = lambda _problem: None) -> App:
    """For a command: the running server's App, else a local one; `write` waits for another command to finish.

    `on_wait` hears what the user should know meanwhile: owner_busy, owner_progress, index_rebuilt.
    """
    prepare_home(settings)
    owner = read_owner(settings.run_dir)
    if owner and owner.address:
        return _remote(owner)
    if need == "read" and settings.database.exists():
        try:
            return _reading(settings, on_wait)
        except MachineError as error:
            if error.code != "database_older":
                raise  # else it is opened as for writing, which brings it up to date
    got = wait_for_owner(settings.run_dir, lambda other: other.address is not None, _Waiting(settings, on_wait))
    return _remote(got) if isinstance(got, OwnerInfo) else _local(settings, got, on_wait)


class _Waiting:
    """Says once who is waited for, then each change of how far they are."""

    def __init__(self, settings: Settings, on_wait: Notify) -> None:
        self._settings = settings
        self._on_wait = on_wait
        self._said: Problem | None = None

    def __call__(self, owner: OwnerInfo, before: int) -> None:
        if self._said is None:
            self._said = Problem("owner_busy", {"pid": owner.pid, "home": str(self._settings.home)})
            self._on_wait(self._said)
        progress = read_progress(self._settings.run_dir)
        if progress is None:
            return
        now = Problem("owner_progress", {**asdict(progress), "pid": owner.pid, "before": before})
        if now != self._said:
            self._said = now
            self._on_wait(now)


def open_serving_app(settings: Settings, address: str, key: str, on_wait: Notify = lambda _problem: None) -> App:
    """For the server: owns the home; while a command does, it reads only and takes over when that has finished."""
    prepare_home(settings)
    lock = OwnerLock.try_acquire(settings.run_dir, address, key)
    while lock is None and not _is_up_to_date(settings.database):
        time.sleep(0.05)  # a command is making the library this moment, or bringing it up to date
        lock = OwnerLock.try_acquire(settings.run_dir, address, key)
    app = _local(settings, lock, on_wait)
    if lock is None:
        app.home.take_over_when_free(address, key)
    else:
        app.home.begin_background_work()
    return app


def prepare_home(settings: Settings) -> None:
    """Make the home, readable by its user alone; MachineError home_unwritable."""
    os.umask(0o077)
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.run_dir.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise MachineError("home_unwritable", path=str(settings.home), reason=error.strerror) from error
    if (settings.home / RESTORING).exists():
        from ai_chat.backup.swap import finish_interrupted

        finish_interrupted(settings.home)


def _is_up_to_date(database: Path) -> bool:
    """Whether the library is there under a schema that can be read."""
    from ai_chat.store import Store

    if not database.exists():
        return False
    try:
        Store.open(database, read_only=True).close()
    except MachineError as error:
        if error.code != "database_older":
            raise
        return False
    return True


def _reading(settings: Settings, on_wait: Notify) -> App:
    """Without the lock where the index is level with the library; else we bring it there, if nobody else does."""
    app = _local(settings, None, on_wait)
    if app.home.is_level():
        return app
    lock = OwnerLock.try_acquire(settings.run_dir)
    if lock is None:
        return app
    app.close()
    return _local(settings, lock, on_wait)


def _local(settings: Settings, lock: OwnerLock | None, on_wait: Notify) -> LocalApp:
    from ai_chat.app.local import LocalApp

    try:
        return LocalApp(settings, lock, on_wait)
    except AiChatError:
        if lock:
            lock.release()
        raise


def _remote(owner: OwnerInfo) -> App:
    from ai_chat.app.remote import RemoteApp

    assert owner.address and owner.key
    return RemoteApp(owner.address, owner.key, owner.pid)
