"""Turns as HTML: the question, the state or text of the answer, the evidence cards.

Pure: a TurnView in, HTML with every foreign word escaped out. Knows no Streamlit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import assert_never

from ai_chat.errors.sentences import hint, sentence
from ai_chat.ui.escape import answer_html, html_text, marked_html, snippet_html
from ai_chat.ui.place import page_of, place
from ai_chat.ui.strings import Language, say
from ai_chat.ui.turn import Evidence, Stage, Strength, TurnView
from ai_chat.ui.viewer import view_address
from ai_chat.ui.when import how_long, when

ENDINGS = {"skipped": "skipped", "cancelled": "cancelled"}
"""Words of the endings that come without a Problem."""

_OTHER_MODEL = "answer_withheld"
"""A Problem whose way out is another model: on the page that is the settings, not a command."""

MATCHES: dict[Strength, str] = {"strong": "match_strong", "fair": "match_fair", "weak": "match_weak"}

_SHOWN = 3


def question_html(question: str) -> str:
    return f'<div class="ac question">{html_text(question)}</div>'


def answer_slot_html(view: TurnView, anchor: str, language: Language, now: datetime) -> str:
    """What was searched for and where the answer is from, the answer so far and, where something must be said about it, more lines.

    `now` is the visitor's, in his time zone.
    """
    markers = frozenset(each.number for each in view.evidence)
    text = answer_html(view.text, anchor, markers, view.unsure, view.wrong, say(language, "wrong"))
    above = _notes(_origin_lines(view, language, now), "origin")
    below = _notes(_remarks(view, language), "note")
    return f'<div class="ac answer" aria-live="polite">{above}{text}{below}{_way_out(view, language)}{_bar(view)}</div>'


def _notes(lines: Iterable[str], name: str) -> str:
    return "".join(f'<p class="note {name}" role="status">{html_text(line)}</p>' for line in lines if line)


def _origin_lines(view: TurnView, language: Language, now: datetime) -> Iterator[str]:
    if view.searched_for:
        yield say(language, "searched_for", question=view.searched_for)
    if view.cached is not None:
        made = say(language, "cached", when=when(view.cached.made_at, now, language))
        saved = say(language, "cached_saved", took=how_long(view.cached.saved_seconds, language))
        yield f"{made} · {saved}"


def _remarks(view: TurnView, language: Language) -> Iterator[str]:
    if view.restarted:
        yield say(language, "restarted")
    yield from _ending(view, language) if view.done else (_stage_line(view, language),)
    if view.unsure:
        yield say(language, "unsure")
    if view.done and view.missing and view.finish_reason != "not_found":  # which names it itself
        yield say(language, "missing", missing=", ".join(view.missing))


def _way_out(view: TurnView, language: Language) -> str:
    """A link to the choice of a model where another one would write the answer out."""
    if view.problem is None or view.problem.code != _OTHER_MODEL:
        return ""
    return f'<p class="note"><a href="/settings" target="_self">{html_text(say(language, "welcome_models"))}</a></p>'


def _bar(view: TurnView) -> str:
    if view.done or view.progress is None:
        return ""
    return f'<progress value="{view.progress.done}" max="{view.progress.total}"></progress>'


def evidence_html(view: TurnView, anchor: str, language: Language) -> str:
    """The best cards, the others folded away; the passage of card n can be linked to as `anchor`-n."""
    if not view.evidence:
        return ""
    cards = [_card(each, anchor, language) for each in view.evidence]
    first, rest = "".join(cards[:_SHOWN]), "".join(cards[_SHOWN:])
    name = "nearest" if view.finish_reason == "not_found" else "evidence"
    heading = f'<div class="heading">{html_text(say(language, name))}</div>'
    more = say(language, "more_evidence", count=len(cards) - _SHOWN)
    folded = f'<details class="more"><summary>{more}</summary>{rest}</details>' if rest else ""
    return f'<div class="ac evidence">{heading}{first}{folded}</div>'


def _card(each: Evidence, anchor: str, language: Language) -> str:
    """Closed, the best sentence with a little of what stands around it; open, the whole passage."""
    where = place(each.unit, each.page, language)
    return (
        f'<details class="card"><summary>'
        f'<span class="where"><span class="number">{each.number}</span><b>{html_text(each.document)}</b>'
        f'<span class="unit">{html_text(where)}</span>{_strength(each, language)}</span>'
        f'<span class="best">{snippet_html(each.text, each.sentence)}</span></summary>'
        f'<div class="passage" id="{anchor}-{each.number}">{marked_html(each.text, each.sentence)}</div>'
        f"{_origin(each, language)}{_opener(each, language)}</details>"
    )


def _strength(each: Evidence, language: Language) -> str:
    """In a word: a number would promise more than it knows."""
    if each.strength is None:
        return ""
    return f'<span class="strength {each.strength}">{html_text(say(language, MATCHES[each.strength]))}</span>'


def _opener(each: Evidence, language: Language) -> str:
    """Opens the page itself, with the sentence marked, in a tab of its own."""
    address = html_text(view_address(each.document_id, each.unit, language, each.version_id, (each.start, each.end)))
    words = html_text(say(language, "view_original"))
    return f'<p class="open"><a href="{address}" target="_blank" rel="noopener">{words}</a></p>'


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
        other_model = view.problem.code == _OTHER_MODEL
        return [sentence(view.problem, language), "" if other_model else hint(view.problem, language)]
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
            if view.progress is not None:
                done = min(view.progress.done + 1, view.progress.total)
                return say(language, "summary_progress", done=done, total=view.progress.total)
            return "" if view.text else say(language, "writing")
        case "done":
            return ""
        case _:
            assert_never(stage)
