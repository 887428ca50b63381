"""The child that reads files: streams, is fenced, is replaced when it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import wire
from ai_chat.loaders.client import Fence, Parser
from ai_chat.types import Problem, Unit

LONG = "".join(f"문단 {n}: 회의에서 결정한 사항을 정리하여 보고한다.\n\n" for n in range(20_000))


@pytest.fixture
def parser() -> Iterator[Parser]:
    with Parser() as opened:
        yield opened


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


def test_units_and_warnings_come_through(tmp_path: Path, parser: Parser) -> None:
    path = write(tmp_path, "규정.pdf", "\ufeff한글\uf53a 문서\n")
    warning, unit = parser.parse(path)
    assert warning == Problem("format_mismatch", {"name": "규정.pdf", "suffix": ".pdf", "found": "TXT"})
    assert unit == Unit("section", 1, "lines 1-1", "한글한글 문서\n", ((0, 0), (3, 2)))


def test_the_name_may_differ_from_the_path(tmp_path: Path, parser: Parser) -> None:
    path = write(tmp_path, "0a1b2c", "# 제목\n\n본문\n")
    assert [unit.label for unit in parser.parse(path, "규정.md") if isinstance(unit, Unit)] == ["제목"]


def test_a_refused_file_keeps_the_child_warm(tmp_path: Path, parser: Parser) -> None:
    with pytest.raises(InputError, match="file_empty"):
        list(parser.parse(write(tmp_path, "a.txt", "")))
    before = parser.pid
    assert before and len(list(parser.parse(write(tmp_path, "b.txt", "글")))) == 1
    assert parser.pid == before


def test_more_units_than_the_window_all_arrive(tmp_path: Path, parser: Parser) -> None:
    texts = [unit.text for unit in parser.parse(write(tmp_path, "a.txt", LONG)) if isinstance(unit, Unit)]
    assert len(texts) > 2 * wire.WINDOW
    assert "".join(texts) == LONG


def test_a_killed_child_is_a_reason_and_is_replaced(tmp_path: Path, parser: Parser) -> None:
    units = parser.parse(write(tmp_path, "a.txt", LONG))
    next(units)
    assert parser.pid
    os.kill(parser.pid, signal.SIGKILL)
    with pytest.raises(InputError, match="parser_killed"):
        list(units)
    assert len(list(parser.parse(write(tmp_path, "b.txt", "글")))) == 1


def test_a_child_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    with Parser(Fence(seconds=2.0, seconds_per_mib=0.0)) as parser:
        units = parser.parse(write(tmp_path, "a.txt", LONG))
        next(units)
        assert parser.pid
        os.kill(parser.pid, signal.SIGSTOP)
        with pytest.raises(InputError, match="parser_timeout"):
            list(units)
        assert parser.pid is None


def test_a_file_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path, "a.html", f"<html><p>{'가' * 48_000_000}")
    with Parser(Fence(address_space=220 << 20)) as parser:
        with pytest.raises(InputError, match=r"parser_out_of_memory|parser_killed"):
            list(parser.parse(file))
        assert len(list(parser.parse(write(tmp_path, "b.txt", "글")))) == 1


def test_an_abandoned_file_does_not_leak_into_the_next(tmp_path: Path, parser: Parser) -> None:
    units = parser.parse(write(tmp_path, "a.txt", LONG))
    next(units)
    units.close()
    (unit,) = parser.parse(write(tmp_path, "b.txt", "글"))
    assert isinstance(unit, Unit) and unit.text == "글"


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_what_is_no_file_is_said(tmp_path: Path, parser: Parser, kind: str) -> None:
    path = tmp_path / "a.txt"
    if kind == "folder":
        path.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(InputError) as caught:
        list(parser.parse(path))
    assert caught.value.code == ("file_vanished" if kind == "missing" else "file_unreadable")


def test_importing_the_client_loads_no_parser() -> None:
    code = "import sys, ai_chat.loaders.client; print([m for m in sys.modules if m in ('pypdfium2', 'lxml')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
