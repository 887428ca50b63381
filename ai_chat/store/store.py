"""The store as one thing to hand down: library, families, versions, vectors and conversations over one database file."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from ai_chat.store.conversations import Conversations
from ai_chat.store.database import Database
from ai_chat.store.erase import Erasing
from ai_chat.store.family import Family
from ai_chat.store.library import Library
from ai_chat.store.pages import Pages
from ai_chat.store.turns import Turns
from ai_chat.store.vectors import Vectors
from ai_chat.store.versions import Versions


class Store:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.versions = Versions(database)
        self.library = Library(database, self.versions)
        self.pages = Pages(database, self.library)
        self.family = Family(database)
        self.vectors = Vectors(database)
        self.turns = Turns(database)
        self.conversations = Conversations(database)
        self.erasing = Erasing(database)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Errors: database_damaged, database_newer, disk_full, home_unwritable; nothing is overwritten."""
        return cls(Database.open(path, read_only=read_only))

    def close(self) -> None:
        self.database.close()
