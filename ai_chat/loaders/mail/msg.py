"""MSG -> the mail as sections, what hangs on it as attachments; a mail within one is written out as EML.

Outlook keeps each property in a stream of its own, named by its number and type; texts are UTF-16, or bytes in a code page that
older Korean Outlooks name as 949 or not at all. Raw offsets count within the unit as written here.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

from ai_chat.errors import InputError
from ai_chat.loaders.charset import declared_encoding
from ai_chat.loaders.detect import Source
from ai_chat.loaders.enclosed import safe_name
from ai_chat.loaders.mail.eml import shown_address
from ai_chat.loaders.mail.letter import Enclosure, Letter, enclosures, html_text, is_better, letter_items
from ai_chat.loaders.mail.mime import decode_text
from ai_chat.loaders.mail.rtf import rtf_text, unpacked_rtf
from ai_chat.loaders.ole import open_ole
from ai_chat.types import Attachment, Metadata, Problem, Unit

if TYPE_CHECKING:
    from olefile import OleFileIO

Place = tuple[str, ...]

_SUBJECT, _BODY, _HTML, _RTF = 0x0037, 0x1000, 0x1013, 0x1009
_SENDER, _SENDER_SMTP, _SENDER_ADDRESS = 0x0C1A, 0x5D01, 0x0C1F
_NAME, _SMTP, _ADDRESS, _RECIPIENT_TYPE = 0x3001, 0x39FE, 0x3003, 0x0C15
_SENT, _DELIVERED = 0x0039, 0x0E06
_CODE_PAGE, _BODY_CODE_PAGE = 0x3FFD, 0x3FDE
_FILE, _SHORT_FILE, _DATA, _CONTENT_ID, _FLAGS, _MIME = 0x3707, 0x3704, 0x3701, 0x3712, 0x3714, 0x370E
_TO, _CC = 1, 2
_DEEPEST = 20
_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)


def load_msg(source: Source) -> Iterator[Unit | Metadata | Attachment | Problem]:
    with open_ole(source.path, source.name, "MSG") as ole:
        message = _Message(ole, (), source)
        files = list(message.files(0))
        letter = message.letter([file.name for file in files if not file.shown])
    yield from letter_items(letter, source)
    yield from enclosures(iter(files), source)


@dataclass(frozen=True, slots=True)
class _Message:
    """A mail at a place in the file: at its root, or inside an attachment."""

    ole: OleFileIO
    place: Place
    source: Source

    def letter(self, attached: list[str]) -> Letter:
        sender = self._text(_SENDER)
        address = self._text(_SENDER_SMTP) or self._text(_SENDER_ADDRESS)
        who = shown_address(sender, address if "@" in address else "")
        people = [
            (self._number(_RECIPIENT_TYPE, at), self._recipient(at)) for at in self._folders("__recip_version1.0_")
        ]
        to = [name for kind, name in people if kind == _TO and name]
        cc = [name for kind, name in people if kind == _CC and name]
        return Letter(self._text(_SUBJECT), who, to, cc, self._sent(), self._body(), attached)

    def files(self, depth: int) -> Iterator[Enclosure]:
        for number, at in enumerate(self._folders("__attach_version1.0_"), start=1):
            inner = (*at, "__substg1.0_3701000D")
            name = self._text(_FILE, at) or self._text(_SHORT_FILE, at) or self._text(_NAME, at)
            if self.ole.exists([*inner, "__properties_version1.0"]):
                data = _Message(self.ole, inner, self.source).as_eml(depth + 1)
                yield Enclosure(safe_name(name.removesuffix(".msg"), f"mail-{number}") + ".eml", data)
            else:
                shown = bool(self._text(_CONTENT_ID, at)) and bool(self._number(_FLAGS, at) & 4)
                data = self._bytes(_DATA, at) or b""
                yield Enclosure(safe_name(name, f"part-{number}"), data, self._text(_MIME, at), shown)

    def as_eml(self, depth: int) -> bytes:
        """The same mail as other programs write it, so that it is read like any."""
        if depth > _DEEPEST:
            raise InputError("too_deep", name=self.source.name, limit=_DEEPEST)
        letter = self.letter([])
        mail = EmailMessage()
        fields = {
            "Subject": letter.subject,
            "From": letter.sender,
            "To": ", ".join(letter.to),
            "Cc": ", ".join(letter.cc),
        }
        fields["Date"] = format_datetime(letter.date) if isinstance(letter.date, datetime.datetime) else ""
        head = [f"{name}: {' '.join(value.split())}" for name, value in fields.items() if value]
        mail.set_content(letter.body, cte="base64")
        for file in self.files(depth):
            mail.add_attachment(file.data, "application", "octet-stream", filename=file.name)
        return "\r\n".join([*head, ""]).encode("utf-8", "replace") + mail.as_bytes()

    def _body(self) -> str:
        plain, html = self._text(_BODY), self._html()
        if html and not is_better(plain, html):
            return html
        return plain or rtf_text(unpacked_rtf(self._bytes(_RTF) or b""))

    def _html(self) -> str:
        data = self._bytes(_HTML)
        if data is None:
            return html_text(text, self.source) if (text := self._text(_HTML)) else ""
        page = self._number(_BODY_CODE_PAGE)
        return html_text(decode_text(data, declared_encoding(data) or _charset(page)), self.source)

    def _sent(self) -> datetime.datetime | str:
        ticks = self._number(_SENT) or self._number(_DELIVERED)
        try:
            return _EPOCH + datetime.timedelta(microseconds=ticks // 10) if ticks else ""
        except OverflowError:
            return ""

    def _recipient(self, at: Place) -> str:
        address = self._text(_SMTP, at) or self._text(_ADDRESS, at)
        return shown_address(self._text(_NAME, at), address if "@" in address else "")

    def _folders(self, start: str) -> list[Place]:
        """Recipients or attachments, in order."""
        depth = len(self.place)
        found = {
            tuple(path[: depth + 1])
            for path in self.ole.listdir()
            if tuple(path[:depth]) == self.place and len(path) > depth + 1
        }
        return sorted(path for path in found if path[depth].startswith(start))

    def _text(self, number: int, at: Place | None = None) -> str:
        wide, narrow = self._bytes(number, at, 0x001F), self._bytes(number, at, 0x001E)
        if wide is not None:
            return wide.decode("utf-16-le", "replace").rstrip("\x00").strip()
        if narrow is None:
            return ""
        page = self._number(_CODE_PAGE) or self._number(_BODY_CODE_PAGE)
        return decode_text(narrow.rstrip(b"\x00"), _charset(page)).strip()

    def _bytes(self, number: int, at: Place | None = None, kind: int = 0x0102) -> bytes | None:
        path = [*(self.place if at is None else at), f"__substg1.0_{number:04X}{kind:04X}"]
        if not self.ole.exists(path):
            return None
        data: bytes = self.ole.openstream(path).read()
        return data

    def _number(self, number: int, at: Place | None = None) -> int:
        """Of the table of those that fit into eight bytes; 0 where there is none."""
        place = self.place if at is None else at
        path = [*place, "__properties_version1.0"]
        data: bytes = self.ole.openstream(path).read() if self.ole.exists(path) else b""
        start = 8 if at is not None else 32 if not place else 24
        for offset in range(start, len(data) - 15, 16):
            tag, _flags, value = struct.unpack_from("<IIQ", data, offset)
            if tag >> 16 == number:
                return int(value if tag & 0xFFFF in (0x0040, 0x0014) else value & 0xFFFFFFFF)
        return 0


def _charset(page: int) -> str:
    return {65001: "utf-8", 51949: "cp949", 949: "cp949", 1200: "utf-16-le", 28591: "iso-8859-1"}.get(
        page, f"cp{page}" if page else ""
    )
