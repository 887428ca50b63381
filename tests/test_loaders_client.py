"""The child that reads files: streams, is fenced, is replaced when it fails."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.errors import InputError, MachineError
from ai_chat.loaders import wire
from ai_chat.loaders.client import Fence, Folders, Parser, Parsers, open_parsers
from ai_chat.loaders.detect import Options
from ai_chat.loaders.worker import disk_trouble
from ai_chat.types import Attachment, Problem, Unit

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


def test_a_full_disk_is_told_as_such() -> None:
    path, spool = Path("a.zip"), Path("spool")
    full, gone = OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EACCES, "Permission denied")
    assert disk_trouble(full, path, spool) == wire.error_frame("disk_full", {"path": "spool"}, "machine")
    assert disk_trouble(gone, path, spool)["code"] == "file_unreadable"


def test_importing_the_client_loads_no_parser() -> None:
    code = "import sys, ai_chat.loaders.client; print([m for m in sys.modules if m in ('pypdfium2', 'lxml')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def archive(folder: Path, **members: str) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for name, text in members.items():
            opened.writestr(f"{name}.txt", text)
    return path


def test_what_is_unpacked_lies_in_the_spool_until_the_next_item_is_asked_for(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    with Parser(folders=Folders(spool)) as parser:
        found = []
        for item in parser.parse(archive(tmp_path, a="하나", b="둘")):
            assert isinstance(item, Attachment)
            assert Path(item.path).is_relative_to(spool)
            found.append((item.name, Path(item.path).read_text("utf-8")))
    assert found == [("a.txt", "하나"), ("b.txt", "둘")]
    assert list(spool.iterdir()) == []


def test_the_spool_is_empty_after_an_abandoned_file_too(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    with Parser(folders=Folders(spool)) as parser:
        items = parser.parse(archive(tmp_path, a="하나", b="둘"))
        next(items)
        items.close()
    assert list(spool.iterdir()) == []


def test_a_password_goes_with_the_file_it_is_for(tmp_path: Path, parser: Parser) -> None:
    path = write(tmp_path, "a.txt", "글")
    assert len(list(parser.parse(path, options=Options(password="1234")))) == 1
    assert parser.pid
    command = Path(f"/proc/{parser.pid}/cmdline").read_bytes() + Path(f"/proc/{parser.pid}/environ").read_bytes()
    assert b"1234" not in command


def test_two_files_are_read_by_two_children_which_stay_warm(tmp_path: Path) -> None:
    parsers = Parsers(2)
    with parsers.lease() as (one, options), parsers.lease() as (two, fewer):
        assert (options.ocr_jobs, fewer.ocr_jobs) == (2, 1)
        for parser in (one, two):
            assert len(list(parser.parse(write(tmp_path, "a.txt", "글")))) == 1
        assert set(parsers.pids) == {one.pid, two.pid}
    warm = set(parsers.pids)
    assert len(warm) == 2
    with parsers.lease() as (again, _):
        assert again.pid in warm
    parsers.close()
    assert parsers.pids == ()


def test_who_must_not_wait_gets_a_parser_more_which_is_not_kept(tmp_path: Path) -> None:
    parsers = Parsers(1)
    with parsers.lease() as (one, _), parsers.lease() as (two, _):
        for parser in (one, two):
            list(parser.parse(write(tmp_path, "a.txt", "글")))
    assert len(parsers.pids) == 1
    parsers.close()


def test_closed_parsers_read_nothing(tmp_path: Path) -> None:
    parsers = Parsers(1)
    with parsers.lease() as (parser, _):
        items = parser.parse(write(tmp_path, "a.txt", LONG))
        next(items)
        parsers.close()
        assert len(list(items)) > wire.WINDOW, "the file that is being read is finished"
    assert parsers.pids == ()
    with pytest.raises(MachineError, match="parsers_closed"), parsers.lease():
        pass


def test_an_interrupted_file_ends(tmp_path: Path, parser: Parser) -> None:
    items = parser.parse(write(tmp_path, "a.txt", LONG))
    next(items)
    parser.interrupt()
    with pytest.raises(InputError, match="parser_killed"):
        list(items)


def test_what_a_killed_process_unpacked_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "run" / "spool" / "file-x" / "a.txt"
    left.parent.mkdir(parents=True)
    left.write_text("남은 것", "utf-8")
    parsers = open_parsers(1, tmp_path)
    assert list((tmp_path / "run" / "spool").iterdir()) == []
    parsers.close()


def test_a_sparse_file_of_two_gigabytes_is_refused_without_being_read(tmp_path: Path, parser: Parser) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(2 << 30)
    with pytest.raises(InputError):
        list(parser.parse(path))
