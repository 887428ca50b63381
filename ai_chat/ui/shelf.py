"""What the library shows: which documents, in which order, which page of them, and which are chosen.

Pure: takes what the visitor set, gives the Scope and the DocumentQuery to ask for. Knows no Streamlit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ai_chat.filters import TYPE
from ai_chat.types import (
    DEFAULT_COLLECTION,
    PRIVATE,
    SAMPLES_COLLECTION,
    DocumentInfo,
    DocumentOrder,
    DocumentQuery,
    Scope,
    Status,
)

PAGE = 50
_LONGEST_NAME = 60

ORDERS: dict[str, tuple[DocumentOrder, bool]] = {
    "order_name": ("name", False),
    "order_name_back": ("name", True),
    "order_added": ("added", True),
    "order_dated": ("dated", True),
    "order_modified": ("modified", True),
    "order_size": ("size", True),
    "order_size_back": ("size", False),
    "order_status": ("status", False),
}
"""Each by the name of its words: what is sorted by, and whether from the last on."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """`kind` and `collection` are "" for any; `page` counts from 0. Whatever else changes, one begins at the first page."""

    words: str = ""
    statuses: tuple[Status, ...] = ()
    kind: str = ""
    collection: str = ""
    order: str = "order_name"
    page: int = 0

    @property
    def is_filtered(self) -> bool:
        return bool(self.words.strip() or self.statuses or self.kind or self.collection)

    @property
    def filters(self) -> int:
        """How many are set of those that are folded away."""
        return bool(self.kind) + bool(self.collection)

    def scope(self, own: Sequence[str]) -> Scope:
        """`own`: the collections that are there, without the samples."""
        chosen = (self.collection,) if self.collection in own else tuple(own)
        return Scope(collections=chosen, filters=((TYPE, self.kind),) if self.kind else ())

    def query(self) -> DocumentQuery:
        order, descending = ORDERS[self.order]
        return DocumentQuery(self.words, self.statuses, order, descending, self.page * PAGE, PAGE)

    def at(self, total: int) -> Shelf:
        """On the last page there is, where documents have gone meanwhile."""
        return replace(self, page=min(self.page, max(0, (total - 1) // PAGE)))

    def span(self, total: int) -> tuple[int, int]:
        """The numbers of the first and the last document of this page, from 1."""
        return self.page * PAGE + 1, min((self.page + 1) * PAGE, total)


def own_collections(collections: Sequence[str]) -> list[str]:
    return [each for each in collections if each != SAMPLES_COLLECTION]


def destinations(collections: Sequence[str]) -> list[str]:
    """Where documents may go, the usual place first."""
    return [DEFAULT_COLLECTION, *(each for each in own_collections(collections) if each != DEFAULT_COLLECTION)]


def fit_name(name: str) -> str:
    """A new collection's name as it is kept; "" for one that cannot be."""
    kept = " ".join(name.split())
    known = (SAMPLES_COLLECTION,)
    return "" if kept.startswith(PRIVATE) or len(kept) > _LONGEST_NAME or kept in known else kept


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen document."""

    name: str
    collection: str


Picks = Mapping[str, Pick]
"""By the documents' ids."""


def by_collection(picks: Picks) -> dict[str, list[str]]:
    """Where each was: what takes a move back."""
    there: dict[str, list[str]] = {}
    for document, pick in picks.items():
        there.setdefault(pick.collection, []).append(document)
    return there


def can_be_chosen(documents: Iterable[DocumentInfo]) -> list[DocumentInfo]:
    """What was found inside another goes where that goes."""
    return [each for each in documents if each.parent_id is None]
