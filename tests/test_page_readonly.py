"""The page over a home that can no longer be read or written, in a real Chromium: every view says so, and nothing shows a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, Page, expect

from ai_chat.ui.script import VIEWS
from tests.browser import CHROMIUM, WAIT_MS, serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

PROGRAM = """
import sys
from pathlib import Path
from ai_chat.config import load_settings
from ai_chat.errors import MachineError
from ai_chat.server import serve
from tests.doubles_app import DoubleApp

REFUSED = Path(sys.argv[1])
ALL = {"ask", "collections", "conversations", "document_page", "documents", "export_conversation", "memory_report", "metrics", "rate",
       "ratings", "remove", "remove_conversations", "rename_conversation", "turns", "cache_stats", "status"}

class Refusing(DoubleApp):
    def __getattribute__(self, name):
        if name in ALL and REFUSED.exists() and name in (REFUSED.read_text().split() or ALL):
            raise MachineError("home_unwritable", path="/library", reason="attempt to write a readonly database")
        return super().__getattribute__(name)

serve(load_settings({"port": 0}), lambda *_given: Refusing(0.01), open_browser=False)
"""
SENTENCE = "readonly database"


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """While this file is there the App refuses the calls that it names, or all where it is empty."""
    return tmp_path_factory.mktemp("refused") / "refused"


@pytest.fixture(scope="module")
def address(refused: Path) -> Iterator[str]:
    with serving(["-c", PROGRAM, str(refused)], refused.parent) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str, refused: Path) -> Iterator[Page]:
    """An open page with a question that was answered while all was well."""
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    page.goto(address)
    page.locator("textarea:not([disabled])").fill("연차휴가는?")
    page.locator("textarea").press("Enter")
    expect(page.locator('[class*="st-key-foot-"]').first).to_be_visible()
    yield page
    refused.unlink(missing_ok=True)
    context.close()


def told(page: Page) -> None:
    expect(page.get_by_test_id("stAlert").filter(has_text=SENTENCE).first).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Traceback")).to_have_count(0)


@pytest.mark.parametrize("view", ["", *VIEWS])
def test_every_view_says_that_nothing_can_be_read(page: Page, address: str, refused: Path, view: str) -> None:
    conversation = page.url.partition("?")[2]
    refused.touch()
    page.goto(f"{address.partition('?')[0]}{view}" + ("" if view else f"?{conversation}"))
    told(page)


def test_a_question_and_a_choice_of_scope_are_refused_by_a_sentence(page: Page, refused: Path) -> None:
    refused.write_text("ask collections")
    page.locator("textarea").fill("병가는?")
    page.locator("textarea").press("Enter")
    told(page)
    page.locator(".st-key-scope-chooser-button button").first.click()
    told(page)


def test_what_is_added_finds_no_collection_and_says_so(page: Page, refused: Path) -> None:
    refused.write_text("collections")
    page.get_by_role("link", name="문서", exact=True).click()
    told(page)


def test_a_conversation_that_cannot_be_read_is_saved_as_the_reason(page: Page, refused: Path) -> None:
    page.get_by_test_id("stPopover").get_by_role("button").first.click()
    saving = page.get_by_test_id("stDownloadButton").get_by_role("button")
    expect(saving).to_be_visible()
    refused.write_text("export_conversation")
    with page.expect_download(timeout=WAIT_MS) as download:
        saving.click()
    assert SENTENCE in Path(download.value.path()).read_text("utf-8")
    expect(page.get_by_test_id("stException")).to_have_count(0)
