"""The page in a real Chromium: over a double for what must be exact, over the whole program for what must work."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, expect
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.browser import ARTIFACTS, CHROMIUM, WAIT_MS, serving, visiting
from tests.doubles_app import HOSTILE

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

DOUBLE = """
import sys
from ai_chat.config import load_settings
from ai_chat.server import serve
from tests.doubles_app import DoubleApp
serve(load_settings({"port": 0}), lambda _settings, address, key: DoubleApp(pause=float(sys.argv[1])), open_browser=False)
print("loaded", sorted({"pandas", "pyarrow", "altair", "PIL", "fastapi", "httpx", "numpy"} & set(sys.modules)))
"""


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(["-c", DOUBLE, "0.02"], tmp_path_factory.mktemp("double")) as url:
        yield url


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(["-c", DOUBLE, "0.5"], tmp_path_factory.mktemp("slow")) as url:
        yield url


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def real(home: Path) -> Iterator[str]:
    with serving(["-m", "ai_chat", "web", "--no-browser", "--port", "0"], home) as url:
        yield url


# -- over a double ----------------------------------------------------------------


def test_evidence_comes_first_then_the_answer_and_both_survive_a_reload(browser: Browser, double: str) -> None:
    with visiting(browser, double) as visit:
        visit.ask("연차휴가는 며칠인가요? $x$ <b>굵게</b>")
        cards = visit.page.locator(".ac.evidence details")
        expect(cards).to_have_count(2)
        expect(cards.first.locator(".passage mark")).to_contain_text("15일의 연차휴가")
        expect(visit.page.locator(".ac.answer")).to_contain_text(["남은 휴가는 넘기지 않습니다"])
        visit.page.reload()
        expect(visit.page.locator(".ac.question")).to_have_text(["연차휴가는 며칠인가요? $x$ <b>굵게</b>"])
        expect(visit.page.locator(".ac.answer")).to_contain_text(["남은 휴가는 넘기지 않습니다"])
        expect(cards).to_have_count(2)


def test_a_marker_opens_its_passage(browser: Browser, double: str) -> None:
    with visiting(browser, double) as visit:
        visit.ask("연차휴가는?")
        expect(visit.page.locator(".ac.answer a.cite")).to_have_count(2)
        expect(visit.page.get_by_role("button", name="멈추기")).to_have_count(0)  # painted for the last time
        first = visit.page.locator(".ac.evidence details").first
        expect(first.locator(".passage")).to_be_hidden()
        visit.page.locator(".ac.answer a.cite").first.click()
        expect(first.locator(".passage")).to_be_visible()


def test_an_answer_can_be_stopped_while_it_is_written(browser: Browser, slow: str) -> None:
    with visiting(browser, slow) as visit:
        visit.ask("연차휴가는?")
        expect(visit.page.locator(".ac.answer")).to_contain_text(["1년"])
        visit.page.get_by_role("button", name="멈추기").click()
        expect(visit.page.locator(".ac.answer")).to_contain_text(["멈췄습니다"])
        expect(visit.page.get_by_role("button", name="멈추기")).to_have_count(0)
        expect(visit.page.locator(".ac.answer")).not_to_contain_text("남은 휴가")


def test_a_reload_in_the_middle_of_an_answer_goes_on_with_it(browser: Browser, slow: str) -> None:
    with visiting(browser, slow) as visit:
        visit.ask("연차휴가는?")
        expect(visit.page.locator(".ac.answer")).to_contain_text(["1년"])
        visit.page.reload()
        expect(visit.page.locator(".ac.answer")).to_contain_text(["1년간 80"])
        visit.page.get_by_role("button", name="멈추기").click()
        expect(visit.page.locator(".ac.answer")).to_contain_text(["멈췄습니다"])


def test_text_of_documents_is_shown_and_never_obeyed(browser: Browser, double: str) -> None:
    with visiting(browser, double) as visit:
        visit.ask(HOSTILE)
        visit.page.locator(".ac.evidence summary").nth(1).click()
        expect(visit.page.locator(".ac.evidence .passage").nth(1)).to_have_text(HOSTILE * 3)
        visit.page.get_by_role("link", name="문서").click()
        expect(visit.page.locator(".ac.document b").first).to_have_text(HOSTILE + ".txt")
        assert visit.page.locator('img[src="x"], a[href*="example.invalid"], .katex').count() == 0
        assert visit.page.title() != "hacked"


def test_a_new_conversation_is_empty_and_the_old_one_is_kept(browser: Browser, double: str) -> None:
    with visiting(browser, double) as visit:
        visit.ask("첫 대화의 질문")
        expect(visit.page.locator(".ac.question")).to_have_count(1)
        visit.page.get_by_role("button", name="새 대화").click()
        expect(visit.page.locator(".ac.question")).to_have_count(0)
        visit.page.get_by_test_id("stSidebar").get_by_role("button", name="첫 대화의 질문").click()
        expect(visit.page.locator(".ac.question")).to_have_text(["첫 대화의 질문"])


def test_the_language_follows_the_browser_and_can_be_switched(browser: Browser, double: str) -> None:
    with visiting(browser, double, language="en-US") as visit:
        expect(visit.page.locator("textarea")).to_have_attribute("placeholder", "Ask about your documents")
        visit.page.get_by_role("button", name="한국어").click()
        expect(visit.page.locator("textarea")).to_have_attribute("placeholder", "문서에 대해 물어보세요")
        visit.page.reload()
        expect(visit.page.locator("textarea")).to_have_attribute("placeholder", "문서에 대해 물어보세요")


def test_a_locked_document_opens_with_its_password_alone(browser: Browser, tmp_path: Path) -> None:
    """A real server, and a page that only knows that the document is locked."""
    secret = "Sesame-1234"
    with (
        serving(["-m", "ai_chat", "web", "--no-browser", "--port", "0"], tmp_path) as url,
        visiting(browser, url) as visit,
    ):
        visit.page.get_by_role("link", name="문서").click()
        visit.upload("잠긴 문서.pdf", locked_pdf(secret))
        field = visit.page.locator('input[type="password"]')
        field.fill("아닌데")
        field.press("Enter")
        expect(visit.page.locator(".ac.document", has_text="입력한 비밀번호로")).to_be_visible()
        field.fill(secret)
        field.press("Enter")
        expect(visit.page.locator(".ac.document", has_text="잠긴 문서.pdf")).to_contain_text("1개 부분")
        expect(field).to_have_count(0)
        assert secret not in visit.page.content() + visit.page.url
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept and not [path for path in kept if secret.encode() in path.read_bytes()]


def locked_pdf(password: str) -> bytes:
    data = io.BytesIO()
    canvas = Canvas(data, encrypt=StandardEncryption(password, strength=128))
    canvas.drawString(72, 720, "The warranty on hydraulic chucks is 24 months.")
    canvas.save()
    return data.getvalue()


def test_with_a_password_the_page_asks_for_it(browser: Browser, tmp_path: Path) -> None:
    with serving(["-c", DOUBLE, "0"], tmp_path, AI_CHAT_PASSWORD="열려라 참깨") as url:
        context = browser.new_context(locale="ko-KR")
        page = context.new_page()
        page.goto(url)
        expect(page.get_by_text("비밀번호를 입력하세요")).to_be_visible()
        for password, seen in (
            ("열려라", page.get_by_text("맞지 않습니다")),
            ("열려라 참깨", page.locator("textarea")),
        ):
            page.get_by_label("비밀번호").fill(password)
            page.get_by_role("button").click()
            expect(seen).to_be_visible()
        context.close()


def test_on_a_phone_nothing_runs_out_of_the_screen(browser: Browser, double: str) -> None:
    with visiting(browser, double, width=390) as visit:
        visit.ask("연차휴가는?")
        expect(visit.page.locator(".ac.evidence details")).to_have_count(2)
        widest = "Math.max(...[...document.querySelectorAll('.ac')].map(e => e.getBoundingClientRect().right))"
        assert visit.page.evaluate(widest) <= 390
        visit.picture("phone")


# -- the whole program ---------------------------------------------------------------


def test_a_korean_question_over_the_samples(browser: Browser, real: str) -> None:
    with visiting(browser, real) as visit:
        expect(visit.page.get_by_text("예시 문서가 준비되어 있습니다")).to_be_visible()
        visit.ask("쓰지 않은 연차는 다음 해로 며칠까지 넘길 수 있나요?")
        expect(visit.page.locator(".ac.evidence details").first).to_contain_text("취업규칙")
        expect(visit.page.locator(".ac.evidence .passage mark").first).to_contain_text("5일")
        expect(visit.page.locator('[class*="st-key-foot-"]')).to_be_visible(timeout=3 * WAIT_MS)
        visit.page.locator(".ac.evidence details summary").first.click()
        with visit.page.expect_popup() as opening:
            visit.page.get_by_role("link", name="원문 보기").first.click()
        viewer = opening.value
        expect(viewer.locator("main img")).to_be_visible()
        assert viewer.evaluate("document.querySelector('main img').naturalWidth") > 400
        viewer.screenshot(path=str(ARTIFACTS / "viewer.png"))
        visit.picture("evidence")
        expect(visit.page.get_by_role("button", name="멈추기")).to_have_count(0, timeout=90_000)
        answer = visit.page.locator(".ac.answer").text_content() or ""
        assert answer.strip()
        visit.picture("answer")
        visit.page.reload()
        expect(visit.page.locator(".ac.answer")).to_have_text([answer])
        expect(visit.page.locator(".ac.evidence details").first).to_contain_text("취업규칙")


def test_a_filter_that_cannot_be_applied_is_said_below_the_question(browser: Browser, real: str) -> None:
    with visiting(browser, real) as visit:
        visit.ask("연차 휴가 종류:pdf")
        expect(visit.page.locator(".ac.evidence details").first).to_contain_text("취업규칙")
        visit.ask("휴가 after:banana")
        expect(visit.page.locator(".ac.question").last).to_have_text("휴가 after:banana")
        expect(visit.page.get_by_role("button", name="멈추기")).to_have_count(0, timeout=90_000)
        alert = visit.page.get_by_test_id("stAlert")
        expect(alert).to_contain_text("after:banana")
        expect(alert).to_be_in_viewport()
        visit.picture("refused")


def test_an_uploaded_cp949_text_is_found_and_its_markup_stays_text(browser: Browser, real: str) -> None:
    text = (
        "사내 동호회 안내\n\n등산 동호회의 회비는 매달 7,300원이며 총무 곽두레에게 낸다. <img src=x onerror=alert(1)>\n"
    )
    with visiting(browser, real) as visit:
        visit.page.get_by_role("link", name="문서").click()
        visit.upload("동호회.txt", text.encode("cp949"))
        expect(visit.page.locator(".ac.document b").first).to_have_text("동호회.txt")
        visit.picture("documents")
        visit.page.get_by_role("link", name="질문").click()
        visit.ask("등산 동호회 회비는 얼마인가요?")
        expect(visit.page.locator(".ac.evidence details").first).to_contain_text("7,300원")
        expect(visit.page.locator(".ac.evidence .passage").first).to_contain_text("<img src=x onerror=alert(1)>")
        assert visit.page.locator('img[src="x"]').count() == 0


def test_a_question_that_is_too_long_is_said(browser: Browser, real: str) -> None:
    with visiting(browser, real) as visit:
        visit.ask("가" * 50_000)
        expect(visit.page.get_by_test_id("stAlert")).to_contain_text("50000자")
        visit.page.get_by_role("link", name="문서").click()
        visit.upload("junk.bin", b"\x00\x01\x02")
        expect(visit.page.locator(".ac.summary").filter(has_text="junk.bin")).to_be_visible()


def test_the_door_of_the_running_program(real: str, home: Path) -> None:
    address = real.split("/?")[0]
    assert httpx.get(f"{address}/", headers={"host": "evil.example"}).status_code == 403
    assert httpx.get(f"{address}/api/status").status_code == 403
    owner = json.loads((home / "run" / "owner.json").read_text("utf-8"))
    assert owner["address"] == address
    assert (home / "run" / "owner.json").stat().st_mode & 0o777 == 0o600
    key = {"authorization": f"Bearer {owner['key']}"}
    assert httpx.get(f"{address}/api/status", headers={**key, "origin": "http://evil.example"}).status_code == 403
