"""The API as the official `openai` client uses it, against the real server and a model server that writes as it is told to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from ai_chat.server.openai.telling import Teller
from ai_chat.server.openai.threads import Threads
from ai_chat.types import Event
from tests.browser import serving
from tests.endpoint_server import CHAT, EndpointServer, Handler, answers, chunk, llama_server
from tests.patience import eventually
from tests.program import Program, write_documents

QUESTION = "연차휴가는 며칠인가요?"
WRITTEN = "연차휴가는 15일입니다 [1]."


def slowly(handler: Handler) -> None:
    """Words without an end, until the reader goes away."""
    handler.head(200, {"Content-Type": "text/event-stream"})
    for _ in range(600):
        handler.wfile.write(chunk("15일 "))
        handler.wfile.flush()
        handler.rest(0.1)


@dataclass(frozen=True)
class Api:
    url: str
    key: str
    model: EndpointServer

    def client(self, key: str | None = None) -> openai.OpenAI:
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key=key or self.key, max_retries=0)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, headers={"Authorization": f"Bearer {self.key}"}, timeout=60)

    def post(self, body: bytes, kind: str = "application/json") -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        return httpx.post(f"{self.url}/v1/chat/completions", content=body, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("api")
    program = Program(folder / "home")
    assert program("ingest", write_documents(folder / "documents")).code == 0
    return program


@pytest.fixture(scope="module")
def api(filled: Program) -> Iterator[Api]:
    replies = {**llama_server("double"), CHAT: [answers("연차휴가는 15일", "입니다 [1].")]}
    with (
        EndpointServer(replies) as model,
        serving(
            ["-m", "ai_chat", "web", "--no-browser", "--port", "0"], filled.home, AI_CHAT_LLM_ENDPOINT=model.address
        ) as url,
    ):
        owner = filled.home / "run" / "owner.json"
        eventually(owner.exists)
        yield Api(url.split("/?")[0], json.loads(owner.read_text("utf-8"))["key"], model)


def test_the_models_are_the_chat_and_the_embedding(api: Api) -> None:
    client = api.client()
    assert [model.id for model in client.models.list()] == ["ai-chat", "ai-chat-embedding"]
    assert client.models.retrieve("ai-chat").object == "model"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")


def test_an_answer_comes_whole_with_its_evidence(api: Api) -> None:
    told = api.client().chat.completions.create(model="ai-chat", messages=[{"role": "user", "content": QUESTION}])
    assert (told.choices[0].message.content, told.choices[0].finish_reason) == (WRITTEN, "stop")
    assert told.usage and told.usage.total_tokens == told.usage.prompt_tokens + told.usage.completion_tokens > 0
    ours = (told.model_extra or {})["ai_chat"]
    assert ours["citations"][0]["quote"] in ours["evidence"][0]["text"]
    assert ours["evidence"][0]["document"] == "취업규칙.md"


def test_an_answer_comes_in_pieces_with_the_evidence_before_it(api: Api) -> None:
    text, ours, used = "", [], None
    with api.client().chat.completions.create(
        model="ai-chat",
        messages=[{"role": "user", "content": "출근한 직원에게 연차휴가를 얼마나 주나요?"}],
        stream=True,
        stream_options={"include_usage": True},
        temperature=0.3,
    ) as stream:
        for each in stream:
            if found := (each.model_extra or {}).get("ai_chat"):
                ours.append((text, found))
            text += (each.choices[0].delta.content or "") if each.choices else ""
            used = each.usage or used
    assert text == WRITTEN and used and used.completion_tokens
    assert ours[0][0] == "" and ours[0][1]["evidence"][0]["document"] == "취업규칙.md"
    assert ours[-1][1]["answer"] == WRITTEN and ours[-1][1]["citations"]


def test_what_was_said_before_is_the_conversation(api: Api) -> None:
    client = api.client()
    asked = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "연차휴가는 며칠 주나요?"}]
    first = client.chat.completions.create(model="ai-chat", messages=asked)  # type: ignore[arg-type]
    said = {"role": "assistant", "content": first.choices[0].message.content}
    more = [*asked, said, {"role": "user", "content": "그럼 남은 휴가는?"}]
    second = client.chat.completions.create(model="ai-chat", messages=more)  # type: ignore[arg-type]
    ours = [(told.model_extra or {})["ai_chat"] for told in (first, second)]
    assert ours[0]["conversation_id"] == ours[1]["conversation_id"]
    again = client.chat.completions.create(model="ai-chat", messages=asked)  # type: ignore[arg-type]
    assert (again.model_extra or {})["ai_chat"]["conversation_id"] != ours[0]["conversation_id"]


def test_where_to_look_and_evidence_alone(api: Api) -> None:
    before = len(api.model.asked(CHAT))
    only = {"search_only": True, "collection": "documents", "filters": {"type": "txt"}}
    told = api.client().chat.completions.create(
        model="ai-chat", messages=[{"role": "user", "content": "When is the boiler inspected?"}], extra_body=only
    )
    assert told.choices[0].message.content and "[1] notice.txt" in told.choices[0].message.content
    assert len(api.model.asked(CHAT)) == before
    documents = {hit["document"] for hit in (told.model_extra or {})["ai_chat"]["evidence"]}
    assert documents <= {"notice.txt", "구형공지.txt"}


@pytest.mark.parametrize(
    ("given", "param", "code"),
    [
        ({"model": "gpt-4o"}, "model", "model_not_found"),
        ({"messages": []}, "messages", None),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "messages", None),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]},
            "messages",
            None,
        ),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "messages.role", None),
        ({"n": 3}, "n", None),
        ({"extra_body": {"collection": "nowhere"}}, None, "collection_unknown"),
        ({"extra_body": {"filters": {"colour": "red"}}}, "filters", None),
        ({"extra_body": {"filters": {"after": "yesterday"}}}, None, "filter_invalid"),
    ],
)
def test_what_cannot_be_asked_is_said_in_their_shape(
    api: Api, given: dict[str, object], param: str | None, code: str | None
) -> None:
    asked = {"model": "ai-chat", "messages": [{"role": "user", "content": QUESTION}], **given}
    with pytest.raises(openai.APIStatusError) as caught:
        api.client().chat.completions.create(**asked)  # type: ignore[call-overload]
    assert caught.value.status_code == (404 if code == "model_not_found" else 400)
    error = caught.value.body
    assert isinstance(error, dict) and error["type"] == "invalid_request_error"
    assert (error["param"], error["code"]) == (param, code) and error["message"]


def test_a_key_that_opens_nothing_is_an_authentication_error(api: Api) -> None:
    with pytest.raises(openai.AuthenticationError):
        api.client("sk-wrong").models.list()


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe{}", b"[" * 100_000, b'{"a":' * 5_000, b'"text"', b"null"])
def test_a_body_that_is_no_request_is_refused_and_not_repeated(api: Api, body: bytes) -> None:
    told = api.post(body)
    assert told.status_code == 400
    assert set(told.json()["error"]) == {"message", "type", "param", "code"}
    assert len(told.content) < 300


def test_unknown_fields_are_left_alone_and_another_content_type_is_refused(api: Api) -> None:
    asked = {
        "model": "ai-chat",
        "messages": [{"role": "user", "content": QUESTION, "mood": "good"}],
        "seed": 7,
        "color": [1],
    }
    assert api.post(json.dumps(asked).encode()).status_code == 200
    assert api.post(json.dumps(asked).encode(), "text/plain").status_code == 400


def test_embeddings_are_numbers_or_their_bytes(api: Api) -> None:
    client = api.client()
    plain = client.embeddings.create(model="ai-chat-embedding", input=["연차휴가", "boiler"], encoding_format="float")
    coded = client.embeddings.create(model="ai-chat-embedding", input="연차휴가")  # base64 on the wire
    assert len(plain.data) == 2 and len(plain.data[0].embedding) == len(coded.data[0].embedding) > 100
    assert coded.data[0].embedding == pytest.approx(plain.data[0].embedding, abs=1e-6)
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="ai-chat-embedding", input=["", "x"])
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="ai-chat", input="x")


def test_who_goes_away_is_not_written_for_any_longer(filled: Program, tmp_path: Path) -> None:
    home = tmp_path / "home"
    program = Program(home)
    assert program("ingest", write_documents(tmp_path / "documents")).code == 0
    command = ["-m", "ai_chat", "web", "--no-browser", "--port", "0"]
    with (
        EndpointServer({**llama_server("double"), CHAT: slowly}) as model,
        serving(command, home, AI_CHAT_LLM_ENDPOINT=model.address, AI_CHAT_EMBEDDER="none") as url,
    ):
        owner = home / "run" / "owner.json"
        eventually(owner.exists)
        api = Api(url.split("/?")[0], json.loads(owner.read_text("utf-8"))["key"], model)
        asked: Any = {"role": "user", "content": QUESTION}
        with api.client().chat.completions.create(model="ai-chat", messages=[asked], stream=True) as stream:
            for each in stream:
                if each.choices[0].delta.content:
                    break
        eventually(lambda: api.get("/api/metrics").json()["queue"]["written"] == 0)
        with pytest.raises(openai.APITimeoutError):
            api.client().with_options(timeout=2).chat.completions.create(model="ai-chat", messages=[asked])
        eventually(lambda: api.get("/api/metrics").json()["queue"]["written"] == 0)


def events(*steps: tuple[str, str]) -> list[Event]:
    return [Event(number, kind, {"text": text}) for number, (kind, text) in enumerate(steps, 1)]  # type: ignore[arg-type]


def test_an_answer_that_is_begun_anew_is_not_said_twice() -> None:
    teller = Teller("?")
    told = [
        teller.take(each)
        for each in events(("delta", "ab"), ("delta", "c"), ("restarted", ""), ("delta", "ab"), ("delta", "cd"))
    ]
    assert told == ["ab", "c", "", "", "d"] and teller.sent == "abcd"


def test_another_answer_than_was_begun_stands_below_it() -> None:
    teller = Teller("?")
    told = [teller.take(each) for each in events(("delta", "ab"), ("restarted", ""), ("delta", "x"), ("delta", "y"))]
    assert told == ["ab", "", "\n\nx", "y"]


def test_only_what_was_said_word_for_word_leads_to_a_conversation() -> None:
    threads = Threads(most=2)
    said = [("user", "a"), ("assistant", "b ")]
    threads.keep("me", said, "one")
    assert threads.find("me", [("user", "a"), ("assistant", "b")]) == "one"
    assert threads.find("you", said) != "one" and threads.find("me", said[:1]) != "one"
    assert threads.find("me", []) != threads.find("me", [])
    threads.keep("me", [("user", "c")], "two")
    threads.keep("me", [("user", "d")], "three")
    assert threads.find("me", said) != "one"


@pytest.mark.skipif(shutil.which("npm") is None, reason="Node and npm are not installed")
def test_the_package_for_node_holds_a_conversation(api: Api, tmp_path: Path) -> None:
    install = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(tmp_path), "openai@6.30.1"]
    fetched = subprocess.run(install, capture_output=True, text=True, check=False, timeout=300)
    if fetched.returncode:
        pytest.skip(f"openai's package for Node cannot be fetched: {fetched.stderr.strip()[-200:]}")
    environ = {"PACKAGES": str(tmp_path), "URL": api.url, "KEY": api.key, "QUESTION": QUESTION}
    script = Path(__file__).parent / "data" / "openai_client.mjs"
    done = subprocess.run(
        ["node", script], env=os.environ | environ, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["models"] == ["ai-chat", "ai-chat-embedding"]
    assert (told["whole"], told["evidence"]) == (WRITTEN, "취업규칙.md")
    assert (told["streamed"], told["reason"]) == (WRITTEN, "stop")
    assert told["sameConversation"] and told["tokens"] > 0 and told["cut"]
    assert told["errors"] == [
        "NotFoundError 404 model_not_found",
        "BadRequestError 400 null",
        "AuthenticationError 401 key_refused",
    ]
