"""Files, searches, requests and settings at random: nothing ends the server or shows its insides. 10,000 of them: benchmarks/fuzz.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.fuzzing import Server, configurations, requests, searches, serve_freely, sound, uploads
from tests.program import Program, write_documents


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("fuzzed")
    program = Program(folder / "home")
    assert program("ingest", write_documents(folder / "documents")).code == 0
    with serve_freely(program) as found:
        yield found


@pytest.mark.parametrize(("kind", "times"), [(uploads, 30), (searches, 150), (requests, 150)])
def test_nothing_that_is_sent_is_too_much(kind: Callable[[Server, int], None], times: int, server: Server) -> None:
    kind(server, times)


def test_no_settings_are_too_odd(tmp_path: Path) -> None:
    configurations(tmp_path / "home", 150)


@pytest.mark.parametrize("name", ["\x00.txt", "a\x00b/c.txt", "..", "/", "x" * 300 + ".txt"])
def test_a_name_that_no_file_may_have_is_no_fault_of_the_server(name: str, server: Server) -> None:
    address = f"{server.url}/api/documents"
    answer = httpx.post(address, params={"name": name}, content=b"text", headers=dict(server.headers), timeout=60)
    sound(answer.status_code, answer.text)
