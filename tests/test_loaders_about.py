"""What files tell of themselves: title, author, when they were made."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ai_chat.loaders import load
from ai_chat.loaders.about import front_matter, metadata
from ai_chat.loaders.client import Parser
from ai_chat.types import Metadata


def about(folder: Path, name: str, content: bytes) -> Metadata | None:
    path = folder / name
    path.write_bytes(content)
    found = [item for item in load(path, name) if isinstance(item, Metadata)]
    assert len(found) < 2
    return found[0] if found else None


def pdf(title: str, author: str) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.drawString(72, 770, "text")
    canvas.save()
    return buffer.getvalue()


def test_pdf(tmp_path: Path) -> None:
    assert about(tmp_path, "a.pdf", pdf("취업 규칙", "김민수")) == Metadata(
        "취업 규칙", "김민수", "D:20000101000000+00'00'"
    )


def test_html(tmp_path: Path) -> None:
    page = """<html><head><title> 사내
    안내 </title><meta name="Author" content="인사팀"><meta name="author" content="다른 사람">
    <meta name="date" content="2020-01-01"><meta property="article:published_time" content="2024-03-15T09:00:00Z">
    </head><body><p>글</p></body></html>"""
    assert about(tmp_path, "a.html", page.encode()) == Metadata("사내 안내", "인사팀", "2024-03-15T09:00:00Z")


def test_html_that_tells_nothing(tmp_path: Path) -> None:
    assert about(tmp_path, "a.html", b"<meta name=robots content=x><meta><p>text") is None


def test_markdown(tmp_path: Path) -> None:
    text = '---\r\ntitle: "연차 규정"\r\nauthors: [Kim, Lee]\r\ndate: 2024-03-15\r\ntags: x\r\n---\r\n# 제목\r\nauthor: no\r\n'
    assert about(tmp_path, "a.md", text.encode()) == Metadata("연차 규정", "Kim, Lee", "2024-03-15")


@pytest.mark.parametrize("text", ["# 제목\n\ntitle: x\n", "---\n\n글\n\ntitle: x\n", "---\n", "---\n---\n글"])
def test_markdown_without_front_matter(tmp_path: Path, text: str) -> None:
    assert about(tmp_path, "a.md", f"{text}글\n".encode()) is None


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("Microsoft Word - 규정.docx", "규정.docx"),
        ("Untitled-1", ""),
        ("제목 없음", ""),
        (" a\x00b\n\tc ", "ab c"),
        ("가" * 5000, "가" * 200),
        ("\ud800x", "x"),
    ],
)
def test_lines_are_short_and_clean(written: str, line: str) -> None:
    assert metadata(title=written).title == line


def test_front_matter_of_a_long_text() -> None:
    assert front_matter("---\n" + "title: x\n" * 50_000) == Metadata()


def test_metadata_comes_through_the_child(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: 규정\n---\n글\n", "utf-8")
    with Parser() as parser:
        assert [item for item in parser.parse(path) if isinstance(item, Metadata)] == [Metadata("규정")]
