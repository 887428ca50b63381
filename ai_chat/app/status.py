"""What `App.status` tells, as plain values: library, ingest, model, embedder, memory. Asked every two seconds by each open page.

Takes the parts, looks without loading or planning any of them.
"""

from __future__ import annotations

import os
from typing import Any

from ai_chat.app.memory import Memory
from ai_chat.app.parts import Parts
from ai_chat.ingest import Line
from ai_chat.llm.models import ModelInfo


def status_of(parts: Parts, memory: Memory, line: Line, *, owning: bool, serving: bool) -> dict[str, Any]:
    library = parts.store.library
    return {
        "owner": {"pid": os.getpid() if owning else None, "serving": serving},
        "library": {**library.counts(), "sequence": library.sequence()},
        "ingest": _ingest_status(line),
        "model": _model_status(parts),
        "embedder": _embedder_status(parts),
        "memory": _memory_status(memory),
    }


def _ingest_status(line: Line) -> dict[str, Any]:
    """`reading`: the file, None where none is read; `waiting`: how many are to be read besides; `seconds_left` as with IngestEvent."""
    told = [event for event in line.about() if event.total]
    now = told[0] if told and not line.paused else None
    left = sum(event.total - event.done for event in told)
    return {
        "paused": line.paused,
        "reading": now.path if now else None,
        "waiting": left - (now is not None),
        "seconds_left": now.seconds_left if now else None,
    }


def _model_status(parts: Parts) -> dict[str, Any]:
    """`progress`: 0 to 1 while it is being loaded; `remote`: whether questions leave this machine."""
    model = parts.model
    if model is None:
        return {"state": "absent", "name": None, "problem": parts.model_problem}
    return {
        "state": model.state,
        "name": model.info.name,
        "starter": model.info.starter,
        "problem": model.problem,
        "progress": model.progress,
        "loads": model.loads,
        "endpoint": model.info.endpoint,
        "remote": _is_remote(model.info),
    }


def _is_remote(info: ModelInfo) -> bool:
    from ai_chat.llm.address import parse_address

    return bool(info.endpoint) and parse_address(info.endpoint).remote


def _embedder_status(parts: Parts) -> dict[str, Any]:
    if parts.embedder is None or parts.backfill is None:
        return {"state": "absent", "pending": 0, "problem": parts.embedder_problem}
    error = parts.backfill.error
    return {
        "state": parts.embedder.state,
        "pending": parts.backfill.pending(),
        "problem": error.problem if error else None,
    }


def _memory_status(memory: Memory) -> dict[str, Any]:
    """Bytes (PSS) by part, those that are not loaded left out; `unload_in`: seconds until a part is let go as idle."""
    report = memory.look()
    return {
        "parts": {each.name: each.measured for each in report.tenants if each.measured},
        "measured": report.measured,
        "budget": report.budget,
        "budget_set": report.budget_set,
        "pressure": report.pressure,
        "unload_in": {each.name: each.unload_in for each in report.tenants if each.unload_in is not None},
        "available": report.machine.available,
    }
