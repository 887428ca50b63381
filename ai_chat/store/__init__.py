"""The library: SQLite, the only truth. Documents, versions, units, chunks, vectors, conversations, a sequence of changes.

Takes and gives the nouns of `ai_chat.types`; knows no file format, no index and no model.
"""

from ai_chat.store.conversations import Conversation
from ai_chat.store.database import Database
from ai_chat.store.library import Library
from ai_chat.store.rows import Change, DocumentRow, StoredChunk, VersionFilter, text_sha256
from ai_chat.store.store import Store
from ai_chat.store.turns import TurnRecord
from ai_chat.store.versions import VersionContent

__all__ = [
    "Change",
    "Conversation",
    "Database",
    "DocumentRow",
    "Library",
    "Store",
    "StoredChunk",
    "TurnRecord",
    "VersionContent",
    "VersionFilter",
    "text_sha256",
]
