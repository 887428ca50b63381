"""Words and texts of mails -> characters: encoded words, file names and charsets as mail programs really write them.

Takes headers and bytes, gives text. What is declared is tried first, then UTF-8 and CP949, which Korean programs send undeclared
or under other names; nothing is refused. Knows no mail.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator
from email.utils import collapse_rfc2231_value

from ai_chat.loaders.charset import declared_encoding

_WORD = re.compile(r"=\?([^?\s]*)\?([bq])\?([^?]*)\?=", re.IGNORECASE)
_HANGUL = re.compile("[가-힣]")
_VAGUE = {"cp1252", "latin-1", "iso8859-1", "utf-7"}  # what programs write that do not know


def decode_header(value: str) -> str:
    """One line. `value` as the parser keeps it: bytes that are not ASCII as lone surrogates."""
    pieces: list[tuple[bytes, str]] = []
    position = 0
    for word in _WORD.finditer(value):
        between = value[position : word.start()]
        if between.strip() or not pieces:
            pieces.append((_bytes_of(between), ""))
        data, charset = _word_bytes(word[2], word[3]), word[1].partition("*")[0].lower()
        if pieces[-1][1] == charset:  # a character may be cut in two between words
            data = pieces.pop()[0] + data
        pieces.append((data, charset))
        position = word.end()
    pieces.append((_bytes_of(value[position:]), ""))
    return " ".join("".join(decode_text(data, charset) for data, charset in pieces).split())


def decode_parameter(value: str | tuple[str | None, str | None, str]) -> str:
    """A file name: with a charset of its own, as encoded words, or bare."""
    if isinstance(value, str):
        return decode_header(value)
    charset, _language, text = value
    try:
        return " ".join(decode_text(text.encode("latin-1"), charset or "").split())
    except UnicodeEncodeError:
        return decode_header(collapse_rfc2231_value(value))


def decode_text(data: bytes, charset: str = "") -> str:
    for name in _candidates(data, charset):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode(_codec(charset) or "utf-8", "replace")


def _candidates(data: bytes, charset: str) -> Iterator[str]:
    declared = _codec(charset)
    if declared and declared not in _VAGUE:
        yield declared
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield "utf-16"
    yield "utf-8"
    if _is_korean(data) or not declared:
        yield "cp949"
    yield declared or "cp1252"


def _codec(charset: str) -> str | None:
    return declared_encoding(b'charset="' + charset.strip().encode("ascii", "ignore") + b'"') if charset else None


def _is_korean(data: bytes) -> bool:
    """Two syllables or more, and nothing else that is not ASCII but what CP949 has, too."""
    try:
        return len(_HANGUL.findall(data.decode("cp949"))) > 1
    except UnicodeDecodeError:
        return False


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = _bytes_of(text)
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    return decode_base64(raw)


def decode_base64(raw: bytes) -> bytes:
    """Also without its padding, or cut off."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
