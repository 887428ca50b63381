"""The chat under what goes wrong, in a real Chromium: tabs closed and doubled, six pages at once, a restarted server, odd texts."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, expect

from tests.browser import CHROMIUM, WAIT_MS, serving, visiting

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

PROGRAM = """
import sys
from ai_chat.config import load_settings
from ai_chat.server import serve
from tests.doubles_app import DoubleApp
serve(load_settings({"port": 0}), lambda *_given: DoubleApp(float(sys.argv[1]), *sys.argv[2:]), open_browser=False)
"""
END = "남은 휴가는 넘기지 않습니다"
ODD = "가" * 400 + " " + "x" * 400 + " مرحبا بالعالم שלום " + "https://example.invalid/" + "y" * 300


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(["-c", PROGRAM, "0.03"], tmp_path_factory.mktemp("steady")) as url:
        yield url


def test_a_closed_tab_finds_its_answer_complete_when_opened_again(browser: Browser, steady: str) -> None:
    with visiting(browser, steady) as visit:
        visit.ask("연차휴가는?")
        expect(visit.page.locator(".ac.answer")).to_contain_text(["1년"])
        address = visit.page.url
        context = visit.page.context
        visit.page.close()
        again = context.new_page()
        again.goto(address)
        expect(again.locator(".ac.answer")).to_contain_text([END])
        expect(again.locator(".ac.question")).to_have_count(1)


def test_a_reload_in_mid_stream_comes_to_the_whole_answer(browser: Browser, steady: str) -> None:
    with visiting(browser, steady) as visit:
        visit.ask("연차휴가는?")
        expect(visit.page.locator(".ac.answer")).to_contain_text(["1년"])
        visit.page.reload()
        expect(visit.page.locator(".ac.answer")).to_contain_text([END])
        expect(visit.page.locator(".ac.question")).to_have_count(1)


def test_two_tabs_of_one_conversation_show_the_same(browser: Browser, steady: str) -> None:
    with visiting(browser, steady) as visit:
        visit.ask("첫째 질문")
        expect(visit.page).to_have_url(re.compile("c="))
        other = visit.page.context.new_page()
        other.goto(visit.page.url)
        expect(other.locator(".ac.question")).to_have_text(["첫째 질문"])
        box = other.locator("textarea")
        box.fill("둘째 질문")
        box.press("Enter")
        for page in (visit.page, other):
            expect(page.locator(".ac.question")).to_have_text(["첫째 질문", "둘째 질문"])
            expect(page.locator(".ac.answer").last).to_contain_text(END)


def test_a_question_that_is_sent_twice_is_asked_once_while_it_is_being_answered(
    browser: Browser, tmp_path: Path
) -> None:
    with serving(["-c", PROGRAM, "1"], tmp_path) as url, visiting(browser, url) as visit:
        for question in ("연차휴가는?", "연차휴가는?", "병가는?"):
            visit.ask(question)
            expect(visit.page.locator(".ac.question").last).to_have_text(question)
            expect(visit.page.locator("textarea")).to_be_empty()
        expect(visit.page.locator(".ac.question")).to_have_text(["연차휴가는?", "병가는?"])


def test_six_pages_that_ask_at_once_show_each_its_own(browser: Browser, steady: str) -> None:
    contexts = [browser.new_context(locale="ko-KR") for _ in range(6)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.goto(steady)
    for number, page in enumerate(pages):
        page.locator("textarea").fill(f"{number}번 질문")
    for page in pages:
        page.locator("textarea").press("Enter")
    for number, page in enumerate(pages):
        expect(page.locator(".ac.question")).to_have_text([f"{number}번 질문"])
        expect(page.locator(".ac.answer")).to_contain_text([END])
    assert len({page.url for page in pages}) == 6
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_long_words_and_right_to_left_text_stay_on_the_screen(browser: Browser, tmp_path: Path, width: int) -> None:
    with serving(["-c", PROGRAM, "0", ODD], tmp_path) as url, visiting(browser, url, width=width) as visit:
        visit.ask(ODD)
        expect(visit.page.locator('[class*="st-key-foot-"]')).to_be_visible()
        wide = "[...document.querySelectorAll('[data-testid=stMain] .ac')].filter(e => e.scrollWidth > e.clientWidth).map(e => e.className)"
        assert visit.page.evaluate(wide) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        visit.picture(f"odd-{width}")


def test_an_open_page_goes_on_after_its_server_was_restarted(browser: Browser, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    command = ["-m", "ai_chat", "web", "--no-browser", "--port", port]
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    with serving(command, tmp_path, AI_CHAT_EMBEDDER="none") as url:
        page.goto(url)
        page.locator("textarea").fill("쓰지 않은 연차는?")
        page.locator("textarea").press("Enter")
        expect(page.locator(".ac.evidence").first).to_be_visible()
        expect(page.locator('[class*="st-key-foot-"]')).to_be_visible(timeout=3 * WAIT_MS)
    with serving(command, tmp_path, AI_CHAT_EMBEDDER="none"):
        expect(page.locator('[data-testid="stApp"][data-test-connection-state="CONNECTED"]')).to_be_visible()
        expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_visible()
        expect(page.locator("textarea")).to_be_enabled()
        expect(page.locator(".ac.question")).to_have_text(["쓰지 않은 연차는?"])
        page.locator("textarea").fill("병가는 며칠인가요?")
        page.locator("textarea").press("Enter")
        expect(page.locator(".ac.question")).to_have_text(
            ["쓰지 않은 연차는?", "병가는 며칠인가요?"], timeout=3 * WAIT_MS
        )
        expect(page.locator(".ac.evidence")).to_have_count(2)
    context.close()
