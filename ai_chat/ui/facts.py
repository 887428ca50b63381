"""What the machine is doing, in the sidebar: memory, model, vectors and the answer cache in words, refreshed every two seconds.

Takes App.status() and App.cache_stats().
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ai_chat.errors import AiChatError
from ai_chat.errors.sentences import hint, sentence
from ai_chat.sizes import show_size
from ai_chat.types import CacheStats, Problem
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text
from ai_chat.ui.strings import Language, say
from ai_chat.ui.when import how_long


def facts() -> None:
    current = session.current()
    language = visit.language()
    if current.state() != "loaded":
        name = "home_failed" if current.state() == "failed" else "opening"
        st.html(f'<div class="ac facts"><span>{html_text(say(language, name))}</span></div>')
        return
    try:
        with current.app() as app:
            if not visit.is_admin():
                st.html(f'<div class="ac facts">{model_html(current.glances.model(app), language)}</div>')
                return
            status, cache = current.glances.facts(app)
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


def model_html(model: Mapping[str, Any], language: Language) -> str:
    """For who has nothing to do with the machine."""
    return _line((say(language, "model"), model_words(model, None, language)))


def _line(row: tuple[str, str]) -> str:
    return f"<div><span>{html_text(row[0])}</span>{html_text(row[1])}</div>"


def fact_rows(status: Mapping[str, Any], cache: CacheStats, language: Language) -> list[tuple[str, str]]:
    """Name and value of each line, in words; what is missing says what to do about it."""
    memory = status["memory"]
    held = say(language, "memory_held", held=show_size(memory["measured"]), budget=show_size(memory["budget"]))
    return [
        (say(language, "memory"), held),
        (say(language, "model"), model_words(status["model"], memory["unload_in"].get("model"), language)),
        (say(language, "vectors"), vector_words(status["embedder"], None, language)),
        (say(language, "answer_cache"), cache_words(cache, language)),
    ]


def model_words(model: Mapping[str, Any], unload_in: float | None, language: Language) -> str:
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
    return _unload_words(unload_in, language)


def _unload_words(unload_in: float, language: Language) -> str:
    if unload_in >= 90:
        return say(language, "model_unloads_minutes", left=round(unload_in / 60))
    return say(language, "model_unloads_seconds", left=round(unload_in))


def vector_words(embedder: Mapping[str, Any], unload_in: float | None, language: Language) -> str:
    """How many texts are left; with `unload_in`, when what makes them is let go."""
    problem: Problem | None = embedder.get("problem")
    if problem is not None:
        return sentence(problem, language)
    if embedder["state"] == "absent":
        return say(language, "vectors_absent")
    pending = int(embedder["pending"])
    words = say(language, "vectors_pending" if pending else "vectors_done", count=pending)
    if unload_in is None:
        return words
    return f"{words} · {_unload_words(unload_in, language)}"


def cache_words(cache: CacheStats, language: Language) -> str:
    """How many of the questions it has answered, and what that has saved."""
    asked = cache.hits + cache.misses
    if not asked:
        return say(language, "cache_unused")
    if not cache.hits:
        return say(language, "cache_missed", asked=asked)
    took = how_long(cache.saved_seconds, language)
    return say(language, "cache_rate", percent=round(100 * cache.hit_rate), asked=asked, took=took)
