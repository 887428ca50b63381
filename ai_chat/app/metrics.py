"""What is measured and who waits, and loading and letting go at somebody's wish. Takes the parts of the moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ai_chat.app.memory import Memory
from ai_chat.app.parts import Parts
from ai_chat.app.tenants import MODEL
from ai_chat.errors import InputError, MachineError
from ai_chat.index import IndexDamaged
from ai_chat.index.state import read_state
from ai_chat.lazy import Lazy
from ai_chat.llm.lazy_model import LazyModel
from ai_chat.memory.report import Eviction
from ai_chat.metrics import Meter, Metrics
from ai_chat.types import Problem

EMBEDDER = "embedder"
UNREADABLE = -1


def metrics_of(parts: Parts, meter: Meter) -> Metrics:
    return replace(meter.metrics(), queue=parts.turns.waiting, lag=index_lag(parts))


def index_lag(parts: Parts) -> dict[str, int]:
    """By what the folders of the indexes say; nothing is opened."""
    sequence = parts.store.library.sequence()
    places = (parts.indexes.place("lexical"), parts.indexes.place("dense"))
    return {place.kind: _behind(place.folder, sequence) for place in places if place is not None}


def _behind(folder: Path, sequence: int) -> int:
    """An index that is not there yet holds nothing."""
    try:
        return sequence - int(read_state(folder).get("sequence", 0))
    except IndexDamaged as error:
        return sequence if error.code == "index_missing" else UNREADABLE
    except (TypeError, ValueError):
        return UNREADABLE


def load(parts: Parts, memory: Memory, tenant: str) -> None:
    """In the background. MachineError: why there is none, or memory_critical; InputError: part_unknown."""
    loadable: dict[str, tuple[LazyModel | Lazy[Any] | None, Problem | None]] = {
        MODEL: (parts.model, parts.model_problem),
        EMBEDDER: (parts.embedder, parts.embedder_problem),
    }
    if tenant not in loadable:
        raise InputError("part_unknown", name=tenant, known=", ".join(loadable))
    lazy, problem = loadable[tenant]
    if lazy is None:
        absent = problem or Problem("starter_missing")
        raise MachineError(absent.code, **absent.values)
    memory.require_room()
    lazy.preload()


def unload(memory: Memory, tenant: str) -> Eviction | None:
    """None: it is not loaded, in use, or has nothing to let go. InputError: part_unknown."""
    known = [each.name for each in memory.look().tenants]
    if tenant not in known:
        raise InputError("part_unknown", name=tenant, known=", ".join(known))
    return memory.monitor.release(tenant)
