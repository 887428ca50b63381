"""Opening the App anew under changed settings: at once, when what is running has finished, or now in spite of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ai_chat.app import App
from ai_chat.app.configuration import Configuration
from ai_chat.config import load_settings
from ai_chat.lazy import Lazy
from ai_chat.ui.session import Session
from tests.doubles_app import DoubleApp


class Opener:
    """Counts the Apps that were opened, and says so."""

    def __init__(self) -> None:
        self.opened = 0
        self._changed = threading.Condition()

    def __call__(self) -> App:
        with self._changed:
            self.opened += 1
            self._changed.notify_all()
        return DoubleApp()

    def wait_for(self, count: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.opened >= count, 30)


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def session(tmp_path: Path, opener: Opener) -> Iterator[Session]:
    opening = Lazy(opener, close=lambda app: app.close())
    opening.preload().join()
    yield Session(Configuration(load_settings({"home": tmp_path}, {})), opening)
    opening.end()


@contextmanager
def at_work(session: Session) -> Iterator[App]:
    with session.app() as app:
        yield app


def test_an_app_that_nobody_uses_is_opened_anew_at_once(session: Session, opener: Opener) -> None:
    session.reopen()
    assert not session.waiting.is_set() and opener.wait_for(2)


def test_a_change_waits_for_what_is_running_and_then_holds(session: Session, opener: Opener) -> None:
    with at_work(session) as app:
        session.reopen()
        assert session.waiting.is_set() and opener.opened == 1
        with at_work(session) as still:
            assert still is app
    assert opener.wait_for(2)
    with at_work(session) as app_of_now:
        assert app_of_now is not app


def test_a_change_can_be_forced(session: Session, opener: Opener) -> None:
    with at_work(session) as app:
        session.reopen()
        session.reopen(force=True)
        assert opener.wait_for(2) and not session.waiting.is_set()
        with at_work(session) as app_of_now:
            assert app_of_now is not app
