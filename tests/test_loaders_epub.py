"""Books: chapters in the order of the spine, labels by headings or the table of contents, protected ones refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import load
from ai_chat.types import Metadata, Unit
from tests.office_files import write_zip

CONTAINER = "<container><rootfiles><rootfile full-path='OEBPS/book.opf'/></rootfiles></container>"
NCX = "<ncx><navMap><navPoint><navLabel><text>둘째 장</text></navLabel><content src='b%20c.xhtml#top'/></navPoint></navMap></ncx>"
PACKAGE = """<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>책 이름</dc:title><dc:creator>지은이</dc:creator>
<dc:date>2024-05-01</dc:date></metadata><manifest>
<item id="b" href="b%20c.xhtml" media-type="application/xhtml+xml"/><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>
<item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
<item id="t" href="t.ncx" media-type="application/x-dtbncx+xml"/>
<item id="c" href="cover.png" media-type="image/png"/></manifest>
<spine><itemref idref="c"/><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/><itemref idref="gone"/></spine></package>"""


def page(body: str, head: str = "<title>c01</title>") -> str:
    return (
        f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head>{head}</head><body>{body}</body></html>'
    )


def write_book(folder: Path, extra: Mapping[str, str | bytes] | None = None) -> Path:
    parts: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": PACKAGE,
        "OEBPS/t.ncx": NCX,
        "OEBPS/nav.xhtml": page("<nav><a href='a.xhtml'>첫 장</a></nav>"),
        "OEBPS/a.xhtml": page("<h1>제1장</h1><p>처음이다.</p><h2>절</h2><p>이어서.</p>"),
        "OEBPS/b c.xhtml": page("<p>머리글이 없는 장이다.</p>", "<title/><script/>"),
    }
    return write_zip(folder / "book.epub", {**parts, **(extra or {})})


def units(path: Path) -> list[Unit]:
    return [item for item in load(path, path.name) if isinstance(item, Unit)]


def test_chapters_come_in_order_with_their_labels(tmp_path: Path) -> None:
    found = units(write_book(tmp_path))
    assert [(unit.number, unit.label, unit.text) for unit in found] == [
        (1, "제1장", "제1장\n\n처음이다."),
        (2, "제1장 > 절", "절\n\n이어서."),
        (3, "둘째 장", "머리글이 없는 장이다."),
    ]


def test_what_the_book_tells_of_itself(tmp_path: Path) -> None:
    path = write_book(tmp_path)
    assert Metadata("책 이름", "지은이", "2024-05-01") in list(load(path, path.name))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp949"])
def test_charsets_of_chapters(tmp_path: Path, encoding: str) -> None:
    content = "<html><body><p>한글 본문<br>둘째 줄 &nbsp;끝</p></body></html>".encode(encoding)
    assert units(write_book(tmp_path, {"OEBPS/a.xhtml": content}))[0].text.split() == [
        "한글",
        "본문",
        "둘째",
        "줄",
        "끝",
    ]


def test_a_table_of_contents_that_is_no_xml_names_no_chapters(tmp_path: Path) -> None:
    path = write_book(tmp_path, {"OEBPS/nav.xhtml": "<nav><a href='a.xhtml'>첫&nbsp;장<br></a></nav>"})
    assert [unit.label for unit in units(path)] == ["제1장", "제1장 > 절", "둘째 장"]


def test_a_protected_book_is_refused_and_garbled_fonts_are_not(tmp_path: Path) -> None:
    def encryption(path: str) -> str:
        return f"<encryption><EncryptedData><CipherData><CipherReference URI='{path}'/></CipherData></EncryptedData></encryption>"

    assert units(write_book(tmp_path, {"META-INF/encryption.xml": encryption("OEBPS/font.ttf")}))
    with pytest.raises(InputError, match="encryption_unknown"):
        units(write_book(tmp_path, {"META-INF/encryption.xml": encryption("OEBPS/b%20c.xhtml")}))


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("META-INF/container.xml", "<container/>", "file_damaged"),
        ("OEBPS/book.opf", "<package", "file_damaged"),
        ("OEBPS/book.opf", "<!DOCTYPE p [<!ENTITY x 'y'>]><package>&x;</package>", "xml_forbidden"),
        ("OEBPS/a.xhtml", "<!DOCTYPE p [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><html>&x;</html>", "xml_forbidden"),
    ],
)
def test_broken_and_hostile_books_end_with_a_reason(tmp_path: Path, part: str, content: str, code: str) -> None:
    with pytest.raises(InputError, match=code):
        units(write_book(tmp_path, {part: content}))
