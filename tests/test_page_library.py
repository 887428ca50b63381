"""The library in a real Chromium: adding, finding, choosing, moving, replacing and removing documents, each with its way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, Locator, expect

from tests.browser import CHROMIUM, WAIT_MS, Visit, serving, visiting
from tests.doubles_app import HOSTILE

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

DOUBLE = """
from ai_chat.config import load_settings
from ai_chat.server import serve
from tests.doubles_library import LibraryApp
import sys
serve(load_settings({"port": 0}), lambda _settings, address, key: LibraryApp(int(sys.argv[1])), open_browser=False)
print("loaded", sorted({"pandas", "pyarrow", "altair", "PIL", "fastapi", "httpx", "numpy"} & set(sys.modules)))
"""

SLOW = DOUBLE.replace("LibraryApp(int(sys.argv[1]))", "paused()").replace(
    "import sys",
    """
def paused():
    app = LibraryApp(0)
    app.pause_ingest(True)
    return app
""",
)

READ_ONLY = DOUBLE.replace("LibraryApp", "ReadOnlyLibrary")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """120 documents in two collections, of which 20 could not be read."""
    with serving(["-c", DOUBLE, "120"], tmp_path_factory.mktemp("shelf")) as url:
        yield url


def library(visit: Visit, name: str = "문서") -> None:
    visit.page.get_by_role("link", name=name, exact=True).click()
    visit.page.locator('[data-testid="stFileUploader"]').first.wait_for()


def choose(visit: Visit, box: Locator, words: str) -> None:
    box.click()
    visit.page.get_by_role("option", name=words).click()


def test_documents_are_added_removed_and_brought_back(browser: Browser, tmp_path: Path) -> None:
    with serving(["-c", DOUBLE, "0"], tmp_path) as url, visiting(browser, url) as visit:
        library(visit)
        visit.upload("메모 *1*.txt", b"memo")
        names = visit.page.locator(".ac.document b")
        expect(names).to_have_text(["메모 *1*.txt", HOSTILE + ".txt", "취업규칙.pdf"])
        expect(visit.page.get_by_text("메모 *1*.txt: 등록했습니다")).to_be_visible()
        visit.page.get_by_role("button", name="메모 *1*.txt 더 보기").click()
        visit.page.get_by_role("button", name="삭제", exact=True).click()
        expect(names).to_have_count(2)
        visit.page.get_by_role("button", name="되돌리기").click()
        expect(names).to_have_count(3)
        visit.page.get_by_role("button", name="예시 문서 지우기").click()
        expect(names).to_have_text(["메모 *1*.txt"])
        visit.page.get_by_role("link", name="질문").click()
        visit.ask("연차휴가는?")
        expect(visit.page.locator(".ac.answer")).to_contain_text(["남은 휴가는"])
    assert "loaded []" in (tmp_path / "server.out").read_text("utf-8")


def test_the_list_is_paged_and_what_is_set_stays_while_one_looks_elsewhere(browser: Browser, shelf: str) -> None:
    with visiting(browser, shelf) as visit:
        library(visit)
        names = visit.page.locator(".ac.document b")
        span = visit.page.locator(".ac.shelf .span")
        expect(span).to_have_text("120개 중 1–50")
        visit.page.get_by_role("button", name="다음").click()
        expect(span).to_have_text("120개 중 51–100")
        expect(names.first).to_have_text("문서 050.txt")
        visit.page.get_by_role("button", name="읽지 못함 20").click()
        expect(span).to_have_text("20개")
        visit.page.get_by_placeholder("이름으로 찾기").fill("문서 11")
        visit.page.get_by_placeholder("이름으로 찾기").press("Enter")
        expect(span).to_have_text("3개")
        visit.page.get_by_role("link", name="질문").click()
        visit.page.locator("textarea").wait_for()
        library(visit)
        expect(names).to_have_text(["문서 011.txt", "문서 113.txt", "문서 119.txt"])
        expect(visit.page.get_by_placeholder("이름으로 찾기")).to_have_value("문서 11")
        visit.page.get_by_placeholder("이름으로 찾기").fill("없는 이름")
        visit.page.get_by_placeholder("이름으로 찾기").press("Enter")
        expect(visit.page.get_by_text("조건에 맞는 문서가 없습니다.")).to_be_visible()
        visit.page.get_by_role("button", name="모두 보기").click()
        expect(span).to_have_text("120개 중 1–50")
        visit.picture("library")


def test_chosen_documents_move_to_a_new_collection_and_back(browser: Browser, shelf: str) -> None:
    with visiting(browser, shelf) as visit:
        page = visit.page
        library(visit)
        for name in ("문서 000 txt 고르기", "문서 001 txt 고르기"):
            page.get_by_role("checkbox", name=name).click(force=True)
            expect(page.get_by_role("checkbox", name=name)).to_be_checked()
        expect(page.get_by_text("2개 고름")).to_be_visible()
        page.get_by_role("button", name="옮기기").click()
        choose(visit, page.get_by_role("combobox", name="모음", exact=True), "새 모음…")
        page.get_by_label("새 모음의 이름").fill("@비밀")
        page.get_by_label("새 모음의 이름").press("Enter")
        expect(page.locator(".st-key-move-chosen-button button")).to_be_disabled()
        page.get_by_label("새 모음의 이름").fill("인사 규정")
        page.get_by_label("새 모음의 이름").press("Enter")
        page.locator(".st-key-move-chosen-button button").click()
        expect(page.get_by_text("2개를 인사 규정(으)로 옮겼습니다")).to_be_visible()
        first = page.locator(".ac.document").first
        expect(first).to_contain_text("인사 규정")
        page.get_by_role("button", name="되돌리기").click()
        expect(first).to_contain_text("내 문서")
        expect(page.get_by_role("checkbox", name="문서 000 txt 고르기")).not_to_be_checked()


def test_all_that_fit_are_removed_at_once_and_brought_back(browser: Browser, shelf: str) -> None:
    with visiting(browser, shelf, "en-US") as visit:
        page = visit.page
        library(visit, "Documents")
        span = page.locator(".ac.shelf .span")
        page.get_by_role("button", name="ready 100").click()
        expect(span).to_have_text("1–50 of 100")
        page.get_by_role("checkbox", name="Choose this page").check(force=True)
        page.get_by_role("button", name="Choose all 100").click()
        expect(page.get_by_text("100 chosen")).to_be_visible()
        page.locator(".st-key-remove-chosen button").click()
        expect(page.get_by_text("No document fits.")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(span).to_have_text("1–50 of 100")


def test_a_folder_goes_into_its_collection_which_stays_chosen(
    browser: Browser, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("계약서")
    (folder / "2025").mkdir()
    for name, text in (("가.txt", "첫째"), ("2025/나.txt", "둘째"), ("빈.txt", ""), (".숨김.txt", "x"), ("x.exe", "x")):
        (folder / name).write_text(text, "utf-8")
    with serving(["-c", DOUBLE, "0"], tmp_path) as url, visiting(browser, url) as visit:
        page = visit.page
        library(visit)
        choose(visit, page.get_by_role("combobox", name="넣을 모음"), "새 모음…")
        page.get_by_label("새 모음의 이름").fill("계약 2025")
        page.get_by_label("새 모음의 이름").press("Enter")
        page.get_by_text("폴더째 추가").click()
        page.locator('input[type="file"][webkitdirectory]').set_input_files(folder)
        expect(page.locator(".ac.document b")).to_contain_text(["가.txt", "나.txt"])
        expect(page.locator(".ac.summary")).to_contain_text(["빈.txt"])
        expect(page.get_by_text("뺀 파일: 2개")).to_be_visible()
        expect(page.locator(".ac.document", has_text="나.txt")).to_be_visible()
        page.get_by_role("link", name="질문").click()
        page.locator("textarea").wait_for()
        library(visit)
        expect(page.get_by_role("combobox", name="넣을 모음")).to_have_value("계약 2025")


def test_uploads_go_on_without_the_page_and_can_be_paused(browser: Browser, tmp_path: Path) -> None:
    with serving(["-c", SLOW], tmp_path) as url:
        with visiting(browser, url) as visit:
            library(visit)
            visit.upload("느림.txt", b"memo")
            expect(visit.page.get_by_text("멈춤, 다음 파일: 느림.txt")).to_be_visible()
        with visiting(browser, url) as visit:
            library(visit)
            expect(visit.page.get_by_text("멈춤, 다음 파일: 느림.txt")).to_be_visible()
            visit.page.get_by_role("button", name="읽기 계속하기").click()
            expect(visit.page.get_by_text("느림.txt: 등록했습니다")).to_be_visible()
            expect(visit.page.locator(".ac.document b").first).to_have_text("느림.txt")
            visit.page.get_by_role("button", name="닫기").click()
            expect(visit.page.locator(".ac.summary")).to_have_count(0)


def test_a_newer_file_takes_a_documents_place(browser: Browser, shelf: str, tmp_path: Path) -> None:
    (tmp_path / "새 판.txt").write_text("새 내용", "utf-8")
    with visiting(browser, shelf) as visit:
        page = visit.page
        library(visit)
        page.get_by_placeholder("이름으로 찾기").fill("문서 005")
        page.get_by_placeholder("이름으로 찾기").press("Enter")
        page.get_by_role("button", name="문서 005.txt 더 보기").click()
        page.locator('[class*="st-key-panel-"] input[type="file"]').set_input_files(tmp_path / "새 판.txt")
        expect(page.get_by_text("새 판.txt: 갱신했습니다")).to_be_visible()


def test_a_file_that_is_too_large_is_refused_with_the_limit_and_all_fits_a_phone(
    browser: Browser, shelf: str, tmp_path: Path
) -> None:
    with (tmp_path / "big.pdf").open("wb") as file:
        file.truncate(2 << 30)
    with visiting(browser, shelf, width=390) as visit:
        page = visit.page
        page.get_by_test_id("stExpandSidebarButton").click()
        library(visit)
        page.locator('[data-testid="stFileUploader"] input[type="file"]').first.set_input_files(tmp_path / "big.pdf")
        told = "getComputedStyle(document.querySelector('[data-testid=stFileUploader]'), '::after').content"
        page.wait_for_function(f"() => {told}.includes('최대 200MB')")
        page.locator('[class*="st-key-open-row-"] button').first.click(force=True)
        expect(page.get_by_role("link", name="열어 보기")).to_be_attached()
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
        visit.picture("library-phone")


def test_a_library_that_cannot_be_written_says_so(browser: Browser, tmp_path: Path) -> None:
    with serving(["-c", READ_ONLY, "3"], tmp_path) as url, visiting(browser, url) as visit:
        page = visit.page
        library(visit)
        page.get_by_role("checkbox", name="문서 001 txt 고르기").check(force=True)
        page.locator(".st-key-remove-chosen button").click()
        expect(page.get_by_test_id("stAlert")).to_contain_text("readonly database")
        expect(page.locator(".ac.document b")).to_have_count(5)
        visit.upload("메모.txt", b"memo")
        expect(page.locator(".ac.summary")).to_contain_text(["readonly database"])
