"""A library of an older schema: brought up to date with all that is in it, by its owner alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ai_chat.app import open_app, open_serving_app
from ai_chat.config import Settings
from ai_chat.errors import MachineError
from ai_chat.owner import OwnerLock
from ai_chat.store import Store
from ai_chat.store.migrations import MIGRATIONS
from ai_chat.types import Scope

OLD = Path(__file__).parent / "data" / "library-2.sql"


@pytest.fixture
def old(home: Settings) -> Iterator[Path]:
    """A home with two documents, written under schema 2."""
    connection = sqlite3.connect(home.database)
    connection.executescript(OLD.read_text("utf-8") + "PRAGMA application_id = 1095320392; PRAGMA user_version = 2;")
    connection.close()
    yield home.database


def version_of(path: Path) -> int:
    connection = sqlite3.connect(path)
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return int(found)


def test_an_older_library_keeps_its_documents(old: Path) -> None:
    store = Store.open(old)
    rules, minutes = store.library.documents(Scope())
    assert (rules.name, minutes.name) == ("규정.md", "회의록_20230501.txt")
    assert (rules.document_date, rules.modified_at, rules.title) == ("", "", "")
    assert store.library.documents(Scope(filters=(("type", "md"), ("added_after", "2026")))) == [rules]
    assert [unit.text for unit in store.library.document(minutes.id).units] == ["회의록 2023.5.1. 예산을 의결하였다.\n"]
    store.close()
    assert version_of(old) == len(MIGRATIONS)


def test_a_reader_does_not_change_an_older_library(old: Path) -> None:
    with pytest.raises(MachineError, match="database_older"):
        Store.open(old, read_only=True)
    assert version_of(old) == 2


def test_a_search_brings_an_older_library_up_to_date(home: Settings, old: Path) -> None:
    app = open_app(home, "read")
    assert [hit.document for hit in app.search("연차 휴가 종류:md", Scope(), mode="lexical").hits] == ["규정.md"]
    app.close()
    assert version_of(old) == len(MIGRATIONS)
    lock = OwnerLock.try_acquire(home.run_dir)
    assert lock, "it is given back"
    lock.release()


def test_a_server_waits_while_a_command_brings_the_library_up_to_date(home: Settings, old: Path) -> None:
    lock = OwnerLock.try_acquire(home.run_dir)
    assert lock is not None
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(open_serving_app, home, "http://127.0.0.1:1", "key")
        Store.open(old).close()
        app = opening.result()
        assert [info.name for info in app.documents(Scope())] == ["규정.md", "회의록_20230501.txt"]
        app.close()
    lock.release()
