"""Turns as HTML: the question, the state or text of the answer, the evidence cards.

Pure: a TurnView in, HTML with every foreign word escaped out. Knows no Streamlit.
"""

from __future__ import annotations

from typing import assert_never

from ai_chat.errors.sentences import hint, sentence
from ai_chat.ui.escape import answer_html, html_text, marked_html, snippet_html
from ai_chat.ui.place import page_of, place
from ai_chat.ui.strings import Language, say
from ai_chat.ui.turn import Evidence, Stage, TurnView

ENDINGS = {"skipped": "skipped", "cancelled": "cancelled"}
"""Words of the endings that come without a Problem."""


_SHOWN = 3


def question_html(question: str) -> str:
    return f'<div class="ac question">{html_text(question)}</div>'


def answer_slot_html(view: TurnView, anchor: str, language: Language) -> str:
    """The answer so far and, where something must be said about it, one line."""
    markers = frozenset(each.number for each in view.evidence)
    text = answer_html(view.text, anchor, markers, view.unsure)
    lines = _ending(view, language) if view.done else [_stage_line(view, language)]
    if view.restarted:
        lines.insert(0, say(language, "restarted"))
    if view.unsure:
        lines.append(say(language, "unsure"))
    note = "".join(f'<p class="note" role="status">{html_text(line)}</p>' for line in lines if line)
    return f'<div class="ac answer" aria-live="polite">{text}{note}</div>'


def evidence_html(view: TurnView, anchor: str, language: Language) -> str:
    """The best cards, the others folded away; the passage of card n can be linked to as `anchor`-n."""
    if not view.evidence:
        return ""
    cards = [_card(each, anchor, language) for each in view.evidence]
    first, rest = "".join(cards[:_SHOWN]), "".join(cards[_SHOWN:])
    heading = f'<div class="heading">{say(language, "evidence")}</div>'
    more = say(language, "more_evidence", count=len(cards) - _SHOWN)
    folded = f'<details class="more"><summary>{more}</summary>{rest}</details>' if rest else ""
    return f'<div class="ac evidence">{heading}{first}{folded}</div>'


def _card(each: Evidence, anchor: str, language: Language) -> str:
    """Closed, the best sentence with a little of what stands around it; open, the whole passage."""
    where = place(each.unit, each.page, language)
    return (
        f'<details class="card"><summary>'
        f'<span class="where"><span class="number">{each.number}</span><b>{html_text(each.document)}</b>'
        f'<span class="unit">{html_text(where)}</span></span>'
        f'<span class="best">{snippet_html(each.text, each.sentence)}</span></summary>'
        f'<div class="passage" id="{anchor}-{each.number}">{marked_html(each.text, each.sentence)}</div>'
        f"{_origin(each, language)}</details>"
    )


def _origin(each: Evidence, language: Language) -> str:
    """Where it comes from, or where else nearly the same stands."""
    if each.earlier:
        return f'<p class="note">{html_text(say(language, "earlier"))}</p>'
    if not each.same:
        return ""
    places = [f"{other.document} {place(other.unit, page_of(other.unit), language)}" for other in each.same]
    return f'<p class="note">{html_text(say(language, "same", places=", ".join(places)))}</p>'


def _ending(view: TurnView, language: Language) -> list[str]:
    if view.problem is not None:
        return [sentence(view.problem, language), hint(view.problem, language)]
    name = ENDINGS.get(view.finish_reason or "")
    return [say(language, name)] if name else []


def _stage_line(view: TurnView, language: Language) -> str:
    stage: Stage = view.stage
    match stage:
        case "searching":
            return say(language, "searching")
        case "queued":
            return say(language, "queued", before=view.before)
        case "loading":
            return say(language, "loading", percent=round(view.fraction * 100))
        case "thinking":
            return say(language, "thinking", count=view.thoughts)
        case "evidence" | "writing":
            return "" if view.text else say(language, "writing")
        case "done":
            return ""
        case _:
            assert_never(stage)
