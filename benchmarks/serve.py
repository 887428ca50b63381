"""The API under load: 50 clients that search while an answer streams, 1,000 connections that rest, and what HTTP adds to a search.

    python benchmarks/serve.py [--clients 50] [--connections 1000] [--chunks 10000] [--seconds 12] [--json]

The real server over documents of its own, by keyword; clients and a model server that writes 20 words a second share its cores. The limits
a caller has (api_rate, api_at_once) are raised, as all clients are one caller here. Overhead: CPU of the server's process a search, less
what the same search takes of a process that has the library open itself, in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from browser import Server, cpu_seconds, free_port, full_home, memory_mb, serving, spread, wait_for_200  # noqa: E402

from ai_chat.app import open_app  # noqa: E402
from ai_chat.config import load_settings  # noqa: E402
from ai_chat.server.keys import open_keys  # noqa: E402
from ai_chat.types import Scope  # noqa: E402
from tests.endpoint_server import CHAT, DONE, EndpointServer, Handler, chunk, llama_server  # noqa: E402

WORDS_A_SECOND = 20
ROUNDS = 5
SEARCHES = 100
OVERHEAD_LIMIT_MS, IDLE_LIMIT_MB = 3.0, 60
_WAIT_S = 60


@dataclass
class Words:
    """Writes for so many seconds."""

    seconds: float

    def __call__(self, handler: Handler) -> None:
        handler.head(200, {"Content-Type": "text/event-stream"})
        begun = time.perf_counter()
        for number in range(round(self.seconds * WORDS_A_SECOND)):
            handler.rest(max(0.0, begun + number / WORDS_A_SECOND - time.perf_counter()))
            handler.wfile.write(chunk("낱말. " if number % 12 == 11 else "낱말 "))
        handler.wfile.write(chunk(finish="stop") + DONE)


@dataclass(frozen=True)
class Door:
    port: int
    key: str

    def request(self, method: str, path: str, body: Any = None, accept: str = "application/json") -> bytes:
        data = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {self.key}\r\n"
            f"Accept: {accept}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        return head.encode() + data

    async def connect(self) -> Line:
        return Line(*await asyncio.open_connection("127.0.0.1", self.port))


@dataclass
class Line:
    """A connection that is kept."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes) -> int:
        """The status, once the body has been read."""
        status, headers = await self.begin(request)
        if "content-length" in headers:
            await self.reader.readexactly(int(headers["content-length"]))
        else:
            while size := int(await self.reader.readline(), 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readline()
        return status

    async def begin(self, request: bytes) -> tuple[int, dict[str, str]]:
        self.writer.write(request)
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
        named = (line.split(":", 1) for line in lines)
        return int(first.split()[1]), {name.lower(): value.strip() for name, value in named}

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


@dataclass
class Load:
    """Milliseconds of each search, and how many came back with which status."""

    milliseconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    async def search(self, line: Line, door: Door, number: int) -> None:
        begun = time.perf_counter()
        self.statuses[await line.ask(door.request("POST", "/api/search", {"query": _words(number), "scope": {}}))] += 1
        self.milliseconds.append((time.perf_counter() - begun) * 1000)

    async def client(self, door: Door, first: int, ended: asyncio.Event) -> None:
        line = await door.connect()
        number = first
        while not ended.is_set():
            await self.search(line, door, number)
            number += 1
        await line.close()


def _words(number: int) -> str:
    return f"관리번호 {7_000_000 + number % 5000}의 담당 부서는 어디인가요?"


async def stream(door: Door, number: int) -> list[float]:
    """Milliseconds between the words of one answer as they come."""
    line = await door.connect()
    status, _ = await line.begin(
        door.request("POST", "/api/ask", {"question": _words(number), "scope": {}}, "text/event-stream")
    )
    assert status == 200, status
    times: list[float] = []
    async with asyncio.timeout(_WAIT_S):
        while told := await line.reader.readline():
            if told.startswith(b"event: delta"):
                times.append(time.perf_counter())
            elif told.startswith(b"event: done"):
                break
    await line.close()
    return [(after - before) * 1000 for before, after in itertools.pairwise(times)]


async def alone(door: Door) -> Load:
    load, line = Load(), await door.connect()
    for number in range(SEARCHES):
        await load.search(line, door, number)
    await line.close()
    assert set(load.statuses) == {200}, load.statuses
    return load


async def loaded(door: Door, clients: int, number: int) -> tuple[Load, list[float]]:
    """An answer that streams while so many search without a pause."""
    load, ended = Load(), asyncio.Event()
    tasks = [asyncio.create_task(load.client(door, 10_000 + 37 * index, ended)) for index in range(clients)]
    try:
        gaps = await stream(door, number)
    finally:
        ended.set()
        await asyncio.gather(*tasks)
    return load, gaps


async def rest(door: Door, count: int, pid: int) -> dict[str, float]:
    """Memory of the server's process before and while so many connections rest, each after a request."""
    before = memory_mb(pid)["rss"]
    lines = []
    for _ in range(count):
        lines.append(await door.connect())
        assert await lines[-1].ask(door.request("GET", "/healthz")) == 200
    held = memory_mb(pid)["rss"]
    for line in lines:
        await line.close()
    return {"before_mb": before, "held_mb": held, "more_mb": round(held - before, 1)}


def overhead(door: Door, pid: int, home: Path) -> dict[str, Any]:
    """CPU milliseconds a search: of the server's process, and of this one over a copy of the library, in turns."""
    copy = home.parent / "copy"  # where no server runs
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("run"))
    with closing(open_app(load_settings({"home": copy, "embedder": "none"}, {}), "read")) as app:
        app.search(_words(0), Scope())
        served, direct = [], []
        for _ in range(ROUNDS):
            before = cpu_seconds(pid)
            asyncio.run(alone(door))
            served.append((cpu_seconds(pid) - before) * 1000 / SEARCHES)
            started = time.process_time()
            for number in range(SEARCHES):
                app.search(_words(number), Scope())
            direct.append((time.process_time() - started) * 1000 / SEARCHES)
    return {
        "served_ms": spread(served),
        "direct_ms": spread(direct),
        "overhead_ms": spread([one - other for one, other in zip(served, direct, strict=True)]),
    }


def measure(clients: int, connections: int, chunks: int, seconds: float) -> dict[str, Any]:
    routes = {**llama_server("words"), CHAT: Words(seconds)}
    with tempfile.TemporaryDirectory() as folder, EndpointServer(routes) as model:
        home, port = Path(folder, "home"), free_port()
        held = full_home(home, chunks)
        keys = open_keys(home / "run", None)
        environ = {
            "AI_CHAT_HOME": str(home),
            "AI_CHAT_LLM_ENDPOINT": model.address,
            "AI_CHAT_EMBEDDER": "none",
            "MAX_TOKENS": "2000",
            "AI_CHAT_API_RATE": "100000",
            "AI_CHAT_API_AT_ONCE": "1000",
        }
        command = ["-m", "ai_chat", "web", "--no-browser", "--port", str(port)]
        with serving(command, f"http://127.0.0.1:{port}/", environ) as server:
            wait_for_200(server, {"cookie": f"ai-chat-{port}={keys.cookie()}"})
            return {"chunks": held, **_measured(server, home, clients, connections)}


def _measured(server: Server, home: Path, clients: int, connections: int) -> dict[str, Any]:
    pid = server.process.pid
    at_start = _has_api(pid)
    door = Door(int(server.url.split(":")[2].strip("/")), _key(home / "run" / "owner.json"))
    asyncio.run(stream(door, 1))  # imports what answers need
    unloaded = asyncio.run(alone(door))
    quiet = asyncio.run(stream(door, 2))
    load, gaps = asyncio.run(loaded(door, clients, 3))
    p50 = statistics.median(unloaded.milliseconds)
    return {
        "clients": clients,
        "searches": len(load.milliseconds),
        "statuses": dict(load.statuses),
        "unloaded_p50_ms": round(p50, 1),
        "loaded_ms": _tail(load.milliseconds),
        "loaded_limit_ms": round(4 * p50 * clients / (os.cpu_count() or 1)),
        "gap_ms": {"alone": _tail(quiet), "loaded": _tail(gaps)},
        "connections": {"count": connections, **asyncio.run(rest(door, connections, pid))},
        "overhead": overhead(door, pid, home),
        "api_imported_at_start": at_start,
        "api_imported_now": _has_api(pid),
    }


def _key(file: Path) -> str:
    """That of the running program, once it has opened the library."""
    end = time.perf_counter() + _WAIT_S
    while not file.exists() and time.perf_counter() < end:
        time.sleep(0.05)
    return str(json.loads(file.read_text("utf-8"))["key"])


def _has_api(pid: int) -> bool:
    """Whether the process holds what FastAPI stands on."""
    return "pydantic_core" in Path(f"/proc/{pid}/maps").read_text()


def _tail(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"p50": round(statistics.median(ordered), 1), "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1)}


def show(report: dict[str, Any]) -> None:
    loaded_ms, gap, idle, over = report["loaded_ms"], report["gap_ms"], report["connections"], report["overhead"]
    print(
        f"{report['chunks']} chunks; {report['clients']} clients, {report['searches']} searches: {report['statuses']}"
    )
    print(f"search alone               p50 {report['unloaded_p50_ms']} ms")
    print(
        f"search while one streams   p50 {loaded_ms['p50']}, p95 {loaded_ms['p95']} ms (goal {report['loaded_limit_ms']})"
    )
    print(f"between two words, p95     alone {gap['alone']['p95']}, loaded {gap['loaded']['p95']} ms (goal 2x)")
    print(
        f"{idle['count']} connections at rest   {idle['more_mb']} MB more than {idle['before_mb']} (goal {IDLE_LIMIT_MB})"
    )
    print(
        f"CPU a search               served {over['served_ms']}, direct {over['direct_ms']}\n"
        f"                           overhead {over['overhead_ms']} ms (goal {OVERHEAD_LIMIT_MS})"
    )
    print(f"FastAPI in the process     at start {report['api_imported_at_start']}, now {report['api_imported_now']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    report = measure(wanted.clients, wanted.connections, wanted.chunks, wanted.seconds)
    print(json.dumps(report)) if wanted.json else show(report)


if __name__ == "__main__":
    main()
