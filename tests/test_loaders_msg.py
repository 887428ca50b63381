"""Mails as Outlook stores them: properties in streams, code pages, packed RTF, mails within mails."""

from __future__ import annotations

import datetime
import struct
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import Item, load
from ai_chat.loaders.detect import Options
from ai_chat.loaders.mail.rtf import rtf_text, unpacked_rtf
from ai_chat.types import Attachment, Metadata, Unit
from tests.ole_files import write_ole

SENT = datetime.datetime(2026, 4, 13, 0, 30, tzinfo=datetime.UTC)
TICKS = int((SENT - datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)).total_seconds()) * 10_000_000


def properties(head: int, *numbers: tuple[int, int, int]) -> bytes:
    """A table of (number, type, value)."""
    return bytes(head) + b"".join(struct.pack("<IIQ", number << 16 | kind, 6, value) for number, kind, value in numbers)


def wide(*texts: tuple[int, str]) -> dict[str, bytes]:
    return {f"__substg1.0_{number:04X}001F": text.encode("utf-16-le") for number, text in texts}


def below(folder: str, streams: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": content for name, content in streams.items()}


def recipient(number: int, kind: int, name: str, address: str) -> dict[str, bytes]:
    streams = {
        "__properties_version1.0": properties(8, (0x0C15, 0x0003, kind)),
        **wide((0x3001, name), (0x39FE, address)),
    }
    return below(f"__recip_version1.0_#{number:08X}", streams)


def letter(head: int = 32) -> dict[str, bytes]:
    streams = {"__properties_version1.0": properties(head, (0x0039, 0x0040, TICKS))}
    streams |= wide((0x0037, "견적 요청"), (0x0C1A, "김서연"), (0x0C1F, "kim@example.com"), (0x1000, "본문입니다.\r\n"))
    return (
        streams | recipient(0, 1, "이하늘", "lee@example.com") | recipient(1, 2, "cho@example.com", "cho@example.com")
    )


def read(tmp_path: Path, streams: dict[str, bytes]) -> list[Item]:
    spool = tmp_path / "spool"
    spool.mkdir(exist_ok=True)
    return list(load(write_ole(tmp_path / "a.msg", streams), "a.msg", Options(spool=spool)))


def text_of(items: list[Item]) -> str:
    return "\n".join(item.text for item in items if isinstance(item, Unit))


def attached(items: list[Item]) -> dict[str, bytes]:
    return {item.name: Path(item.path).read_bytes() for item in items if isinstance(item, Attachment)}


def test_head_and_text(tmp_path: Path) -> None:
    about, unit = read(tmp_path, letter())
    assert about == Metadata("견적 요청", "김서연 <kim@example.com>", "2026-04-13T00:30:00+00:00")
    assert isinstance(unit, Unit) and unit.text.splitlines() == [
        "**Subject:** 견적 요청",
        "**From:** 김서연 <kim@example.com>",
        "**To:** 이하늘 <lee@example.com>",
        "**Cc:** cho@example.com",
        "**Date:** 2026-04-13 00:30",
        "",
        "본문입니다.",
    ]


@pytest.mark.parametrize("page", [949, 0, 1252])
def test_text_in_bytes_is_read_by_its_code_page_or_as_korean(tmp_path: Path, page: int) -> None:
    streams = {"__properties_version1.0": properties(32, (0x3FFD, 0x0003, page))}
    streams |= {
        "__substg1.0_0037001E": "똠방각하 귀중".encode("cp949"),
        "__substg1.0_1000001E": "회의록".encode("cp949"),
    }
    text = text_of(read(tmp_path, streams))
    assert "똠방각하 귀중" in text and "회의록" in text


def test_html_is_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    streams = {"__properties_version1.0": properties(32, (0x3FDE, 0x0003, 949))}
    streams["__substg1.0_10130102"] = "<html><body><p>웹으로 쓴 본문</p></body></html>".encode("cp949")
    assert "웹으로 쓴 본문" in text_of(read(tmp_path, streams))


def test_attachments_and_a_mail_within(tmp_path: Path) -> None:
    file = {**wide((0x3707, "품목.csv")), "__substg1.0_37010102": "품목,수량\n".encode("cp949")}
    within = below("__substg1.0_3701000D", letter(head=24)) | below(
        "__substg1.0_3701000D/__attach_version1.0_#00000000", file
    )
    streams = letter() | below("__attach_version1.0_#00000000", {"__properties_version1.0": properties(8), **file})
    streams |= below("__attach_version1.0_#00000001", {**wide((0x3001, "지난 메일")), **within})
    found = attached(read(tmp_path, streams))
    assert list(found) == ["품목.csv", "지난 메일.eml"] and found["품목.csv"].startswith("품목,".encode("cp949"))
    (tmp_path / "inner.eml").write_bytes(found["지난 메일.eml"])
    items = list(load(tmp_path / "inner.eml", "inner.eml", Options(spool=tmp_path / "spool")))
    assert "**To:** 이하늘 <lee@example.com>" in text_of(items) and "본문입니다." in text_of(items)
    assert list(attached(items)) == ["품목.csv"]


def test_cut_file_is_damage(tmp_path: Path) -> None:
    path = write_ole(tmp_path / "a.msg", letter())
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(InputError) as caught:
        list(load(path, "a.msg"))
    assert caught.value.code == "file_damaged"


@pytest.mark.parametrize(
    ("rtf", "wanted"),
    [
        (rb"{\rtf1\ansi\ansicpg949{\fonttbl{\f0 Gulim;}}\f0 \'b0\'df\'c0\'fb\par two\tab x}", "견적\n\ntwo\tx"),
        (rb"{\rtf1\uc1 \u44204?\u51201?}", "견적"),
        (rb"{\rtf1\uc2\u44204\'b0\'df end}", "견 end"),
        (rb"{\rtf1 a{\*\htmltag64 <p>}b\{c\}}", "ab{c}"),
        (rb"{\rtf1 a\cell b\cell\row}", "a | b |"),
        (rb"{\rtf1 a\line b\par\par\par c}", "a\nb\n\nc"),
        (rb"{\rtf1\ansi\fromtext a\par b\par\par c}", "a\nb\n\nc"),
        (rb"}}}{\rtf1 text", "text"),
        (b"", ""),
    ],
)
def test_rtf(rtf: bytes, wanted: str) -> None:
    assert rtf_text(rtf) == wanted


def test_packed_rtf() -> None:
    """The worked example of MS-OXRTFCP."""
    packed = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    assert unpacked_rtf(bytes.fromhex(packed)) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpacked_rtf(b"short") == b""
