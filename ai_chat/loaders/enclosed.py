"""A file found inside another -> an Attachment whose bytes lie in the spool folder, under a name that is safe anywhere.

Takes names and bytes as the file around them has them, gives Attachments, or Problems for what nobody can read. Knows no format.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import TypeVar

from ai_chat.errors import InputError
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.loaders.detect import Source, identify
from ai_chat.loaders.normalise import normalise
from ai_chat.types import Attachment, Problem

MOST = 200
"""How many files are taken out of one."""

_LONGEST_NAME = 200
_TRICKS = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+")

Item = TypeVar("Item")


def bounded(found: Sequence[Item], source: Source) -> tuple[Sequence[Item], list[Problem]]:
    """Those that are taken, and what is said of the others."""
    return found[:MOST], [too_many(len(found), MOST, source)] if len(found) > MOST else []


def too_many(count: int, taken: int, source: Source) -> Problem:
    return Problem("attachments_too_many", {"name": source.name, "count": count, "limit": taken})


def enclose(name: str, data: bytes, source: Source) -> Attachment | Problem:
    """A name that promises nothing we read is taken if its bytes are what we read."""
    descriptor, path = tempfile.mkstemp(dir=source.spool)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    if not name.lower().endswith(KNOWN_SUFFIXES):
        try:
            identify(Path(path), name)
        except InputError as error:
            os.unlink(path)
            return skipped(name, source, error.problem)
    return Attachment(name, path)


def skipped(name: str, source: Source, cause: Problem) -> Problem:
    told = {"code": cause.code, "values": dict(cause.values)}
    return Problem("attachment_skipped", {"name": source.name, "attachment": name, "cause": told})


def safe_name(name: str, otherwise: str) -> str:
    """As a file name anywhere: one part, no control characters, not too long; its suffix stays."""
    parts = [part for part in _TRICKS.split(normalise(name).text) if part.strip(" .")]
    cleaned = parts[-1].strip() if re.search(r"[/\\]", name) and parts else "_".join(parts).strip()
    if len(cleaned) <= _LONGEST_NAME:
        return cleaned or otherwise
    suffix = PurePath(cleaned).suffix[:10]
    return cleaned[: _LONGEST_NAME - len(suffix)] + suffix
