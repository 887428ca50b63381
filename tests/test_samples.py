"""The committed samples say what their questions need, page by page, and are what the script makes of its texts."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from ai_chat.loaders import load
from ai_chat.types import Unit

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "scripts" / "make_samples.py"
SAMPLES = ROOT / "samples"
DOCUMENTS = sorted((SAMPLES / "documents").iterdir())
# What the committed PDF files were made with; another font or library draws other bytes.
REPORTLAB = "5.1.0"
FONTS = {
    "NanumGothic": "48a28e97b34fc8e5b157657633670cd1b7de126cfc414da65ce9c3d5bc8be733",
    "NanumGothic:bold": "454eb3f503f377782a99eb84fc4bb7dde22a0f075d41b47427737f2985053bc9",
}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLES / "eval" / name).read_text(encoding="utf-8").splitlines()]


QUESTIONS = rows("questions.jsonl")
ANSWERABLE = [question for question in QUESTIONS if question["answerable"]]


def folded(text: str) -> str:
    """Line breaks of the page layout as spaces."""
    return " ".join(text.split())


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def document_pages(path: Path) -> list[str]:
    """The text of each unit as the product's own loaders give it."""
    return [item.text for item in load(path, path.name) if isinstance(item, Unit)]


@pytest.fixture(scope="module")
def extracted() -> dict[str, str]:
    return {
        f"{path.name} - {number}": folded(text)
        for path in DOCUMENTS
        for number, text in enumerate(document_pages(path), 1)
    }


def test_there_are_a_dozen_small_documents_in_five_formats() -> None:
    sizes = {path.name: path.stat().st_size for path in DOCUMENTS}
    assert len(sizes) == 12 and max(sizes.values()) < 200_000 and sum(sizes.values()) < 1_000_000
    assert {path.suffix for path in DOCUMENTS} == {".pdf", ".md", ".csv", ".txt", ".html"}


def test_one_text_is_cp949_and_one_utf8() -> None:
    notice, rules = (
        (SAMPLES / "documents" / name).read_bytes() for name in ("보안공지_SEC-2025-09.txt", "출장비_규정.txt")
    )
    assert "거래처를 사칭한 메일" in notice.decode("cp949") and "출장비 지급 규정" in rules.decode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        notice.decode("utf-8")


def test_questions_are_thirty_two_thirds_korean_and_six_without_an_answer() -> None:
    korean = [question for question in QUESTIONS if re.search("[가-힣]", question["question"])]
    assert len(QUESTIONS) == len({question["id"] for question in QUESTIONS}) == 30
    assert len(korean) == 20 and len(ANSWERABLE) == 24
    assert Counter(question["kind"] for question in QUESTIONS)["two-document"] == 3


def test_an_unanswerable_question_names_no_page() -> None:
    for question in QUESTIONS:
        assert bool(question["relevant"]) == bool(question["answers"]) == question["answerable"], question["id"]


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question["id"])
def test_each_answer_stands_in_a_relevant_page(question: dict[str, Any], extracted: dict[str, str]) -> None:
    relevant = [extracted[page] for page in question["relevant"]]
    assert all(any(answer in text for text in relevant) for answer in question["answers"])
    assert all(any(answer in text for answer in question["answers"]) for text in relevant)


def test_answers_stand_in_the_page_list_too() -> None:
    listed = {page["id"]: page["text"] for page in rows("pages.jsonl")}
    for question in ANSWERABLE:
        text = "\n".join(listed[page] for page in question["relevant"])
        assert all(answer in text for answer in question["answers"]), question["id"]


def test_the_page_list_numbers_pages_as_the_loaders_do(extracted: dict[str, str]) -> None:
    pages = rows("pages.jsonl")
    assert {page["id"] for page in pages} == set(extracted)
    assert all(page["id"] == f"{page['document']} - {page['page']}" for page in pages)


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.suffix == ".pdf"], ids=lambda path: path.name)
def test_pdfium_reads_each_pdf_page_back(path: Path) -> None:
    with pypdfium2.PdfDocument(path) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    sources = [page["text"] for page in rows("pages.jsonl") if page["document"] == path.name]
    assert len(texts) == len(sources)
    for number, (text, source) in enumerate(zip(texts, sources, strict=True), 1):
        assert letters(text).startswith(letters(source))
        assert folded(text).endswith(f"{number} / {len(texts)}")


def installed_font(pattern: str) -> Path:
    """The face that the script would take; the test is skipped where there is none."""
    if shutil.which("fc-match") is None:
        pytest.skip("needs system package fontconfig")
    path = Path(
        subprocess.run(["fc-match", "-f", "%{file}", pattern], capture_output=True, text=True, check=True).stdout
    )
    if not path.stem.startswith("NanumGothic"):
        pytest.skip("needs system package fonts-nanum")
    return path


def made_with_these_tools() -> bool:
    """Whether this machine has the font and reportlab that drew the committed PDF files."""
    same_fonts = [
        hashlib.sha256(installed_font(pattern).read_bytes()).hexdigest() == digest for pattern, digest in FONTS.items()
    ]
    return all(same_fonts) and importlib.metadata.version("reportlab") == REPORTLAB


def content(path: Path, exact: bool) -> object:
    return document_pages(path) if path.suffix == ".pdf" and not exact else path.read_bytes()


def test_the_script_makes_the_committed_files(tmp_path: Path) -> None:
    """Byte by byte; PDF files drawn with another font or reportlab are compared by their text."""
    pytest.importorskip("reportlab", reason="reportlab is not installed")
    exact = made_with_these_tools()
    subprocess.run([sys.executable, str(SCRIPT), "--out", str(tmp_path)], check=True, capture_output=True)
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert made == {Path("documents") / path.name for path in DOCUMENTS} | {Path("eval/pages.jsonl")}
    differing = [name for name in sorted(made) if content(tmp_path / name, exact) != content(SAMPLES / name, exact)]
    assert differing == []


def test_without_the_font_the_script_says_what_to_install(tmp_path: Path) -> None:
    pytest.importorskip("reportlab")
    command = [sys.executable, str(SCRIPT), "--out", str(tmp_path / "out")]
    done = subprocess.run(
        command, env={**os.environ, "PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "hint: apt-get install fonts-nanum" in done.stderr
    assert not (tmp_path / "out").exists()
