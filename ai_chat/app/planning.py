"""How an offered model would be loaded on this machine, beside what the rest of the program holds; nothing is loaded.

Takes settings, a MemoryReport and Offers, gives Plans, or the Problem why there is none.
"""

from __future__ import annotations

from dataclasses import replace

from ai_chat.config import Settings
from ai_chat.errors import AiChatError
from ai_chat.llm.offers import Offer
from ai_chat.llm.planning import plan_spec
from ai_chat.memory.measure import Footprint
from ai_chat.memory.plan import Plan
from ai_chat.memory.report import MemoryReport
from ai_chat.types import Problem

_OF_THE_MODEL = ("model", "prompt_cache")


class Planner:
    """Plans on the machine as the report found it."""

    def __init__(self, settings: Settings, report: MemoryReport) -> None:
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
