"""The program tesseract: whether it is installed, and the words that it reads off one picture.

Takes a grey picture as PGM, gives words with their boxes in pixels; raises OcrError with what went wrong. It ends with us, and after
its seconds. Knows no page, no document and no cache, and imports no imaging.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ai_chat.process import tied

INSTALL = "sudo apt install tesseract-ocr tesseract-ocr-kor"
MAY_HOLD = 128 << 20
"""Bytes that reading one page takes besides a warm parser: 60 to 70 MB in tesseract, up to 60 more in the parser for the picture."""
_LANGUAGES = ("kor", "eng", "chi_tra")
_CPU_SECONDS = 60
_WALL_SECONDS = 240.0  # other work may take all processors for a while
_DPI = "200"  # what letters of 10 points have 28 pixels at; it would guess otherwise, by ink
_WORD = "5"
_CELLS = 12


class OcrError(Exception):
    """One picture could not be read; the words of tesseract, or ours."""


@dataclass(frozen=True, slots=True)
class Tesseract:
    """`languages`: which of those that we have a use for are installed, Korean first."""

    path: str
    version: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """In pixels of the picture. `gap`: what stands between it and the word before: "", " ", a line end or an empty line."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    gap: str


def is_installed() -> bool:
    """A quick look, which starts no program."""
    return shutil.which("tesseract") is not None


def find_tesseract() -> Tesseract | None:
    """None where it is not installed, or cannot read Korean."""
    path = shutil.which("tesseract")
    if path is None:
        return None
    installed = _told(path, "--list-langs").split()
    languages = tuple(language for language in _LANGUAGES if language in installed)
    version = re.search(r"tesseract v?(\S+)", _told(path, "--version"))
    return Tesseract(path, version[1] if version else "?", languages) if "kor" in languages else None


def read_words(program: Tesseract, pgm: bytes, language: str, layout: int) -> list[Word]:
    """`layout` is tesseract's page segmentation mode: 4 for a column of lines, 11 for scattered words."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder, "page")
        options = ["-l", language, "--psm", str(layout), "--dpi", _DPI]
        outputs = ["-c", "tessedit_create_txt=1", "-c", "tessedit_create_tsv=1"]
        _run(["env", "OMP_THREAD_LIMIT=1", program.path, "stdin", str(base), *options, *outputs], pgm)
        try:
            text, table = (base.with_suffix(kind).read_text("utf-8", "replace") for kind in (".txt", ".tsv"))
        except OSError as error:  # a disk that is full
            raise OcrError(str(error)) from error
    return list(_words(table, text))


def _run(command: list[str], pgm: bytes) -> None:
    try:
        done = subprocess.run(
            command, input=pgm, capture_output=True, timeout=_WALL_SECONDS, preexec_fn=tied(_CPU_SECONDS)
        )
    except subprocess.TimeoutExpired as error:
        raise OcrError(f"more than {_WALL_SECONDS:.0f} s") from error
    except OSError as error:
        raise OcrError(str(error)) from error
    if done.returncode < 0:
        raise OcrError(f"ended by signal {-done.returncode}")
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise OcrError(lines[-1] if lines else f"status {done.returncode}")


def _told(path: str, flag: str) -> str:
    try:
        done = subprocess.run([path, flag], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""  # a program that cannot even say what it is cannot read
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def _words(table: str, text: str) -> Iterator[Word]:
    """The table has a row a word, which for Korean may be a syllable; only the text knows the spaces between them."""
    end = 0
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) != _CELLS or cells[0] != _WORD or not cells[11].strip():
            continue
        word = cells[11].strip()
        start = text.find(word, end)
        gap = text[end:start] if start >= end else " "
        left, top, width, height = map(int, cells[6:10])
        yield Word(word, left, top, left + width, top + height, float(cells[10]) / 100, _gap(gap))
        end = max(end, start + len(word))


def _gap(between: str) -> str:
    ends = between.count("\n")
    return "\n\n" if ends > 1 else "\n" if ends else " " if between else ""
