"""EML and MHT -> the mail as sections, what hangs on it as attachments; mails within are attachments of their own.

Of a text that is there twice, plain and as HTML, the one that says more is read. Signatures, style sheets and small pictures are
left out. Raw offsets count within the unit as written here.
"""

from __future__ import annotations

import datetime
import mimetypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_binary_file
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses, parsedate_to_datetime
from typing import TypeAlias

from ai_chat.errors import InputError
from ai_chat.loaders.charset import declared_encoding
from ai_chat.loaders.detect import Source
from ai_chat.loaders.enclosed import safe_name, skipped
from ai_chat.loaders.mail.letter import Enclosure, Letter, enclosures, html_text, is_better, letter_items
from ai_chat.loaders.mail.mime import decode_base64, decode_header, decode_parameter, decode_text
from ai_chat.types import Attachment, Metadata, Problem, Unit

Part: TypeAlias = "Message[str, str]"

_DEEPEST = 40
_NOT_READ = {
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/javascript",
    "text/css",
    "text/x-amp-html",
    "text/rfc822-headers",
    "message/delivery-status",
}
_TEXTS = {"text/plain", "text/html", "text/enriched"}
_OUTLOOK = {"application/ms-tnef", "application/vnd.ms-tnef"}
_NAMES = {"text/calendar": ".ics", "text/plain": ".txt", "text/html": ".html", "image/jpeg": ".jpg"}
_SOFT_END = re.compile(r"(?<!^--) \r?\n(?![> ]|\r?\n)", re.MULTILINE)


class _AsWritten(Compat32):
    """Headers as they stand in the file, bytes that are not ASCII as lone surrogates."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A part without parts; `text` None where it is a file."""

    part: Part
    text: str | None = None

    @property
    def kind(self) -> str:
        return self.part.get_content_type()


def load_mail(source: Source) -> Iterator[Unit | Metadata | Attachment | Problem]:
    try:
        yield from _items(source)
    except RecursionError as error:
        raise InputError("too_deep", name=source.name, limit=_DEEPEST) from error


def _items(source: Source) -> Iterator[Unit | Metadata | Attachment | Problem]:
    with source.path.open("rb") as file:
        message = message_from_binary_file(file, policy=_AsWritten())
    leaves = list(_leaves(message, source, 0))
    body = "\n\n".join(text for leaf in leaves if (text := (leaf.text or "").strip()))
    parts = [leaf.part for leaf in leaves if leaf.text is None and leaf.kind not in _NOT_READ]
    files = [(part, _name(part, number)) for number, part in enumerate(parts, start=1)]
    told = [name for part, name in files if not _is_shown(part)]
    yield from letter_items(_letter(message, body, told), source)
    for part, name in files:
        if _is_outlook(part, name):
            yield skipped(name, source, Problem("format_unknown", {"name": name, "found": "TNEF"}))
    yield from enclosures((_enclosure(part, name) for part, name in files if not _is_outlook(part, name)), source)


def _leaves(message: Part, source: Source, depth: int) -> Iterator[_Leaf]:
    """In reading order, of alternatives the one to be read."""
    if depth > _DEEPEST:
        raise InputError("too_deep", name=source.name, limit=_DEEPEST)
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        inner = [leaf for part in message.get_payload() for leaf in _leaves(_as_part(part), source, depth + 1)]
        yield from _chosen(inner) if message.get_content_subtype() == "alternative" else inner
    else:
        yield _Leaf(message, _text(message, source) if _is_text(message) else None)


def _as_part(part: object) -> Part:
    assert isinstance(part, Message)
    return part


def _chosen(leaves: list[_Leaf]) -> list[_Leaf]:
    html = next((leaf for leaf in leaves if leaf.text is not None and leaf.kind == "text/html"), None)
    plain = next((leaf for leaf in leaves if leaf.text is not None and leaf.kind != "text/html"), None)
    if not (plain and html):
        return leaves
    dropped = html if is_better(plain.text or "", html.text or "") else plain
    return [leaf for leaf in leaves if leaf is not dropped]


def _is_text(part: Part) -> bool:
    """Also what says it has parts and has none."""
    written = part.get_content_type() in _TEXTS or part.get_content_maintype() == "multipart"
    return written and part.get_content_disposition() != "attachment" and not _given_name(part)


def _text(part: Part, source: Source) -> str:
    data = _data(part)
    charset = part.get_content_charset("")
    if part.get_content_type() == "text/html":
        return html_text(decode_text(data, charset or declared_encoding(data) or ""), source)
    text = decode_text(data, charset)
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    return _SOFT_END.sub(" ", text) if flowed else text


def _data(part: Part) -> bytes:
    if part.get_content_maintype() == "message" and part.is_multipart():
        inner = _as_part(part.get_payload(0))
        raw = inner.as_bytes()
        return decode_base64(raw) if str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64" else raw
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _letter(message: Part, body: str, attached: Sequence[str]) -> Letter:
    sender = ", ".join(_addresses(message, "from")) or ", ".join(_addresses(message, "sender"))
    subject = " ".join(_values(message, "subject")[:1])
    return Letter(subject, sender, _addresses(message, "to"), _addresses(message, "cc"), _date(message), body, attached)


def _values(message: Part, name: str) -> list[str]:
    return [decode_header(value) for value in message.get_all(name, [])]


def _addresses(message: Part, name: str) -> list[str]:
    """ "Name <address>", once where both are the same. Addresses are told apart before names are decoded, which may hold commas."""
    raw = message.get_all(name, [])
    pairs = [(decode_header(called), decode_header(address)) for called, address in getaddresses(raw)]
    return [shown_address(*pair) for pair in pairs if any(pair)] or [
        decoded for value in raw if (decoded := decode_header(value))
    ]


def shown_address(called: str, address: str) -> str:
    called = called.strip("'\" ")
    return f"{called} <{address}>" if called and address and called != address else called or address


def _date(message: Part) -> datetime.datetime | str:
    written = " ".join(_values(message, "date")[:1])
    try:
        return parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return written


def _given_name(part: Part) -> str:
    given = part.get_param("filename", header="content-disposition") or part.get_param("name")
    return decode_parameter(given) if given else ""


def _name(part: Part, number: int) -> str:
    kind = part.get_content_type()
    if kind == "message/rfc822" and part.is_multipart():
        subject = _given_name(part) or " ".join(_values(_as_part(part.get_payload(0)), "subject")[:1])
        return safe_name(subject.removesuffix(".eml"), f"mail-{number}") + ".eml"
    suffix = _NAMES.get(kind) or mimetypes.guess_extension(kind) or ""
    return safe_name(_given_name(part), f"part-{number}{suffix}")


def _is_shown(part: Part) -> bool:
    """A picture that stands in the text, as a logo or a screenshot does."""
    placed = "Content-ID" in part or "Content-Location" in part or part.get_content_disposition() == "inline"
    return placed and part.get_content_maintype() == "image"


def _is_outlook(part: Part, name: str) -> bool:
    return part.get_content_type() in _OUTLOOK or name.lower() == "winmail.dat"


def _enclosure(part: Part, name: str) -> Enclosure:
    return Enclosure(name, _data(part), part.get_content_type(), _is_shown(part))
