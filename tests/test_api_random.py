"""The API asked at random by its own description: what fits it, and what does not. A 503 says what this machine lacks; nothing else is
a fault of the server, and nothing shows its insides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from tests.browser import serving
from tests.patience import eventually
from tests.program import Program, write_documents

TIMES = 6  # of each route, each way
FREE = {"AI_CHAT_API_RATE": "1000000", "AI_CHAT_API_AT_ONCE": "1000"}


@contextmanager
def asked(program: Program) -> Iterator[tuple[str, dict[str, str]]]:
    """Without a model; the address, and the headers that open it."""
    command = ["-m", "ai_chat", "web", "--no-browser", "--port", "0"]
    with serving(command, program.home, AI_CHAT_MODEL=str(program.home / "no.gguf"), **FREE) as url:
        owner = program.home / "run" / "owner.json"
        eventually(owner.exists)
        key = json.loads(owner.read_text("utf-8"))["key"]
        yield url.split("/?")[0], {"Authorization": f"Bearer {key}"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("random")
    program = Program(folder / "home")
    assert program("ingest", write_documents(folder / "documents")).code == 0
    with asked(program) as found:
        yield found


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
@pytest.mark.parametrize("api", ["/api", "/v1"])
def test_no_request_is_a_fault_of_the_server(
    server: tuple[str, dict[str, str]], api: str, mode: GenerationMode
) -> None:
    url, headers = server
    routes = 0
    for found in schemathesis.openapi.from_url(f"{url}{api}/openapi.json", headers=headers).get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        try:
            ask_often(operation, mode, url, headers)
        except Unsatisfiable:  # a route that takes nothing, or any text
            assert mode is GenerationMode.NEGATIVE and not operation.body
        else:
            routes += 1
    assert routes >= {"/api": 25, "/v1": 2}[api]


def ask_often(operation: Any, mode: GenerationMode, url: str, headers: dict[str, str]) -> None:
    checks = list(HealthCheck)

    @settings(max_examples=TIMES, deadline=None, database=None, derandomize=True, suppress_health_check=checks)
    @given(case=operation.as_strategy(mode))
    def ask(case: Case[Any]) -> None:
        answer = case.call(headers=headers, timeout=20)
        told = answer.text
        assert answer.status_code < 500 or (answer.status_code == 503 and "error" in json.loads(told)), operation.label
        assert "Traceback" not in told and "site-packages" not in told
        if operation.path == "/ingest/pause":  # else all that is read afterwards waits
            httpx.post(f"{url}/api/ingest/pause", json={"paused": False}, headers=headers)

    ask()
