"""Mails as Korean programs write them: charsets, encoded words, bodies that are there twice, what hangs on them."""

from __future__ import annotations

import base64
import random
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import Item, load
from ai_chat.loaders.detect import Options
from ai_chat.loaders.enclosed import MOST, safe_name
from ai_chat.loaders.mail.mime import decode_header, decode_text
from ai_chat.types import Attachment, Metadata, Problem, Unit


def read(tmp_path: Path, data: bytes, name: str = "a.eml") -> list[Item]:
    path = tmp_path / "mail"
    path.write_bytes(data)
    spool = tmp_path / "spool"
    spool.mkdir(exist_ok=True)
    return list(load(path, name, Options(spool=spool)))


def text_of(items: list[Item]) -> str:
    return "\n".join(item.text for item in items if isinstance(item, Unit))


def attached(items: list[Item]) -> dict[str, bytes]:
    return {item.name: Path(item.path).read_bytes() for item in items if isinstance(item, Attachment)}


def letter(subject: str = "견적 요청", body: str = "본문입니다.") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "김서연 <kim@example.com>", "lee@example.com"
    message["Date"] = "Mon, 13 Apr 2026 09:30:00 +0900"
    message.set_content(body)
    return message


def test_head_comes_before_the_text(tmp_path: Path) -> None:
    message = letter()
    message["Cc"] = '"Park, Do" <park@example.com>, cho@example.com'
    about, unit = read(tmp_path, bytes(message))
    assert about == Metadata("견적 요청", "김서연 <kim@example.com>", "2026-04-13T09:30:00+09:00")
    assert isinstance(unit, Unit) and unit.label == "견적 요청"
    assert unit.text.splitlines() == [
        "**Subject:** 견적 요청",
        "**From:** 김서연 <kim@example.com>",
        "**To:** lee@example.com",
        "**Cc:** Park, Do <park@example.com>, cho@example.com",
        "**Date:** 2026-04-13 09:30",
        "",
        "본문입니다.",
    ]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("ks_c_5601-1987", "cp949"),
        ("euc-kr", "cp949"),
        ("utf-8", "utf-8"),
        ("us-ascii", "cp949"),
        ("us-ascii", "utf-8"),
        ("iso-8859-1", "cp949"),
        ("no-such-charset", "cp949"),
        ("", "cp949"),
        ("iso-2022-kr", "iso2022_kr"),
        ("utf-8", "cp949"),
    ],
)
def test_body_in_any_charset(tmp_path: Path, declared: str, encoding: str) -> None:
    wanted = "똠방각하 회의록을 보냅니다." if encoding != "iso2022_kr" else "회의록을 보냅니다."
    kind = f"; charset={declared}" if declared else ""
    head = f"Subject: x\r\nContent-Type: text/plain{kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    assert wanted in text_of(read(tmp_path, head + base64.encodebytes(wanted.encode(encoding))))
    assert wanted in text_of(read(tmp_path, head.replace(b"base64", b"8bit") + wanted.encode(encoding)))


def test_latin_text_stays_latin() -> None:
    assert decode_text("café à la carte, déjà vu".encode("latin-1"), "iso-8859-1") == "café à la carte, déjà vu"
    assert decode_text("naïve".encode("latin-1")) == "naïve"


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("=?EUC-KR?B?sN/A+w==?=", "견적"),
        ("=?ks_c_5601-1987?Q?=B0=DF=C0=FB?= (2)", "견적 (2)"),
        ("=?utf-8?B?6rKs?=\n =?utf-8?B?7KCB?=", "견적"),
        ("=?utf-8?B?6rI=?= =?utf-8?B?rOyggQ==?=", "견적"),
        ("Re:=?utf-8?B?6rKs7KCB?=", "Re:견적"),
        ("=?utf-8?B?6rKs7KCB", "=?utf-8?B?6rKs7KCB"),
        ("=?utf-8?B?6rKs7KCB!?=", "견적"),
        ("견적".encode("cp949").decode("ascii", "surrogateescape"), "견적"),
        ("견적".encode().decode("ascii", "surrogateescape"), "견적"),
    ],
)
def test_header_words(raw: str, wanted: str) -> None:
    assert decode_header(raw) == wanted


def test_attachments_keep_their_names_and_bytes(tmp_path: Path) -> None:
    message = letter()
    message.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="계약서 (최종).pdf")
    message.add_attachment("품목,수량\n".encode("cp949"), maintype="text", subtype="csv", filename="../../목록.csv")
    items = read(tmp_path, bytes(message))
    assert attached(items) == {"계약서 (최종).pdf": b"%PDF-1.4 x", "목록.csv": "품목,수량\n".encode("cp949")}
    assert "**Attachments:** 계약서 (최종).pdf, 목록.csv" in text_of(items)


def test_names_as_old_programs_write_them(tmp_path: Path) -> None:
    raw = b"\r\n".join(
        [
            b"Subject: x",
            b'Content-Type: multipart/mixed; boundary="b"',
            b"",
            b"--b",
            b'Content-Type: text/plain; name="=?euc-kr?B?sN/A+y50eHQ=?="',
            b"Content-Disposition: attachment",
            b"",
            b"one",
            b"--b",
            b'Content-Disposition: attachment; filename="' + "견적2.txt".encode("cp949") + b'"',
            b"",
            b"two",
            b"--b",
            b"Content-Disposition: attachment; filename*=euc-kr''%B0%DF%C0%FB3.txt",
            b"",
            b"three",
            b"--b--",
        ]
    )
    assert attached(read(tmp_path, raw)) == {"견적.txt": b"one", "견적2.txt": b"two", "견적3.txt": b"three"}


def test_of_plain_and_html_the_fuller_one_is_read(tmp_path: Path) -> None:
    message = letter(body="HTML 전용 메일입니다.")
    message.add_alternative(
        "<html><body><p>" + "실제 내용은 여기에 있습니다. " * 9 + "</p></body></html>", subtype="html"
    )
    text = text_of(read(tmp_path, bytes(message)))
    assert "실제 내용은" in text and "전용" not in text


def test_table_of_the_html_text_keeps_its_rows(tmp_path: Path) -> None:
    message = letter(body="품목\n수량\n키보드\n3\n")
    rows = "<tr><th>품목</th><th>수량</th></tr><tr><td>키보드</td><td>3</td></tr>"
    message.add_alternative(f"<table>{rows}</table>", subtype="html")
    assert "품목: 키보드 | 수량: 3" in text_of(read(tmp_path, bytes(message)))


def test_html_declares_its_own_charset(tmp_path: Path) -> None:
    html = '<html><meta charset="euc-kr"><p>똠방각하</p></html>'.encode("cp949")
    assert "똠방각하" in text_of(read(tmp_path, b"Subject: x\r\nContent-Type: text/html\r\n\r\n" + html))


def test_mail_within_a_mail_is_an_attachment_with_its_own(tmp_path: Path) -> None:
    inner = letter("안쪽 메일", "안쪽 본문")
    inner.add_attachment("쪽지".encode(), maintype="text", subtype="plain", filename="쪽지.txt")
    outer = letter("바깥 메일")
    outer.add_attachment(inner)
    items = read(tmp_path, bytes(outer))
    assert "안쪽 본문" not in text_of(items) and list(attached(items)) == ["안쪽 메일.eml"]
    within = read(tmp_path, attached(items)["안쪽 메일.eml"])
    assert "안쪽 본문" in text_of(within) and list(attached(within)) == ["쪽지.txt"]


def test_logos_and_signatures_are_left_out_and_screenshots_kept(tmp_path: Path) -> None:
    png = b"\x89PNG\r\n\x1a\n"
    message = letter()
    message.add_related(png + bytes(500), "image", "png", cid="<logo>", filename="logo.png")
    message.add_related(png + bytes(50_000), "image", "png", cid="<shot>", filename="shot.png")
    message.add_attachment(b"x", "application", "pkcs7-signature", filename="smime.p7s")
    message.add_attachment(png + bytes(500), "image", "png", filename="small.png")
    assert list(attached(read(tmp_path, bytes(message)))) == ["shot.png", "small.png"]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    message = letter()
    message.add_attachment(b"\x78\x9f\x3e\x22", "application", "ms-tnef", filename="winmail.dat")
    message.add_attachment(b"\x7fELF" + bytes(99), "application", "octet-stream", filename="tool.bin")
    message.add_attachment("이름만 낯선 글".encode(), "application", "octet-stream", filename="메모.xyz")
    items = read(tmp_path, bytes(message))
    skipped = [item.values for item in items if isinstance(item, Problem) and item.code == "attachment_skipped"]
    assert [(each["attachment"], each["cause"]["code"]) for each in skipped] == [
        ("winmail.dat", "format_unknown"),
        ("tool.bin", "file_binary"),
    ]
    assert list(attached(items)) == ["메모.xyz"]


def test_many_attachments_are_bounded_and_counted(tmp_path: Path) -> None:
    message = MIMEMultipart()
    message["Subject"] = "많은 첨부"
    for number in range(MOST + 7):
        part = MIMEText(f"문서 {number}", "plain", "utf-8")
        part.add_header("Content-Disposition", "attachment", filename=f"{number}.txt")
        message.attach(part)
    items = read(tmp_path, bytes(message))
    assert len(attached(items)) == MOST
    (problem,) = (item for item in items if isinstance(item, Problem))
    assert (problem.code, problem.values["count"]) == ("attachments_too_many", MOST + 7)


def test_parts_within_parts_have_an_end(tmp_path: Path) -> None:
    lines = [b"Subject: deep"]
    for number in range(5000):
        lines += [b'Content-Type: multipart/mixed; boundary="%d"' % number, b"", b"--%d" % number]
    with pytest.raises(InputError) as caught:
        read(tmp_path, b"\n".join(lines))
    assert caught.value.code == "too_deep"


@pytest.mark.parametrize("depth", [300, 3000])
def test_mails_within_mails_have_an_end(tmp_path: Path, depth: int) -> None:
    data = (
        b"Subject: a\r\nFrom: a@b.c\r\nDate: x\r\nContent-Type: message/rfc822\r\n\r\n" * depth
        + b"Subject: b\r\n\r\ntext"
    )
    with pytest.raises(InputError) as caught:
        read(tmp_path, data)
    assert caught.value.code == "too_deep"


def test_lines_that_flow_are_joined(tmp_path: Path) -> None:
    head = b"Subject: x\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n\r\n"
    text = text_of(read(tmp_path, head + "한 문장이 \r\n두 줄입니다.\r\n> 인용 \r\n> 둘\r\n-- \r\n서명".encode()))
    assert text.endswith("한 문장이 두 줄입니다.\n> 인용 \n> 둘\n-- \n서명")


def test_long_mail_is_cut_into_sections(tmp_path: Path) -> None:
    units = [item for item in read(tmp_path, bytes(letter(body="긴 문장입니다. " * 2000))) if isinstance(item, Unit)]
    assert len(units) > 3 and {unit.label for unit in units} == {"견적 요청"}
    assert [unit.number for unit in units] == list(range(1, len(units) + 1))


def test_saved_web_page_is_read(tmp_path: Path) -> None:
    message = MIMEMultipart("related")
    message["From"], message["Subject"] = "<Saved>", "저장한 쪽"
    message.attach(MIMEText("<html><body><p>저장한 내용</p></body></html>", "html", "utf-8"))
    assert "저장한 내용" in text_of(read(tmp_path, bytes(message), "page.mht"))


@pytest.mark.parametrize(
    "data", [b"Subject:\n\n", b"Date: never\nFrom: <>\n\n", b"Content-Type: multipart/mixed\n\n--\n"]
)
def test_odd_mails_are_read(tmp_path: Path, data: bytes) -> None:
    read_or_refused(tmp_path, data)


def test_flipped_bytes_never_break_the_reader(tmp_path: Path) -> None:
    message = letter()
    message.add_alternative("<p>본문</p>", subtype="html")
    message.add_attachment(letter("안쪽"))
    message.add_attachment("첨부".encode(), "text", "plain", filename="첨부.txt")
    whole, chance = bytes(message), random.Random(3)
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(5):
            data[chance.randrange(len(data))] = chance.randrange(256)
        read_or_refused(tmp_path, bytes(data[: chance.randrange(20, len(data))]))


def read_or_refused(tmp_path: Path, data: bytes) -> None:
    try:
        read(tmp_path, data)
    except InputError as error:
        assert error.code in ("document_without_text", "file_binary", "text_undecodable", "too_deep")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("보고서.pdf", "보고서.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\문서\\보고서.pdf", "보고서.pdf"),
        ("a\u202efdp.exe", "a_fdp.exe"),
        ("줄\n바꿈.txt", "줄_바꿈.txt"),
        ("..", "part-1"),
        ("가" * 300 + ".hwp", "가" * 196 + ".hwp"),
    ],
)
def test_names_hold_no_tricks(name: str, wanted: str) -> None:
    assert safe_name(name, "part-1") == wanted
