"""The last hour: lines of memory and search times, bars of questions, and what was let go. Pure: a Glance in, HTML out."""

from __future__ import annotations

from datetime import datetime

from ai_chat.memory.report import Eviction, MemoryReport
from ai_chat.sizes import show_size
from ai_chat.ui.charts import HOUR, Point, hour_line, minute_bars
from ai_chat.ui.escape import html_text
from ai_chat.ui.glances import Glance
from ai_chat.ui.monitor_parts import part_name
from ai_chat.ui.monitor_work import duration
from ai_chat.ui.strings import Language, say
from ai_chat.ui.when import when

_SHOWN_FREED = 10


def hour_html(glance: Glance, now: float, language: Language) -> str:
    charts = _memory(glance.report, now, language) + _questions(glance, now, language) + _search(glance, now, language)
    axis = f"<span>{html_text(say(language, 'hour_ago'))}</span><span>{html_text(say(language, 'now'))}</span>"
    return f'<h2>{html_text(say(language, "last_hour"))}</h2>{charts}<div class="head">{axis}</div>'


def _memory(report: MemoryReport, now: float, language: Language) -> str:
    points = [Point(each.at, each.measured) for each in report.history if each.at > now - HOUR]
    if not points:
        return ""
    values = [point.value for point in points]
    words = say(
        language,
        "memory_line",
        least=show_size(round(min(values))),
        most=show_size(round(max(values))),
        budget=show_size(report.budget),
    )
    top = max(values) * 1.25  # the budget is drawn where it is near
    mark = report.budget if report.budget <= top else None
    return _chart(words, hour_line(points, now, top, words, mark))


def _questions(glance: Glance, now: float, language: Language) -> str:
    counted = [(each.at, each.counts.get("questions", 0)) for each in glance.metrics.minutes]
    points = [Point(at, count) for at, count in counted if count]
    if not points:
        return ""
    total, most = sum(count for _at, count in counted), max(count for _at, count in counted)
    words = say(language, "questions_bars", total=total, most=most)
    return _chart(words, minute_bars(points, now, words))


def _search(glance: Glance, now: float, language: Language) -> str:
    found = [(each.at, each.medians["search_ms"]) for each in glance.metrics.minutes if "search_ms" in each.medians]
    if not found:
        return ""
    points = [Point(at + 30, value) for at, value in found]
    most = max(value for _at, value in found)
    words = say(language, "search_line", most=duration(most, language))
    return _chart(words, hour_line(points, now, most, words))


def _chart(words: str, picture: str) -> str:
    """What the picture says stands above it for everybody, not only for those who do not see it."""
    return (
        f'<div class="chart"><div class="head" aria-hidden="true"><span>{html_text(words)}</span></div>{picture}</div>'
    )


def freed_html(report: MemoryReport, now: datetime, language: Language) -> str:
    """The newest first."""
    newest = report.evictions[::-1][:_SHOWN_FREED]
    items = "".join(f"<li>{_freed(each, now, language)}</li>" for each in newest)
    shown = f"<ul>{items}</ul>" if items else f'<p class="note">{html_text(say(language, "freed_nothing"))}</p>'
    return f"<h2>{html_text(say(language, 'freed'))}</h2>{shown}"


def _freed(each: Eviction, now: datetime, language: Language) -> str:
    words = say(language, f"freed_{each.why}", part=part_name(each.tenant, language), freed=show_size(each.freed))
    return f"{html_text(words)} <span>{html_text(when(each.at, now, language))}</span>"
