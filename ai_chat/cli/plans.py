"""Memory plans on the command line: how an offered model would be loaded here, as lines or as JSON.

Takes settings and Offers, gives plans or the reason why there is none. Looks at the machine once.
"""

from __future__ import annotations

from dataclasses import replace

from ai_chat.cli.session import Session
from ai_chat.cli.shapes import Json, problem_json
from ai_chat.cli.terminal import one_line, padded
from ai_chat.config import Settings
from ai_chat.errors import AiChatError
from ai_chat.llm.offers import Offer
from ai_chat.llm.planning import plan_spec
from ai_chat.memory.measure import Footprint
from ai_chat.memory.plan import Plan
from ai_chat.sizes import show_size
from ai_chat.types import Problem

_PART_COLUMNS = 18
_OF_THE_MODEL = ("model", "prompt_cache")


class Planner:
    """Plans on this machine as it is now, beside what the rest of the program holds or may hold."""

    def __init__(self, settings: Settings) -> None:
        from ai_chat.app.memory import open_source

        with open_source(settings) as source:
            report = source.memory_report()
        self.budget = settings.memory_budget or report.budget
        self._settings = settings
        self._machine = report.machine
        self._held = Footprint(pss=report.measured, anonymous=report.anonymous, file_backed=report.file_backed)
        rest = (tenant for tenant in report.tenants if tenant.name not in _OF_THE_MODEL)
        self._others = sum(max(tenant.predicted, tenant.measured) for tenant in rest)

    def plan(self, offer: Offer) -> Plan | Problem:
        """The reason why there is none is the plan's refusal, or what is wrong with the file."""
        if offer.spec is None:
            return offer.problem or Problem("model_aside", {"name": offer.name})
        spec = replace(offer.spec, name=offer.name)
        try:
            return plan_spec(spec, self._settings, self._machine, self._others, None, self.budget, self._held)
        except AiChatError as error:
            return error.problem


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
