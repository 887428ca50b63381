"""Files -> Units: one table from format to loader, imported when chosen.

`load` is meant for the child process of `client.Parser`; it yields units in reading order, Problems as warnings, Metadata once at most.
Offsets map to raw text: PDFium's page text (PDF), the decoded file (TXT, MD), the unit as written by the loader (CSV, HTML).
Importing this loads no parser.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from ai_chat.errors import InputError
from ai_chat.loaders.detect import SUFFIXES, Format, Source, format_of, identify
from ai_chat.types import Metadata, Problem, Unit

Item = Unit | Problem | Metadata


@dataclass(frozen=True, slots=True)
class Loader:
    """`revision` grows whenever the same file would give other text or metadata, so that stored versions are read anew."""

    function: str
    revision: int
    library: str | None = None


LOADERS: Mapping[Format, Loader] = {
    "pdf": Loader("ai_chat.loaders.pdf:load_pdf", 2, "pypdfium2"),
    "html": Loader("ai_chat.loaders.html:load_html", 2, "lxml"),
    "md": Loader("ai_chat.loaders.markdown:load_markdown", 2),
    "csv": Loader("ai_chat.loaders.tables:load_table", 2),
    "txt": Loader("ai_chat.loaders.text:load_text", 2),
}
KNOWN_SUFFIXES: tuple[str, ...] = tuple(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)


def load(path: Path, name: str) -> Iterator[Item]:
    """Read one file; `name` is what the user calls it. Raises InputError with the reason when there is no text."""
    source = identify(path, name)
    if source.warning:
        yield source.warning
    empty = True
    for item in _function(source.format)(source):
        empty = empty and not isinstance(item, Unit)
        if item != Metadata():
            yield item
    if empty:
        raise InputError("document_without_text", name=name)


def fingerprint(name: str | Path) -> str:
    """Parser name, library version and revision for a file name or suffix, such as "pdf/pypdfium2-5.15.2/1"."""
    chosen = format_of(str(name))
    loader = LOADERS[chosen]
    library = f"{loader.library}-{_library_version(loader.library)}" if loader.library else "ai-chat"
    return f"{chosen}/{library}/{loader.revision}"


@cache
def _library_version(library: str) -> str:
    from importlib.metadata import version  # 40 ms, which the start of the page need not pay

    return version(library)


def _function(chosen: Format) -> Callable[[Source], Iterator[Item]]:
    module, function = LOADERS[chosen].function.split(":")
    return cast(Callable[[Source], Iterator[Item]], getattr(importlib.import_module(module), function))
