"""`ai-chat doctor`: what is present, missing and loaded, what it takes of the memory, and what to type next.

Exit 0 when AI-CHAT can be used (a missing model or scanner only makes it do less), 3 when it cannot;
`--offline` ends with 1 where something asked for the network, or not all of it could be run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from ai_chat import __version__
from ai_chat.cli.checks import Check, all_checks
from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import one_line
from ai_chat.errors import AiChatError
from ai_chat.memory.measure import available, measure, total
from ai_chat.shapes import Json, problem_json
from ai_chat.sizes import show_size
from ai_chat.types import Problem


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Use it and tell what asks for the network. 네트워크를 쓰는지 확인")
    ] = False,
) -> int:
    session = open_session(as_json)
    if offline:
        from ai_chat.cli.offline import offline as prove

        return prove(session)
    checks = list(all_checks(session.settings))
    status: Mapping[str, Any] = {}
    if all(check.ok for check in checks if check.needed) and session.settings.database.exists():
        status, running = _status(session)
        checks.append(running)
    usable = all(check.ok for check in checks if check.needed)
    memory = _memory(status)
    if as_json:
        session.print_json(_report(session, checks, usable, status, memory))
    else:
        _print(session, checks, usable, status, memory)
    return 0 if usable else 3


def _status(session: Session) -> tuple[Mapping[str, Any], Check]:
    """What the owner of this home says of itself, or what can be read without one."""
    try:
        with session.app("read") as app:
            status = dict(app.status())
    except AiChatError as error:
        return {}, Check("library in use", False, "-", needed=True, problem=error.problem)
    library = status.get("library", {})
    counted = ", ".join(f"{name} {number}" for name, number in library.items())
    return status, Check("library in use", True, counted, needed=True)


def _memory(status: Mapping[str, Any]) -> Json:
    """Bytes by part, shared pages shared out; this process alone where nothing else is there, and then no budget."""
    found = status.get("memory")
    if not isinstance(found, Mapping):
        own = total(measure([os.getpid()]).values())
        found = {"parts": {"doctor": own.pss}, "available": available()}
    parts = dict(found["parts"])
    told = {name: found.get(name) for name in ("available", "budget", "pressure")}
    return {"parts": parts, "total": sum(parts.values()), **told}


def _loaded(status: Mapping[str, Any]) -> Json:
    """The parts that say that they are loaded or loading."""
    return {
        name: part.get("name")
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
        "status": _plain(session, status),
    }


def _plain(session: Session, value: object) -> Any:
    """The status with its problems as sentences."""
    if isinstance(value, Problem):
        return problem_json(value, session.language)
    if isinstance(value, Mapping) and set(value) == {"code", "values"}:  # as it comes from another process
        return problem_json(Problem(**value), session.language)
    if isinstance(value, Mapping):
        return {name: _plain(session, part) for name, part in value.items()}
    return value


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
    parts = ", ".join(f"{name} {show_size(number)}" for name, number in memory["parts"].items())
    free = session.word("available", free=show_size(memory["available"])) if memory["available"] else ""
    print(f"{session.word('memory')}: {parts}; {free}")
    if memory["budget"]:
        print(session.word("memory_head", **_budget(session, memory)))
    print(session.word("usable" if usable else "unusable"))


def _budget(session: Session, memory: Json) -> dict[str, str]:
    return {
        "measured": show_size(memory["total"]),
        "budget": show_size(memory["budget"]),
        "pressure": session.word(f"pressure_{memory['pressure']}"),
    }


def _print_check(session: Session, check: Check) -> None:
    state = "ok" if check.ok else "broken" if check.needed else "missing"
    print(f"{check.name:<14} {session.word(state):<8} {one_line(check.detail)}")
    if check.problem:
        print(f"    {one_line(session.sentence(check.problem))}")
        if hint := session.hint(check.problem):
            print(f"    {session.word('hint')}: {one_line(hint)}")
    if check.line:
        print(f"    {session.word('line', line=check.line)}")
