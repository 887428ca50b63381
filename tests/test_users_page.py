"""Users in a real Chromium over the whole program: signing in, what each sees of page and documents, signing out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the development requirement playwright")

from playwright.sync_api import Browser, Page, expect

from tests.browser import CHROMIUM, WAIT_MS, serving
from tests.program import Program

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs system package chromium")
expect.set_options(timeout=WAIT_MS)

WEB = ["-m", "ai_chat", "web", "--port", "0", "--no-browser"]
PASSWORD = b"correct horse\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("users")
    program = Program(home)
    for name in ("red", "blue"):
        place = home / "files to read" / name
        place.mkdir(parents=True)
        (place / f"{name}-plan.txt").write_text(f"The {name} lantern costs 4711 won.\n", "utf-8")
        assert program("ingest", place, "--collection", name).code == 0
    for words in (["boss"], ["reader", "--collection", "red"], ["editor", "--role", "editor", "--collection", "red"]):
        assert program("users", "add", *words, "--stdin", stdin=PASSWORD).code == 0
    with serving(WEB, home, AI_CHAT_EMBEDDER="none") as url:
        assert "token" not in url
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


def sign_in(page: Page, address: str, name: str, password: str = "correct horse") -> None:
    page.goto(address)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Enter").click()


def ask(page: Page, question: str) -> None:
    page.locator("textarea").fill(question)
    page.locator("textarea").press("Enter")


def test_a_wrong_password_stays_outside(page: Page, address: str) -> None:
    sign_in(page, address, "reader", "wrong")
    expect(page.get_by_text("do not belong together")).to_be_visible()


def test_a_reader_sees_his_collection_and_no_machine(page: Page, address: str) -> None:
    sign_in(page, address, "reader")
    expect(page.get_by_text("Signed in: reader (read only)")).to_be_visible()
    for hidden in ("Monitor", "Settings"):
        expect(page.get_by_role("link", name=hidden)).to_have_count(0)
    ask(page, "lantern costs")
    expect(page.get_by_text("red-plan.txt").first).to_be_visible()
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page.get_by_text("red-plan.txt").first).to_be_visible()
    expect(page.locator('[data-testid="stFileUploader"]')).to_have_count(0)
    assert "blue" not in page.content()


def test_a_view_that_is_not_his_opens_the_chat(page: Page, address: str) -> None:
    sign_in(page, address, "reader")
    expect(page.locator("textarea")).to_be_visible()
    page.goto(f"{address}settings")
    expect(page.get_by_role("heading", name="Settings")).to_have_count(0)


def test_a_conversation_of_another_cannot_be_opened_by_its_address(page: Page, address: str, browser: Browser) -> None:
    sign_in(page, address, "reader")
    ask(page, "lantern costs 4711")
    page.wait_for_url("**c=*")
    query = urlsplit(page.url).query
    context = browser.new_context(locale="en-US")
    other = context.new_page()
    sign_in(other, address, "editor")
    expect(other.get_by_text("Signed in: editor (editor)")).to_be_visible()
    other.goto(f"{address}?{query}")
    expect(other.get_by_text("Signed in: editor (editor)")).to_be_visible()
    expect(other.locator("textarea")).to_be_visible()
    assert "4711" not in other.content()
    context.close()


def test_an_editor_adds_to_his_collection(page: Page, address: str) -> None:
    sign_in(page, address, "editor")
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page.get_by_text("red-plan.txt").first).to_be_visible()
    expect(page.locator('[data-testid="stFileUploader"]').first).to_be_visible()


def test_an_admin_has_all_views(page: Page, address: str) -> None:
    sign_in(page, address, "boss")
    for name in ("Documents", "Monitor", "Settings"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_signing_out_closes_the_page(page: Page, address: str) -> None:
    sign_in(page, address, "reader")
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto(address)
    expect(page.get_by_label("Password")).to_be_visible()


def test_who_is_removed_is_told_so_on_his_open_page(
    page: Page, address: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = next(path for path in Path(tmp_path_factory.getbasetemp()).iterdir() if path.name.startswith("users"))
    program = Program(home)
    assert program("users", "add", "passing", "--stdin", "--collection", "red", stdin=PASSWORD).code == 0
    sign_in(page, address, "passing")
    expect(page.locator("textarea")).to_be_visible()
    assert program("users", "remove", "passing").code == 0
    ask(page, "lantern costs")
    expect(page.get_by_text("You are not signed in any more").first).to_be_visible()
    assert "red-plan.txt" not in page.content()


def test_an_admin_manages_users_on_the_page(page: Page, address: str, browser: Browser) -> None:
    sign_in(page, address, "boss")
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_text("Add a user").first.click()
    page.get_by_label("Name of the user").fill("newcomer")
    page.get_by_label("Password of the user").last.fill("short")
    page.get_by_role("button", name="Add a user").click()
    expect(page.get_by_text("8 characters or more")).to_be_visible()
    page.get_by_label("Password of the user").last.fill("correct horse")
    page.get_by_role("button", name="Add a user").click()
    expect(page.get_by_text("newcomer · read only · no collection")).to_be_visible()
    context = browser.new_context(locale="en-US")
    other = context.new_page()
    sign_in(other, address, "newcomer")
    expect(other.get_by_text("Signed in: newcomer (read only)")).to_be_visible()
    page.get_by_role("button", name="Manage newcomer").click()
    page.get_by_role("button", name="Remove this user").click()
    expect(page.get_by_text("newcomer · read only")).to_have_count(0)
    other.reload()
    expect(other.get_by_label("Password")).to_be_visible()
    context.close()


def test_a_new_password_of_ones_own_is_asked_for_at_once(page: Page, address: str) -> None:
    sign_in(page, address, "editor")
    page.get_by_role("button", name="Change the password").click()
    page.get_by_label("Password now").fill("correct horse")
    page.get_by_label("New password").fill("another horse")
    page.get_by_label("New password").press("Enter")
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("You are not signed in any more").first).to_be_visible()
    sign_in(page, address, "editor", "another horse")
    expect(page.get_by_text("Signed in: editor (editor)")).to_be_visible()
