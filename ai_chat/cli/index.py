"""`ai-chat index status|verify|rebuild|compact`: the two indexes, which the library can make anew at any time.

Takes flags, gives a table or JSON. `verify` exits 3 where something is wrong, and says what to type.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Annotated, Any, cast

import typer

from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import Progress, one_line, size
from ai_chat.shapes import Json, problem_json
from ai_chat.types import IndexEvent, IndexReport, IndexStatus, IndexStep, Problem

_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]
_FAULTY = 3


def show_status(as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with session.app("read") as app:
        report = app.index_status()
    _show_report(session, report)
    return 0


def verify(
    thorough: Annotated[
        bool, typer.Option("--all", help="Compare every vector, not a sample. 벡터를 모두 비교")
    ] = False,
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    with session.app("read") as app:
        done = _follow(session, app.index_verify(thorough=thorough))
    problems = [event.problem for event in done if event.problem]
    if as_json:
        session.print_json(
            {"ok": not problems, "problems": [problem_json(each, session.language) for each in problems]}
        )
    for problem in [] if as_json else problems:
        _print_problem(session, problem)
    if not (as_json or problems):
        print(session.word("index_right"))
    return _FAULTY if problems else 0


def rebuild(
    vectors: Annotated[
        bool, typer.Option("--vectors", help="The vector index as well; nothing is embedded anew. 의미 벡터 색인도")
    ] = False,
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    with session.app("write") as app:
        _follow(session, app.index_rebuild(vectors=vectors))
        report = app.index_status()
    _show_report(session, report)
    return 0


def compact(
    drop_vectors: Annotated[
        bool,
        typer.Option("--drop-vectors", help="Also vectors of embedders no longer used. 쓰지 않는 임베더의 벡터도 삭제"),
    ] = False,
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    with session.app("write") as app:
        done = _follow(session, app.index_compact(drop_vectors=drop_vectors))
        report = app.index_status()
    saved = {event.step: event.saved for event in done if event.saved is not None}
    if as_json:
        session.print_json(
            {"saved": {_PART[step]: number for step, number in saved.items()}, **_report_json(session, report)}
        )
        return 0
    for step, number in saved.items():
        print(session.word("index_saved", part=session.word(f"index_{_PART[step]}"), saved=size(number)))
    return 0


_PART: dict[IndexStep, str] = {"fill_lexical": "lexical", "fill_dense": "dense", "drop_vectors": "vectors"}


def _follow(session: Session, events: Iterator[IndexEvent]) -> list[IndexEvent]:
    """A bar for each step; gives the events that say something: problems and savings."""
    telling, progress = [], Progress()
    try:
        with closing(cast("Generator[IndexEvent, None, None]", events)):
            for event in events:
                progress.step(event.done, event.total, session.word(event.step))
                if event.problem or event.saved is not None:
                    telling.append(event)
    finally:
        progress.close()
    return telling


def _show_report(session: Session, report: IndexReport) -> None:
    if session.as_json:
        session.print_json(_report_json(session, report))
    else:
        _print_report(session, report)


def _print_report(session: Session, report: IndexReport) -> None:
    for index in report.indexes:
        _print_index(session, index, report.sequence)
    if report.embedder:
        words = session.word("index_kept", present=report.present, missing=report.missing, embedder=report.embedder)
        print(words)
    for kept in report.others:
        print(session.word("index_others", count=kept.count, embedder=kept.embedder, size=size(kept.bytes)))


def _print_index(session: Session, index: IndexStatus, sequence: int) -> None:
    name, state = session.word(f"index_{index.kind}"), session.word(f"index_{index.state}")
    print(f"{name}: {state}")
    if index.state != "off":
        values: dict[str, Any] = {
            "chunks": index.chunks,
            "expected": index.expected,
            "dead": index.dead,
            "size": size(index.bytes),
            "sequence": index.sequence,
            "library": sequence,
        }
        print(f"    {session.word('index_counts', **values)}")
        print(f"    {index.fingerprint}  {one_line(index.path)}")
    if index.problem:
        _print_problem(session, index.problem)


def _print_problem(session: Session, problem: Problem) -> None:
    print(f"    {one_line(session.sentence(problem))}")
    if hint := session.hint(problem):
        print(f"    {session.word('hint')}: {one_line(hint)}")


def _report_json(session: Session, report: IndexReport) -> Json:
    return {
        "sequence": report.sequence,
        "indexes": [_index_json(session, index) for index in report.indexes],
        "vectors": {
            "embedder": report.embedder,
            "present": report.present,
            "missing": report.missing,
            "others": [{"embedder": k.embedder, "count": k.count, "bytes": k.bytes} for k in report.others],
        },
    }


def _index_json(session: Session, index: IndexStatus) -> Json:
    return {
        "kind": index.kind,
        "state": index.state,
        "fingerprint": index.fingerprint,
        "path": index.path,
        "sequence": index.sequence,
        "chunks": index.chunks,
        "expected": index.expected,
        "dead": index.dead,
        "bytes": index.bytes,
        "problem": problem_json(index.problem, session.language) if index.problem else None,
    }
