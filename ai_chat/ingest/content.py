"""What a loader gives, stored as it comes: units with their chunks, a few a transaction.

Takes a store, an unfinished version and items, gives what else they told: warnings, metadata, the day of the content.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from ai_chat.chunking import SIZES, Sizes, chunk_unit
from ai_chat.dates import FIRST_PAGE, day_of, text_date
from ai_chat.store import Store
from ai_chat.types import Metadata, Problem, Unit

_UNITS_A_TRANSACTION = 20


@dataclass(frozen=True, slots=True)
class Content:
    """`dated` is the day that the first page tells, else that of the file's making; "" where neither is known."""

    warnings: tuple[Problem, ...]
    about: Metadata
    dated: str


def store_units(
    store: Store, version: int, items: Iterable[Unit | Problem | Metadata], sizes: Sizes = SIZES
) -> Content:
    """Cut and store units as they come."""
    warnings: list[Problem] = []
    about = Metadata()
    first_page = ""
    ordinal = itertools.count(1)
    batch: list[Unit] = []

    def flush() -> None:
        first = next(ordinal)
        cut = [(unit, chunk_unit(unit.text, sizes)) for unit in batch]
        store.versions.add_units(version, first, cut)
        for _ in batch[1:]:
            next(ordinal)
        batch.clear()

    for item in items:
        if isinstance(item, Problem):
            warnings.append(item)
        elif isinstance(item, Metadata):
            about = item
        else:
            first_page = _first_page(first_page, item)
            batch.append(item)
        if len(batch) >= _UNITS_A_TRANSACTION:
            flush()
    if batch:
        flush()
    return Content(tuple(warnings), about, text_date(first_page) or day_of(about.created))


def day_in(units: Iterable[Unit]) -> str:
    """The day that the first page of a document tells."""
    return text_date(reduce(_first_page, units, ""))


def _first_page(so_far: str, unit: Unit) -> str:
    """A page, or as many sections as one has; the rows of a sheet have dates of their own."""
    if unit.kind == "sheet" or len(so_far) >= FIRST_PAGE or (so_far and unit.kind != "section"):
        return so_far
    return f"{so_far}{unit.text[:FIRST_PAGE]}\n"
