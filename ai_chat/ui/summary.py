"""What became of files that were taken in: of a few each by name, of many how many, and every reason why one was not.

Pure: events in, words or HTML with every foreign word escaped out. Knows no Streamlit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ai_chat.types import IngestEvent
from ai_chat.ui.escape import html_text
from ai_chat.ui.strings import Language, say
from ai_chat.ui.uploads import outcome_words

_BY_NAME = 3
_REASONS = 500
_COUNTED = {"added": "sum_added", "updated": "sum_updated", "unchanged": "sum_unchanged"}


def counts_words(events: Sequence[IngestEvent], language: Language) -> str:
    """How many were added, updated, already there, and not read."""
    counts = Counter(str(event.outcome) for event in events if event.outcome)
    parts = [say(language, words, count=f"{counts[name]:,}") for name, words in _COUNTED.items() if counts[name]]
    if counts["failed"]:
        parts.append(say(language, "sum_failed", count=f"{counts['failed']:,}"))
    return " · ".join(parts)


def summary_html(events: Sequence[IngestEvent], language: Language) -> str:
    """ "" while nothing has come of anything."""
    finished = [event for event in events if event.outcome]
    if len(finished) <= _BY_NAME:
        return "".join(f"<p>{html_text(outcome_words(event, language))}</p>" for event in finished)
    failed = [outcome_words(event, language) for event in finished if event.outcome == "failed"]
    told = f'<p class="counts">{html_text(counts_words(events, language))}</p>'
    return told + (_reasons(failed, language) if failed else "")


def _reasons(failed: Sequence[str], language: Language) -> str:
    lines = "".join(f"<li>{html_text(line)}</li>" for line in failed[:_REASONS])
    if len(failed) > _REASONS:
        lines += f"<li>{html_text(say(language, 'more_files', count=len(failed) - _REASONS))}</li>"
    heading = html_text(say(language, "reasons"))
    return f'<details class="reasons" open><summary>{heading}</summary><ul>{lines}</ul></details>'
