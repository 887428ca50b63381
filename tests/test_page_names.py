"""What Streamlit calls its own controls, told in the visitor's language, in a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import expect, sync_playwright

from tests.browser import CHROMIUM, WAIT_MS, serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

PROGRAM = """
from ai_chat.config import load_settings
from ai_chat.server import serve
from tests.doubles_app import DoubleApp
serve(load_settings({"port": 0}), lambda *_given: DoubleApp(), open_browser=False)
"""


def test_the_way_past_the_sidebar_and_the_lists_are_named(tmp_path: Path) -> None:
    with sync_playwright() as playwright, serving(["-c", PROGRAM], tmp_path) as url:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(locale="ko-KR").new_page()
        page.goto(url)
        skip = page.get_by_test_id("stSkipToContent")
        expect(skip).to_have_text("본문으로 건너뛰기")
        page.locator(".st-key-scope-chooser-button button").first.click()
        expect(page.get_by_label("목록 열기").first).to_be_attached()
        expect(page.locator('[aria-label="Open"]')).to_have_count(0)
        page.get_by_role("button", name="English").click()
        expect(skip).to_have_text("Skip to the content")
        browser.close()
