"""`ai-chat preload`: fills the answer cache with questions from a file, from stdin, or with those asked most often.

Takes one source, gives how many answers were kept already, written, or came to nothing. Ctrl-C ends it; the same command goes on from
there, since what is kept is a quick hit.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ai_chat import __version__
from ai_chat.cli.session import Session, open_session, scope_of
from ai_chat.cli.terminal import Progress, note, one_line
from ai_chat.cli.tried import Tried
from ai_chat.cli.words import Language
from ai_chat.errors import InputError, UsageError
from ai_chat.shapes import Json, problem_json
from ai_chat.types import Scope

if TYPE_CHECKING:
    from collections.abc import Generator

    from ai_chat.answer.filling import Filled, Wanted
    from ai_chat.app import App

_TRIED = "preload.tried"
_COMMAND = "ai-chat preload"
_MINUTES_FROM = 90  # seconds; more are told in minutes
_LOOKED_BACK = 20_000  # questions among which the frequent ones are looked for

_LINES: dict[str, tuple[str, str]] = {
    "kept": ("kept already", "이미 있음"),
    "written": ("written", "새로 씀"),
    "unanswered": ("no answer", "답변 없음"),
    "failed": ("failed", "실패"),
    "waiting": ("waiting for memory", "메모리를 기다리는 중"),
    "seconds": ("{left} s left", "{left}초 남음"),
    "minutes": ("{left} min left", "{left}분 남음"),
    "hits": ("{count} kept already", "이미 있던 답변 {count}개"),
    "summary": (
        "{total} questions: {kept} answers were kept already, {written} written, {unanswered} have none, {failed} failed ({seconds} s).",
        "질문 {total}개: 이미 있던 답변 {kept}개, 새로 쓴 답변 {written}개, 답변 없음 {unanswered}개, 실패 {failed}개 ({seconds}초)",
    ),
    "stopped": (
        "Stopped after {done} of {total}. What was written is kept; the same command goes on from here.",
        "{total}개 가운데 {done}개까지 하고 멈췄습니다. 쓴 답변은 그대로 있고, 같은 명령을 다시 실행하면 이어서 합니다.",
    ),
    "none_frequent": ("Nothing has been asked yet.", "아직 받은 질문이 없습니다."),
}


@dataclass(slots=True)
class Summary:
    total: int
    done: list[Filled] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(filled.outcome for filled in self.done)
        return {name: found[name] for name in ("kept", "written", "unanswered", "failed")}

    @property
    def seconds(self) -> float:
        return round(sum(filled.seconds for filled in self.done), 1)


def preload(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", readable=False, help="A question a line, or .jsonl. 질문 파일"),
    ] = None,
    frequent: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="The N questions asked most often. 자주 묻는 질문")
    ] = None,
    stdin: Annotated[bool, typer.Option("--stdin", help="Questions from stdin. 표준 입력에서 읽기")] = False,
    collection: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only these collections. 이 컬렉션만")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")] = False,
) -> int:
    if sum((file is not None, frequent is not None, stdin)) != 1:
        raise UsageError("usage_wrong", reason="give one of FILE, --frequent N and --stdin", command=_COMMAND)
    session = open_session(as_json)
    scope = scope_of(collection)
    given = None if frequent is not None else _given(file, scope)
    with session.app("write") as app:
        wanted = _frequent(session, scope, frequent or 0) if given is None else given
        tried = Tried(session.settings.home / _TRIED, _about(session, app))
        summary = _follow(session, app, wanted, tried)
    return _report(session, summary)


def questions_of(data: bytes, name: str) -> list[str]:
    """A question a line; lines of a .jsonl are objects with a `question`. InputError preload_line_invalid."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp949", "replace")
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not name.lower().endswith(".jsonl"):
        return [line for _number, line in lines]
    return [_of_object(line, number, name) for number, line in lines]


def _of_object(line: str, number: int, name: str) -> str:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("question"), str):
        raise InputError("preload_line_invalid", path=name, line=number)
    return str(found["question"])


def _given(file: Path | None, scope: Scope) -> Sequence[Wanted]:
    """InputError: path_missing, file_unreadable, preload_empty, preload_line_invalid."""
    from ai_chat.answer.filling import Question, different

    name = str(file) if file else "stdin"
    data = _read(file) if file else sys.stdin.buffer.read()
    wanted = different(Question(question, scope) for question in questions_of(data, name))
    if not wanted:
        raise InputError("preload_empty", path=name)
    return wanted


def _read(file: Path) -> bytes:
    try:
        return file.expanduser().read_bytes()
    except FileNotFoundError:
        raise InputError("path_missing", path=str(file)) from None
    except OSError as error:
        raise InputError("file_unreadable", path=str(file), reason=error.strerror or str(error)) from error


def _frequent(session: Session, scope: Scope, most: int) -> Sequence[Wanted]:
    """Read beside the App, which may be another process's."""
    from ai_chat.answer.frequent import frequent
    from ai_chat.store import Store

    with closing(Store.open(session.settings.database, read_only=True)) as store:
        asked = store.turns.asked(scope.principal, _LOOKED_BACK)
    if scope.collections is not None:
        asked = [one for one in asked if one.scope.collections == scope.collections]
    return frequent(asked, most)


def _about(session: Session, app: App) -> list[object]:
    """What a question comes to depends on these."""
    settings = session.settings
    model = app.status()["model"]["name"]
    return [app.index_status().sequence, model, settings.n_ctx, settings.max_tokens, __version__]


def _follow(session: Session, app: App, wanted: Sequence[Wanted], tried: Tried) -> Summary:
    """Run to the end, the next one asks everything again."""
    from ai_chat.answer.filling import Filled, fill

    summary, progress = Summary(len(wanted)), Progress()
    summary.done.extend(Filled(one.question, "unanswered", 0.0) for one in wanted if tried.has(one))
    left = [one for one in wanted if not tried.has(one)]
    wait = threading.Event().wait  # nobody sets it: Ctrl-C breaks it off
    steps = fill(app, left, clock=time.monotonic, wait=wait)
    try:
        with closing(cast("Generator[Filled, None, None]", steps)):
            for filled in _told(session, summary, steps):
                if filled.outcome == "unanswered":
                    tried.add(next(one for one in left if one.question == filled.question and not tried.has(one)))
                label = _label(session.language, summary, filled)
                progress.step(len(summary.done), summary.total, label, label)
    except KeyboardInterrupt:
        progress.close()
        note(_line("stopped", session.language, done=len(summary.done), total=summary.total))
        raise
    finally:
        progress.close()
    tried.clear()
    return summary


def _told(session: Session, summary: Summary, steps: Iterator[Filled]) -> Iterator[Filled]:
    """Each step, the finished ones in the summary; why memory is waited for is said once for each question."""
    waiting = ""
    for filled in steps:
        if filled.outcome != "waiting":
            summary.done.append(filled)
        elif waiting != filled.question and filled.problem:
            session.tell(filled.problem)
            waiting = filled.question
        yield filled


def _label(language: Language, summary: Summary, filled: Filled) -> str:
    from ai_chat.answer.filling import seconds_left

    parts = [_line(filled.outcome, language), one_line(filled.question)]
    if kept := summary.counts["kept"]:
        parts.append(_line("hits", language, count=kept))
    left = seconds_left(summary.done, summary.total)
    if left is not None and left >= 1:
        name, number = ("minutes", left / 60) if left > _MINUTES_FROM else ("seconds", left)
        parts.append(_line(name, language, left=round(number)))
    return "  ".join(parts)


def _report(session: Session, summary: Summary) -> int:
    if session.as_json:
        session.print_json(
            {
                "total": summary.total,
                **summary.counts,
                "seconds": summary.seconds,
                "without": _without(session, summary),
            }
        )
    elif not summary.total:
        print(_line("none_frequent", session.language))
    else:
        for filled in summary.done:
            if filled.problem:
                note(f"{one_line(filled.question)}: {session.sentence(filled.problem)}")
        print(_line("summary", session.language, total=summary.total, seconds=summary.seconds, **summary.counts))
    return 1 if summary.total and summary.counts["failed"] == summary.total else 0


def _without(session: Session, summary: Summary) -> list[Json]:
    """The questions that have no answer now, and why."""
    return [
        {
            "question": filled.question,
            "outcome": filled.outcome,
            "problem": problem_json(filled.problem, session.language) if filled.problem else None,
        }
        for filled in summary.done
        if filled.outcome in ("unanswered", "failed")
    ]


def _line(name: str, language: Language, /, **values: object) -> str:
    english, korean = _LINES[name]
    return (korean if language == "ko" else english).format(**values)
