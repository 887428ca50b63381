"""What is kept for so many days alone."""

from __future__ import annotations

import datetime
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ai_chat.app import open_serving_app
from ai_chat.app.local import LocalApp
from ai_chat.app.retention import expire, expire_logs
from ai_chat.config import Settings, load_settings
from ai_chat.store import Store
from ai_chat.types import PRIVATE, Scope
from tests.patience import eventually

NOW = datetime.datetime(2026, 6, 30, 12, tzinfo=datetime.UTC)
OLD, YOUNG = "2026-05-01T00:00:00.000+00:00", "2026-06-29T00:00:00.000+00:00"
WORDS = "물어본비밀문구하나"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(load_settings({"home": tmp_path / "home", "embedder": "none"}, {}), keep_days=30)


def add_turns(store: Store) -> None:
    for number, (conversation, moment) in enumerate((("old", OLD), ("young", YOUNG), ("removed", OLD))):
        store.turns.create_turn(f"t{number}", conversation, f"{WORDS} {conversation}", Scope())
        with store.database.transaction() as connection:
            connection.execute("UPDATE conversations SET used_at = ? WHERE id = ?", (moment, conversation))
    store.conversations.remove(["removed"])


@pytest.fixture
def app(settings: Settings) -> Iterator[LocalApp]:
    app = open_serving_app(replace(settings, keep_days=0), "http://127.0.0.1:1", "key")
    assert isinstance(app, LocalApp)
    with closing(app):
        eventually(app.home.is_level)
        add_turns(app.home.parts.store)
        yield app


def test_old_conversations_are_erased_and_young_ones_stay(app: LocalApp, settings: Settings) -> None:
    parts = app.home.parts
    assert expire(parts, settings, NOW.timestamp()) == 2
    assert [each.id for each in parts.store.conversations.conversations("local")] == ["young"]
    assert expire(parts, settings, NOW.timestamp()) == 0
    parts.store.database.shrink()
    assert settings.database.read_bytes().count(WORDS.encode()) == 2, "question and title of the young one"


def test_documents_of_an_old_conversation_go_with_it(app: LocalApp, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("A file that belongs to one conversation alone.\n")
    list(app.ingest([path], f"{PRIVATE}old"))
    list(app.ingest([path.rename(tmp_path / "young.txt")], f"{PRIVATE}young"))
    expire(app.home.parts, settings, NOW.timestamp())
    assert app.home.parts.store.library.documents(Scope(collections=(f"{PRIVATE}old",))) == []
    assert len(app.home.parts.store.library.documents(Scope(collections=(f"{PRIVATE}young",)))) == 1


def test_a_server_does_so_by_itself(settings: Settings) -> None:
    settings.home.mkdir()
    with closing(Store.open(settings.database)) as store:
        add_turns(store)
    with closing(open_serving_app(settings, "http://127.0.0.1:1", "key")) as app:
        eventually(lambda: not app.conversations(Scope(), words=WORDS))
    with closing(sqlite3.connect(settings.database)) as connection:
        assert connection.execute("SELECT count(*) FROM turns").fetchone() == (0,)


def test_without_the_setting_all_is_kept(settings: Settings) -> None:
    settings.home.mkdir()
    with closing(Store.open(settings.database)) as store:
        add_turns(store)
    with closing(open_serving_app(replace(settings, keep_days=0), "http://127.0.0.1:1", "key")) as app:
        eventually(lambda: bool(app.documents(Scope())))
        assert len(app.conversations(Scope())) == 2


def test_logs_lose_what_is_old(tmp_path: Path) -> None:
    log, other, plain = (tmp_path / name for name in ("ai-chat.log", "ai-chat.log.1", "plain.log"))
    log.write_text("2026-05-01T00:00:00Z old\n  its traceback\n2026-06-20T00:00:00Z young\n  its traceback\n")
    other.write_text("2026-05-01T00:00:00Z old\n")
    plain.write_text("no time\n")
    os.utime(other, (0, 0))
    expire_logs(tmp_path, NOW - datetime.timedelta(days=30))
    assert log.read_text() == "2026-06-20T00:00:00Z young\n  its traceback\n"
    assert not other.exists() and plain.read_text() == "no time\n"
    expire_logs(tmp_path, NOW)
    assert log.read_text() == ""
