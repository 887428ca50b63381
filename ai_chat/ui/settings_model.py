"""Which language model writes: each that is here with what it would take of the memory, then those that could be fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ai_chat.memory.plan import Plan
from ai_chat.memory.report import MemoryReport
from ai_chat.sizes import show_size
from ai_chat.types import Problem
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text
from ai_chat.ui.settings_parts import fixed, heading, note
from ai_chat.ui.strings import Language, say

Choose = Callable[[str, str | None], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """A model and what is said of it; `value` as config.toml would name it, None for the starter's default; `command` fetches it."""

    name: str
    about: str
    plan: str
    value: str | None
    here: bool
    in_use: bool
    usable: bool
    command: str = ""


def model_section(report: MemoryReport, choose: Choose) -> None:
    heading("set_model")
    endpoint = session.current().settings.llm_endpoint
    note(visit.words("set_model_endpoint" if endpoint else "set_model_hint"))
    closed = fixed("model")
    choices = choices_of(report, visit.language())
    for number, each in enumerate(each for each in choices if each.here):
        _row(number, each, closed, choose)
    if more := [each for each in choices if not each.here]:
        with st.expander(visit.words("models_more")):
            note(visit.words("models_more_hint"))
            st.html("".join(_html(each, f"<code>{html_text(each.command)}</code>") for each in more))


def choices_of(report: MemoryReport, language: Language) -> list[Choice]:
    """Those that are here first, in the order of the command line's list."""
    from ai_chat.app.planning import Planner
    from ai_chat.llm.offers import Offer, offers

    settings = session.current().settings
    planner = Planner(settings, report)

    def choice(offer: Offer) -> Choice:
        plan = planner.plan(offer)
        here = offer.path is not None
        about = []
        if offer.row:
            about = [offer.row.about_ko if language == "ko" else offer.row.about_en, show_size(offer.row.bytes)]
            about += [offer.row.licence]
            about += [] if offer.row.commercial else [say(language, "model_no_business")]
        return Choice(
            name=offer.name,
            about=" · ".join(about),
            plan=fit_words(plan, planner.budget, language),
            value=None if offer.state == "starter" else str(offer.path),
            here=here,
            in_use=offer.in_use,
            usable=here and isinstance(plan, Plan),
            command="" if here else f"ai-chat models pull {offer.name}",
        )

    return sorted(
        (choice(each) for each in offers(settings) if each.state != "removed"), key=lambda each: not each.here
    )


def fit_words(plan: Plan | Problem, budget: int, language: Language) -> str:
    """What a model would take and read, and what was given up for that; or why it does not fit."""
    from ai_chat.errors.sentences import sentence

    if isinstance(plan, Problem):
        return sentence(plan, language)
    fits = say(language, "model_fits", ram=show_size(plan.ram), budget=show_size(budget), tokens=f"{plan.n_ctx:,}")
    return " · ".join([fits, *(sentence(each, language) for each in (*plan.concessions, *plan.warnings))])


def _row(number: int, each: Choice, closed: bool, choose: Choose) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"line-model-{number}"):
        mark = f"<i>{html_text(visit.words('model_in_use'))}</i>" if each.in_use else ""
        st.html(_html(each, mark))
        if not each.in_use:
            st.button(
                visit.words("model_use"), key=f"use-model-{number}", disabled=closed or not each.usable,
                help=visit.words("model_use_named", name=each.name), on_click=choose, args=("model", each.value),
            )  # fmt: skip


def _html(each: Choice, mark: str) -> str:
    return (
        f'<div class="ac choice"><b>{html_text(each.name)}</b> {mark}<span class="note">{html_text(each.about)}</span>'
        f'<span class="note">{html_text(each.plan)}</span></div>'
    )
