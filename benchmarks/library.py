"""What the library costs with many documents: processor time of the page's process for one repaint, and of SQL for one page.

    python benchmarks/library.py [--documents 100 10000] [--rounds 10] [--json]

Makes a library of so many documents (an 18th failed, some locked, three collections) in a folder of its own, starts the program over
it and does in a real Chromium what a visitor does: turning the page, choosing a row, sorting, finding by words. Prints medians and the
spread in milliseconds; `sql` is App.document_page() of the first page, sorted by name, in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from monitor import cpu_seconds
from playwright.sync_api import Page, sync_playwright

from ai_chat.app import open_app
from ai_chat.config import load_settings
from ai_chat.store import Store
from ai_chat.types import DocumentQuery, Problem, Scope, Status

_REST = 0.4  # seconds after a repaint in which the rest of its work is done
Times = dict[str, list[float]]


def fill(home: Path, count: int) -> None:
    os.environ["AI_CHAT_HOME"] = str(home)
    settings = load_settings()
    with closing(open_app(settings, "write")):
        pass  # it makes the library
    with closing(Store.open(settings.database)) as store:
        for number in range(count):
            name = f"{['계약', '검수', '회의', '정산', '점검'][number % 5]} {number:05d}.pdf"
            collection = ("documents", "documents", "계약", "2025")[number % 4]
            document = store.library.put_document(collection, name, name, f"/nowhere/{name}")
            status: Status = "failed" if number % 18 == 0 else "needs_password" if number % 1000 == 1 else "complete"
            problem = Problem("file_empty", {"name": name}) if status == "failed" else None
            store.library.set_status(document, status, problem)


def sql(rounds: int) -> list[float]:
    """CPU milliseconds of a page."""
    found = []
    with closing(open_app(load_settings(), "read")) as app:
        for _ in range(rounds + 1):
            began = time.process_time()
            app.document_page(Scope(), DocumentQuery())
            found.append(1000 * (time.process_time() - began))
    return found[1:]  # the first opens the store


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, int]]:
    environ = {**os.environ, "AI_CHAT_HOME": str(home), "AI_CHAT_MODEL": "/nonexistent.gguf"}
    command = [sys.executable, "-m", "ai_chat", "web", "--no-browser", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ)
    try:
        assert server.stdout
        told = next(found for line in server.stdout if (found := re.search(r"http://\S+", line)))
        yield told.group(), server.pid
    finally:
        server.terminate()
        server.wait(60)


def cost(page: Page, pid: int, act: Callable[[], None]) -> float:
    """CPU milliseconds from an act of the visitor until the page rests."""
    before = cpu_seconds(pid)
    act()
    page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget], [data-stale=true]')")
    page.wait_for_timeout(1000 * _REST)
    return 1000 * (cpu_seconds(pid) - before)


def visit(page: Page, pid: int, rounds: int) -> Times:
    span = page.locator(".ac.shelf .span")
    words = page.get_by_placeholder("Filter by name")

    def find(what: str) -> None:
        told = span.text_content()
        words.fill(what)
        words.press("Enter")
        page.wait_for_function("told => document.querySelector('.ac.shelf .span').textContent !== told", arg=told)

    def turn(name: str) -> None:
        told = span.text_content()
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_function("told => document.querySelector('.ac.shelf .span').textContent !== told", arg=told)

    def nothing() -> None:
        """What the process does by itself meanwhile."""

    found: Times = {"nothing": [], "next page": [], "choose a row": [], "find by words": []}
    for _ in range(rounds):
        found["nothing"].append(cost(page, pid, nothing))
        found["next page"].append(cost(page, pid, lambda: turn("Next")))
        turn("Previous")
        row = page.locator('[class*="st-key-pick-"]:not(.st-key-pick-page) label').first
        found["choose a row"].append(cost(page, pid, row.click))
        row.click()
        page.wait_for_timeout(1000 * _REST)
        found["find by words"].append(cost(page, pid, lambda: find("계약")))
        find("")
        page.wait_for_timeout(1000 * _REST)
    return found


def measure(count: int, rounds: int) -> Times:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home, count)
        pages = sql(rounds)
        with serving(home) as (url, pid), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_context(locale="en-US").new_page()
            page.goto(url)
            page.locator("textarea").wait_for()
            page.get_by_role("link", name="Documents", exact=True).click()
            page.locator(".ac.document").first.wait_for()
            page.wait_for_timeout(5000)
            found = visit(page, pid, rounds)
            browser.close()
    return {"sql": pages, **found}


def show(found: dict[int, Times]) -> None:
    print(f"{'documents':>10} {'act':<14} {'CPU ms':>8} {'from':>7} {'to':>7}")
    for count, times in found.items():
        for act, each in times.items():
            print(f"{count:>10,} {act:<14} {statistics.median(each):>8.1f} {min(each):>7.1f} {max(each):>7.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, nargs="+", default=[100, 10_000])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {count: measure(count, options.rounds) for count in options.documents}
    if options.json:
        print(json.dumps(found))
    else:
        show(found)


if __name__ == "__main__":
    main()
