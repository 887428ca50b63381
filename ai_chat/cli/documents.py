"""`ai-chat docs list|remove|restore`: what is in the library.

Takes ids, gives a table or JSON. Removing keeps the document until it is restored or purged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from ai_chat.cli.session import Session, open_session, scope_of
from ai_chat.cli.terminal import fit_end, one_line, width
from ai_chat.shapes import document_json
from ai_chat.types import DocumentInfo, Problem, Status

_Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="As `docs list` shows them. 문서 ID")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]
_NAME_COLUMNS = 44


def list_documents(
    collection: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only these collections. 이 컬렉션만")
    ] = None,
    status: Annotated[Status | None, typer.Option(help="Only those that stand so. 이 상태만")] = None,
    as_json: AsJson = False,
) -> int:
    session = open_session(as_json)
    with session.app("read") as app:
        known = app.documents(scope_of(collection))
    found = [info for info in known if status in (None, info.status)]
    if as_json:
        session.print_json({"documents": [document_json(info, session.language) for info in found]})
    elif not found:
        session.say("none_so" if known else "no_documents")
    else:
        for info, depth in _as_tree(found):
            _print_row(session, info, depth)
    return 0


def remove_documents(document_ids: _Ids, as_json: AsJson = False) -> int:
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


def restore_documents(document_ids: _Ids, as_json: AsJson = False) -> int:
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


def _as_tree(found: Sequence[DocumentInfo]) -> Iterator[tuple[DocumentInfo, int]]:
    """Each with how deep it lies: what was found inside a document stands under it."""
    listed = {info.id for info in found}
    inside: dict[str | None, list[DocumentInfo]] = {}
    for info in found:
        inside.setdefault(info.parent_id if info.parent_id in listed else None, []).append(info)
    waiting = [(info, 0) for info in reversed(inside.get(None, []))]
    while waiting:
        info, depth = waiting.pop()
        yield info, depth
        waiting += [(child, depth + 1) for child in reversed(inside.get(info.id, []))]


def _print_row(session: Session, info: DocumentInfo, depth: int) -> None:
    indent = f"{'  ' * (depth - 1)}└ " if depth else ""
    name = indent + fit_end(one_line(info.name), _NAME_COLUMNS - width(indent))
    padding = " " * (_NAME_COLUMNS - width(name))
    counts = f"{info.status:<14} {info.units:>5} {info.chunks:>6}"
    print(f"{info.id}  {name}{padding}  {counts}  {'  '.join([one_line(info.collection), *_of_ocr(session, info)])}")
    print_problems(session, info)


def _of_ocr(session: Session, info: DocumentInfo) -> Iterator[str]:
    if info.ocr_pages:
        yield session.word("by_ocr", count=info.ocr_pages)
    if info.unread_pages:
        yield session.word("unread", count=info.unread_pages)


def print_problems(session: Session, info: DocumentInfo) -> None:
    if info.error:
        _print_problem(session, "failed", info.error)
    for warning in info.warnings:
        _print_problem(session, "warning", warning)


def _print_problem(session: Session, name: str, problem: Problem) -> None:
    print(f"    {session.word(name)}: {one_line(session.sentence(problem))}")
