"""What the browser tests share: a server as a process of its own, and a Chromium that notices what must not happen."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Page, Request, ViewportSize

from tests.containers import within

ROOT = Path(__file__).parents[1]
ARTIFACTS = ROOT / "tests" / "artifacts"
CHROMIUM = shutil.which("chromium")
WAIT_MS = 60_000

Scheme = Literal["light", "dark"]


@contextmanager
def serving(command: Sequence[str], home: Path, **more: str) -> Iterator[str]:
    """Run a server and give the address, with its token, that it prints; what it prints later is in server.out.

    `more` is added to its environment. Where AI_CHAT_TEST_IMAGE names a container image, it runs in that.
    """
    own = {"AI_CHAT_HOME": str(home), "AI_CHAT_LANGUAGE": "auto", "LC_ALL": "C.UTF-8", **more}
    image = os.environ.get("AI_CHAT_TEST_IMAGE")
    line = within(image, command, own) if image else [sys.executable, *command]
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            line, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT, env={**os.environ, **own}
        )
        try:
            yield _address(process, home)
        finally:
            process.terminate()
            with process:
                assert process.stdout
                (home / "server.out").write_text(process.stdout.read(), "utf-8")
                process.wait(60)


def _address(process: subprocess.Popen[str], home: Path) -> str:
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"http://\S+", line):
            return found.group()
    raise AssertionError((home / "server.log").read_text("utf-8"))


@dataclass
class Visit:
    """A page that keeps what it complained about and whom it asked."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} {message.location}")

    def asked(self, request: Request) -> None:
        if request.url.startswith(("http", "ws")):
            self.hosts.add(urlsplit(request.url).netloc)

    def ask(self, question: str) -> None:
        box = self.page.locator("textarea")
        box.fill(question)
        box.press("Enter")

    def upload(self, name: str, data: bytes) -> None:
        """Into the library, which is open."""
        self._choose('[data-testid="stFileUploader"] input[type="file"]', name, data)

    def drop(self, name: str, data: bytes) -> None:
        """Into the box of the chat, which sends nothing before the file has arrived."""
        with self.page.expect_response(lambda reply: "/upload_file/" in reply.url and reply.request.method == "PUT"):
            self._choose('[data-testid="stChatInput"] input[type="file"]', name, data)

    def _choose(self, box: str, name: str, data: bytes) -> None:
        self.page.locator(box).first.set_input_files(FilePayload(name=name, mimeType="text/plain", buffer=data))

    def picture(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=str(ARTIFACTS / f"{name}.png"))


@contextmanager
def visiting(
    browser: Browser, url: str, language: str = "ko-KR", width: int = 1280, scheme: Scheme = "light"
) -> Iterator[Visit]:
    """Open the address; at the end nothing may have been complained about, and no other host asked.

    `scheme` is what the visitor's system wishes.
    """
    viewport = ViewportSize(width=width, height=800 if width > 600 else 844)
    context = browser.new_context(locale=language, viewport=viewport, color_scheme=scheme)
    context.set_default_timeout(WAIT_MS)
    visit = Visit(context.new_page())
    visit.page.on("console", visit.heard)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.page.on("request", visit.asked)
    visit.page.goto(url)
    visit.page.locator("textarea").wait_for()
    yield visit
    context.close()
    assert visit.complaints == []
    assert visit.hosts == {urlsplit(url).netloc}
