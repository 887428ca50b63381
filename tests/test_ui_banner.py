"""The banner on every page that says where questions go when they leave this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, expect, sync_playwright

from ai_chat.config import load_settings
from ai_chat.ui.banner import banner_text
from tests.browser import CHROMIUM, WAIT_MS, serving, visiting
from tests.endpoint_server import CHAT, MODELS, EndpointServer, answers, lists

REMOTE = {"llm_endpoint": "https://models.example.org/v1", "allow_remote": "1"}
expect.set_options(timeout=WAIT_MS)


def text(tmp_path: Path, language: Any = "en", **options: str) -> str | None:
    return banner_text(load_settings({"home": tmp_path, **options}, {}), language)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"llm_endpoint": "http://127.0.0.1:11434", "allow_remote": "1"},
        {"llm_endpoint": "https://models.example.org/v1"},
        {"llm_endpoint": "nonsense", "allow_remote": "1"},
        {**REMOTE, "llm_key": "two words"},
    ],
)
def test_there_is_none_while_nothing_leaves(tmp_path: Path, options: dict[str, str]) -> None:
    assert text(tmp_path, **options) is None


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_names_the_host_and_the_model_but_not_the_key(tmp_path: Path, language: str) -> None:
    named = text(tmp_path, language, **REMOTE, llm_model="qwen3", llm_key="sk-geheim")
    assert named is not None
    assert "models.example.org" in named and "qwen3" in named and "geheim" not in named
    unnamed = text(tmp_path, language, **REMOTE)
    assert unnamed is not None and "models.example.org" in unnamed


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs system package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def test_it_stands_on_every_page_and_the_answer_comes_from_there(browser: Browser, tmp_path: Path) -> None:
    """0.0.0.0 leads to this machine, but is none of its loopback addresses: it has to be allowed."""
    routes = {MODELS: lists("m*o*del"), CHAT: answers("네, 25일까지 ", "넘길 수 있습니다 [1].")}
    with EndpointServer(routes) as server:
        address = server.address.replace("127.0.0.1", "0.0.0.0")
        more = {"AI_CHAT_LLM_ENDPOINT": address, "AI_CHAT_ALLOW_REMOTE": "1", "AI_CHAT_LLM_MODEL": "m*o*del"}
        more |= {"AI_CHAT_LLM_KEY": "sk-geheim-123"}
        with (
            serving(["-m", "ai_chat", "web", "--no-browser", "--port", "0"], tmp_path, **more) as url,
            visiting(browser, url) as visit,
        ):
            banner = visit.page.locator('div[data-testid="stAlert"]')
            expect(banner).to_contain_text(f"{address.removeprefix('http://')}의 m*o*del 모델이 작성합니다")
            visit.ask("쓰지 않은 연차는 다음 해로 며칠까지 넘길 수 있나요?")
            expect(visit.page.locator(".ac.answer")).to_contain_text(["넘길 수 있습니다"])
            visit.page.set_viewport_size({"width": 1280, "height": 500})  # so that the answer scrolls
            expect(banner).to_be_in_viewport()
            visit.page.get_by_role("link", name="문서").click()
            expect(banner).to_contain_text("모델이 작성합니다")
        (asked,) = server.asked(CHAT)
    assert "연차" in asked.body["messages"][-1]["content"]
    assert asked.headers["Authorization"] == "Bearer sk-geheim-123"
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and b"sk-geheim-123" in p.read_bytes()]
