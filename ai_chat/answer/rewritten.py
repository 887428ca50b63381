"""A follow-up made whole by the model that will answer it.

Takes the loaded model and what rules made of the question, gives what is to be searched for instead, or None. Knows no search.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ai_chat.answer.log import TurnOver
from ai_chat.answer.work import Understood
from ai_chat.asking.rewriting import MOST_TOKENS, accepted_rewrite, rewrite_messages
from ai_chat.search.query import parse_query

if TYPE_CHECKING:
    from ai_chat.llm import Llm, TokenStream


class Rewriting:
    """`run` once; `close` from any thread ends it."""

    def __init__(self, llm: Llm, question: str, meant: Understood, over: Callable[[], bool]) -> None:
        self._llm = llm
        self._question = question
        self._meant = meant
        self._over = over
        self._stream: TokenStream | None = None

    def run(self) -> Understood | None:
        """None where the model says nothing better. TurnOver when the turn was ended meanwhile, MachineError where the model fails."""
        before = self._meant.before
        self._stream = stream = self._llm.stream(rewrite_messages(self._question, before), MOST_TOKENS)
        written = ""
        try:
            for delta in stream:
                self._leave_when_over()
                written += delta.text
            self._leave_when_over()
        finally:
            stream.close()
        whole = accepted_rewrite(written, self._question, before)
        if whole is None or whole == self._meant.whole:
            return None
        return replace(self._meant, whole=whole, asked=parse_query(whole).text)

    def _leave_when_over(self) -> None:
        if self._over():
            raise TurnOver

    def close(self) -> None:
        stream = self._stream
        if stream is not None:
            stream.close()
