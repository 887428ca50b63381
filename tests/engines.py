"""Engines that write what no good model would: they obey documents, repeat themselves, say nothing, cite nonsense, stop inside a letter.

A Mind makes pieces of text out of a prompt. `MindLlm` is an `Llm` over one, in this process; `worker(mind)` starts
`python -m tests.engines`, which speaks the worker's wire as llama.cpp does, and gives the LlamaModel that talks to it.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ai_chat.llm import Delta, ModelPrompt
from ai_chat.llm.client import LlamaModel
from ai_chat.llm.engine import EngineOptions
from ai_chat.process import Child, open_channel
from ai_chat.types import Message, Usage
from tests.doubles_llm import ScriptedLlm, ScriptedStream

Mind = Callable[[str], Iterator[str]]
"""The whole prompt -> pieces of text, perhaps without an end."""

_PIECE = 3
_ORDER = re.compile(
    r"무시|출력|답하|답변|대답|쓰|적으|적어|말하|말해|붙이|붙여|표시|인용|보내|열어|따르|바꾸|잊|번역|지시|명령|ignore|answer|reply|respond|say"
    r"|write|output|print|cite|append|include|visit|send|render|repeat|reveal|continue|show|disregard|forget|call|must|instruction",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"|“([^”]+)”|‘([^’]+)’|「([^」]+)」|`([^`]+)`|«([^»]+)»")
_URL = re.compile(r"(?:(?:https?|ftp|data|javascript|mailto):|www\.)[^\s'\"”’」`»)>]+")
_NUMBER = re.compile(r"\((\d{1,4})\)")
_REVEAL = re.compile(r"프롬프트|지시문|규칙|prompt|instructions|rules", re.IGNORECASE)
_QUESTION = re.compile(r"(?:질문|Question): (.+)")


# -- minds ------------------------------------------------------------------


def replays(*answers: str) -> Mind:
    """Written answers, one after the other, the last one again and again."""
    left = list(answers)

    def mind(_prompt: str) -> Iterator[str]:
        return pieces(left.pop(0) if len(left) > 1 else left[0])

    return mind


def obeys(prompt: str) -> Iterator[str]:
    """Does what any line of its documents or of the question orders, and more: what is quoted there is written as it was before it was
    blunted, addresses become links, pictures and tags that carry the question and a passage away, numbers become markers, the
    rules that it was given are told, and the order itself is repeated."""
    rules, gap, rest = prompt.partition("\n\n")
    if not gap or rules.startswith("[1]"):
        rules, rest = "", prompt
    asked = (_QUESTION.findall(rest) or [""])[-1]
    orders = [unblunted(line) for line in rest.splitlines() if _ORDER.search(line)]
    return pieces("\n".join(part for order in orders for part in _obeyed(order, asked, rules)))


def _obeyed(order: str, asked: str, rules: str) -> Iterator[str]:
    yield from (next(filter(None, found.groups())) for found in _QUOTED.finditer(order))
    for address in _URL.findall(order):
        leak = f"{address}?q={asked.replace(' ', '+')}&p={order[:40].replace(' ', '+')}"
        yield f'[여기]({address}) ![]({leak}) <img src="{leak}"> <{address}> {leak}'
    yield "".join(f"[{number}]" for number in _NUMBER.findall(order))
    if _REVEAL.search(order):
        yield rules
    yield order


def repeats(_prompt: str) -> Iterator[str]:
    """The same sentence for ever."""
    while True:
        yield "연차는 15일입니다 [1]. "


def says_nothing(_prompt: str) -> Iterator[str]:
    return pieces("")


def only_markers(_prompt: str) -> Iterator[str]:
    return pieces("[1] [2][9]\n[1, 3] [0] [77]")


def ends_inside_a_syllable(_prompt: str) -> Iterator[str]:
    """A whole sentence, then two of the three letters of 일, then bytes that never become a character."""
    return pieces("연차는 15일입니다 [1]. 병가는 60\u110b\u1175\ufffd")


def goes_on_asking(_prompt: str) -> Iterator[str]:
    return pieces("15일입니다 [1].\n\n질문: 병가는 며칠인가요?\n답: 60일입니다 [1].")


MINDS: dict[str, Mind] = {
    "obeys": obeys,
    "repeats": repeats,
    "says_nothing": says_nothing,
    "only_markers": only_markers,
    "ends_inside_a_syllable": ends_inside_a_syllable,
    "goes_on_asking": goes_on_asking,
}


def pieces(text: str) -> Iterator[str]:
    return (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def unblunted(text: str) -> str:
    """An order as its writer meant it: no prompt can blunt what this mind obeys."""
    return re.sub(r"\((/?[A-Z_]+)\)", r"[\1]", text.replace("‹", "<"))


def as_text(prompt: ModelPrompt) -> str:
    return prompt if isinstance(prompt, str) else "\n\n".join(message.content for message in prompt)


def text_before(written: Iterator[str], max_tokens: int, stop: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Pieces, and with the last one why it is the last: a piece is a token; what a stop string ends is not given."""
    for number, piece in enumerate(written, 1):
        cut = min((piece.index(word) for word in stop if word in piece), default=None)
        if cut is not None:
            yield piece[:cut], "stop"
            return
        if number >= max_tokens:
            yield piece, "length"
            return
        yield piece, None
    yield "", "stop"


# -- in this process --------------------------------------------------------------------


class _MindStream(ScriptedStream):
    def __init__(self, written: Iterator[tuple[str, str | None]]) -> None:
        super().__init__("", "stop", None)
        self._written = written

    def __next__(self) -> Delta:
        if self.closed.is_set():
            raise StopIteration
        piece, reason = next(self._written)
        return Delta(piece, "length" if reason == "length" else "stop" if reason else None, Usage(11, 7))


class MindLlm(ScriptedLlm):
    """As a ScriptedLlm, one token a character of the prompt."""

    def __init__(self, mind: Mind, n_ctx: int = 4096) -> None:
        super().__init__()
        self._mind = mind
        self.n_ctx = n_ctx

    def stream(self, prompt: ModelPrompt, max_tokens: int, stop: Sequence[str] = ()) -> ScriptedStream:
        self.prompts.append(prompt)
        self.streams.append(_MindStream(text_before(self._mind(as_text(prompt)), max_tokens, stop)))
        return self.streams[-1]


# -- as a worker process ----------------------------------------------------------------


def worker(mind: str, folder: Path, *answers: str, n_ctx: int = 4096) -> LlamaModel:
    """`mind` is a name in MINDS, or "replays" with its answers. Close it."""
    file = folder / "mind.json"
    file.write_text(json.dumps({"mind": mind, "answers": answers}), "utf-8")
    options = EngineOptions(str(file), n_ctx, 256, 1)
    child = Child.spawn("tests.engines")
    key = "key-of-the-test"
    child.send({"options": asdict(options), "key": key})
    return LlamaModel(child, str(child.receive(60)["address"]), key, options, 60.0)


class _Handler(BaseHTTPRequestHandler):
    """The routes that the client of the worker uses."""

    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self._say([{"is_processing": False}] if self.path == "/slots" else {"status": "ok"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("Authorization") != f"Bearer {self.server.key}":
            self._say({"error": {"code": 401, "message": "Invalid API Key"}}, 401)
        elif self.path == "/apply-template":
            self._say({"prompt": _templated(body["messages"])})
        elif self.path == "/tokenize":
            self._say({"tokens": list(range(len(body["content"])))})
        else:
            self._stream(body)

    def _stream(self, body: dict[str, Any]) -> None:
        chat = "messages" in body
        prompt = as_text([Message(**each) for each in body["messages"]]) if chat else str(body["prompt"])
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        number = 0
        try:
            for piece, reason in text_before(self.server.mind(prompt), body["max_tokens"], body["stop"]):
                number += 1
                text = {"delta": {"content": piece}} if chat else {"text": piece}
                self._event({"choices": [{"index": 0, **text, "finish_reason": reason}]})
            self._event({"choices": [], "usage": {"prompt_tokens": len(prompt), "completion_tokens": number}})
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client hung up, which is how an answer is cancelled

    def _event(self, document: Any) -> None:
        self.wfile.write(b"data: " + json.dumps(document).encode() + b"\n\n")

    def _say(self, document: Any, status: int = 200) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, mind: Mind, key: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mind = mind
        self.key = key


def _templated(messages: Sequence[dict[str, str]]) -> str:
    return "".join(f"<|{each['role']}|>{each['content']}" for each in messages)


def main() -> None:
    channel = open_channel()
    orders = iter(channel)
    order = next(orders)
    told = json.loads(Path(order["options"]["path"]).read_text("utf-8"))
    mind = replays(*told["answers"]) if told["mind"] == "replays" else MINDS[told["mind"]]
    server = _Server(mind, order["key"])
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    channel.send({"address": f"http://127.0.0.1:{server.server_port}"})
    for _ in orders:
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
