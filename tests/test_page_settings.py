"""The settings and the first visit in a real Chromium, over the whole program: what is changed is written, in force, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, Page, expect
from synthetic import TINY, make_model

from ai_chat.ui.script import VIEWS
from tests.browser import CHROMIUM, WAIT_MS, Visit, serving, visiting
from tests.program import Program

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

WEB = ["-m", "ai_chat", "web", "--port", "0", "--no-browser"]
SMALL = {"AI_CHAT_EMBEDDER": "none", "AI_CHAT_LANGUAGE": ""}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("settings")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with serving(WEB, home, **SMALL) as url:
        yield url


def settings(visit: Visit, name: str) -> Page:
    page = visit.page
    if (opener := page.get_by_test_id("stExpandSidebarButton")).is_visible():
        opener.click()
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("heading", level=2)).to_have_count(5)
    return page


def written(home: Path) -> str:
    file = home / "config.toml"
    return file.read_text("utf-8") if file.exists() else ""


def test_who_comes_first_is_welcomed_until_that_is_put_away(browser: Browser, address: str, home: Path) -> None:
    with visiting(browser, address) as visit:
        card = visit.page.locator(".st-key-welcome-card")
        expect(card).to_contain_text("이 컴퓨터 밖으로 나가지 않습니다")
        visit.picture("welcome")
        card.get_by_role("button", name="알겠습니다").click()
        expect(card).to_have_count(0)
        assert (home / "welcomed").exists()
    with visiting(browser, address) as visit:
        expect(visit.page.locator(".ac.welcome").first).to_be_visible()
        expect(visit.page.locator('[class*="st-key-example-"]').first).to_be_visible()
        expect(visit.page.locator(".st-key-welcome-card")).to_have_count(0)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_opened_by_its_address_without_a_complaint(browser: Browser, address: str, view: str) -> None:
    with visiting(browser, address) as visit:
        expect(visit.page.locator(".ac.welcome").first).to_be_visible()
        visit.page.goto(f"{address.partition('?')[0]}{view}")
        expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
        visit.page.reload()
        expect(visit.page.get_by_role("heading", level=1)).to_be_visible()
        visit.page.get_by_role("link", name="질문", exact=True).click()
        expect(visit.page.locator(".ac.welcome").first).to_be_visible()


def test_a_change_is_written_in_force_and_taken_back(browser: Browser, address: str, home: Path) -> None:
    with visiting(browser, address) as visit:
        page = settings(visit, "설정")
        page.get_by_text("30분 뒤", exact=True).click()
        expect(page.locator(".st-key-line-changed")).to_contain_text("쉬는 모델을 내리는 때")
        assert "keep_alive = 1800" in written(home)
        page.get_by_role("button", name="되돌리기").click()
        expect(page.locator(".st-key-line-changed")).to_have_count(0)
        expect(page.get_by_role("radio", name="10분 뒤")).to_be_checked()
        assert "keep_alive" not in written(home)


def test_the_language_is_chosen_for_all(browser: Browser, address: str, home: Path) -> None:
    with visiting(browser, address) as visit:
        page = settings(visit, "설정")
        page.get_by_test_id("stMain").get_by_text("English", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
        assert 'language = "en"' in written(home)
    with visiting(browser, address, "ko-KR") as visit:
        page = settings(visit, "Settings")
        page.get_by_text("As the browser asks").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("설정")


def test_a_budget_says_what_it_means_before_it_is_set(browser: Browser, address: str, home: Path) -> None:
    with visiting(browser, address, "en-US", width=390) as visit:
        page = settings(visit, "Settings")
        page.get_by_role("slider").press("Home")
        expect(page.get_by_role("status").filter(has_text="With 1.00 GiB")).to_be_visible()
        assert "memory_budget" not in written(home)
        page.get_by_role("button", name="Use 1 GiB").click()
        expect(page.get_by_text("Now: 1.00 GiB.")).to_be_visible()
        assert 'memory_budget = "1GiB"' in written(home)
        visit.picture("settings-phone")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.get_by_role("button", name="Choose by what is free").click()
        expect(page.get_by_text("chosen by what is free")).to_be_visible()
        assert "memory_budget" not in written(home)


def test_a_model_is_chosen_with_its_plan_before_it(browser: Browser, address: str, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "small.gguf"
    make_model(file, TINY)
    assert Program(home)("models", "add", file, "--name", "mine").code == 0
    with visiting(browser, address) as visit:
        page = settings(visit, "설정")
        page.get_by_text("받아서 쓸 수 있는 모델").click()
        expect(page.locator(".ac.choice code").first).to_contain_text("ai-chat models pull ")
        row = page.locator('[class*="st-key-line-model-"]').filter(has_text="mine")
        expect(row).to_contain_text("토큰")  # what it would take and read
        visit.picture("settings")
        row.get_by_role("button", name="사용", exact=True).click()
        expect(page.locator(".st-key-line-changed")).to_contain_text("언어 모델")
        expect(row).to_contain_text("사용 중")
        assert str(file) in written(home)
        page.get_by_role("button", name="되돌리기").click()
        expect(row.get_by_role("button", name="사용", exact=True)).to_be_visible()
        assert "model" not in written(home)


def test_what_the_environment_sets_is_said_and_closed(browser: Browser, tmp_path: Path) -> None:
    with (
        serving(WEB, tmp_path, **{**SMALL, "AI_CHAT_KEEP_ALIVE": "60"}) as url,
        visiting(browser, url, "en-US") as visit,
    ):
        page = settings(visit, "Settings")
        expect(page.get_by_text("Set by AI_CHAT_KEEP_ALIVE")).to_be_visible()
        expect(page.get_by_role("radio", name="60 s")).to_be_disabled()
        (tmp_path / "config.toml").mkdir()  # nothing can be written there, not even by root
        page.get_by_test_id("stMain").get_by_text("한국어", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("config.toml")
