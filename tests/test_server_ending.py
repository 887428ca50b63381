"""The real server while many use it: told to end amid an answer and searches; and several admins at the same document."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.endpoint_server import CHAT, EndpointServer, Handler, chunk, llama_server
from tests.fuzzing import FREE, serve_freely
from tests.patience import eventually
from tests.program import Program, write_documents

WEB = ("web", "--no-browser", "--port", "0")
ADMINS = 8


def endlessly(handler: Handler) -> None:
    handler.head(200, {"Content-Type": "text/event-stream"})
    for _ in range(600):
        handler.wfile.write(chunk("15일 "))
        handler.rest(0.1)


@pytest.fixture
def filled(program: Program, tmp_path: Path) -> Program:
    assert program("ingest", write_documents(tmp_path / "documents")).code == 0
    return program


def test_told_to_end_it_finishes_what_it_can_and_says_so_of_the_rest(filled: Program) -> None:
    with EndpointServer({**llama_server("double"), CHAT: endlessly}) as model:
        environ = {**FREE, "AI_CHAT_LLM_ENDPOINT": model.address}
        process = filled.with_environ(**environ).start(*WEB)
        try:
            assert process.stdout
            found = re.search(r"http://[^/\s]+", process.stdout.readline())
            assert found
            owner = filled.home / "run" / "owner.json"
            eventually(owner.exists)
            headers = {"Authorization": f"Bearer {json.loads(owner.read_text('utf-8'))['key']}"}
            words, told = _answer(found.group(), headers), Counter[int | str]()
            users = [_until_refused(found.group(), headers, told) for _ in range(4)]
            eventually(lambda: "event: delta" in words and told[200] > 8)
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(60) in (0, -signal.SIGTERM)
            for user in users:
                user.join(60)
            eventually(lambda: words[-1] == "closed")
        finally:
            process.kill()
            process.communicate()
    assert set(told) <= {200, 503, "closed"}, told
    assert any('"answer_interrupted"' in word for word in words), words[-5:]
    assert filled("index", "verify").code == 0
    assert filled("search", "연차휴가").code == 0


def _answer(url: str, headers: dict[str, str]) -> list[str]:
    """The lines of a Turn as they come, and `closed`."""
    lines: list[str] = []
    wanted = {**headers, "Accept": "text/event-stream"}

    def read() -> None:
        try:
            body = {"question": "연차휴가는 며칠인가요?", "scope": {}}
            with httpx.stream("POST", f"{url}/api/ask", json=body, headers=wanted, timeout=60) as answer:
                lines.extend(answer.iter_lines())
        finally:
            lines.append("closed")

    threading.Thread(target=read, daemon=True).start()
    return lines


def _until_refused(url: str, headers: dict[str, str], told: Counter[int | str]) -> threading.Thread:
    """Searches one after the other until nobody is there, and counts how they ended."""

    def search() -> None:
        while True:
            body = {"query": "연차휴가", "scope": {}}
            try:
                told[httpx.post(f"{url}/api/search", json=body, headers=headers, timeout=60).status_code] += 1
            except httpx.HTTPError:
                told["closed"] += 1
                return

    thread = threading.Thread(target=search, daemon=True)
    thread.start()
    return thread


def test_admins_who_remove_and_take_back_the_same_document_at_once(filled: Program) -> None:
    with serve_freely(filled) as server:
        client = httpx.Client(base_url=f"{server.url}/api", headers=dict(server.headers), timeout=60)

        def names() -> set[str]:
            listed = client.post("/documents/page", json={"scope": {}, "query": {}}).json()["documents"]
            return {each["name"] for each in listed}

        listed = client.post("/documents/page", json={"scope": {}, "query": {}}).json()["documents"]
        one, *others = listed
        body = {"ids": [one["id"]]}

        def send(route: str) -> Callable[[int], int]:
            return lambda _number: client.post(route, json=body).status_code

        with ThreadPoolExecutor(ADMINS) as admins:
            removed = list(admins.map(send("/documents/remove"), range(ADMINS)))
            assert names() == {each["name"] for each in others}
            restored = list(admins.map(send("/documents/restore"), range(ADMINS)))
            assert names() == {each["name"] for each in listed}
            mixed = [*admins.map(lambda n: send(f"/documents/{('remove', 'restore')[n % 2]}")(n), range(4 * ADMINS))]
        assert set(removed) | set(restored) | set(mixed) <= {200, 404, 422}, (removed, restored, mixed)
        assert 200 in removed and 200 in restored
        client.post("/documents/restore", json=body)
        found = client.post("/search", json={"query": one["name"], "scope": {}})
        assert found.status_code == 200
        client.close()
    assert filled("index", "verify").code == 0
