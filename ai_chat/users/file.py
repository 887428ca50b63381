"""The file of the users: `users.db`, its tables as an ordered list of steps.

Takes a path, gives a Database. It is no part of the library, so that a backup of documents carries no password.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from ai_chat.store.database import Database, Schema

NAME = "users.db"
_TABLES = """
CREATE TABLE secret (
    row INTEGER PRIMARY KEY,
    value BLOB NOT NULL
);
CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    hash TEXT NOT NULL,
    password_version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE permissions (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    collection TEXT NOT NULL,
    PRIMARY KEY (user_id, collection)
) WITHOUT ROWID;
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    hash BLOB NOT NULL,
    uses TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT
) WITHOUT ROWID;
CREATE TABLE ended_sessions (
    id TEXT PRIMARY KEY,
    ended_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE audit (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at);
"""
_SCHEMA = Schema(0x41494355, (_TABLES,))  # "AICU"


def open_users_file(path: Path) -> Database:
    """Made where it is not there, for its owner alone; errors as for the library."""
    if not path.exists():
        path.touch(mode=0o600)
    return Database.open(path, schema=_SCHEMA)


def utc(seconds: float) -> str:
    """ISO 8601, as the store writes times: they sort as text."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="milliseconds")
