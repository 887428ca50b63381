"""Files inside a Hancom document: documents that stand in it as objects, and pictures where there is nothing else, as they may be scans.

Takes the names of what lies beside the text and how to read one, writes each into the spool folder and gives it as an Attachment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from ai_chat.loaders.detect import SUFFIXES, Source
from ai_chat.loaders.enclosed import bounded, enclose, safe_name
from ai_chat.loaders.ooxml.embedded import in_object
from ai_chat.types import Attachment, Problem

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LENGTH = 4  # may stand before an object


def embedded(
    names: Sequence[str], read: Callable[[str], bytes], silent: bool, source: Source
) -> Iterator[Attachment | Problem]:
    """`silent`: there is no text."""
    wanted = (".ole", *SUFFIXES["image"]) if silent else (".ole",)
    taken, left = bounded([name for name in names if name.lower().endswith(wanted)], source)
    for name in taken:
        yield from _enclosed(PurePosixPath(name).name, read(name), source)
    yield from left


def _enclosed(base: str, data: bytes, source: Source) -> Iterator[Attachment | Problem]:
    start = data.find(_OLE, 0, _LENGTH + len(_OLE))
    if start < 0:
        yield enclose(safe_name(base, base), data, source)
    elif found := in_object(data[start:], base):
        yield enclose(safe_name(found.name, base), found.data, source)
