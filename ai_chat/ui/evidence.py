"""Turns as HTML: the question, the state or text of the answer, the evidence cards.

Pure: a TurnView in, HTML with every foreign word escaped out. Knows no Streamlit.
"""

from __future__ import annotations

from typing import assert_never

from ai_chat.errors.sentences import sentence
from ai_chat.ui.escape import answer_html, html_text, marked_html
from ai_chat.ui.strings import Language, say
from ai_chat.ui.turn import Evidence, Stage, TurnView

ENDINGS = {
    "withheld": "withheld",
    "no_model": "no_model",
    "no_evidence": "no_evidence",
    "skipped": "skipped",
    "cancelled": "cancelled",
    "error": "failed",
    "length": "cut",
}


def question_html(question: str) -> str:
    return f'<div class="ac question">{html_text(question)}</div>'


def answer_slot_html(view: TurnView, anchor: str, language: Language) -> str:
    """The answer so far and, where something must be said about it, one line."""
    markers = frozenset(each.number for each in view.evidence)
    text = answer_html(view.text, anchor, markers) if view.text and _shows_text(view) else ""
    line = _ending(view, language) if view.done else _stage_line(view, language)
    note = f'<p class="note" role="status">{html_text(line)}</p>' if line else ""
    return f'<div class="ac answer" aria-live="polite">{text}{note}</div>'


def evidence_html(view: TurnView, anchor: str, language: Language) -> str:
    """All cards, the first one open; the passage of card n can be linked to as `anchor`-n."""
    if not view.evidence:
        return ""
    cards = "".join(_card(each, anchor, language, first=n == 0) for n, each in enumerate(view.evidence))
    return f'<div class="ac evidence"><div class="heading">{say(language, "evidence")}</div>{cards}</div>'


def place(each: Evidence, language: Language) -> str:
    """Where in its document a passage stands, in words."""
    if each.page is not None:
        return say(language, "page", number=each.page)
    if each.kind == "section" and not each.label:
        return say(language, "section_plain", number=each.unit_number)
    return say(language, each.kind, number=each.unit_number, label=each.label)


def _card(each: Evidence, anchor: str, language: Language, *, first: bool) -> str:
    opened = " open" if first else ""
    return (
        f"<details{opened}><summary>"
        f'<span class="where"><span class="number">{each.number}</span><b>{html_text(each.document)}</b>'
        f'<span class="unit">{html_text(place(each, language))}</span></span>'
        f'<span class="best"><mark>{html_text(each.sentence)}</mark></span></summary>'
        f'<div class="passage" id="{anchor}-{each.number}">{marked_html(each.text, each.sentence)}</div></details>'
    )


def _shows_text(view: TurnView) -> bool:
    return view.finish_reason not in ("withheld", "no_model", "no_evidence", "skipped")


def _ending(view: TurnView, language: Language) -> str:
    name = ENDINGS.get(view.finish_reason or "")
    line = say(language, name) if name else ""
    return f"{line} {sentence(view.problem, language)}".strip() if view.problem else line


def _stage_line(view: TurnView, language: Language) -> str:
    stage: Stage = view.stage
    match stage:
        case "searching" | "evidence" | "queued" | "loading":
            return say(language, "writing" if stage == "evidence" else stage)
        case "writing":
            return "" if view.text else say(language, "writing")
        case "done":
            return ""
        case _:
            assert_never(stage)
