"""Memory in words and pictures: what is held of the budget, who holds it, what a GPU has left. Pure: a MemoryReport in, HTML out."""

from __future__ import annotations

from ai_chat.memory.machine import Machine
from ai_chat.memory.report import MemoryReport, TenantReport
from ai_chat.sizes import show_size
from ai_chat.ui.charts import Share, stacked_bar
from ai_chat.ui.escape import html_text
from ai_chat.ui.strings import STRINGS, Language, say

_COLOURS = {
    "page": "#3b82f6",
    "index": "#14a098",
    "model": "#a25bd6",
    "prompt_cache": "#d6609a",
    "embedder": "#d99a2b",
    "parser": "#5fa04e",
    "renderer": "#8a8f98",
}


def memory_html(report: MemoryReport, language: Language) -> str:
    """One sentence, two bars on one scale: what is held now, and what may come to be held."""
    held, budget = show_size(report.measured), show_size(report.budget)
    pressed = say(language, f"pressure_{report.pressure}")
    sentence = say(language, "monitor_held", held=held, budget=budget)
    scale = max(report.budget, report.measured, report.predicted, 1)
    measured = _bar(report, [(each, each.measured) for each in report.tenants], "holds", scale, language)
    predicted = _bar(report, [(each, each.predicted) for each in report.tenants], "may_hold", scale, language)
    return (
        f"<h2>{html_text(say(language, 'memory'))}</h2>"
        f'<p class="figure">{html_text(sentence)}</p><p class="{report.pressure}">{html_text(pressed)}</p>{measured}{predicted}'
    )


def _bar(report: MemoryReport, sizes: list[tuple[TenantReport, int]], name: str, scale: int, language: Language) -> str:
    label = say(language, name)
    shares = [Share(_colour(each.name), part_name(each.name, language), size) for each, size in sizes if size]
    told = ", ".join(f"{share.label} {show_size(share.size)}" for share in shares)
    words = f"{label}: {told}. {say(language, 'budget')}: {show_size(report.budget)}"
    whole = show_size(sum(share.size for share in shares))
    head = f"<span>{html_text(label)}</span><span>{html_text(whole)}</span>"
    return f'<div class="chart"><div class="head">{head}</div>{stacked_bar(shares, scale, report.budget, words)}</div>'


def ledger_html(report: MemoryReport, language: Language) -> str:
    """A row a part: the colour of the bars, what it holds and may hold, and what it is doing."""
    heads = "".join(
        f'<th scope="col">{html_text(say(language, name))}</th>'
        for name in ("ledger_part", "holds", "may_hold", "state")
    )
    shown = [each for each in report.tenants if each.loaded or each.predicted]
    rows = "".join(_row(each, language) for each in shown)
    return f'<table class="ledger"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _row(each: TenantReport, language: Language) -> str:
    swatch = f'<i style="background:{_colour(each.name)}"></i>'
    cells = [show_size(each.measured) if each.measured else "–", show_size(each.predicted) if each.predicted else "–"]
    figures = "".join(f"<td>{html_text(cell)}</td>" for cell in cells)
    name = html_text(part_name(each.name, language))
    return f'<tr><th scope="row">{swatch}{name}</th>{figures}<td>{html_text(_state(each, language))}</td></tr>'


def _state(each: TenantReport, language: Language) -> str:
    if not each.loaded:
        return say(language, "part_not_loaded")
    if each.unload_in is not None:
        return say(language, "part_let_go_in", left=countdown(each.unload_in, language))
    return say(language, "part_in_use" if each.idle_seconds is None else "part_kept")


def countdown(seconds: float, language: Language) -> str:
    if seconds < 90:
        return say(language, "seconds", count=round(seconds))
    return say(language, "minutes", count=round(seconds / 60))


def gpu_html(machine: Machine, language: Language) -> str:
    """Nothing where there is none."""
    return "".join(
        row_html(
            gpu.name, say(language, "monitor_held", held=show_size(gpu.total - gpu.free), budget=show_size(gpu.total))
        )
        for gpu in machine.gpus
    )


def row_html(label: str, words: str) -> str:
    return f'<div class="row"><b>{html_text(label)}</b> <span>{html_text(words)}</span></div>'


def part_name(name: str, language: Language) -> str:
    """A part that has no name here is called as the program calls it."""
    return say(language, f"part_{name}") if f"part_{name}" in STRINGS else name


def _colour(name: str) -> str:
    return _COLOURS.get(name, "#b0705a")
