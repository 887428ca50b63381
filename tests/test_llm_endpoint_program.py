"""The whole program with an endpoint: a question on the command line, what is sent, and where the key is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.endpoint_server import CHAT, EndpointServer, answers, hangs, html, lists, llama_server
from tests.program import Program, write_documents

KEY = "sk-geheim-123"
QUESTION = "연차휴가는 며칠인가요?"


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    with EndpointServer({**llama_server("double"), CHAT: answers("연차휴가는 15일", "입니다 [1].")}) as running:
        yield running


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("asked")
    program = Program(folder / "home")
    assert program("ingest", write_documents(folder / "documents")).code == 0
    return program


def asking(filled: Program, address: str, **more: str) -> Program:
    return filled.with_environ(AI_CHAT_LLM_ENDPOINT=address, AI_CHAT_LLM_KEY=KEY, **more)


def test_a_question_is_answered_by_the_endpoint(filled: Program, server: EndpointServer) -> None:
    done = asking(filled, server.address)("ask", QUESTION, "--json")
    assert done.code == 0, done.err
    assert done.json["answer"] == "연차휴가는 15일입니다 [1]."
    (asked,) = server.asked(CHAT)
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert set(asked.body) == {
        "model", "messages", "chat_template_kwargs", "max_tokens", "temperature", "stream", "stream_options",
    }  # fmt: skip
    assert QUESTION in asked.body["messages"][-1]["content"]


def test_the_key_is_in_nothing_that_is_printed_or_kept(filled: Program, server: EndpointServer) -> None:
    told = asking(filled, server.address)
    outputs = [told(*words) for words in (["ask", QUESTION], ["config"], ["config", "--json"], ["models", "show"])]
    outputs.append(asking(filled, server.address + "/wrong")("ask", QUESTION))
    assert all(KEY not in done.out + done.err for done in outputs)
    kept = [path for path in filled.home.rglob("*") if path.is_file()]
    assert kept and not [path for path in kept if KEY.encode() in path.read_bytes()]


def test_a_question_that_leaves_the_machine_is_said_to(filled: Program, server: EndpointServer) -> None:
    elsewhere = asking(filled, server.address.replace("127.0.0.1", "0.0.0.0"), AI_CHAT_ALLOW_REMOTE="1")
    done = elsewhere("ask", QUESTION)
    assert [line for line in done.err.splitlines() if "0.0.0.0" in line] and "15일" in done.out
    assert "0.0.0.0" not in elsewhere("ask", "--no-llm", QUESTION).err
    assert "127.0.0.1" not in asking(filled, server.address)("ask", QUESTION).err


@pytest.mark.parametrize("word", ["ask", "config", "models"])
def test_another_machine_is_not_asked_unless_allowed(filled: Program, server: EndpointServer, word: str) -> None:
    """0.0.0.0 leads to this machine, but is none of its loopback addresses."""
    words = {"ask": ["ask", QUESTION], "config": ["config"], "models": ["models", "show"]}[word]
    done = asking(filled, server.address.replace("127.0.0.1", "0.0.0.0"))(*words)
    assert server.asked() == []
    if word != "config":
        assert "AI_CHAT_ALLOW_REMOTE=1" in done.out + done.err


def test_a_server_that_is_no_model_server_leaves_the_evidence(filled: Program) -> None:
    for reply, words in ((html(), "usually ends with /v1"), (lists(), "AI_CHAT_LLM_MODEL")):
        with EndpointServer({"GET /v1/models": reply}) as server:
            done = asking(filled, server.address)("ask", QUESTION)
        assert "15일" in done.out
        assert words in done.out + done.err


def test_a_search_asks_no_endpoint(filled: Program) -> None:
    with EndpointServer({"GET /v1/models": hangs}) as server:
        assert asking(filled, server.address)("search", QUESTION).code == 0
        assert asking(filled, server.address)("ask", QUESTION, "--no-llm").code == 0
        assert server.asked() == []
