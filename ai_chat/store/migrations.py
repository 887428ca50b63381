"""The schema as an ordered list of small steps in SQL; a database at `user_version` n has had the first n.

Never change a step that has been released: add one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

_LIBRARY = """
CREATE TABLE collections (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
);
CREATE TABLE versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL,
    parser TEXT NOT NULL,
    chunker TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,
    warnings TEXT NOT NULL DEFAULT '[]',
    units INTEGER NOT NULL DEFAULT 0,
    chunks INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
CREATE INDEX versions_by_content ON versions (sha256, parser, chunker);
CREATE TABLE documents (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    locator TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    version_id INTEGER REFERENCES versions (id),
    status TEXT NOT NULL,
    error TEXT,
    added_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    removed_at TEXT,
    UNIQUE (collection_id, locator)
);
CREATE INDEX documents_by_version ON documents (version_id);
CREATE TABLE units (
    id INTEGER PRIMARY KEY,
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    label TEXT NOT NULL,
    text TEXT NOT NULL,
    offsets TEXT NOT NULL,
    UNIQUE (version_id, ordinal)
);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    unit_id INTEGER NOT NULL REFERENCES units (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text_sha256 BLOB NOT NULL
);
CREATE INDEX chunks_by_unit ON chunks (unit_id);
CREATE TABLE vectors (
    embedder TEXT NOT NULL,
    text_sha256 BLOB NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (embedder, text_sha256)
) WITHOUT ROWID;
CREATE TABLE changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    version_id INTEGER NOT NULL,
    live INTEGER NOT NULL
);
"""
_CONVERSATIONS = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    title TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE turns (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    scope TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
CREATE INDEX turns_by_conversation ON turns (conversation_id);
CREATE TABLE turn_events (
    turn_id TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (turn_id, seq)
) WITHOUT ROWID;
"""
_ABOUT_DOCUMENTS = """
ALTER TABLE documents ADD COLUMN modified_at TEXT;
ALTER TABLE documents ADD COLUMN document_date TEXT;
ALTER TABLE versions ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE versions ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE versions ADD COLUMN dated TEXT NOT NULL DEFAULT '';
"""
_INSIDE_DOCUMENTS = """
ALTER TABLE documents ADD COLUMN parent_id TEXT REFERENCES documents (id);
CREATE INDEX documents_by_parent ON documents (parent_id);
ALTER TABLE versions ADD COLUMN ocr_pages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE versions ADD COLUMN unread_pages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE versions ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';
ALTER TABLE units ADD COLUMN skipped TEXT NOT NULL DEFAULT '[]';
ALTER TABLE units ADD COLUMN ocr REAL;
ALTER TABLE units ADD COLUMN boxes BLOB;
CREATE TABLE switches (
    name TEXT PRIMARY KEY,
    is_on INTEGER NOT NULL
) WITHOUT ROWID;
"""
_KEPT_CONVERSATIONS = """
ALTER TABLE conversations ADD COLUMN used_at TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN removed_at TEXT;
ALTER TABLE turns ADD COLUMN replaced_by TEXT;
ALTER TABLE turns ADD COLUMN answer TEXT NOT NULL DEFAULT '';
UPDATE conversations SET used_at = coalesce(
    (SELECT max(t.created_at) FROM turns t WHERE t.conversation_id = conversations.id), created_at);
UPDATE turns SET answer = coalesce((SELECT group_concat(json_extract(data, '$.text'), '') FROM
    (SELECT data FROM turn_events WHERE turn_id = turns.id AND kind = 'delta' ORDER BY seq)), '');
CREATE INDEX conversations_by_use ON conversations (principal, used_at);
CREATE TABLE ratings (
    turn_id TEXT PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
    good INTEGER NOT NULL,
    note TEXT NOT NULL,
    rated_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX documents_by_name ON documents (name);
"""
MIGRATIONS: tuple[str, ...] = (_LIBRARY, _CONVERSATIONS, _ABOUT_DOCUMENTS, _INSIDE_DOCUMENTS, _KEPT_CONVERSATIONS)


def statements(script: str) -> Iterator[str]:
    """One after the other, so that a step can run inside a transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
