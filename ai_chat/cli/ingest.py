"""`ai-chat ingest`, `docs retry|replace`: files and folders into the library, with progress and a summary.

Takes paths or ids, gives added / unchanged / updated / failed. Exit 1 when a path does not exist or nothing at all could be
read; a folder in which only some files failed exits 0 and lists them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, cast

import typer

from ai_chat.cli.documents import AsJson
from ai_chat.cli.password import Password, read_password
from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import Progress, one_line
from ai_chat.errors import UsageError
from ai_chat.shapes import Json, problem_json
from ai_chat.types import DEFAULT_COLLECTION, IngestEvent, Outcome, Problem

_OUTCOMES: tuple[Outcome, ...] = ("added", "updated", "unchanged", "failed")
_OF_THE_LINE = {"path_missing", "folder_empty"}  # at fault is what was typed, not one of many files
_MINUTES_FROM = 90  # seconds; more are told in minutes


@dataclass(slots=True)
class Summary:
    """What each file came to, in the order in which they were finished."""

    finished: dict[Outcome, list[IngestEvent]] = field(default_factory=lambda: {name: [] for name in _OUTCOMES})
    notices: list[Problem] = field(default_factory=list)

    def add(self, event: IngestEvent) -> None:
        if event.outcome:
            self.finished[event.outcome].append(event)
        elif event.problem:
            self.notices.append(event.problem)

    @property
    def exit_code(self) -> int:
        failed = self.finished["failed"]
        typed = any(event.problem and event.problem.code in _OF_THE_LINE for event in failed)
        fine = any(self.finished[name] for name in ("added", "updated", "unchanged"))
        return 1 if typed or (failed and not fine) else 0


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", readable=False, help="Files and folders. 파일과 폴더")
    ],
    collection: Annotated[
        str, typer.Option(metavar="NAME", help="Where to put them. 넣을 컬렉션")
    ] = DEFAULT_COLLECTION,
    dense: Annotated[
        bool, typer.Option("--dense/--no-dense", help="Also make vectors, in the background. 의미 벡터도 만들기")
    ] = True,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the vectors are made. 벡터까지 기다리기")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Then follow the folders until Ctrl-C. 폴더 감시")] = False,
    password: Password = None,
    as_json: AsJson = False,
) -> int:
    if watch and as_json:
        raise UsageError("usage_wrong", reason="--watch prints lines as they come, not JSON", command="ai-chat ingest")
    session = open_session(as_json)
    secret = read_password(session, password)
    places = [path.expanduser().absolute() for path in paths]  # the App may be another process's
    if watch:
        from ai_chat.cli.watch import watch as follow

        return follow(session, places, collection, dense=dense, password=secret)
    with session.app("write") as app:
        summary = _follow(session, app.ingest(places, collection, dense=dense, wait=wait, password=secret))
        pending = int(app.status()["embedder"]["pending"]) if dense else 0
    return _report(session, summary, pending, {"collection": collection})


def retry(
    document_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="As `docs list` shows them. 문서 ID")],
    password: Password = None,
    as_json: AsJson = False,
) -> int:
    session = open_session(as_json)
    secret = read_password(session, password)
    with session.app("write") as app:
        summary = _follow(session, app.retry(document_ids, password=secret))
        pending = int(app.status()["embedder"]["pending"])
    return _report(session, summary, pending)


def replace(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="As `docs list` shows it. 문서 ID")],
    path: Annotated[Path, typer.Argument(metavar="FILE", readable=False, help="What it is to be from now on. 새 파일")],
    as_json: AsJson = False,
) -> int:
    session = open_session(as_json)
    with session.app("write") as app:
        summary = _follow(session, app.replace(document_id, path.expanduser().absolute()))
        pending = int(app.status()["embedder"]["pending"])
    return _report(session, summary, pending)


def _report(session: Session, summary: Summary, pending: int, about: Json | None = None) -> int:
    if session.as_json:
        session.print_json({**(about or {}), **_summary_json(session, summary), "vectors_pending": pending})
    else:
        _print_summary(session, summary)
        if pending and (summary.finished["added"] or summary.finished["updated"]):
            session.say("vectors_pending", left=pending)
    return summary.exit_code


def _follow(session: Session, events: Iterator[IngestEvent]) -> Summary:
    summary, progress = Summary(), Progress()
    try:
        with closing(
            cast("Generator[IngestEvent, None, None]", events)
        ):  # Ctrl-C: let go of the library before it is closed
            for event in events:
                summary.add(event)
                progress.step(event.done, event.total, _label(session, event), _finished(session, event))
    except KeyboardInterrupt:
        progress.close()
        session.say("ingest_stopped")
        raise
    finally:
        progress.close()
    return summary


def _label(session: Session, event: IngestEvent) -> str:
    if event.phase == "waiting":
        return session.word("waiting", path=event.path)
    if event.phase == "vectors":
        return session.word("vectors")
    return "  ".join(_reading(session, event))


def _reading(session: Session, event: IngestEvent) -> Iterator[str]:
    """What is said last stays readable on a narrow terminal: the file and how far it is."""
    if event.phase == "paused":
        yield session.word("paused")
    if left := event.seconds_left:
        minutes = left >= _MINUTES_FROM
        yield session.word("left_minutes" if minutes else "left_seconds", left=round(left / 60 if minutes else left))
    pages = event.pages
    yield session.word("page_of", path=event.path, done=pages.done, total=pages.total) if pages else event.path


def _finished(session: Session, event: IngestEvent) -> str | None:
    if event.outcome is None:
        return None
    reason = f": {session.sentence(event.problem)}" if event.problem else ""
    return f"{session.word(event.outcome)}  {event.path}{reason}"


def _print_summary(session: Session, summary: Summary) -> None:
    for event in summary.finished["failed"]:
        if event.problem:
            print(f"{session.word('failed')}  {one_line(event.path)}")
            print(f"        {one_line(session.sentence(event.problem))}")
            if hint := session.hint(event.problem, event.document_id):
                print(f"        {session.word('hint')}: {one_line(hint)}")
    for notice in summary.notices:
        session.tell(notice)
    print("  ".join(f"{session.word(name)} {len(summary.finished[name])}" for name in _OUTCOMES))


def _summary_json(session: Session, summary: Summary) -> Json:
    lists: dict[str, list[Json]] = {
        name: [_file_json(session, event) for event in summary.finished[name]] for name in _OUTCOMES
    }
    notices = [problem_json(notice, session.language) for notice in summary.notices]
    return {**lists, "notices": notices}


def _file_json(session: Session, event: IngestEvent) -> Json:
    about: Json = {"path": event.path, "document_id": event.document_id}
    return {**about, **problem_json(event.problem, session.language, event.document_id)} if event.problem else about
