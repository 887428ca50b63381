"""What is meant by a question: the whole of a follow-up, and the kind of answer that it wants.

Takes what was asked and the conversation before it, gives an Understood. Knows no search and no model.
"""

from __future__ import annotations

from ai_chat.answer.fold import answer_of
from ai_chat.answer.history import Past, ids_before
from ai_chat.answer.work import Asking, Understood
from ai_chat.asking.followup import Before, whole_question
from ai_chat.asking.kind import kind_of
from ai_chat.search.query import parse_query

_LOOKED_BACK = 4  # turns


def understand(asking: Asking, past: Past, turn_id: str) -> Understood:
    """The whole question keeps the filters that were typed."""
    before = _before(past, asking.conversation_id, turn_id)
    whole = whole_question(asking.question, before)
    asked = parse_query(whole).text
    gone_on = tuple(before) if whole != asking.question else ()
    return Understood(whole, asked, asking.wish.kind or kind_of(asked), gone_on)


def _before(past: Past, conversation_id: str, turn_id: str) -> list[Before]:
    """The turns before this one, the oldest first, whether an answer was shown or not."""
    told = []
    for each in ids_before(past, conversation_id, turn_id)[-_LOOKED_BACK:]:
        events = past.events(each)
        if events:
            question = events[0].data.get("question", "")
            told.append(Before(question, events[0].data.get("searched_for") or question, answer_of("", events).answer))
    return told
