"""The API asked at random by its own description: what fits it, and what does not. A 503 says what this machine lacks; nothing else is
a fault of the server, and nothing shows its insides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from tests.fuzzing import Server, serve_freely, sound
from tests.program import Program, write_documents

TIMES = 6  # of each route, each way


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("random")
    program = Program(folder / "home")
    assert program("ingest", write_documents(folder / "documents")).code == 0
    with serve_freely(program) as found:
        yield found


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
@pytest.mark.parametrize("api", ["/api", "/v1"])
def test_no_request_is_a_fault_of_the_server(server: Server, api: str, mode: GenerationMode) -> None:
    url, headers = server.url, dict(server.headers)
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
        sound(answer.status_code, answer.text)
        if operation.path == "/ingest/pause":  # else all that is read afterwards waits
            httpx.post(f"{url}/api/ingest/pause", json={"paused": False}, headers=headers)

    ask()
