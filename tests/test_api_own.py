"""The program's own API over the real server: documents, their text and pictures, Turns that are taken up again, errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser import serving
from tests.endpoint_server import CHAT, EndpointServer, answers, llama_server
from tests.patience import eventually
from tests.program import Program, write_documents

QUESTION = "연차휴가는 며칠인가요?"
SSE = {"Accept": "text/event-stream"}


@dataclass(frozen=True)
class Api:
    url: str
    key: str

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        return httpx.request(method, f"{self.url}/api{path}", headers=headers, timeout=60, **more)

    def documents(self) -> dict[str, str]:
        """Ids by name."""
        told = self.send("POST", "/documents/page", json={"scope": {}, "query": {}}).json()
        return {each["name"]: each["id"] for each in told["documents"]}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("own")
    program = Program(folder / "home")
    assert program("ingest", write_documents(folder / "documents")).code == 0
    replies = {**llama_server("double"), CHAT: [answers("연차휴가는 15일", "입니다 [1].")]}
    command = ["-m", "ai_chat", "web", "--no-browser", "--port", "0"]
    with (
        EndpointServer(replies) as model,
        serving(command, program.home, AI_CHAT_LLM_ENDPOINT=model.address) as url,
    ):
        owner = program.home / "run" / "owner.json"
        eventually(owner.exists)
        yield Api(url.split("/?")[0], json.loads(owner.read_text("utf-8"))["key"])


def events_of(text: str) -> list[tuple[int, str, dict[str, Any]]]:
    told = [dict(line.split(": ", 1) for line in block.split("\n")) for block in text.strip().split("\n\n")]
    return [(int(each["id"]), each["event"], json.loads(each["data"])) for each in told if "id" in each]


def test_a_turn_is_told_by_server_sent_events_and_taken_up_behind_any_of_them(api: Api) -> None:
    told = api.send("POST", "/ask", json={"question": QUESTION, "scope": {}}, headers=SSE)
    assert told.headers["content-type"].startswith("text/event-stream")
    events = events_of(told.text)
    kinds = [kind for _, kind, _ in events]
    assert kinds[-1] == "done" and {"evidence", "delta", "citation"} <= set(kinds)
    assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
    turn = f"/turns/{told.headers['x-turn-id']}/events"
    for after in (1, len(events) // 2, len(events) - 1):
        again = api.send("GET", turn, headers={**SSE, "Last-Event-ID": str(after)})
        assert events_of(again.text) == events[after:]
    assert api.send("GET", turn, headers={**SSE, "Last-Event-ID": str(len(events))}).status_code == 204
    lines = api.send("GET", f"{turn}?after=1").text.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == kinds[1:]


def test_a_turn_that_is_not_there_is_told_in_the_stream_and_in_lines(api: Api) -> None:
    stream = api.send("GET", "/turns/nothing/events", headers=SSE)
    assert "event: error" in stream.text and '"turn_unknown"' in stream.text
    assert json.loads(api.send("GET", "/turns/nothing/events").text)["error"]["code"] == "turn_unknown"


def test_a_document_is_taken_in_shown_and_taken_out(api: Api) -> None:
    about = {"name": "안내 & 규칙.txt", "collection": "files"}
    put = api.send("POST", "/documents", params=about, content="보일러는 삼월에 점검한다.\n".encode())
    assert json.loads(put.text.splitlines()[-1])["outcome"] == "added"
    document = api.documents()["안내 & 규칙.txt"]
    assert api.send("GET", f"/documents/{document}").json()["info"]["collection"] == "files"
    text = api.send("GET", f"/documents/{document}/text")
    assert text.headers["content-type"].startswith("text/plain") and "보일러는 삼월에 점검한다." in text.text
    unit = api.send("GET", f"/documents/{document}").json()["units"][0]
    shown = api.send("GET", f"/documents/{document}/units/{unit['kind']}/{unit['number']}/image?sentence=보일러는")
    assert shown.status_code == 200 and "보일러" in shown.text
    assert "<script" not in shown.text and "frame-ancestors 'none'" in shown.headers["content-security-policy"]
    assert api.send("POST", "/documents/remove", json={"ids": [document]}).status_code == 200
    assert "안내 & 규칙.txt" not in api.documents()


def test_a_page_is_a_picture(api: Api, tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[1] / "samples" / "documents" / "취업규칙_휴가.pdf"
    put = api.send("POST", "/documents?name=rules.pdf&collection=files", content=page.read_bytes())
    assert json.loads(put.text.splitlines()[-1])["outcome"] == "added"
    shown = api.send("GET", f"/documents/{api.documents()['rules.pdf']}/units/page/1/image")
    assert shown.headers["content-type"] == "image/png" and shown.content.startswith(b"\x89PNG")


def test_what_is_being_done_is_told(api: Api) -> None:
    told = api.send("GET", "/jobs").json()
    assert told["ingest"]["reading"] is None and told["ingest"]["paused"] is False
    assert told["answers"] == {"written": 0, "waiting": 0, "behind": 0}
    assert told["vectors"]["waiting"] >= 0


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_error_is_a_sentence_in_the_callers_language_and_repeats_nothing(api: Api, language: str) -> None:
    headers = {"Accept-Language": language}
    secret = "주민등록번호 900101"
    bad = [
        api.send("POST", "/search", json={"query": {"a": secret}, "scope": {}}, headers=headers),
        api.send("POST", "/search", content=f'{{"query": "{secret}'.encode(), headers=headers),
        api.send("POST", "/documents", content=secret.encode(), headers=headers),
        api.send("GET", f"/nothing/{secret}", headers=headers),
        api.send("PUT", "/search", json={"query": secret}, headers=headers),
        api.send("GET", "/documents/unknown", headers=headers),
        api.send("POST", "/conversations/nothing/rename", json={"title": "a"}, headers=headers),
    ]
    assert [each.status_code for each in bad] == [422, 422, 422, 404, 405, 422, 422]
    for each in bad:
        error = each.json()["error"]
        assert error["code"] and error["exit_code"] in (1, 2)
        assert any("가" <= letter <= "힣" for letter in error["message"]) == (language == "ko"), error
        assert secret not in each.text


def test_a_name_that_no_file_can_have_is_not_found(api: Api) -> None:
    told = api.send("POST", "/ingest", json={"paths": ["/a\0b"]})
    assert told.status_code == 200
    assert json.loads(told.text.splitlines()[-1])["problem"]["code"] == "path_missing"


@pytest.mark.parametrize("path", ["", ".", "documents", "../documents"])
def test_a_path_from_nowhere_is_not_read(path: str, api: Api) -> None:
    for route, body in (("/ingest", {"paths": [path]}), ("/documents/x/relocate", {"path": path})):
        told = api.send("POST", route, json=body)
        assert (told.status_code, told.json()["error"]["code"]) == (422, "request_unreadable")


def test_every_route_is_described_and_the_main_ones_have_examples(api: Api) -> None:
    told = api.send("GET", "/openapi.json").json()
    described = set(told["paths"])
    assert {
        "/search",
        "/ask",
        "/turns/{turn_id}/events",
        "/documents",
        "/documents/{document_id}/text",
        "/jobs",
    } <= described
    for path in ("/search", "/ask", "/ingest", "/documents/page"):
        body = told["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert body["examples"], path
