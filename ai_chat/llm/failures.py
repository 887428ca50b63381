"""What can go wrong in a conversation with a model server, before it is told in a sentence of ours.

Takes what the server said; each Failure is turned into a MachineError by the `broken` of its Conversation, as are
TimeoutError (silence), OSError and HTTPException (broken off). No text here contains the key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http.client import HTTPMessage
from typing import Any
from urllib.parse import urlsplit

_LONGEST = 300
_MARKUP = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)


class Failure(Exception):
    """`str` is the reason."""


class Unreachable(Failure):
    """No connection came about: nothing has been sent. Its cause is the OSError."""


class Refused(Failure):
    """The server answered with an error. `status` is that of HTTP, 0 for an error inside a stream."""

    def __init__(self, status: int, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after = retry_after


class Garbled(Failure):
    """What came is nothing that such a server says; `str` is how it begins."""


def refusal(status: int, headers: HTTPMessage, content: bytes, key: str) -> Refused:
    """An answer that is no success, in the server's own words."""
    told = parsed(content)
    words = error_words(told, key) if told is not None else plain_words(_MARKUP.sub(" ", _text(content)), key)
    if 300 <= status < 400:
        target = urlsplit(headers.get("Location", ""))
        words = f"redirect to {target.scheme}://{target.hostname}" if target.hostname else "redirect"
    return Refused(status, words, _seconds(headers.get("Retry-After")))


def garbled(content: bytes, key: str) -> Garbled:
    return Garbled(plain_words(_text(content), key, 80))


def error_words(told: Any, key: str) -> str:
    """The message inside an error document of any of the known shapes."""
    inner = told.get("error", told) if isinstance(told, Mapping) else told
    if isinstance(inner, Mapping):
        inner = next((inner[name] for name in ("message", "detail", "error") if inner.get(name)), inner)
    return plain_words(inner if isinstance(inner, str) else json.dumps(inner, ensure_ascii=False), key)


def plain_words(text: str, key: str, longest: int = _LONGEST) -> str:
    """One line without the key and without control characters, cut."""
    if key:
        text = text.replace(key, "***")
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))[:longest]


def parsed(content: bytes) -> Any | None:
    """The JSON value, None where there is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _seconds(header: str | None) -> float | None:
    """Retry-After in seconds; its other form, a date, is left to our own pauses."""
    return float(header) if header and header.strip().isdecimal() else None
