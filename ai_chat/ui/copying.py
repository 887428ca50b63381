"""The button that copies an answer: its text with where the passages stand that it cites.

Pure: a TurnView in, text or HTML out. The copying itself is page.js, in the browser; no permission is asked for.
"""

from __future__ import annotations

import re

from ai_chat.ui.escape import html_text
from ai_chat.ui.place import place
from ai_chat.ui.strings import Language, say
from ai_chat.ui.turn import TurnView

_MARKER = re.compile(r"\[(\d{1,2})\]")


def answer_text(view: TurnView, language: Language) -> str:
    """The answer, then a line for each passage that it cites."""
    cited = {int(number) for number in _MARKER.findall(view.text)}
    places = [
        f"[{each.number}] {each.document}, {place(each.unit, each.page, language)}"
        for each in view.evidence
        if each.number in cited
    ]
    return "\n".join([view.text.strip(), *([""] if places else []), *places])


def copy_html(text: str, language: Language) -> str:
    """A button for page.js, which puts one of its words in its place when it is pressed."""
    copy, copied, failed = (html_text(say(language, name)) for name in ("copy", "copied", "copy_failed"))
    return (
        f'<div class="ac"><button type="button" class="copy" title="{copy}" data-copy="{html_text(text)}"'
        f' data-copied="{copied}" data-failed="{failed}"><span class="symbol" aria-hidden="true">content_copy</span>'
        f'<span class="said" role="status"></span><span class="name">{copy}</span></button></div>'
    )
