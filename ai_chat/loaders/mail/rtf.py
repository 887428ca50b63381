"""RTF -> its text, as mails of Outlook keep it: unpacked, groups that are not shown left out, code pages decoded.

Takes bytes, gives text; HTML that was wrapped in RTF comes out as its text. Knows no mail.
"""

from __future__ import annotations

import re
import struct

from ai_chat.loaders.mail.mime import decode_text

_PACKED, _PLAIN = b"LZFu", b"MELA"
_WINDOW = 4096
_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
    b"Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_LARGEST = 64 << 20
_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]+)(-?\d{1,10})? ?|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
_HIDDEN = {
    b"fonttbl",
    b"colortbl",
    b"stylesheet",
    b"info",
    b"pict",
    b"object",
    b"themedata",
    b"datastore",
    b"listtable",
    b"htmltag",
}
_HIDDEN |= {
    b"listoverridetable",
    b"rsidtbl",
    b"generator",
    b"xmlnstbl",
    b"latentstyles",
    b"fldinst",
    b"header",
    b"footer",
    b"mhtmltag",
}
_BREAKS = {
    b"par": b"\n\n",
    b"page": b"\n\n",
    b"sect": b"\n\n",
    b"line": b"\n",
    b"row": b"\n",
    b"tab": b"\t",
    b"cell": b" | ",
}
_MANY_BREAKS = re.compile(r"\n{3,}")
_OF_PLAIN_TEXT = b"\\fromtext"  # each of its lines was made a paragraph
_HEAD = 200


def unpacked_rtf(data: bytes) -> bytes:
    """By the compression of Outlook (MS-OXRTFCP); b"" where it is not so packed."""
    if len(data) < 16:
        return b""
    _packed, size, kind, _checksum = struct.unpack_from("<II4sI", data)
    if kind == _PLAIN:
        return data[16 : 16 + size]
    return _unpack(data, min(size, _LARGEST)) if kind == _PACKED else b""


def rtf_text(data: bytes) -> str:
    parts: list[str] = []
    pending = bytearray()
    hidden: list[bool] = [False]
    charset, skip, unicode_skip = "", 0, 1
    for token in _TOKEN.finditer(data):
        hexadecimal, word, number, symbol, brace, text = token.groups()
        if brace:
            _nest(hidden, brace)
        elif word in _HIDDEN or symbol == b"*":
            hidden[-1] = True
        elif word == b"ansicpg":
            charset = f"cp{int(number or 0)}"
        elif word == b"uc":
            unicode_skip = int(number or 1)
        elif hidden[-1]:
            continue
        elif word == b"u" and number:
            parts += (decode_text(bytes(pending), charset), chr(int(number) & 0xFFFF))
            pending.clear()
            skip = unicode_skip
        elif skip and (hexadecimal or text):
            piece = b"" if hexadecimal else (text or b"")[skip:]
            skip = 0 if text else skip - 1
            pending += piece
        else:
            pending += _shown(hexadecimal, word, symbol, text)
    parts.append(decode_text(bytes(pending), charset))
    text = "".join(parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()
    return text.replace("\n\n", "\n") if _OF_PLAIN_TEXT in data[:_HEAD] else _MANY_BREAKS.sub("\n\n", text)


def _nest(hidden: list[bool], brace: bytes) -> None:
    if brace == b"{":
        hidden.append(hidden[-1])
    elif len(hidden) > 1:
        hidden.pop()


def _shown(hexadecimal: bytes | None, word: bytes | None, symbol: bytes | None, text: bytes | None) -> bytes:
    if hexadecimal:
        return bytes.fromhex(hexadecimal.decode("ascii"))
    if word:
        return _BREAKS.get(word, b"")
    if symbol:
        return {b"~": b" ", b"_": b"-", b"\n": b"\n", b"\r": b"\n"}.get(symbol, symbol if symbol in b"\\{}" else b"")
    return text or b""


def _unpack(data: bytes, size: int) -> bytes:
    """Eight steps a control byte: a byte as it is, or a reference (12 bits of place, 4 of length) into the last 4096."""
    window = bytearray(_START.ljust(_WINDOW, b"\x00"))
    at, out, position = len(_START), bytearray(), 16
    while position < len(data) and len(out) < size:
        control = data[position]
        position += 1
        for bit in range(8):
            if position >= len(data):
                break
            if not control >> bit & 1:
                piece = data[position : position + 1]
                position += 1
            else:
                reference = int.from_bytes(data[position : position + 2], "big")
                position += 2
                if reference >> 4 == at:
                    return bytes(out)
                piece = b""
                for step in range((reference & 15) + 2):
                    piece += window[((reference >> 4) + step) % _WINDOW : ((reference >> 4) + step) % _WINDOW + 1]
                    window[at] = piece[-1]
                    at = (at + 1) % _WINDOW
                out += piece
                continue
            window[at] = piece[0]
            at = (at + 1) % _WINDOW
            out += piece
    return bytes(out)
