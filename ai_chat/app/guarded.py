"""The App as one user has it: the same methods, each within what his Permits allow.

Takes the App of this process and a Principal. Everything that a page or a request of the API does for a user goes through here; what
has no method here cannot be done by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Protocol, cast

from ai_chat.app import App
from ai_chat.app.guarded_documents import GuardedDocuments
from ai_chat.app.guarded_questions import GuardedQuestions
from ai_chat.app.permits import Permits, Whole
from ai_chat.types import CacheStats, IndexEvent, IndexReport, Scope
from ai_chat.users.principal import LOCAL, Principal

if TYPE_CHECKING:
    from ai_chat.memory.report import Eviction, MemoryReport
    from ai_chat.metrics import Metrics
    from ai_chat.users.door import Door


class Guarded(GuardedQuestions, GuardedDocuments):
    """What remains: the machine and what is derived from the library, which are an admin's."""

    def __init__(self, permits: Permits) -> None:
        self._permits = permits

    def cache_stats(self) -> CacheStats:
        return self._whole().cache_stats()

    def clear_cache(self) -> int:
        return self._whole("clear_cache").clear_cache()

    def index_status(self) -> IndexReport:
        return self._whole().index_status()

    def index_verify(self, *, thorough: bool = False) -> Iterator[IndexEvent]:
        return self._whole().index_verify(thorough=thorough)

    def index_rebuild(self, *, vectors: bool = False) -> Iterator[IndexEvent]:
        return self._whole("index_rebuild").index_rebuild(vectors=vectors)

    def index_compact(self, *, drop_vectors: bool = False) -> Iterator[IndexEvent]:
        return self._whole("index_compact").index_compact(drop_vectors=drop_vectors)

    def status(self) -> dict[str, Any]:
        """All of it for an admin; for others the model, and how much there is of what they may see."""
        whole = self._permits.app.status()
        if self._permits.who.is_admin:
            return whole
        seen = Scope(self._permits.who.id, tuple(self._permits.collections()))
        return {"model": whole["model"], "library": dict(self._permits.app.counts(seen))}

    def memory_report(self, history: bool = False) -> MemoryReport:
        return self._whole().memory_report(history)

    def optimize_memory(self) -> tuple[Eviction, ...]:
        return self._whole("optimize_memory").optimize_memory()

    def metrics(self) -> Metrics:
        return self._whole().metrics()

    def load_model(self, tenant: str = "model") -> None:
        self._whole("load_model").load_model(tenant)

    def unload(self, tenant: str) -> Eviction | None:
        return self._whole("unload").unload(tenant)

    def pause_ingest(self, paused: bool) -> None:
        self._whole("pause_ingest").pause_ingest(paused)

    def close(self) -> None:
        """The App is everybody's: nothing of it is closed."""

    def _whole(self, does: str = "") -> Whole:
        """The App itself, for an admin; what he changes is noted."""
        self._permits.need("admin")
        if does:
            self._permits.note("administered", does)
        return self._permits.app


class Opening(Protocol):
    """What gives an App for the length of a piece of work."""

    def lease(self) -> AbstractContextManager[App]: ...


class GuardedOpening:
    """Leases on the App as `who()` has it: whoever asks at that moment."""

    def __init__(self, opening: Opening, door: Door, who: Callable[[], Principal]) -> None:
        self._opening = opening
        self._door = door
        self._who = who

    @contextmanager
    def lease(self) -> Iterator[App]:
        """RefusedError signed_out where nobody asks."""
        principal = self._who()
        with self._opening.lease() as app:
            yield guarded(app, principal, self._door)


def guarded(app: App, principal: Principal, door: Door) -> App:
    """The App itself for who is no user: without users nothing is in the way."""
    if principal == LOCAL:
        return app
    whole = cast("Whole", app)  # the App of a server is always one of this process
    return Guarded(Permits(whole, principal, lambda action, subject: door.note(principal, action, subject)))
