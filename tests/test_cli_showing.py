"""docs show --out, export and open through the real program: pictures, HTML, text, and what is wrong with a line."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.program import Program, Result
from tests.test_cli_documents import listed

LEAVE = "1년간 80퍼센트 이상 출근한 직원에게는 15일의 연차휴가를 준다."
PNG = b"\x89PNG\r\n\x1a\n"


def id_of(program: Program, name: str) -> str:
    return next(str(row["id"]) for row in listed(program) if row["name"] == name)


def show(program: Program, name: str, *words: str | Path) -> Result:
    return program("docs", "show", id_of(program, name), *words)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A PDF of two pages and a table in Markdown."""
    from reportlab.pdfgen.canvas import Canvas

    folder = tmp_path_factory.mktemp("shelf")
    program = Program(folder / "home")
    canvas = Canvas(str(folder / "house.pdf"))
    for line in ("Keys are kept at the desk.", "The boiler is inspected every March."):
        canvas.drawString(72, 700, line)
        canvas.showPage()
    canvas.save()
    (folder / "구매.csv").write_text("품명,수량\n무선 키보드,2\n마우스,5\n", "utf-8")
    done = program("ingest", folder / "house.pdf", folder / "구매.csv")
    assert done.code == 0, done.err
    return program


def test_a_page_is_drawn_with_its_sentence(shelf: Program, tmp_path: Path) -> None:
    words: list[str | Path] = [
        "--unit",
        "2",
        "--mark",
        "the boiler is  inspected",
        "--out",
        tmp_path / "page.png",
        "--json",
    ]
    done = show(shelf, "house.pdf", *words)
    assert done.code == 0 and done.json["marked"] == 1 and done.json["media_type"] == "image/png"
    assert (tmp_path / "page.png").read_bytes().startswith(PNG)


def test_without_a_number_it_is_the_unit_that_holds_the_sentence(shelf: Program) -> None:
    done = show(shelf, "house.pdf", "--mark", "boiler", "--json").json
    assert [unit["number"] for unit in done["units"]] == [2] and done["marked"] == [[4, 10]]
    assert "«boiler»" in show(shelf, "house.pdf", "--mark", "boiler").out


def test_what_has_no_pages_is_written_as_html(shelf: Program, tmp_path: Path) -> None:
    done = show(shelf, "구매.csv", "--unit", "1", "--mark", "품명: 무선 키보드", "--out", tmp_path / "part.html")
    assert done.code == 0 and "part.html" in done.err
    page = (tmp_path / "part.html").read_text("utf-8")
    assert "<th>품명</th><th>수량</th>" in page and '<mark id="mark">무선 키보드</mark>' in page
    assert show(shelf, "구매.csv", "--unit", "1", "--out", "-").out.startswith("<!doctype html>")


def test_a_name_that_promises_something_else_is_refused(shelf: Program, tmp_path: Path) -> None:
    done = show(shelf, "구매.csv", "--unit", "1", "--out", tmp_path / "part.png", "--json")
    assert done.code == 2 and done.json["error"]["code"] == "rendered_otherwise"
    assert not (tmp_path / "part.png").exists()


def test_a_sentence_that_is_not_there_is_said(shelf: Program, tmp_path: Path) -> None:
    words: list[str | Path] = ["--unit", "1", "--mark", "no such words", "--out", tmp_path / "page.png"]
    done = show(shelf, "house.pdf", *words, "--json")
    assert done.code == 0 and done.json["marked"] == 0 and "not marked" in done.err
    assert "표시하지 않았습니다" in show(shelf.speaking("ko_KR.UTF-8"), "house.pdf", *words).err


def test_a_unit_that_is_not_there_is_said(shelf: Program) -> None:
    done = show(shelf, "house.pdf", "--unit", "3", "--json")
    assert done.code == 1 and done.json["error"]["code"] == "unit_unknown"


def test_a_place_that_cannot_be_written_is_said(shelf: Program, tmp_path: Path) -> None:
    done = show(shelf, "house.pdf", "--unit", "1", "--out", tmp_path / "nowhere" / "page.png", "--json")
    assert done.code == 1 and done.json["error"]["code"] == "out_unwritable"


def test_a_file_that_has_changed_is_shown_as_it_was_read(program: Program, tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    for line in ("Keys are kept at the desk.", "Keys are kept nowhere."):
        canvas = Canvas(str(tmp_path / "a.pdf"))
        canvas.drawString(72, 700, line)
        canvas.save()
        if "desk" in line:
            program("ingest", tmp_path / "a.pdf")
    done = show(program, "a.pdf", "--unit", "1", "--out", tmp_path / "a.html")
    assert done.code == 0 and "has changed since" in done.err
    assert "kept at the desk" in (tmp_path / "a.html").read_text("utf-8")
    (tmp_path / "a.pdf").unlink()
    assert show(program, "a.pdf", "--unit", "1", "--out", tmp_path / "a.html").code == 0
    assert program("docs", "open", id_of(program, "a.pdf"), "--json").json["error"]["code"] == "file_vanished"


@pytest.mark.parametrize(("name", "start"), [("a.md", "# 구매.csv\n"), ("a.txt", "구매.csv\n")])
def test_export_writes_all_units(shelf: Program, tmp_path: Path, name: str, start: str) -> None:
    done = shelf("docs", "export", id_of(shelf, "구매.csv"), "--out", tmp_path / name)
    written = (tmp_path / name).read_text("utf-8")
    assert done.code == 0 and written.startswith(start) and "무선 키보드" in written


def test_export_to_standard_output_and_to_no_known_name(shelf: Program) -> None:
    document_id = id_of(shelf, "구매.csv")
    assert "| 무선 키보드 | 2 |" in shelf("docs", "export", document_id, "--out", "-").out
    assert shelf("docs", "export", document_id, "--out", "a.docx").code == 2


def test_open_hands_the_file_to_the_desktop(shelf: Program, tmp_path: Path) -> None:
    """A desktop's opener in PATH; without one the path is printed all the same."""
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    opener.chmod(opener.stat().st_mode | stat.S_IXUSR)
    with_desktop = shelf.with_environ(PATH=f"{tmp_path}:/usr/bin:/bin")
    done = with_desktop("docs", "open", id_of(shelf, "house.pdf"))
    assert done.code == 0 and done.out.strip() == (tmp_path / "opened").read_text().strip()
    alone = shelf.with_environ(PATH=str(tmp_path / "empty"))("docs", "open", id_of(shelf, "house.pdf"))
    assert alone.code == 1 and alone.out.strip().endswith("house.pdf")


def test_documents_can_be_listed_by_their_status(shelf: Program, program: Program, tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").write_bytes(b"%PDF-1.4\nbroken")
    program("ingest", tmp_path / "empty.pdf")
    assert [row["status"] for row in program("docs", "list", "--status", "failed", "--json").json["documents"]] == [
        "failed"
    ]
    assert shelf("docs", "list", "--status", "failed", "--json").json["documents"] == []
    assert shelf("docs", "list", "--status", "lost").code == 2
