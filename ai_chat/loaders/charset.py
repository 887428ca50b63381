"""Which encoding a text file is in, decided by strict decoding of all of it, in pieces.

Order: byte order mark, UTF-16 without one where the bytes make it plain, UTF-8, the declared charset, CP949 (which
contains EUC-KR). Gives a codec name or None; knows no file format.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

_PIECE = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
_KOREAN = re.compile(r"euc[-_]?kr|ks_?c[-_]?5601.*|korean|(x-)?(windows|ms|cp)[-_]?949|uhc", re.IGNORECASE)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "iso8859-1": "cp1252", "ascii": "cp1252"}
_FAMILY = re.compile(
    r"(utf|cp|windows|iso|iso-|koi8|gb|big5|shift|sjis|euc|johab|mac|latin|us-ascii|ascii)", re.IGNORECASE
)
_ASCII = re.compile("[\t\n\r\x20-\x7e]")
_PLAIN = re.compile("[\t\n\r\x20-\x7e\u00a0-\u024f\u2000-\u22ff\u3000-\u33ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]")


def choose_encoding(path: Path, head: bytes) -> str | None:
    """The first encoding in which every byte of the file is valid; `head` is the file's beginning."""
    return next((name for name in _candidates(head) if _decodes(path, name)), None)


def declared_encoding(head: bytes) -> str | None:
    """The codec that the file's first lines name (HTML meta, XML declaration); names of EUC-KR mean CP949."""
    match = _DECLARED.search(head[:4096])
    if match is None:
        return None
    name = match.group(1).decode("ascii")
    if _KOREAN.fullmatch(name):
        return "cp949"
    if not _FAMILY.match(name):
        return None
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return None
    return _WIDER.get(codec, codec)


def control_share(text: str) -> float:
    """The share of characters that no text needs: high in binary data, none or nearly none in documents."""
    if not text:
        return 0.0
    odd = sum(1 for c in text if (c < " " and c not in "\t\n\r\x0b\x0c\x1b") or c in "\x7f\ufffd")
    return 0.0 if odd <= 2 else odd / len(text)


def _candidates(head: bytes) -> Iterator[str]:
    for bom, name in _BOMS:
        if head.startswith(bom):
            yield name
            return
    if wide := _plain_utf16(head[:4096]):
        yield wide
    yield "utf-8"
    if declared := declared_encoding(head):
        yield declared
    yield "cp949"


def _plain_utf16(head: bytes) -> str | None:
    """UTF-16 shows itself by zero bytes (of spaces, digits, line ends) in text that is readable in one byte order."""
    if b"\x00" not in head:
        return None
    little, big = _decode_prefix(head, "utf-16-le"), _decode_prefix(head, "utf-16-be")
    plain = {"utf-16-le": len(_ASCII.findall(little)), "utf-16-be": len(_ASCII.findall(big))}
    name = "utf-16-le" if plain["utf-16-le"] >= plain["utf-16-be"] else "utf-16-be"
    text = little if name == "utf-16-le" else big
    return name if plain[name] and len(_PLAIN.findall(text)) >= 0.95 * len(text) else None


def _decode_prefix(head: bytes, encoding: str) -> str:
    """Empty when the bytes are not valid."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return ""


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True
