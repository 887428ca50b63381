"""How much memory AI-CHAT may take: a slider that says what a budget would mean before it is set, and the careful preset."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ai_chat.memory.budget import largest_budget
from ai_chat.memory.report import MemoryReport
from ai_chat.sizes import GIB, show_size
from ai_chat.types import Problem
from ai_chat.ui import session, visit
from ai_chat.ui.settings_model import Choose, fit_words
from ai_chat.ui.settings_parts import fixed, heading, note

_STEP = 0.5
_LEAST = 1.0


def memory_section(report: MemoryReport, choose: Choose) -> None:
    heading("set_memory_budget")
    note(visit.words("budget_hint"))
    _budget(report, choose)
    _preset(choose)


def _budget(report: MemoryReport, choose: Choose) -> None:
    by = fixed("memory_budget")
    name = "budget_now" if report.budget_set else "budget_now_auto"
    note(visit.words(name, budget=show_size(report.budget)))
    now = report.budget / GIB
    steps = budget_steps(now, largest_budget(report.machine) / GIB)
    wanted = st.select_slider(
        visit.words("budget_slider"), steps, now, key=f"budget-{report.budget}", format_func=_gib, disabled=by
    )
    if wanted != now:
        note(_means(report, int(wanted * GIB)), told=True)
    with st.container(horizontal=True, key="actions-budget"):
        if wanted != now:
            use = visit.words("budget_use", budget=f"{_gib(wanted)} GiB")
            st.button(use, key="use-budget", type="primary", on_click=choose, args=("memory_budget", f"{wanted:g}GiB"))
        if report.budget_set and not by:
            st.button(visit.words("budget_auto"), key="auto-budget", on_click=choose, args=("memory_budget", None))


def budget_steps(now: float, most: float) -> list[float]:
    """What the slider offers, in GiB: halves from the least on to the most there is, and the budget of now as it is."""
    halves = {_LEAST, _LEAST + _STEP} | {_STEP * count for count in range(int(_LEAST / _STEP), int(most / _STEP) + 1)}
    return sorted(halves | {now})


def _gib(budget: float) -> str:
    return f"{budget:.2f}".rstrip("0").rstrip(".")


def _means(report: MemoryReport, budget: int) -> str:
    """What the model in use would come to under another budget."""
    from ai_chat.app.planning import Planner
    from ai_chat.llm.offers import current

    settings = session.current().settings
    offer = current(settings)
    plan = Planner(replace(settings, memory_budget=budget), report).plan(offer)
    words = fit_words(plan, budget, visit.language())
    if isinstance(plan, Problem):
        return visit.words("budget_refused", budget=show_size(budget), reason=words)
    return visit.words("budget_means", budget=show_size(budget), name=offer.name, fit=words)


def _preset(choose: Choose) -> None:
    closed = fixed("low_vram")
    st.session_state["set-low_vram"] = session.current().settings.low_vram
    st.toggle(
        visit.words("set_low_vram"), key="set-low_vram", disabled=closed,
        on_change=lambda: choose("low_vram", "on" if st.session_state["set-low_vram"] else "off"),
    )  # fmt: skip
    note(visit.words("low_vram_hint"))
