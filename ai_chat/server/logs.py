"""Logs on stderr: text, or one JSON object a line; each line with the id of the request that it was written for.

Takes a format and a level, gives nothing. No line holds text of a document or a question: what is logged are events with numbers, and of
an exception its kind and where it was raised, never what it says.
"""

from __future__ import annotations

import datetime
import json
import logging
import sys
import traceback
from contextvars import ContextVar
from typing import Any, Literal, TextIO

REQUEST: ContextVar[str] = ContextVar("request", default="")
Level = Literal["debug", "info", "warning", "error"]
_OURS = ("ai_chat", "uvicorn", "streamlit")
_FRAMES = 12  # innermost


def set_up(kind: Literal["text", "json"], level: Level, stream: TextIO | None = None) -> None:
    """For our own lines, the server's and the page's; to be called again when these have been imported, as they bring handlers along."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if kind == "json" else TextLines())
    for name in _OURS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level.upper())
        logger.propagate = False
    for name in list(logging.root.manager.loggerDict):
        if name.startswith(tuple(f"{own}." for own in _OURS)):
            child = logging.getLogger(name)
            child.handlers, child.propagate = [], True
            child.setLevel(logging.NOTSET)
    logging.getLogger("uvicorn.access").disabled = True  # its lines tell whole addresses


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(fields_of(record), ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told = fields_of(record)
        head = " ".join(str(told.pop(name)) for name in ("at", "level", "logger", "event"))
        return " ".join([head, *(f"{name}={value}" for name, value in told.items())])


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """`told` of a line's extras besides what every line has."""
    at = datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds")
    event = " ".join(record.getMessage().split())
    found: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "logger": record.name, "event": event}
    if request := REQUEST.get():
        found["request"] = request
    found.update(getattr(record, "told", {}))
    if record.exc_info and record.exc_info[1] is not None:
        found.update(_raised(record.exc_info[1]))
    return found


def _raised(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": type(error).__name__, "raised_at": places}
