"""`ai-chat doctor`: what is present, missing and loaded, what it takes of the memory, and what to type next.

Exit 0 when AI-CHAT can be used (a missing model or scanner only makes it do less), 3 when it cannot.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from ai_chat import __version__
from ai_chat.cli.checks import Check, all_checks
from ai_chat.cli.session import Session, open_session
from ai_chat.cli.shapes import Json, problem_json
from ai_chat.cli.terminal import one_line, size
from ai_chat.memory.measure import available, measure, total


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")] = False,
) -> int:
    session = open_session(as_json)
    checks = list(all_checks(session.settings))
    usable = all(check.ok for check in checks if check.needed)
    status = _status(session) if usable and session.settings.database.exists() else {}
    memory = _memory(status)
    if as_json:
        session.print_json(_report(session, checks, usable, status, memory))
    else:
        _print(session, checks, usable, status, memory)
    return 0 if usable else 3


def _status(session: Session) -> Mapping[str, Any]:
    """What the owner of this home says of itself, or what can be read without one."""
    with session.app("read") as app:
        return dict(app.status())


def _memory(status: Mapping[str, Any]) -> Json:
    """This process and every one that the status names."""
    pids = sorted({os.getpid(), *_pids(status)})
    footprint = total(measure(pids).values())
    return {
        "pids": pids,
        "rss": footprint.rss,
        "pss": footprint.pss,
        "anonymous": footprint.anonymous,
        "file_backed": footprint.file_backed,
        "available": available(),
    }


def _pids(status: object) -> list[int]:
    """Whatever stands under a key `pid`, at any depth."""
    if not isinstance(status, Mapping):
        return []
    own = [value for key, value in status.items() if key == "pid" and isinstance(value, int)]
    return own + [pid for value in status.values() for pid in _pids(value)]


def _loaded(status: Mapping[str, Any]) -> Json:
    """The parts that say that they are loaded or loading."""
    return {
        name: part
        for name, part in status.items()
        if isinstance(part, Mapping) and part.get("state") in ("loaded", "loading")
    }


def _report(session: Session, checks: list[Check], usable: bool, status: Mapping[str, Any], memory: Json) -> Json:
    return {
        "version": __version__,
        "usable": usable,
        "home": str(session.settings.home),
        "present": [_check_json(session, check) for check in checks if check.ok],
        "missing": [_check_json(session, check) for check in checks if not check.ok],
        "loaded": _loaded(status),
        "memory": memory,
        "status": dict(status),
    }


def _check_json(session: Session, check: Check) -> Json:
    problem = problem_json(check.problem, session.language) if check.problem else None
    return {
        "name": check.name,
        "detail": check.detail,
        "needed": check.needed,
        "line": check.line,
        "problem": problem,
    }


def _print(session: Session, checks: list[Check], usable: bool, status: Mapping[str, Any], memory: Json) -> None:
    for check in checks:
        _print_check(session, check)
    loaded = ", ".join(_loaded(status)) or session.word("nothing_loaded")
    print(f"\n{session.word('loaded')}: {loaded}")
    takes = session.word("takes", rss=size(memory["rss"]), anonymous=size(memory["anonymous"]))
    free = session.word("available", free=size(memory["available"])) if memory["available"] else ""
    print(f"{session.word('memory')}: {takes}  {free}")
    print(session.word("usable" if usable else "unusable"))


def _print_check(session: Session, check: Check) -> None:
    state = "ok" if check.ok else "broken" if check.needed else "missing"
    print(f"{check.name:<14} {session.word(state):<8} {one_line(check.detail)}")
    if check.problem:
        print(f"    {one_line(session.sentence(check.problem))}")
        if hint := session.hint(check.problem):
            print(f"    {session.word('hint')}: {one_line(hint)}")
    if check.line:
        print(f"    {session.word('line', line=check.line)}")
