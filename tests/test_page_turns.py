"""The page while a model loads, dies and answers, in a real Chromium over real turns and a scripted model."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, expect

from tests.browser import CHROMIUM, WAIT_MS, serving, visiting

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

PROGRAM = """
from ai_chat.config import load_settings
from ai_chat.server import serve
from tests.doubles_turns import TurnsApp
settings = load_settings({"port": 0})
serve(settings, lambda _settings, address, key: TurnsApp(settings, 1.0), open_browser=False)
"""


def test_loading_then_half_an_answer_then_the_restarted_one(browser: Browser, tmp_path: Path) -> None:
    with serving(["-c", PROGRAM], tmp_path) as url, visiting(browser, url) as visit:
        visit.ask("연차휴가는 며칠인가요?")
        answer = visit.page.locator(".ac.answer")
        expect(answer).to_contain_text("모델 불러오는 중 50%")
        expect(visit.page.locator(".ac.evidence details")).to_have_count(1)
        visit.picture("loading")
        expect(answer).to_contain_text("다시 시작했습니다")
        expect(answer).to_contain_text("남은 휴가는 넘기지 않습니다")
        expect(answer).not_to_contain_text("입사 2년 차")
        visit.picture("restarted")
        visit.page.reload()
        expect(answer).to_contain_text("다시 시작했습니다")
        expect(answer.locator("a.cite").first).to_be_visible()
