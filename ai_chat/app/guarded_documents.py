"""The half of a user's App that is about documents: those of his collections to look at, and to change where he is an editor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ai_chat.app.permits import Permits
from ai_chat.types import (
    DEFAULT_COLLECTION,
    DocumentDetail,
    DocumentInfo,
    DocumentPage,
    DocumentQuery,
    IngestEvent,
    Rendered,
    Scope,
    UnitKind,
)


class GuardedDocuments:
    """What names a file of this machine is an admin's: it would read whatever the program can read."""

    _permits: Permits

    # -- to look at -------------------------------------------------------------

    def collections(self) -> Sequence[str]:
        self._permits.need("reader", "search", "ask", "documents")
        return self._permits.collections()

    def documents(self, scope: Scope) -> Sequence[DocumentInfo]:
        self._permits.need("reader", "documents")
        return self._permits.shown(self._permits.app.documents(self._permits.scope(scope)))

    def document_page(self, scope: Scope, query: DocumentQuery) -> DocumentPage:
        self._permits.need("reader", "documents")
        page = self._permits.app.document_page(self._permits.scope(scope), query)
        return replace(page, documents=self._permits.shown(page.documents))

    def document(self, document_id: str) -> DocumentDetail:
        self._permits.need("reader", "search", "ask", "documents")
        detail = self._permits.app.document(self._permits.document(document_id))
        self._permits.note("opened", detail.info.id)
        return replace(detail, info=self._permits.shown([detail.info])[0])

    def original(self, document_id: str) -> Path:
        self._permits.need("reader", "search", "ask", "documents")
        own = self._permits.document(document_id)
        self._permits.note("opened", own)
        return self._permits.app.original(own)

    def render(
        self,
        document_id: str,
        kind: UnitKind,
        number: int,
        *,
        marks: Sequence[tuple[int, int]] = (),
        sentence: str = "",
        password: str | None = None,
    ) -> Rendered:
        self._permits.need("reader", "search", "ask", "documents")
        app, own = self._permits.app, self._permits.document(document_id)
        shown = app.render(own, kind, number, marks=marks, sentence=sentence, password=password)
        self._permits.note("opened", own)
        return shown

    # -- to change ----------------------------------------------------------------

    def upload(
        self, name: str, data: bytes, collection: str = DEFAULT_COLLECTION, *, password: str | None = None
    ) -> Iterator[IngestEvent]:
        self._permits.need("editor", "documents")
        own = self._permits.target(collection)
        return self._taking_in(self._permits.app.upload(name, data, own, password=password))

    def retry(self, document_ids: Sequence[str], *, password: str | None = None) -> Iterator[IngestEvent]:
        self._permits.need("editor", "documents")
        own = self._changing(document_ids)
        return self._taking_in(self._permits.app.retry(own, password=password))

    def move_documents(self, document_ids: Sequence[str], collection: str) -> None:
        self._permits.need("editor", "documents")
        own = self._permits.target(collection)
        self._permits.app.move_documents(self._changing(document_ids), own)

    def remove(self, document_ids: Sequence[str]) -> None:
        self._permits.need("editor", "documents")
        own = self._permits.whole_documents(document_ids)
        self._permits.app.remove(own)
        for each in own:
            self._permits.note("removed", each)

    def restore(self, document_ids: Sequence[str]) -> None:
        self._permits.need("editor", "documents")
        own = self._permits.whole_documents(document_ids)
        self._permits.app.restore(own)
        for each in own:
            self._permits.note("restored", each)

    def ingest(
        self,
        paths: Sequence[Path],
        collection: str = DEFAULT_COLLECTION,
        *,
        dense: bool = True,
        wait: bool = False,
        password: str | None = None,
    ) -> Iterator[IngestEvent]:
        self._permits.need("admin")
        own = self._permits.target(collection)
        return self._taking_in(self._permits.app.ingest(paths, own, dense=dense, wait=wait, password=password))

    def replace(self, document_id: str, path: Path) -> Iterator[IngestEvent]:
        self._permits.need("admin")
        (own,) = self._changing([document_id])
        return self._taking_in(self._permits.app.replace(own, path))

    def relocate(self, document_id: str, path: Path) -> None:
        self._permits.need("admin")
        (own,) = self._changing([document_id])
        self._permits.app.relocate(own, path)

    def _taking_in(self, events: Iterator[IngestEvent]) -> Iterator[IngestEvent]:
        for event in events:
            if event.outcome in ("added", "updated"):
                self._permits.note("added", event.document_id or "")
            yield self._permits.told(event)

    def _changing(self, document_ids: Sequence[str]) -> list[str]:
        own = self._permits.whole_documents(document_ids)
        for each in own:
            self._permits.note("changed", each)
        return own
