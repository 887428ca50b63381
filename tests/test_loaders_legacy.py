"""Old formats: said how to convert them, or read through LibreOffice, here a stand-in for it that does what each test wants."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from docx import Document

from ai_chat.errors import InputError
from ai_chat.loaders import Item, load
from ai_chat.loaders.client import Parser
from ai_chat.loaders.detect import Options
from ai_chat.types import Problem, Unit
from tests.ole_files import write_ole

RTF = rb"{\rtf1\ansi\ansicpg949 \'b0\'df\'c0\'fb\par \u50836?\u52397?\par}"
HWP3 = b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05" + bytes(100)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where `soffice` would be found: an empty folder at first."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin-of-nobody")
    return folder / "soffice"


def install(office: Path, script: str) -> None:
    """A program that knows its output folder as $out and the file it is given as $given."""
    head = (
        '#!/bin/sh\nPATH=/bin:/usr/bin\nwhile [ $# -gt 1 ]; do [ "$1" = --outdir ] && out=$2; shift; done\ngiven=$1\n'
    )
    office.write_text(head + script, "utf-8")
    office.chmod(0o755)


def make_docx(path: Path) -> Path:
    document = Document()
    document.add_paragraph("변환한 본문입니다.")
    document.save(str(path))
    return path


def read(tmp_path: Path, name: str, data: bytes) -> list[Item]:
    path, spool = tmp_path / name, tmp_path / "spool"
    path.write_bytes(data)
    spool.mkdir(exist_ok=True)
    return list(load(path, name, Options(spool=spool)))


def refused(tmp_path: Path, name: str, data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read(tmp_path, name, data)
    return caught.value


def doc(tmp_path: Path, flags: int = 0) -> bytes:
    """As much of a DOC as tells that it is one."""
    head = b"\xec\xa5\xc1\x00" + bytes(7) + bytes([flags])
    return write_ole(tmp_path / "made.doc", {"WordDocument": head, "1Table": b"x"}).read_bytes()


def test_without_libreoffice_the_way_is_told(tmp_path: Path, office: Path) -> None:
    for name, data, found, target in [
        ("a.doc", doc(tmp_path), "DOC", "DOCX"),
        ("a.ppt", write_ole(tmp_path / "made.ppt", {"PowerPoint Document": b"x"}).read_bytes(), "PPT", "PPTX"),
        ("a.hwp", HWP3, "HWP 3", "HWPX"),
    ]:
        error = refused(tmp_path, name, data)
        assert (error.code, error.values["found"], error.values["target"]) == ("format_old", found, target)


def test_rtf_is_read_without_libreoffice(tmp_path: Path, office: Path) -> None:
    (unit,) = read(tmp_path, "메모.rtf", RTF)
    assert isinstance(unit, Unit) and (unit.label, unit.text) == ("메모", "견적\n\n요청")


def test_with_libreoffice_it_is_converted_and_said(tmp_path: Path, office: Path) -> None:
    made = make_docx(tmp_path / "made.docx")
    install(office, f'cp "{made}" "$out/document.docx"')
    problem, *rest = read(tmp_path, "a.doc", doc(tmp_path))
    assert isinstance(problem, Problem) and (problem.code, problem.values["found"]) == ("converted", "DOC")
    assert [item.text for item in rest if isinstance(item, Unit)] == ["변환한 본문입니다."]
    assert not [item for item in rest if isinstance(item, Problem)]


def test_its_first_start_in_a_new_profile_is_repeated(tmp_path: Path, office: Path) -> None:
    made = make_docx(tmp_path / "made.docx")
    install(office, f'[ -e "$out/once" ] || {{ touch "$out/once"; exit 81; }}\ncp "{made}" "$out/document.docx"')
    assert any(isinstance(item, Unit) for item in read(tmp_path, "a.doc", doc(tmp_path)))


@pytest.mark.parametrize(("script", "reason"), [("echo broken >&2; exit 1", "broken"), ("exit 0", "status 0")])
def test_its_failure_is_said(tmp_path: Path, office: Path, script: str, reason: str) -> None:
    install(office, script)
    error = refused(tmp_path, "a.hwp", HWP3)
    assert (error.code, error.values["reason"], error.values["target"]) == ("convert_failed", reason, "HWPX")


def test_what_it_makes_must_be_what_was_asked_for(tmp_path: Path, office: Path) -> None:
    install(office, 'cp "$given" "$out/document.docx"')
    assert refused(tmp_path, "a.doc", doc(tmp_path)).code == "convert_failed"


def test_locked_doc_wants_its_password(tmp_path: Path, office: Path) -> None:
    assert refused(tmp_path, "a.doc", doc(tmp_path, flags=1)).code == "password_needed"


def test_libreoffice_itself(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("needs system package libreoffice-writer-nogui")
    path = tmp_path / "a.rtf"
    path.write_bytes(RTF)
    spool = tmp_path / "spool"
    spool.mkdir()
    with Parser() as parser:
        items = list(parser.parse(path, "a.rtf", Options(spool=spool)))
    assert "견적" in "".join(item.text for item in items if isinstance(item, Unit))
