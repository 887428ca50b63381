"""`ai-chat docs show|open|export`: what a document says, its pages as pictures, the file itself, the whole as one text.

Takes an id, gives text, JSON, or a file at `--out`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from ai_chat.cli.documents import AsJson, print_problems
from ai_chat.cli.password import Password, read_password
from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import fit_start, marked, one_line, plain
from ai_chat.errors import InputError, UsageError
from ai_chat.rendering.export import as_markdown, as_text
from ai_chat.rendering.places import find
from ai_chat.shapes import detail_json
from ai_chat.types import DocumentDetail, Rendered, Unit, UnitRef
from ai_chat.ui.place import page_of, place

_SUFFIXES = {"image/png": (".png",), "text/html": (".html", ".htm")}
_STDOUT = "-"
_OPEN_SECONDS = 5.0

_Id = Annotated[str, typer.Argument(metavar="ID", help="As `docs list` shows it. 문서 ID")]


def show_document(
    document_id: _Id,
    text: Annotated[bool, typer.Option("--text", help="The text, unit by unit. 본문 전체")] = False,
    number: Annotated[
        int | None, typer.Option("--unit", min=1, metavar="N", help="Only this page, slide, sheet or section. 쪽 번호")
    ] = None,
    mark: Annotated[str, typer.Option(metavar="SENTENCE", help="Mark it where it stands. 표시할 문장")] = "",
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Draw it: page.png, page.html or -. 그림이나 HTML로 저장")
    ] = None,
    password: Password = None,
    as_json: AsJson = False,
) -> int:
    session = open_session(as_json)
    secret = read_password(session, password)
    with session.app("read") as app:
        detail = app.document(document_id)
        if number is None and not mark and out is None:
            _show(session, detail, text)
            return 0
        unit = _chosen(detail, number, mark)
        if out is None:
            _show_unit(session, detail, unit, mark)
            return 0
        rendered = app.render(document_id, unit.kind, unit.number, sentence=mark, password=secret)
    _keep(session, detail, unit, rendered, out)
    return 0


def open_document(document_id: _Id, as_json: AsJson = False) -> int:
    session = open_session(as_json)
    with session.app("read") as app:
        path = app.original(document_id)
    if as_json:
        session.print_json({"path": str(path)})
    else:
        print(one_line(str(path)), flush=True)
    if not _opened(path):
        raise InputError("opener_missing", path=str(path))
    return 0


def export_document(
    document_id: _Id,
    out: Annotated[
        str, typer.Option(metavar="FILE", help="A name that ends in .md or .txt, or -. 저장할 곳")
    ] = _STDOUT,
) -> int:
    session = open_session()
    if out != _STDOUT and not out.lower().endswith((".md", ".txt")):
        raise UsageError("out_unknown", path=out, known=".md, .txt")
    with session.app("read") as app:
        detail = app.document(document_id)
    written = as_text if out.lower().endswith(".txt") else as_markdown
    pieces = written(detail, lambda unit: _title(session, unit))
    write(out, (piece.encode("utf-8", "replace") for piece in pieces))
    if out != _STDOUT:
        session.say("written", path=out)
    return 0


def _opened(path: Path) -> bool:
    """By the desktop's own program; one that is still busy after a while has found what to do."""
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if opener is None:
        return False
    quiet = subprocess.DEVNULL
    running = subprocess.Popen([opener, str(path)], stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        return running.wait(_OPEN_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return True


def _chosen(detail: DocumentDetail, number: int | None, mark: str) -> Unit:
    """By its number; without one the first unit that holds the sentence, else the first."""
    if number is None:
        holding = (unit for unit in detail.units if mark and find(unit.text, mark))
        number = next(holding, detail.units[0]).number if detail.units else 1
    found = next((unit for unit in detail.units if unit.number == number), None)
    if found is None:
        raise InputError("unit_unknown", name=detail.info.name, number=number)
    return found


def _show(session: Session, detail: DocumentDetail, text: bool) -> None:
    if session.as_json:
        session.print_json(detail_json(detail, session.language))
    elif text:
        for unit in detail.units:
            _print_unit(unit, unit.text)
    else:
        _print_detail(session, detail)


def _show_unit(session: Session, detail: DocumentDetail, unit: Unit, mark: str) -> None:
    found = find(unit.text, mark)
    if session.as_json:
        only = detail_json(detail, session.language, [unit])
        session.print_json({**only, "marked": [list(found)] if found else []})
    elif found:
        _print_unit(unit, unit.text, unit.text[found.start : found.end])
    else:
        _print_unit(unit, unit.text)


def _print_detail(session: Session, detail: DocumentDetail) -> None:
    info = detail.info
    print(f"{one_line(info.name)}  ({info.status})")
    print(one_line(info.path))
    print_problems(session, info)
    for unit in detail.units:
        start = fit_start(one_line(unit.text[:200]), 60)
        print(f"{unit.kind} {unit.number}  {one_line(unit.label)}  [{len(unit.text)}]  {start}")


def _print_unit(unit: Unit, text: str, sentence: str = "") -> None:
    print(f"--- {unit.kind} {unit.number} {one_line(unit.label)}")
    print(marked(text, sentence, sys.stdout.isatty()) if sentence else plain(text))


def _title(session: Session, unit: Unit) -> str:
    named = UnitRef(unit.kind, unit.number, unit.label, unit.ocr is not None)
    return one_line(place(named, page_of(named), session.language))


def _keep(session: Session, detail: DocumentDetail, unit: Unit, rendered: Rendered, out: str) -> None:
    """What could not be drawn as asked is said first; UsageError rendered_otherwise where the file's name promises something else."""
    for problem in rendered.warnings:
        session.tell(problem, detail.info.id)
    suffixes = _SUFFIXES[rendered.media_type]
    if out != _STDOUT and not out.lower().endswith(suffixes):
        raise UsageError("rendered_otherwise", name=detail.info.name, number=unit.number, found=suffixes[0], path=out)
    write(out, [rendered.data])
    about = {"out": out, "media_type": rendered.media_type, "marked": rendered.marked}
    if session.as_json and out != _STDOUT:
        session.print_json(about)
    elif out != _STDOUT:
        session.say("written", path=out)


def write(out: str, pieces: Iterable[bytes]) -> None:
    """To a file, or for `-` to standard output; InputError out_unwritable."""
    if out == _STDOUT:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    try:
        with Path(out).expanduser().open("wb") as file:
            file.writelines(pieces)
    except OSError as error:
        raise InputError("out_unwritable", path=out, reason=error.strerror) from error
