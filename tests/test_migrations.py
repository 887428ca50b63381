"""Libraries as each schema ever committed wrote them, by the code of its time: each opens, comes up to date and keeps what it held.

Schema 1 was never in a library by itself: the first commit came with two steps.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ai_chat.app import open_app
from ai_chat.backup.making import make_backup
from ai_chat.backup.restoring import restore_backup
from ai_chat.backup.telling import Step
from ai_chat.cache.file import CacheFile
from ai_chat.config import Settings
from ai_chat.store import Store
from ai_chat.store.migrations import MIGRATIONS
from ai_chat.store.snapshot import schema_of
from ai_chat.types import Problem, Scope
from tests.program import Program

SCHEMAS = Path(__file__).parent / "data" / "schemas"
KNOWN = sorted(int(path.stem.rpartition("-")[2]) for path in SCHEMAS.glob("library-*.sql"))


def write_library(path: Path, schema: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((SCHEMAS / f"library-{schema}.sql").read_text("utf-8"))


def set_version(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


def test_each_schema_has_its_library() -> None:
    assert list(range(2, len(MIGRATIONS) + 1)) == KNOWN


@pytest.mark.parametrize("schema", KNOWN)
def test_a_library_of_each_schema_keeps_its_content(home: Settings, schema: int) -> None:
    write_library(home.database, schema)
    assert schema_of(home.database) == schema
    store = Store.open(home.database)
    documents = {info.name: info for info in store.library.documents(Scope())}
    assert set(documents) == {"휴가규정.md", "notice.txt"}
    units = store.library.document(documents["휴가규정.md"].id).units
    assert "연차휴가는 15일이다." in "".join(unit.text for unit in units)
    assert store.library.counts()["chunks"] == 2
    rows = store.database.rows("SELECT question, finished FROM turns")
    assert [(row["question"], row["finished"]) for row in rows] == [("연차휴가는 며칠?", 1)]
    assert store.database.check() == "ok"
    assert store.database.rows("PRAGMA foreign_key_check") == []
    store.close()
    assert schema_of(home.database) == len(MIGRATIONS)


@pytest.mark.parametrize("schema", KNOWN)
def test_a_migrated_library_has_the_schema_of_a_new_one(home: Settings, tmp_path: Path, schema: int) -> None:
    write_library(home.database, schema)
    Store.open(home.database).close()
    Store.open(tmp_path / "new.db").close()
    assert columns(home.database) == columns(tmp_path / "new.db")


def columns(path: Path) -> set[tuple[str, ...]]:
    """Of all tables, and the indexes."""
    query = (
        "SELECT m.type, m.name, c.name, c.type, c.dflt_value FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c"
    )
    with closing(sqlite3.connect(path)) as connection:
        return {tuple(map(str, row)) for row in connection.execute(query)}


@pytest.mark.parametrize("schema", KNOWN)
def test_a_library_of_each_schema_is_searched_and_shows_its_conversation(home: Settings, schema: int) -> None:
    write_library(home.database, schema)
    app = open_app(home, "write")
    assert app.search("연차휴가", Scope(), mode="lexical").hits[0].document == "휴가규정.md"
    (conversation,) = app.conversations(Scope())
    assert [turn.question for turn in app.turns(conversation.id)] == ["연차휴가는 며칠?"]
    app.close()


@pytest.mark.parametrize("schema", KNOWN)
def test_a_backup_of_each_schema_is_restored_up_to_date(home: Settings, tmp_path: Path, schema: int) -> None:
    def quiet(_step: Step) -> None:
        """Nobody looks."""

    write_library(home.database, schema)
    path, manifest = make_backup(home.home, tmp_path / "b.zip", quiet)
    assert (manifest.schema, manifest.documents, manifest.conversations) == (schema, 2, 1)
    restore_backup(path, tmp_path / "other", quiet)
    assert schema_of(tmp_path / "other" / "library.db") == len(MIGRATIONS)


@pytest.mark.parametrize("words", [("docs", "list"), ("ingest", "x"), ("ask", "x"), ("backup", "b.zip")])
def test_a_newer_library_is_refused_with_a_sentence_and_stays(program: Program, words: tuple[str, ...]) -> None:
    library = program.home / "library.db"
    write_library(library, KNOWN[-1])
    set_version(library, len(MIGRATIONS) + 1)
    before = library.read_bytes()
    done = program(*words)
    assert (done.code, "written by a newer AI-CHAT" in done.err) == (3, True), done.err
    assert library.read_bytes() == before


def test_a_newer_cache_is_made_anew_and_said(tmp_path: Path) -> None:
    """Answers can be written again: the cache alone is never a reason to refuse."""
    told: list[Problem] = []
    cache = CacheFile(tmp_path / "cache.db", told.append)
    assert cache.run(lambda connection: True, False)
    cache.close()
    set_version(tmp_path / "cache.db", 99)
    cache.run(lambda connection: True, False)
    cache.close()
    assert [(problem.code, problem.values["reason"]) for problem in told] == [("cache_renewed", "version 99")]
