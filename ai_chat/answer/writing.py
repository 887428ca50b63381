"""One attempt at writing an answer with a loaded model: prompt, decoding, output rules, checks, citations.

Takes what was asked, the hits and what was said before; writes to the turn's log. Knows no queue and no loading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ai_chat.answer.excerpt import exchange_read, passages_read
from ai_chat.answer.history import Said, record_of
from ai_chat.answer.log import TurnLog, TurnOver
from ai_chat.answer.markers import Markers
from ai_chat.answer.output import OutputFilter
from ai_chat.checking.check import check
from ai_chat.checking.support import citations, hopeless, showable
from ai_chat.checking.sure import confidence
from ai_chat.errors import MachineError
from ai_chat.prompt import NOT_FOUND, Prompt, build_prompt
from ai_chat.types import FinishReason, Hit, Problem, Usage

if TYPE_CHECKING:
    from ai_chat.llm import Llm, TokenStream
    from ai_chat.llm.models import ModelInfo

_UNTRUSTED_TOKENS = 160  # an answer that is shown only when borne out is short, or it is rambling
_THINKING_MS = 1000.0  # between two events about thoughts

Ending = tuple[FinishReason, Problem | None]


def prompt_for(
    llm: Llm, info: ModelInfo, max_tokens: int, asked: str, hits: Sequence[Hit], past: Sequence[Said]
) -> Prompt:
    """What a model of its kind reads of the passages, and of what was said before."""
    chat = info.chat_template
    return build_prompt(
        asked,
        passages_read(hits, chat=chat, follow_up=bool(past)),
        llm.count_tokens,
        n_ctx=llm.n_ctx,
        max_tokens=max_tokens if info.trusted else min(max_tokens, _UNTRUSTED_TOKENS),
        chat=chat,
        past=[exchange_read(exchange, chat=chat) for _, exchange in past],
    )


class Writing:
    """`run` once; `close` from any thread ends the decoding. `hits` are what the reader sees, `past` what the prompt was made with.

    What a model that is not trusted writes is shown only as a whole. `shown`: whether the reader has seen some of it; `written`: all
    that the model wrote, with the reader's markers; `logprobs`: of its tokens, where the model tells.
    """

    def __init__(
        self, log: TurnLog, llm: Llm, prompt: Prompt, hits: Sequence[Hit], past: Sequence[Said], info: ModelInfo
    ) -> None:
        self.shown = False
        self.written = ""
        self.logprobs: list[float] = []
        self.usage = Usage(prompt.n_tokens)
        self.first_token_ms: float | None = None
        self._log = log
        self._llm = llm
        self._prompt = prompt
        self._past = past
        self._trusted = info.trusted
        self._measured = info.adapter is not None  # how sure it has to be is known
        self._markers = Markers(prompt, hits)
        self._stream: TokenStream | None = None
        self._thoughts = 0
        self._thought_at = float("-inf")

    def run(self) -> Ending:
        """Raises TurnOver when the turn was ended meanwhile, AiChatError where the model fails."""
        text, reason = self._decode()
        self.written = text.strip()
        if not text.strip() and self._thoughts and reason == "length":
            return "length", Problem("answer_only_thought", {"tokens": self._prompt.max_tokens})
        return self._close_trusted(text, reason) if self._trusted else self._close_untrusted(text.strip(), reason)

    def close(self) -> None:
        stream = self._stream
        if stream is not None:
            stream.close()

    @property
    def passages(self) -> Sequence[Hit]:
        """What the markers of `written` number."""
        return self._markers.passages

    def record(self) -> dict[str, Any] | None:
        """For the conversation's next prompt."""
        return record_of(self._prompt, self._past, self._markers.earlier) if self.shown else None

    def _decode(self) -> tuple[str, FinishReason]:
        """The whole text; that of a trusted model is shown as it comes."""
        reason: FinishReason = "stop"
        output = OutputFilter(self._markers.told, [hit.text for hit in self._prompt.passages])
        whole = ""
        self._stream = stream = self._llm.stream(self._prompt.content, self._prompt.max_tokens, self._prompt.stop)
        try:
            self._leave_when_over()
            for number, delta in enumerate(stream, 1):
                self._leave_when_over()
                if self.first_token_ms is None:
                    self.first_token_ms = self._log.milliseconds()
                self.usage = delta.usage or Usage(self._prompt.n_tokens, number)
                self.logprobs += delta.logprobs
                self._think(delta.thought)
                whole += self._take(output.push(delta.text), whole)
                reason = delta.finish_reason or reason
                if output.ended or (not self._trusted and hopeless(whole)):
                    break
        except MachineError:
            self._take(output.rest(), whole)  # its last words stay, too
            raise
        finally:
            stream.close()
        return whole + self._take(output.rest(), whole), reason

    def _leave_when_over(self) -> None:
        if self._log.over:
            raise TurnOver

    def _think(self, thought: str) -> None:
        """That it thinks, about once a second; what it thinks is nobody's business."""
        if not thought:
            return
        self._thoughts += 1
        now = self._log.milliseconds()
        if now - self._thought_at >= _THINKING_MS:
            self._thought_at = now
            self._log.append("thinking", {"count": self._thoughts})

    def _take(self, piece: str, whole: str) -> str:
        """What comes behind the whole, without white space before the first of it."""
        piece = piece if whole else piece.lstrip()
        if piece and self._trusted:
            self._show(piece)
        return piece

    def _show(self, text: str) -> None:
        self.shown = True
        self._log.text(text)

    def _close_trusted(self, text: str, reason: FinishReason) -> Ending:
        self._check(text)
        if reason == "length":
            return reason, Problem("answer_cut", {"tokens": self._prompt.max_tokens})
        return reason, None if text.strip() else Problem("answer_empty")

    def _close_untrusted(self, text: str, reason: FinishReason) -> Ending:
        """A refusal is no answer to be shown: it is one more sign that there is none."""
        if text in NOT_FOUND.values():
            return "not_found", None
        sureness = confidence(self.logprobs) if self._measured and self.logprobs else None
        if reason == "length" or not showable(text, self._prompt.question, self._markers.passages, sureness):
            return "withheld", Problem("answer_withheld")
        self._show(text)
        self._cite(text)
        return reason, None

    def _check(self, text: str) -> None:
        """With markers taken out or added where the passages say so; what they do not bear out is told."""
        self._log.flush()
        checked = check(text, self._prompt.question, self._markers.numbered)
        if checked.text != text:
            self._log.append("revised", {"text": checked.text})
        for citation in checked.citations:
            self._log.append("citation", asdict(citation))
        for doubt in checked.doubts:
            self._log.append("unsupported", asdict(doubt))

    def _cite(self, text: str) -> None:
        for citation in citations(text, self._markers.passages):
            self._log.append("citation", asdict(citation))
