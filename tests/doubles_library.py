"""A double of the App with many documents in two collections, some of which could not be read, and uploads that can be paused."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ai_chat.errors import MachineError
from ai_chat.types import (
    DEFAULT_COLLECTION,
    PRIVATE,
    DocumentInfo,
    DocumentPage,
    DocumentQuery,
    IngestEvent,
    Problem,
    Scope,
    Status,
)
from tests.doubles_app import DoubleApp

CONTRACTS = "계약"


class LibraryApp(DoubleApp):
    """Every sixth of `count` documents could not be read; those from 100 on are contracts. Orders by name or by status."""

    def __init__(self, count: int) -> None:
        super().__init__(pause=0)
        for number in range(count):
            failed = number % 6 == 5
            name, size = f"문서 {number:03d}.txt", 0 if failed else 1
            problem = Problem("file_empty", {"path": name, "name": name}) if failed else None
            collection = CONTRACTS if number >= 100 else DEFAULT_COLLECTION
            status: Status = "failed" if failed else "complete"
            self._documents[f"n{number}"] = DocumentInfo(
                f"n{number}", name, f"/files/{name}", collection, status, size, size, error=problem
            )

    def collections(self) -> Sequence[str]:
        there = {each.collection: None for each in self._documents.values()}
        return [each for each in there if not each.startswith(PRIVATE)]

    def document_page(self, scope: Scope, query: DocumentQuery) -> DocumentPage:
        if query.order != "status":
            return super().document_page(scope, query)
        found = super().document_page(scope, replace(query, offset=0, limit=1000))
        ordered = sorted(found.documents, key=lambda each: (each.status != "failed", each.name))
        return replace(found, documents=tuple(ordered[query.offset : query.offset + query.limit]))

    def upload(
        self, name: str, data: bytes, collection: str = DEFAULT_COLLECTION, *, password: str | None = None
    ) -> Iterator[IngestEvent]:
        while self.paused:
            yield IngestEvent(0, 1, name, phase="paused")
            time.sleep(0.05)
        yield from super().upload(Path(name).name, data, collection, password=password)

    def replace(self, document_id: str, path: Path) -> Iterator[IngestEvent]:
        self._documents[document_id] = replace(
            self._documents[document_id], name=path.name, status="complete", units=1, error=None
        )
        yield IngestEvent(1, 1, str(path), "updated", document_id)


class ReadOnlyLibrary(LibraryApp):
    """Whose database cannot be written."""

    def remove(self, document_ids: Sequence[str]) -> None:
        raise unwritable()

    def move_documents(self, document_ids: Sequence[str], collection: str) -> None:
        raise unwritable()

    def upload(
        self, name: str, data: bytes, collection: str = DEFAULT_COLLECTION, *, password: str | None = None
    ) -> Iterator[IngestEvent]:
        raise unwritable()


def unwritable() -> MachineError:
    return MachineError("home_unwritable", path="/home/u/.ai-chat", reason="attempt to write a readonly database")
