"""Conversations in the sidebar, in a real Chromium: found, named, saved, deleted and brought back; the last question asked otherwise."""

from __future__ import annotations

from collections.abc import Iterator
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
from tests.doubles_app import DoubleApp
serve(load_settings({"port": 0}), lambda _settings, address, key: DoubleApp(pause=0.01), open_browser=False)
"""


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(["-c", PROGRAM], tmp_path_factory.mktemp("conversations")) as url:
        yield url


def test_a_conversation_is_named_saved_deleted_and_brought_back(browser: Browser, address: str, tmp_path: Path) -> None:
    with visiting(browser, address) as visit:
        page = visit.page
        visit.ask("연차휴가는?")
        manage = page.get_by_role("button", name="이 대화")
        manage.click()
        name = page.get_by_label("이름", exact=True)
        name.fill("휴가 <b>규정</b>")
        name.press("Enter")
        expect(page.get_by_role("button", name="휴가 <b>규정</b>")).to_be_visible()
        visit.picture("conversation")
        with page.expect_download() as saving:
            page.get_by_role("button", name="Markdown으로 저장").click()
        saving.value.save_as(tmp_path / "saved.md")
        assert "## 연차휴가는?" in (tmp_path / "saved.md").read_text("utf-8")
        page.get_by_role("button", name="삭제").click()
        expect(page.get_by_text("대화를 삭제했습니다.")).to_be_visible()
        expect(page.locator(".ac.welcome").first).to_be_visible()
        page.get_by_role("button", name="되돌리기").click()
        expect(page.locator(".ac.question")).to_have_text(["연차휴가는?"])
        expect(page.get_by_text("대화를 삭제했습니다.")).to_have_count(0)


def test_conversations_are_found_by_their_words(browser: Browser, address: str) -> None:
    with visiting(browser, address, language="en-US") as visit:
        page = visit.page
        for number in range(8):
            visit.ask(f"question {number}")
            expect(page.locator(".ac.question")).to_have_text([f"question {number}"])
            page.get_by_role("button", name="New conversation").click()
            expect(page.locator(".ac.welcome").first).to_be_visible()
        titles = page.locator('[class*="st-key-go-"]')
        expect(titles).to_have_count(6)
        page.get_by_role("button", name="2 older ones").click()
        expect(titles).to_have_count(8)
        search = page.get_by_label("Search conversations")
        search.fill("question 3")
        search.press("Enter")
        expect(titles).to_have_count(1)
        search.fill("nothing like it")
        search.press("Enter")
        expect(page.get_by_text("None found")).to_be_visible()


def test_the_last_question_is_asked_otherwise(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        page = visit.page
        visit.ask("연차휴가는?")
        page.get_by_role("button", name="질문 고치기").click()
        box = page.get_by_label("질문 고치기")
        expect(box).to_have_value("연차휴가는?")
        box.fill("병가는?")
        page.get_by_role("button", name="묻기", exact=True).click()
        expect(page.locator(".ac.question")).to_have_text(["병가는?"])
        expect(page.locator(".ac.answer")).to_contain_text(["15일"])


def test_an_answer_is_copied(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        visit.ask("연차휴가는?")
        visit.page.locator(".ac button.copy").click()
        expect(visit.page.locator(".ac button.copy .said")).to_have_text("복사했습니다")


def test_only_chosen_documents_are_searched(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        page = visit.page
        page.get_by_role("button", name="모든 문서").click()
        expect(page.get_by_text("컬렉션")).to_be_visible()
        page.get_by_text("PDF 문서").click()
        expect(page.locator('[class*="st-key-chip-types-pdf"]')).to_be_visible()
        visit.picture("scope")
        visit.ask("연차휴가는?")
        expect(page.locator(".ac.question")).to_have_count(1)
        page.reload()
        expect(page.locator('[class*="st-key-chip-types-pdf"]')).to_be_visible()
        page.locator('[class*="st-key-chip-types-pdf"] button').first.click()
        expect(page.locator('[class*="st-key-chip-types-pdf"]')).to_have_count(0)


def test_a_dropped_file_belongs_to_its_conversation(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        page = visit.page
        visit.drop("회의록.txt", "7월 3일에 모인다.".encode())
        expect(page.get_by_test_id("stChatInput").get_by_text("회의록.txt")).to_be_visible()
        visit.ask("언제 모이나요?")
        told = page.get_by_text("회의록.txt: 등록했습니다")
        expect(page.locator(".ac.question")).to_have_text(["언제 모이나요?"])
        expect(page.locator(".ac.answer")).to_contain_text(["15일"])
        page.reload()
        expect(told).to_be_visible()
        expect(page.locator(".ac.question")).to_have_text(["언제 모이나요?"])
        visit.picture("dropped")
        line, question = told.bounding_box(), page.locator(".ac.question").bounding_box()
        assert line and question and line["y"] < question["y"]


def test_a_question_whose_files_all_failed_is_not_asked_by_itself(browser: Browser, address: str) -> None:
    with visiting(browser, address) as visit:
        page = visit.page
        visit.drop("빈 파일.txt", b"")
        expect(page.get_by_test_id("stChatInput").get_by_text("빈 파일.txt")).to_be_visible()
        visit.ask("무엇이 들어 있나요?")
        expect(page.get_by_text("읽을 수 있는 파일이 없어 질문하지 않았습니다.")).to_be_visible()
        expect(page.locator(".ac.question")).to_have_text(["무엇이 들어 있나요?"])
        expect(page.locator(".ac.answer")).to_have_count(0)
        visit.picture("dropped-unread")
        page.get_by_role("button", name="그래도 질문하기").click()
        expect(page.locator(".ac.answer")).to_contain_text(["15일"])
        expect(page.locator(".ac.question")).to_have_text(["무엇이 들어 있나요?"])
