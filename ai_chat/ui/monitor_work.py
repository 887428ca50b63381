"""What is being done: questions and how long they take, the answer cache, reading, what failed. Pure: a Glance in, HTML out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ai_chat.errors.sentences import sentence
from ai_chat.metrics import Measure, Metrics, Spread
from ai_chat.sizes import show_size
from ai_chat.types import CacheStats
from ai_chat.ui.escape import html_text
from ai_chat.ui.facts import cache_words
from ai_chat.ui.glances import Glance
from ai_chat.ui.monitor_parts import countdown, row_html
from ai_chat.ui.strings import Language, say
from ai_chat.ui.when import when

_TIMES: tuple[Measure, ...] = ("search_ms", "first_token_ms", "total_ms", "queue_ms", "tokens_per_second")
_SHOWN_FAILURES = 8


def questions_html(glance: Glance, language: Language) -> str:
    queue = glance.metrics.queue
    waits = queue.written or queue.waiting or queue.behind
    now = say(
        language,
        "queue_now" if waits else "queue_empty",
        written=queue.written,
        waiting=queue.waiting,
        behind=queue.behind,
    )
    rows = row_html(say(language, "queue"), now) + _cache(glance.cache, language)
    return f"<h2>{html_text(say(language, 'questions'))}</h2>{rows}{_times(glance.metrics, language)}"


def _cache(cache: CacheStats, language: Language) -> str:
    words = cache_words(cache, language)
    if cache.entries:
        words += " · " + say(language, "cache_kept", count=cache.entries, size=show_size(cache.bytes))
    return row_html(say(language, "answer_cache"), words)


def _times(metrics: Metrics, language: Language) -> str:
    found = [
        (name, metrics.spreads[name]) for name in _TIMES if name in metrics.spreads and metrics.spreads[name].count
    ]
    if not found:
        return f'<p class="note">{html_text(say(language, "nothing_measured"))}</p>'
    heads = ("last_hour", "half_of_them", "nearly_all", "how_many")
    head = "".join(f'<th scope="col">{html_text(say(language, name))}</th>' for name in heads)
    rows = "".join(_time_row(name, spread, language) for name, spread in found)
    return f'<table class="times"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _time_row(name: Measure, spread: Spread, language: Language) -> str:
    """Of a speed only the median is told: its p95 is that of the quickest answers."""
    speed = name == "tokens_per_second"
    half, most = (
        (f"{spread.p50:.1f}", "–") if speed else (duration(spread.p50, language), duration(spread.p95, language))
    )
    figures = "".join(f"<td>{html_text(cell)}</td>" for cell in (half, most, str(spread.count)))
    return f'<tr><th scope="row">{html_text(say(language, name))}</th>{figures}</tr>'


def duration(milliseconds: float, language: Language) -> str:
    if milliseconds < 1000:
        return say(language, "milliseconds", count=f"{milliseconds:.0f}")
    return say(language, "seconds", count=f"{milliseconds / 1000:.1f}")


def reading_html(glance: Glance, language: Language) -> str:
    rows = row_html(say(language, "reading_now"), _reading(glance.status.get("ingest") or {}, language))
    speeds = glance.metrics.speeds
    told = [
        say(language, f"speed_{name}", count=f"{speeds[name]:.1f}")
        for name in ("documents", "chunks", "vectors")
        if speeds.get(name)
    ]
    rows += row_html(say(language, "speed"), " · ".join(told) if told else say(language, "speed_none"))
    return f"<h2>{html_text(say(language, 'library'))}</h2>{rows}"


def _reading(ingest: Mapping[str, Any], language: Language) -> str:
    if ingest.get("paused"):
        return say(language, "reading_paused", waiting=ingest["waiting"])
    if not ingest.get("reading"):
        return say(language, "reading_nothing")
    words = say(language, "reading_file", name=str(ingest["reading"]).rsplit("/", 1)[-1], waiting=ingest["waiting"])
    left = ingest.get("seconds_left")
    return words if left is None else f"{words} · {say(language, 'time_left', left=countdown(left, language))}"


def failures_html(metrics: Metrics, now: datetime, language: Language) -> str:
    """The last of each kind, newest first; nothing where nothing failed."""
    failures = sorted(metrics.failures.values(), key=lambda each: -each.last_at)[:_SHOWN_FAILURES]
    if not failures:
        return ""
    items = ""
    for each in failures:
        at = when(datetime.fromtimestamp(each.last_at, UTC).isoformat(), now, language)
        count = say(language, "times_failed", count=each.count)
        items += f"<li>{html_text(sentence(each.problem, language))} <span>{html_text(f'{count} · {at}')}</span></li>"
    return f"<h2>{html_text(say(language, 'failures'))}</h2><ul>{items}</ul>"
