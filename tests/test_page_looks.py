"""Whether every view can be read and used by everybody: colours that differ enough, a way by the Tab key alone, names of all controls.

The rules are those of WCAG 2.1 at level AA; what is measured is what Chromium computed, on light and on dark.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, Page, expect

from tests.browser import CHROMIUM, WAIT_MS, Scheme, Visit, serving, visiting

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

PROGRAM = """
from ai_chat.config import load_settings
from ai_chat.server import serve
from tests.doubles_looks import LooksApp
serve(load_settings({"port": 0}), lambda _settings, address, key: LooksApp(), open_browser=False)
"""

TOO_FAINT = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top, below) => [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3]));
  const ancestors = (element) => {
    const found = [];
    for (let at = element; at; at = at.parentElement) found.push(at);
    return found;
  };
  const behind = (element) => {
    const dark = getComputedStyle(element).colorScheme.includes("dark");
    const root = matchMedia("(prefers-color-scheme: dark)").matches && dark ? [18, 18, 18] : [255, 255, 255];
    const height = element.getBoundingClientRect().height;
    return ancestors(element).reverse()
      .filter((at) => at.getBoundingClientRect().height >= height)  // a slider's value stands above the knob that holds it
      .reduce((below, at) => over(rgba(getComputedStyle(at).backgroundColor), below), root);
  };
  const opacity = (element) => ancestors(element).reduce((all, at) => all * Number(getComputedStyle(at).opacity), 1);
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (element, colour) => {
    const ground = behind(element);
    const own = rgba(colour);
    const text = over([own[0], own[1], own[2], own[3] * opacity(element)], ground);
    const [dark, light] = [luminance(text), luminance(ground)].sort((one, other) => one - other);
    return (light + 0.05) / (dark + 0.05);
  };
  const says = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility === "visible" && parseFloat(style.fontSize) > 0
      && element.checkVisibility() && !element.closest(":disabled, [aria-disabled=true]");
  };
  const asked = (style) => {
    const size = parseFloat(style.fontSize);
    return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  };
  const measured = [];
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    const words = element.matches("input, textarea") ? element.placeholder : says(element) && element.textContent;
    if (!words || !seen(element)) continue;
    const colour = element.matches("input, textarea") ? getComputedStyle(element, "::placeholder").color : style.color;
    if (rgba(colour)[3] * opacity(element) === 0) continue;  // as the ends of a slider, until it is used
    measured.push({ words: words.trim().slice(0, 40), is: contrast(element, colour), least: asked(style),
      name: `${element.tagName} ${element.className} in ${element.parentElement.className}` });
  }
  return measured;
}"""

NAMELESS = """() => [...document.querySelectorAll("button, a[href], input:not([type=hidden]), textarea, select, summary, [role=button]")]
  .filter((element) => element.checkVisibility({ checkVisibilityCSS: true }) && !element.closest("[aria-hidden=true]"))
  .filter((element) => {
    const told = (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "");
    const labels = [...(element.labels ?? [])].map((label) => label.textContent);
    const pictures = [...element.querySelectorAll("img[alt], [aria-label]")].map((each) => each.alt ?? each.ariaLabel);
    const names = [element.ariaLabel, element.title, element.textContent, element.placeholder, ...told, ...labels, ...pictures];
    return !names.some((name) => name?.trim());
  })
  .map((element) => element.outerHTML.slice(0, 200))"""

HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((heading) => heading.checkVisibility()).map((heading) => Number(heading.tagName[1]))"""

FOCUS = """() => {
  const element = document.activeElement;
  const drawn = (at) => {
    const style = getComputedStyle(at);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  const box = element.getBoundingClientRect();
  const box_of_chat = element.closest("[data-testid=stChatInput]")?.firstElementChild;
  const around = [element, element.parentElement, element.firstElementChild, box_of_chat];
  return { tag: element.tagName, words: (element.textContent || element.ariaLabel || element.placeholder || "").trim().slice(0, 60),
    cite: element.matches("a.cite"), opens: element.matches(".open a"), summary: element.matches(".card summary"),
    seen: box.width > 0 && around.some((at) => at && drawn(at)), html: element.outerHTML.slice(0, 200) };
}"""


LAST = (".ac.document", ".ac.monitor table td", '[data-testid="stSlider"]')
"""What comes last in each view but the chat."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(["-c", PROGRAM], tmp_path_factory.mktemp("looks")) as url:
        yield url


def readable(page: Page) -> None:
    measured = page.evaluate(TOO_FAINT)
    assert len(measured) > 3, "there is text to measure"
    faint = [f"{one['is']:.2f} {one['words']!r} {one['name']}" for one in measured if one["is"] < one["least"]]
    assert "\n".join(faint) == ""


def usable(page: Page) -> None:
    """Every control has a name, every picture words, and no heading skips a level."""
    assert page.evaluate(NAMELESS) == []
    assert page.locator("img:not([alt])").count() == 0
    levels = page.evaluate(HEADINGS)
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


def answered(visit: Visit) -> None:
    visit.ask("연차휴가는 며칠인가요?")
    expect(visit.page.locator(".ac.answer .wrong").first).to_be_visible()
    expect(visit.page.locator(".ac.evidence .card")).to_have_count(4)
    visit.page.get_by_role("button", name="다시 답하기").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_can_be_read(browser: Browser, address: str, scheme: Scheme) -> None:
    with visiting(browser, address, scheme=scheme) as visit:
        readable(visit.page)
        answered(visit)
        visit.page.locator(".card summary").first.click()
        visit.picture(f"looks-chat-{scheme}")
        readable(visit.page)
        usable(visit.page)
        views = visit.page.get_by_test_id("stSidebarNavLink")
        expect(views).to_have_count(1 + len(LAST))
        for row, last in enumerate(LAST, start=1):
            views.nth(row).click()
            expect(visit.page.locator(".stMain h1")).to_have_count(1)
            visit.page.locator(last).first.wait_for()
            expect(visit.page.locator('[data-testid="stSkeleton"], [data-stale="true"]')).to_have_count(0)
            visit.picture(f"looks-view-{row}-{scheme}")
            readable(visit.page)
            usable(visit.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_viewer_can_be_read(browser: Browser, address: str, scheme: Scheme) -> None:
    with visiting(browser, address, scheme=scheme) as visit:
        for path in ("/view/s1/page/1?lang=ko&start=0&end=9&v=1", "/view/s1/page/1?v=7"):
            visit.page.goto(address.split("/?")[0] + path)
            readable(visit.page)
            usable(visit.page)
            visit.picture(f"looks-viewer-{scheme}")


def walk(page: Page, until: str, steps: int = 60) -> dict[str, Any]:
    """Press Tab until the focus is on what is looked for; it is seen wherever it is on the way."""
    for _ in range(steps):
        page.keyboard.press("Tab")
        page.wait_for_timeout(30)  # an outline may fade in
        found: dict[str, Any] = page.evaluate(FOCUS)
        if found["tag"] == "BODY":
            continue
        assert found["seen"], found["html"]
        if found.get(until) or until in found["words"]:
            return found
    raise AssertionError(f"Tab does not reach {until}")


def test_a_question_is_asked_and_its_page_opened_by_keys_alone(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        page = visit.page
        walk(page, "문서에 대해 물어보세요")
        page.keyboard.type("연차휴가는 며칠인가요?")
        page.keyboard.press("Enter")
        expect(page.locator(".ac.answer a.cite")).to_have_count(2)
        page.get_by_role("button", name="다시 답하기").wait_for()
        page.locator("body").evaluate("() => document.activeElement.blur()")
        walk(page, "cite")
        page.keyboard.press("Enter")
        expect(page.locator(".card:has(.passage:target)")).to_have_attribute("open", "")
        walk(page, "opens")
        with page.context.expect_page() as opened:
            page.keyboard.press("Enter")
        expect(opened.value.locator("mark")).to_contain_text("15일의 연차휴가")


def test_views_and_the_choice_of_documents_are_reached_by_keys(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        walk(visit.page, "모든 문서")
        visit.page.keyboard.press("Enter")
        expect(visit.page.locator(".st-key-scope-panel")).to_be_visible()
        visit.page.keyboard.press("Escape")
        visit.page.reload()
        visit.page.locator("textarea").wait_for()
        walk(visit.page, "상태")
        visit.page.keyboard.press("Enter")
        expect(visit.page.locator(".stMain h1")).to_have_text("상태")


def test_streamlits_own_controls_are_named_in_the_visitors_language(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        page = visit.page
        for name in ("보내기", "파일 추가"):
            expect(page.get_by_test_id("stChatInput").get_by_role("button", name=name)).to_have_count(1)
        expect(
            page.get_by_role("navigation", name="화면 목록").or_(page.get_by_label("화면 목록")).first
        ).to_be_visible()
        page.get_by_role("button", name="English").click()
        expect(page.get_by_test_id("stChatInput").get_by_role("button", name="Send", exact=True)).to_have_count(1)
