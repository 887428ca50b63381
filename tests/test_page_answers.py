"""What the page tells of an answer beside its text, in a real Chromium: the whole question, its age, doubts, progress."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, Locator, expect

from tests.browser import CHROMIUM, WAIT_MS, Scheme, serving, visiting
from tests.doubles_answers import WHOLE

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

PROGRAM = """
from ai_chat.config import load_settings
from ai_chat.server import serve
from tests.doubles_answers import AnswersApp
serve(load_settings({"port": 0}), lambda _settings, address, key: AnswersApp(), open_browser=False)
"""
AA = 4.5  # least contrast of normal text: WCAG 2.1, 1.4.3


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(["-c", PROGRAM], tmp_path_factory.mktemp("answers")) as url:
        yield url


def test_a_follow_up_shows_what_was_searched_for(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        visit.ask("그럼 비용은?")
        expect(visit.page.locator(".ac.answer .origin")).to_have_text([f"찾은 말: {WHOLE}"])


def test_a_kept_answer_tells_its_day_and_can_be_asked_again(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        visit.ask("캐시에 있는 질문")
        origin = visit.page.locator(".ac.answer .origin")
        expect(origin).to_have_text("답변 캐시에서 · 2025년 11월 21일 작성 · 12초 절약")
        expect(visit.page.locator(".ac.facts")).to_contain_text(["질문 1개 중 100% · 12초 절약"])
        visit.picture("cached")
        visit.page.get_by_role("button", name="다시 답하기").click()
        expect(origin).to_have_count(0)
        expect(visit.page.locator(".ac.question")).to_have_count(1)
        expect(visit.page.locator(".ac.facts")).to_contain_text(["질문 2개 중 50%"])


def test_thumbs_and_a_note_are_kept(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        visit.ask("연차휴가는?")
        up, down = (visit.page.locator(f'[class*="st-key-{name}-"] button').first for name in ("good", "bad"))
        note = visit.page.get_by_label("어떤 점이 좋았거나 틀렸나요?")
        down.click()
        note.fill("날짜가 틀립니다")
        note.press("Enter")
        expect(visit.page.get_by_text("메모를 저장했습니다.")).to_be_visible()
        visit.page.reload()  # another visit
        expect(note).to_have_value("날짜가 틀립니다")
        up.click()
        expect(visit.page.locator('[class*="st-key-good-pressed-"]')).to_have_count(1)
        expect(visit.page.locator('[class*="st-key-bad-pressed-"]')).to_have_count(0)
        up.click()
        expect(note).to_have_count(0)


def test_what_is_not_in_the_documents_shows_the_nearest_passages(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        visit.ask("주차 요금은 얼마인가요?")
        expect(visit.page.locator(".ac.answer")).to_contain_text(["주차"])
        expect(visit.page.locator(".ac.evidence .heading")).to_have_text(["가장 가까운 내용"])
        expect(visit.page.locator(".ac.evidence details")).to_have_count(1)
        expect(visit.page.get_by_role("button", name="아쉬운 답변")).to_have_count(0)
        visit.picture("not-found")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_wrong_values_are_labelled_and_can_be_read_on_light_and_on_dark(
    browser: Browser, address: str, scheme: Scheme
) -> None:
    with visiting(browser, address, scheme=scheme) as visit:
        visit.ask("틀린 답을 주세요")
        wrong = visit.page.locator(".ac.answer .wrong")
        expect(wrong).to_have_text("30일 근거와 다름")
        expect(visit.page.locator(".ac.answer a.cite")).to_have_count(1)
        visit.picture(f"wrong-{scheme}")
        assert (luminance(painted_behind(wrong)) < 0.2) == (scheme == "dark")
        assert min(contrast(wrong), contrast(wrong.locator("small"))) >= AA


def test_a_summary_shows_how_far_it_is(browser: Browser, address: str) -> None:
    with visiting(browser, address, language="en-US") as visit:
        visit.ask("요약")
        expect(visit.page.locator(".ac.answer")).to_contain_text(["Reading section 2 of 4"])
        expect(visit.page.locator(".ac.answer progress")).to_have_attribute("value", "1")
        expect(visit.page.locator(".ac.answer")).to_contain_text(["2부의 요점"])
        visit.page.get_by_role("button", name="Stop").click()  # which the double takes for a word to go on
        expect(visit.page.locator(".ac.answer")).to_contain_text(["4부의 요점"])
        expect(visit.page.locator(".ac.answer progress")).to_have_count(0)


def contrast(place: Locator) -> float:
    """Of a text with what is painted behind it, as WCAG defines it: 1 to 21."""
    own = rgb(place.evaluate("element => getComputedStyle(element).color"))
    lighter, darker = sorted((luminance(own), luminance(painted_behind(place))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def painted_behind(place: Locator) -> tuple[float, float, float]:
    """The colour of the nearest element around it that has one."""
    return rgb(
        place.evaluate(
            """element => {
                for (let at = element; at; at = at.parentElement) {
                    const colour = getComputedStyle(at).backgroundColor;
                    if (colour.startsWith("rgb(")) return colour;
                }
                return "rgb(255, 255, 255)";
            }"""
        )
    )


def rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = map(float, re.findall(r"[\d.]+", colour)[:3])
    return red, green, blue


def luminance(colour: tuple[float, float, float]) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
