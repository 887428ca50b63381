"""What a loader gives, stored as it comes: units with their chunks, a few a transaction.

Takes a store, an unfinished version and items, gives what else they told: warnings, metadata, the day of the content.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from functools import reduce

from ai_chat.chunking import SIZES, Sizes, chunk_unit
from ai_chat.dates import FIRST_PAGE, day_of, text_date
from ai_chat.store import Store, VersionContent
from ai_chat.types import Metadata, Problem, Unit

_UNITS_A_TRANSACTION = 20


def store_units(
    store: Store,
    version: int,
    items: Iterable[Unit | Problem | Metadata],
    sizes: Sizes = SIZES,
    stored: Callable[[int], None] = lambda _chunks: None,
) -> VersionContent:
    """Cut and store units as they come; `stored` hears of their chunks. The day is the one that the first page tells, else that of
    the file's making.
    """
    warnings: list[Problem] = []
    about = Metadata()
    first_page = ""
    ordinal = itertools.count(1)
    batch: list[Unit] = []

    def flush() -> None:
        first = next(ordinal)
        cut = [(unit, chunk_unit(unit.text, sizes, unit.skipped)) for unit in batch]
        store.versions.add_units(version, first, cut)
        stored(sum(len(chunks) for _unit, chunks in cut))
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
    dated = text_date(first_page) or day_of(about.created)
    return VersionContent(tuple(warnings), about, dated, unread_pages(warnings))


def unread_pages(warnings: Sequence[Problem]) -> int:
    """How many pages would be read if OCR were installed."""
    if not any(warning.code == "ocr_missing" for warning in warnings):
        return 0
    return sum(int(warning.values["count"]) for warning in warnings if warning.code == "page_without_text")


def day_in(units: Iterable[Unit]) -> str:
    """The day that the first page of a document tells."""
    return text_date(reduce(_first_page, units, ""))


def _first_page(so_far: str, unit: Unit) -> str:
    """A page, or as many sections as one has; the rows of a sheet have dates of their own."""
    if unit.kind == "sheet" or len(so_far) >= FIRST_PAGE or (so_far and unit.kind != "section"):
        return so_far
    return f"{so_far}{unit.text[:FIRST_PAGE]}\n"
