"""The words of a page and where they stand, as a few bytes: 16 a word, deflated.

Takes WordBoxes, gives a blob and back; places are kept to 1/65535 of the page.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from ai_chat.types import WordBox

_WORD = struct.Struct("<II4H")
_WHOLE = 65_535


def pack(boxes: Sequence[WordBox]) -> bytes | None:
    if not boxes:
        return None
    words = (_WORD.pack(box.start, box.end, *(_fraction(side) for side in box[2:])) for box in boxes)
    return zlib.compress(b"".join(words))


def unpack(blob: bytes | None) -> tuple[WordBox, ...]:
    if not blob:
        return ()
    words = _WORD.iter_unpack(zlib.decompress(blob))
    return tuple(WordBox(start, end, *(side / _WHOLE for side in sides)) for start, end, *sides in words)


def _fraction(side: float) -> int:
    return round(min(max(side, 0.0), 1.0) * _WHOLE)
