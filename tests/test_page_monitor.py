"""The monitor in a real Chromium, over a double whose machine has something to tell, and over the whole program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, Page, expect

from tests.browser import CHROMIUM, WAIT_MS, Visit, serving, visiting

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

DOUBLE = """
from ai_chat.config import load_settings
from ai_chat.server import serve
from tests.doubles_monitor import MonitoredApp
serve(load_settings({"port": 0}), lambda _settings, address, key: MonitoredApp(), open_browser=False)
"""


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(["-c", DOUBLE], tmp_path_factory.mktemp("monitor")) as url:
        yield url


def monitor(visit: Visit, name: str) -> Page:
    """By the sidebar, which a phone keeps closed."""
    page = visit.page
    if (opener := page.get_by_test_id("stExpandSidebarButton")).is_visible():
        opener.click()
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator(".ac.monitor .chart img").first).to_be_visible()
    return page


def test_memory_questions_and_the_hour_are_shown_and_told(browser: Browser, double: str) -> None:
    with visiting(browser, double) as visit:
        page = monitor(visit, "상태")
        expect(page.get_by_role("heading", level=1)).to_have_text("상태")
        pictures = page.locator(".ac.monitor .chart img")
        expect(pictures).to_have_count(5)
        for picture in pictures.all():
            assert picture.evaluate("each => each.complete && each.naturalWidth > 0 && each.clientHeight > 10")
            assert picture.get_attribute("alt")
        expect(page.locator(".ac.monitor .ledger tbody tr")).to_have_count(3)
        expect(page.locator(".ac.monitor .times")).to_contain_text(["9밀리초"])
        assert page.title() != "hacked"
        visit.picture("monitor-ko")


def test_the_model_is_let_go_and_loaded_by_button(browser: Browser, double: str) -> None:
    with visiting(browser, double, "en-US") as visit:
        page = monitor(visit, "Monitor")
        model = page.locator(".st-key-part-model")
        model.get_by_role("button", name="Let go").press("Enter")
        expect(page.get_by_role("status").filter(has_text="300 MiB freed")).to_be_visible()
        expect(model).to_contain_text("ready to load")
        page.locator(".st-key-part-embedder").get_by_role("button", name="Load").click()
        expect(page.get_by_role("alert")).to_contain_text("no new work is begun")
        model.get_by_role("button", name="Load").click()
        expect(model.get_by_role("button", name="Let go")).to_be_visible()
        page.locator(".st-key-part-embedder").get_by_role("button", name="Let go").click()
        expect(page.get_by_role("status").filter(has_text="in use or nothing to let go")).to_be_visible()
        page.get_by_role("button", name="Free what is idle").click()
        expect(page.get_by_role("status").filter(has_text="5 MiB freed")).to_be_visible()


def test_it_fits_a_phone(browser: Browser, double: str) -> None:
    with visiting(browser, double, "en-US", width=390) as visit:
        page = monitor(visit, "Monitor")
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
        visit.picture("monitor-phone-en")


def test_over_the_whole_program_it_is_live(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    with serving(["-m", "ai_chat", "web", "--no-browser", "--port", "0"], home) as url, visiting(browser, url) as visit:
        visit.ask("선반에 알람 2015가 뜨면 어떻게 조치해야 하나요?")
        expect(visit.page.locator(".ac.evidence details").first).to_be_visible()
        page = monitor(visit, "상태")
        expect(page.locator(".ac.monitor .ledger")).to_contain_text(["검색 색인"])
        expect(page.locator(".ac.monitor .times")).to_contain_text(["검색"])
        expect(page.locator(".ac.monitor img.bars")).to_be_visible()


def test_what_the_monitor_tells_is_not_told_beside_it_too(browser: Browser, double: str) -> None:
    with visiting(browser, double, "en-US") as visit:
        facts = visit.page.locator(".ac.facts")
        expect(facts).to_be_visible()
        page = monitor(visit, "Monitor")
        expect(facts).to_have_count(0)
        page.get_by_role("link", name="Ask", exact=True).click()
        expect(facts).to_be_visible()
