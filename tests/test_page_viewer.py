"""From the answer to the very sentence in a real Chromium: markers, cards, the viewer.

Names and texts that are hostile, very long or written from right to left stay text there.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, Page, expect

from tests.browser import CHROMIUM, WAIT_MS, Visit, serving, visiting
from tests.doubles_looks import HEBREW, HOSTILE, LONG, NAME

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

PROGRAM = """
from ai_chat.config import load_settings
from ai_chat.server import serve
from tests.doubles_looks import LooksApp
serve(load_settings({"port": 0}), lambda _settings, address, key: LooksApp(), open_browser=False)
"""
STARTS_RIGHT = """element => {
  const line = document.createRange();
  line.selectNodeContents(element);
  const [text, box] = [[...line.getClientRects()].at(-1), element.getBoundingClientRect()];
  return box.right - text.right < text.left - box.left;
}"""
"""Whether a line that is shorter than its box stands at the right of it, as one written from right to left does."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(["-c", PROGRAM], tmp_path_factory.mktemp("looks")) as url:
        yield url


def answered(visit: Visit) -> Page:
    """What runs as a script, or opens a dialog, is a complaint."""
    visit.page.on("dialog", lambda dialog: visit.complaints.append(dialog.message))
    visit.ask("연차휴가는 며칠인가요?")
    expect(visit.page.locator(".ac.evidence .card")).to_have_count(4)
    visit.page.locator(".ac button.copy").wait_for()
    return visit.page


def opened(page: Page, number: int) -> Page:
    card = page.locator(".ac.evidence .card").nth(number - 1)
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    with page.context.expect_page() as found:
        card.locator(".open a").click()
    return found.value


def fits(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", [1280, 390])
def test_a_marker_jumps_to_its_card_and_the_card_to_the_sentence(browser: Browser, address: str, width: int) -> None:
    with visiting(browser, address, width=width) as visit:
        page = answered(visit)
        page.locator(".ac.answer a.cite").first.click()
        expect(page.locator(".card").first.locator(".passage")).to_be_in_viewport()
        viewer = opened(page, 1)
        expect(viewer.locator("mark")).to_have_text("1년간 80퍼센트 이상 출근한 직원에게는 15일의 연차휴가를 준다.")
        expect(viewer.locator("mark")).to_be_in_viewport()
        assert fits(viewer)
        viewer.screenshot(path=f"tests/artifacts/viewer-{width}.png")
        viewer.get_by_role("link", name="다음").click()
        expect(viewer.locator("main")).to_contain_text("끝")
        viewer.get_by_role("link", name="이전").click()
        expect(viewer.locator("main")).to_contain_text("연차휴가")
        assert viewer.get_by_role("link", name="다음").count() == 1


@pytest.mark.parametrize("language", ["ko-KR", "en-US"])
def test_hostile_names_and_texts_are_shown_and_do_nothing(browser: Browser, address: str, language: str) -> None:
    with visiting(browser, address, language=language) as visit:
        page = answered(visit)
        expect(page.locator(".card").nth(1).locator(".where b")).to_have_text(NAME)
        assert page.locator(".ac img, .ac script, .ac a[href*='example.invalid']").count() == 0
        viewer = opened(page, 2)
        expect(viewer.locator("mark")).to_have_text(HOSTILE)
        expect(viewer).to_have_title(f"{NAME}, {'1쪽' if language == 'ko-KR' else 'p. 1'}")
        assert viewer.locator("img, script, a[href*='example.invalid']").count() == 0


def test_very_long_words_stay_inside(browser: Browser, address: str) -> None:
    with visiting(browser, address, width=390) as visit:
        page = answered(visit)
        page.locator(".card").nth(2).locator("summary").click()
        expect(page.locator(".card").nth(2).locator(".passage")).to_have_text(LONG)
        assert fits(page)
        assert fits(opened(page, 3))


def test_text_from_right_to_left_begins_at_the_right(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        page = answered(visit)
        page.locator("details.more > summary").click()
        page.locator(".card").nth(3).locator("summary").click()
        passage = page.locator(".card").nth(3).locator(".passage")
        expect(passage).to_have_text(HEBREW)
        assert passage.evaluate(STARTS_RIGHT)
        assert not page.locator(".ac.question").evaluate(STARTS_RIGHT)
        assert opened(page, 4).locator("main p").last.evaluate(STARTS_RIGHT)


def test_a_document_that_was_changed_since_says_so(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        root = address.split("/?")[0]
        visit.page.goto(f"{root}/view/s1/page/1?lang=ko&v=7&start=0&end=3#mark")
        expect(visit.page.get_by_role("status")).to_contain_text("인용한 뒤에 문서가 바뀌었습니다.")
        assert visit.page.locator("mark").count() == 0
