"""`ai-chat docs list|show|remove|restore`: what is in the library.

Takes ids, gives a table, a document's units, or JSON. Removing keeps the document until it is restored or purged.
"""

from __future__ import annotations

from typing import Annotated

import typer

from ai_chat.cli.session import Session, open_session, scope_of
from ai_chat.cli.shapes import detail_json, document_json
from ai_chat.cli.terminal import fit_end, fit_start, one_line, plain, width
from ai_chat.types import DocumentDetail, DocumentInfo, Problem

_Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="As `docs list` shows them. 문서 ID")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]
_NAME_COLUMNS = 44


def list_documents(
    collection: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only these collections. 이 컬렉션만")
    ] = None,
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    with session.app("read") as app:
        found = app.documents(scope_of(collection))
    if as_json:
        session.print_json({"documents": [document_json(info, session.language) for info in found]})
    elif not found:
        session.say("no_documents")
    else:
        for info in found:
            _print_row(session, info)
    return 0


def show_document(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="As `docs list` shows it. 문서 ID")],
    text: Annotated[bool, typer.Option("--text", help="The text, unit by unit. 본문 전체")] = False,
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    with session.app("read") as app:
        detail = app.document(document_id)
    if as_json:
        session.print_json(detail_json(detail, session.language))
    elif text:
        _print_text(detail)
    else:
        _print_detail(session, detail)
    return 0


def remove_documents(document_ids: _Ids, as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with session.app("write") as app:
        names = {document_id: app.document(document_id).info.name for document_id in document_ids}
        app.remove(document_ids)
    if as_json:
        session.print_json({"removed": document_ids})
        return 0
    for name in names.values():
        print(session.word("removed", name=one_line(name)))
    session.say("undo", ids=" ".join(document_ids))
    return 0


def restore_documents(document_ids: _Ids, as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with session.app("write") as app:
        app.restore(document_ids)
        names = [app.document(document_id).info.name for document_id in document_ids]
    if as_json:
        session.print_json({"restored": document_ids})
        return 0
    for name in names:
        print(session.word("restored", name=one_line(name)))
    return 0


def _print_row(session: Session, info: DocumentInfo) -> None:
    name = fit_end(one_line(info.name), _NAME_COLUMNS)
    padding = " " * (_NAME_COLUMNS - width(name))
    print(
        f"{info.id}  {name}{padding}  {info.status:<10} {info.units:>5} {info.chunks:>6}  {one_line(info.collection)}"
    )
    _print_problems(session, info)


def _print_detail(session: Session, detail: DocumentDetail) -> None:
    info = detail.info
    print(f"{one_line(info.name)}  ({info.status})")
    print(one_line(info.path))
    _print_problems(session, info)
    for unit in detail.units:
        start = fit_start(one_line(unit.text[:200]), 60)
        print(f"{unit.kind} {unit.number}  {one_line(unit.label)}  [{len(unit.text)}]  {start}")


def _print_problems(session: Session, info: DocumentInfo) -> None:
    if info.error:
        _print_problem(session, "failed", info.error)
    for warning in info.warnings:
        _print_problem(session, "warning", warning)


def _print_problem(session: Session, name: str, problem: Problem) -> None:
    print(f"    {session.word(name)}: {one_line(session.sentence(problem))}")


def _print_text(detail: DocumentDetail) -> None:
    for unit in detail.units:
        print(f"--- {unit.kind} {unit.number} {one_line(unit.label)}")
        print(plain(unit.text))
