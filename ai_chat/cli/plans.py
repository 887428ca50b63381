"""Memory plans on the command line: how an offered model would be loaded here, as lines or as JSON.

Takes settings and Offers, gives plans or the reason why there is none. Looks at the machine once.
"""

from __future__ import annotations

from ai_chat.app.planning import Planner
from ai_chat.cli.session import Session
from ai_chat.cli.terminal import one_line, padded
from ai_chat.config import Settings
from ai_chat.memory.plan import Plan
from ai_chat.shapes import Json, problem_json
from ai_chat.sizes import show_size

_PART_COLUMNS = 18


def planner_here(settings: Settings) -> Planner:
    """Looks at the machine once, and at what a running AI-CHAT holds of it."""
    from ai_chat.app.memory import open_source

    with open_source(settings) as source:
        return Planner(settings, source.memory_report())


def plan_json(session: Session, plan: Plan) -> Json:
    return {
        "model": plan.model,
        "budget": plan.budget,
        "others": plan.others,
        "ram": plan.ram,
        "n_ctx": plan.n_ctx,
        "n_batch": plan.n_batch,
        "n_threads": plan.n_threads,
        "slots": plan.slots,
        "kv_type": plan.kv_type,
        "mmap": plan.mmap,
        "prompt_cache_mib": plan.prompt_cache,
        "gpu_layers": plan.gpu_layers,
        "tensor_split": list(plan.tensor_split),
        "lines": [
            {"part": line.part, "bytes": line.bytes, "place": line.place, "file_backed": line.file_backed}
            for line in plan.lines
        ],
        "concessions": [problem_json(problem, session.language) for problem in plan.concessions],
        "warnings": [problem_json(problem, session.language) for problem in plan.warnings],
    }


def print_plan(session: Session, plan: Plan) -> None:
    """A line a part, then what was given up for the budget, and what may go wrong."""
    for line in plan.lines:
        place = session.word("plan_file_backed") if line.file_backed else ""
        part = padded(session.word(f"part_{line.part}"), _PART_COLUMNS)
        print(f"{part} {show_size(line.bytes):>10}  {line.place}  {place}".rstrip())
    print(
        session.word("plan_sum", ram=show_size(plan.ram), others=show_size(plan.others), budget=show_size(plan.budget))
    )
    how = {"n_ctx": plan.n_ctx, "slots": plan.slots, "n_batch": plan.n_batch, "kv": plan.kv_type}
    print(session.word("plan_how", **how, threads=plan.n_threads))
    for problem in (*plan.concessions, *plan.warnings):
        print(f"- {one_line(session.sentence(problem))}")
