"""`ai-chat memory`: what each part takes and may take of the budget, and how the model is loaded; `memory optimize` frees some.

Asks the running server; without one it shows the plan of the chosen model. Takes flags, gives a table, JSON, or with `--watch`
a table that is drawn anew until Ctrl-C.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, Literal

import typer

from ai_chat.cli.plans import plan_json
from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import one_line, padded, width
from ai_chat.errors import UsageError
from ai_chat.memory.plan import Plan
from ai_chat.memory.report import Eviction, LedgerLine, MemoryReport
from ai_chat.shapes import Json, problem_json
from ai_chat.sizes import show_size
from ai_chat.types import Problem

WATCH_SECONDS = 2.0
_NAME, _SIZE = 34, 12
_RECENT = 5
_REDRAW = "\x1b[H\x1b[J"


def memory(
    action: Annotated[
        Literal["optimize"] | None, typer.Argument(help="Let go what is idle, now. 쓰지 않는 것을 지금 내리기")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Again every two seconds. 2초마다 다시 보기")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")] = False,
) -> int:
    if watch and (as_json or action):
        raise UsageError("usage_wrong", reason="--watch stands alone", command="ai-chat memory")
    session = open_session(as_json)
    if action:
        return _optimize(session)
    return _watch(session) if watch else _show(session)


def _show(session: Session) -> int:
    report = _report(session)
    if session.as_json:
        session.print_json(report_json(session, report))
    else:
        print("\n".join(ledger(session, report)))
    return 0


def _watch(session: Session) -> int:
    """In place on a terminal, one after the other elsewhere."""
    try:
        while True:
            lines = ledger(session, _report(session))
            print((_REDRAW if sys.stdout.isatty() else "") + "\n".join(lines), flush=True)
            time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        return 0


def _optimize(session: Session) -> int:
    from ai_chat.app.memory import open_source

    with open_source(session.settings) as source:
        evictions = source.optimize_memory()
        running = source.memory_report().running
    freed = sum(each.freed for each in evictions)
    if session.as_json:
        session.print_json({"running": running, "freed": freed, "evictions": [_plain(session, e) for e in evictions]})
    elif running:
        print("\n".join(_evicted(session, each) for each in evictions))
        print(session.word("memory_freed", freed=show_size(freed)))
    else:
        session.say("memory_nothing_running")
    return 0


def _report(session: Session) -> MemoryReport:
    from ai_chat.app.memory import open_source

    with open_source(session.settings) as source:
        return source.memory_report()


def report_json(session: Session, report: MemoryReport) -> Json:
    """The fields of the report; what went wrong as sentences."""
    return {field.name: _plain(session, getattr(report, field.name)) for field in fields(report)}


def ledger(session: Session, report: MemoryReport) -> Iterator[str]:
    """The report in lines."""
    yield _head(session, report)
    if not report.budget_set:
        yield session.word("memory_budget_free")
    yield ""
    columns = (session.word(f"memory_{name}") for name in ("part", "predicted", "measured", "place"))
    yield _row(*columns)
    for tenant in report.tenants:
        lines = [line for line in report.lines if line.tenant == tenant.name]
        yield from _tenant(session, tenant.name, lines, tenant.measured if tenant.loaded else None)
    known = {tenant.name for tenant in report.tenants}
    rest = [line for line in report.lines if line.tenant not in known]
    for name in dict.fromkeys(line.tenant for line in rest):
        yield from _tenant(session, name, [line for line in rest if line.tenant == name], None)
    yield _row(session.word("memory_sum"), show_size(report.predicted), _size(report.measured or None))
    yield ""
    yield from _said(session, report)


def _head(session: Session, report: MemoryReport) -> str:
    budget = show_size(report.budget)
    if not report.running:
        return session.word("memory_head_idle", budget=budget)
    pressure = session.word(f"pressure_{report.pressure}")
    return session.word("memory_head", measured=show_size(report.measured), budget=budget, pressure=pressure)


def _tenant(session: Session, name: str, lines: list[LedgerLine], measured: int | None) -> Iterator[str]:
    """A row for the whole, then its parts where there are several; a tenant without any is told by another."""
    if not lines:
        return
    in_ram = sum(line.predicted for line in lines if line.place == "ram")
    place = lines[0].place if len(lines) == 1 else ""
    yield _row(session.word(f"tenant_{name}"), show_size(in_ram), _size(measured), place)
    for line in lines if len(lines) > 1 else ():
        part = session.word(f"part_{line.part}")
        yield _row(f"  {part}", show_size(line.predicted), _size(line.measured), line.place)


def _said(session: Session, report: MemoryReport) -> Iterator[str]:
    """How the model is loaded, what was given up for it, what is let go when, and what was."""
    plan = report.plan
    if plan:
        how = {"n_ctx": plan.n_ctx, "slots": plan.slots, "n_batch": plan.n_batch, "kv": plan.kv_type}
        yield f"{one_line(plan.model)}: {session.word('plan_how', **how, threads=plan.n_threads)}"
    if report.saved:
        yield session.word("memory_saved", saved=show_size(report.saved))
    for problem in _problems(report):
        yield f"- {one_line(session.sentence(problem))}"
        if hint := session.hint(problem):
            yield f"  {session.word('hint')}: {one_line(hint)}"
    for tenant in report.tenants:
        if tenant.loaded and tenant.unload_in is not None and tenant.predicted:
            name, left = session.word(f"tenant_{tenant.name}"), _time(session, tenant.unload_in)
            yield session.word("memory_unload", name=name, time=left)
    if report.running:
        yield session.word("memory_counts", loads=report.loads, evicted=report.evicted, collections=report.collections)
    yield from (_evicted(session, each) for each in report.evictions[-_RECENT:])


def _problems(report: MemoryReport) -> tuple[Problem, ...]:
    plan = (*report.plan.concessions, *report.plan.warnings) if report.plan else ()
    return (*((report.problem,) if report.problem else ()), *plan, *report.machine.problems)


def _evicted(session: Session, eviction: Eviction) -> str:
    name, why = session.word(f"tenant_{eviction.tenant}"), session.word(f"why_{eviction.why}")
    return session.word("memory_evicted", at=eviction.at, name=name, why=why, freed=show_size(eviction.freed))


def _row(name: str, *cells: str) -> str:
    predicted, measured, place = (*cells, "", "")[:3]
    right = "".join(" " * (_SIZE - width(cell)) + cell for cell in (predicted, measured))
    return f"{padded(name, _NAME)}{right}  {place}".rstrip()


def _size(size: int | None) -> str:
    return "-" if size is None else show_size(size)


def _time(session: Session, seconds: float) -> str:
    if seconds >= 90:
        return session.word("minutes", minutes=round(seconds / 60))
    return session.word("seconds", seconds=round(seconds))


def _plain(session: Session, value: object) -> Any:
    if isinstance(value, Problem):
        return problem_json(value, session.language)
    if isinstance(value, Plan):
        return plan_json(session, value)
    if is_dataclass(value):
        return {field.name: _plain(session, getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(session, each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(session, each) for each in value]
    return value
