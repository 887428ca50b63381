"""The sidebar: conversations, and what the machine is doing, refreshed every two seconds.

Takes App.status() and App.cache_stats(); shows memory, model, vectors and the answer cache in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ai_chat.errors import AiChatError
from ai_chat.errors.sentences import hint, sentence
from ai_chat.sizes import show_size
from ai_chat.types import CacheStats, Problem, Scope
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text, label_text
from ai_chat.ui.strings import Language, say
from ai_chat.ui.when import how_long

_REFRESH_SECONDS = 2.0
_RECENT = 6
_TITLE_LENGTH = 28


def sidebar() -> None:
    with st.sidebar:
        st.button(
            visit.words("new_conversation"), icon=":material/add:", on_click=visit.open_conversation, args=(None,),
            width="stretch", key="new-conversation",
        )  # fmt: skip
        _recent()
        st.fragment(_facts, run_every=_REFRESH_SECONDS)()
        st.button(visit.words("language"), on_click=visit.switch_language, type="tertiary", key="language")


def _recent() -> None:
    current = session.current()
    if current.state() != "loaded":
        return
    with current.app() as app:
        conversations = app.conversations(Scope())[:_RECENT]
    if conversations:
        st.html(f'<div class="ac"><div class="heading">{html_text(visit.words("recent"))}</div></div>')
    for each in conversations:
        title = each.title if len(each.title) <= _TITLE_LENGTH else each.title[:_TITLE_LENGTH] + "…"
        st.button(
            label_text(title), key=f"go-{each.id}", type="tertiary", on_click=visit.open_conversation, args=(each.id,)
        )


def _facts() -> None:
    current = session.current()
    language = visit.language()
    if current.state() != "loaded":
        name = "home_failed" if current.state() == "failed" else "opening"
        st.html(f'<div class="ac facts"><span>{html_text(say(language, name))}</span></div>')
        return
    try:
        with current.app() as app:
            status, cache = app.status(), app.cache_stats()
    except AiChatError as error:
        visit.show_error(error)
        return
    st.html(f'<div class="ac facts">{facts_html(status, cache, language)}</div>')


def facts_html(status: Mapping[str, Any], cache: CacheStats, language: Language) -> str:
    """A line a fact; memory with a bar of what is held of the budget, and what it means where it is pressed."""
    memory = status["memory"]
    held, budget, pressure = memory["measured"], memory["budget"], memory["pressure"]
    (first, *rows) = fact_rows(status, cache, language)
    bar = f'<progress class="{pressure}" value="{min(held, budget)}" max="{budget}"></progress>'
    meaning = "" if pressure == "ok" else f"<p>{html_text(say(language, f'pressure_{pressure}'))}</p>"
    return _line(first) + bar + meaning + "".join(map(_line, rows))


def _line(row: tuple[str, str]) -> str:
    return f"<div><span>{html_text(row[0])}</span>{html_text(row[1])}</div>"


def fact_rows(status: Mapping[str, Any], cache: CacheStats, language: Language) -> list[tuple[str, str]]:
    """Name and value of each line, in words; what is missing says what to do about it."""
    memory = status["memory"]
    held = say(language, "memory_held", held=show_size(memory["measured"]), budget=show_size(memory["budget"]))
    return [
        (say(language, "memory"), held),
        (say(language, "model"), _model_words(status["model"], memory["unload_in"].get("model"), language)),
        (say(language, "vectors"), _vector_words(status["embedder"], language)),
        (say(language, "answer_cache"), _cache_words(cache, language)),
    ]


def _model_words(model: Mapping[str, Any], unload_in: float | None, language: Language) -> str:
    problem: Problem | None = model.get("problem")
    if problem is not None:
        return " ".join(part for part in (sentence(problem, language), hint(problem, language)) if part)
    state = _state_words(model, unload_in, language)
    return f"{model['name']} · {state}" if model.get("name") else state


def _state_words(model: Mapping[str, Any], unload_in: float | None, language: Language) -> str:
    """How far it is while it is being loaded; when it is let go while nobody uses it."""
    if model.get("endpoint"):
        return say(language, "model_endpoint")
    progress = model.get("progress")
    if model["state"] == "loading" and progress is not None:
        return say(language, "model_loading_part", percent=round(100 * progress))
    if model["state"] != "loaded" or unload_in is None:
        return say(language, f"model_{model['state']}")
    if unload_in >= 90:
        return say(language, "model_unloads_minutes", left=round(unload_in / 60))
    return say(language, "model_unloads_seconds", left=round(unload_in))


def _vector_words(embedder: Mapping[str, Any], language: Language) -> str:
    problem: Problem | None = embedder.get("problem")
    if problem is not None:
        return sentence(problem, language)
    if embedder["state"] == "absent":
        return say(language, "vectors_absent")
    pending = int(embedder["pending"])
    return say(language, "vectors_pending" if pending else "vectors_done", count=pending)


def _cache_words(cache: CacheStats, language: Language) -> str:
    """How many of the questions it has answered, and what that has saved."""
    asked = cache.hits + cache.misses
    if not asked:
        return say(language, "cache_unused")
    if not cache.hits:
        return say(language, "cache_missed", asked=asked)
    took = how_long(cache.saved_seconds, language)
    return say(language, "cache_rate", percent=round(100 * cache.hit_rate), asked=asked, took=took)
