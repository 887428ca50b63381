"""What `App.status` tells, as plain values: library, model, embedder, memory.

Takes the parts, looks without loading any of them.
"""

from __future__ import annotations

import os
from typing import Any

from ai_chat.app.parts import Parts
from ai_chat.memory.measure import available, measure


def status_of(parts: Parts, *, owning: bool, serving: bool) -> dict[str, Any]:
    library = parts.store.library
    return {
        "owner": {"pid": os.getpid() if owning else None, "serving": serving},
        "library": {**library.counts(), "sequence": library.sequence()},
        "model": _model_status(parts),
        "embedder": _embedder_status(parts),
        "memory": _memory_status(parts),
    }


def _model_status(parts: Parts) -> dict[str, Any]:
    if parts.model is None:
        return {"state": "absent", "name": None, "problem": parts.model_problem}
    info = parts.model.info
    return {"state": parts.model.state, "name": info.name, "starter": info.starter, "problem": parts.model.problem}


def _embedder_status(parts: Parts) -> dict[str, Any]:
    if parts.embedder is None or parts.backfill is None:
        return {"state": "absent", "pending": 0, "problem": parts.embedder_problem}
    error = parts.backfill.error
    return {
        "state": parts.embedder.state,
        "pending": parts.backfill.pending(),
        "problem": error.problem if error else None,
    }


def _memory_status(parts: Parts) -> dict[str, Any]:
    """Bytes (PSS) by part; parts that are not loaded are left out."""
    embedder = parts.embedder.peek() if parts.embedder else None
    parser = parts.parser.peek()
    pids = {
        "page": os.getpid(),
        "model": parts.model.pids[0] if parts.model and parts.model.pids else None,
        "embedder": embedder.pid if embedder else None,
        "parser": parser.pid if parser else None,
    }
    measured = measure(pid for pid in pids.values() if pid)
    return {
        "parts": {name: measured[pid].pss for name, pid in pids.items() if pid in measured},
        "available": available(),
    }
