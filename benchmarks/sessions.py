"""Many sessions that ask at once, without browsers: what the page's server takes when its visitors have machines of their own.

    python benchmarks/sessions.py [--sessions 20] [--rounds 3] [--json]

Each session is a websocket that speaks the page's protocol as a browser does, the timed repaints included, all in one small process;
the real server over the samples, no model. Milliseconds from the sending of a question to the receipt of its evidence. Twenty real
browsers on the server's own cores are benchmarks/browsers.py.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from browser import cpu_seconds, free_port, memory_mb, serving, wait_for_200
from browsers import question
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from ai_chat.server.keys import open_keys

P95_LIMIT_MS, MEMORY_LIMIT_MB = 1500, 160
WAIT_S = 60
EVIDENCE, QUESTION = 'class="ac evidence"', 'class="ac question"'


class Session:
    """A visitor: what was sent to him is kept by its place on the page, newer over older."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._query = self._page = self._box = ""
        self._fragments: dict[str, asyncio.Task[None]] = {}
        self._asked: tuple[str, float] | None = None
        self._place: tuple[int, ...] | None = None
        self.shown = asyncio.Event()
        self.ready = asyncio.Event()
        self.milliseconds: list[float] = []
        self.questions: set[str] = set()

    async def run(self) -> None:
        """Until the socket is closed."""
        await self._rerun()
        async for raw in self._socket:
            assert isinstance(raw, bytes)
            message = ForwardMsg()
            message.ParseFromString(raw)
            self._take(message)

    async def ask(self, text: str) -> None:
        self.shown.clear()
        self._place = None
        self._asked = text, time.perf_counter()
        await self._rerun(text)
        await asyncio.wait_for(self.shown.wait(), WAIT_S)

    def close(self) -> None:
        for task in self._fragments.values():
            task.cancel()

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self._repeat(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop(fragment)
        elif kind == "delta" and message.delta.HasField("new_element"):
            self._see(message.delta.new_element, tuple(message.metadata.delta_path))

    def _see(self, element: Any, place: tuple[int, ...]) -> None:
        if element.HasField("chat_input"):
            self._box = element.chat_input.id
            self.ready.set()
        body = element.html.body if element.HasField("html") else ""
        if QUESTION in body:
            self.questions.add(body)
        if self._asked is None:
            return
        text, since = self._asked
        if QUESTION in body and text in body:
            self._place = place
        elif EVIDENCE in body and self._place is not None and place > self._place:
            self.milliseconds.append((time.perf_counter() - since) * 1000)
            self._asked = None
            self.shown.set()

    async def _rerun(self, text: str = "", fragment: str = "") -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self._query, self._page
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        state.context_info.locale, state.context_info.timezone = "ko-KR", "Asia/Seoul"
        if text:
            state.widget_states.widgets.add(id=self._box).chat_input_value.data = text
        await self._socket.send(message.SerializeToString())

    def _repeat(self, fragment: str, seconds: float) -> None:
        self._stop(fragment)
        self._fragments[fragment] = asyncio.create_task(self._repaint(fragment, seconds))

    async def _repaint(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._rerun(fragment=fragment)

    def _stop(self, fragment: str) -> None:
        if fragment in self._fragments:
            self._fragments.pop(fragment).cancel()


@dataclass(frozen=True, slots=True)
class Visit:
    """CPU seconds of the page's process for each question, a figure a round; its memory in MB while all are there."""

    sessions: list[Session]
    seconds: list[float]
    memory: dict[str, float]


async def visit(port: int, cookie: str, pid: int, count: int, rounds: int) -> Visit:
    headers = {"Cookie": f"ai-chat-{port}={cookie}", "Origin": f"http://127.0.0.1:{port}"}
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    sockets = [
        await connect(address, additional_headers=headers, subprotocols=[Subprotocol("streamlit")], max_size=None)
        for _ in range(count)
    ]
    sessions = [Session(socket) for socket in sockets]
    tasks = [asyncio.create_task(session.run()) for session in sessions]
    try:
        await asyncio.wait_for(asyncio.gather(*(session.ready.wait() for session in sessions)), WAIT_S)
        await asyncio.sleep(5)  # all have painted
        seconds = []
        for number in range(rounds):
            before = cpu_seconds(pid)
            await asyncio.gather(*(session.ask(question(index, number)) for index, session in enumerate(sessions)))
            seconds.append((cpu_seconds(pid) - before) / count)
            await asyncio.sleep(4)  # until the refused answers are painted
    finally:
        for session, task in zip(sessions, tasks, strict=True):
            session.close()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        memory = memory_mb(pid)
        await asyncio.gather(*(socket.close() for socket in sockets))
    return Visit(sessions, seconds, memory)


def report_of(done: Visit, rounds: int) -> dict[str, Any]:
    sessions = done.sessions
    times = sorted(each for session in sessions for each in session.milliseconds)
    mine = [
        [question(index, number) in "".join(session.questions) for number in range(rounds)]
        for index, session in enumerate(sessions)
    ]
    own = sum(len(session.questions) == rounds and all(found) for session, found in zip(sessions, mine, strict=True))
    return {
        "sessions": len(sessions),
        "rounds": rounds,
        "evidence_ms": {"p50": round(statistics.median(times)), "p95": round(times[math.ceil(0.95 * len(times)) - 1])},
        "cpu_ms_a_question": round(statistics.median(done.seconds) * 1000),
        "with_others_questions": len(sessions) - own,
        "page_process_mb": done.memory,
    }


def measure(count: int, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder, "home"), free_port()
        keys = open_keys(home / "run", None)
        environ = {"AI_CHAT_HOME": str(home), "AI_CHAT_MODEL": str(home / "none.gguf")}
        url = f"http://127.0.0.1:{port}/"
        with serving(["-m", "ai_chat", "web", "--no-browser", "--port", str(port)], url, environ) as server:
            wait_for_200(server, {"cookie": f"ai-chat-{port}={keys.cookie()}"})
            asyncio.run(visit(port, keys.cookie(), server.process.pid, 1, 0))  # opens the program and reads the samples
            time.sleep(10)
            return report_of(asyncio.run(visit(port, keys.cookie(), server.process.pid, count, rounds)), rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.sessions, given.rounds)
    if given.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    evidence, memory = found["evidence_ms"], found["page_process_mb"]
    print(
        f"{found['sessions']} sessions, {found['rounds']} questions each; {found['with_others_questions']} were sent others' questions"
    )
    print(f"evidence: p50 {evidence['p50']} ms, p95 {evidence['p95']} ms (goal {P95_LIMIT_MS})")
    print(
        f"page process: {found['cpu_ms_a_question']} CPU ms a question; {memory['rss']} MB at the end (goal {MEMORY_LIMIT_MB})"
    )


if __name__ == "__main__":
    main()
