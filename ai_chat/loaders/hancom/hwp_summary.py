"""The summary of an HWP 5 file, a property set with strings of Hancom's own -> Metadata.

Lengths of strings there count bytes where the standard counts characters, so that they are read up to their end mark.
A summary that cannot be read tells nothing; the document is none the worse.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

from ai_chat.loaders.about import metadata
from ai_chat.types import Metadata

_TITLE, _AUTHOR, _CREATED = 2, 4, 12
_STRING, _TIME = 31, 64
_LONGEST = 1000
_MOST = 100
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_EARLIEST = 1980


def read_summary(data: bytes) -> Metadata:
    try:
        (start,) = struct.unpack_from("<I", data, 44)
        (count,) = struct.unpack_from("<I", data, start + 4)
        places = dict(struct.unpack_from("<II", data, start + 8 + 8 * at) for at in range(min(count, _MOST)))
        values = {
            number: _value(data, start + places[number]) for number in (_TITLE, _AUTHOR, _CREATED) if number in places
        }
    except (struct.error, OverflowError):
        return Metadata()
    return metadata(*(values.get(number, "") for number in (_TITLE, _AUTHOR, _CREATED)))


def _value(data: bytes, at: int) -> str:
    (kind,) = struct.unpack_from("<I", data, at)
    if kind == _STRING:
        text = data[at + 8 : at + 8 + 2 * _LONGEST]
        return text[: len(text) & ~1].decode("utf-16-le", "ignore").partition("\x00")[0]
    if kind != _TIME:
        return ""
    (ticks,) = struct.unpack_from("<Q", data, at + 4)
    made = _EPOCH + timedelta(microseconds=ticks // 10)
    return made.isoformat(timespec="seconds") if made.year > _EARLIEST else ""
