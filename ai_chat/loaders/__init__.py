"""Files -> Units: one table from format to loader, imported when chosen.

`load` is meant for the child process of `client.Parser`; it yields units in reading order, Problems as warnings, Metadata once at most,
Progress where a file is long, Attachments that lie in the spool folder. Offsets map to raw text: PDFium's page text (PDF), the decoded
file (TXT, MD), the unit as written by the loader (all others). Importing this loads no parser.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import cast

from ai_chat.errors import InputError
from ai_chat.loaders.detect import SUFFIXES, Format, Options, Source, format_of, identify
from ai_chat.types import Attachment, Metadata, Problem, Progress, Unit

Item = Unit | Problem | Metadata | Progress | Attachment


@dataclass(frozen=True, slots=True)
class Loader:
    """`revision` grows whenever the same file would give other text or metadata, so that stored versions are read anew."""

    function: str
    revision: int
    library: str | None = None


LOADERS: Mapping[Format, Loader] = {
    "pdf": Loader("ai_chat.loaders.pdf.document:load_pdf", 4, "pypdfium2"),
    "hwp": Loader("ai_chat.loaders.hancom.hwp:load_hwp", 1, "olefile"),
    "hwpx": Loader("ai_chat.loaders.hancom.hwpx:load_hwpx", 1, "lxml"),
    "docx": Loader("ai_chat.loaders.ooxml.docx:load_docx", 1, "lxml"),
    "xlsx": Loader("ai_chat.loaders.sheets.workbook:load_sheets", 1, "lxml"),
    "xls": Loader("ai_chat.loaders.sheets.workbook:load_sheets", 1, "python-calamine"),
    "ods": Loader("ai_chat.loaders.sheets.workbook:load_sheets", 1, "lxml"),
    "image": Loader("ai_chat.loaders.image:load_image", 1, "pillow"),
    "pptx": Loader("ai_chat.loaders.ooxml.pptx:load_pptx", 1, "lxml"),
    "eml": Loader("ai_chat.loaders.mail.eml:load_mail", 1),
    "msg": Loader("ai_chat.loaders.mail.msg:load_msg", 1, "olefile"),
    "zip": Loader("ai_chat.loaders.archive:load_archive", 1),
    "odt": Loader("ai_chat.loaders.opendocument.document:load_opendocument", 1, "lxml"),
    "odp": Loader("ai_chat.loaders.opendocument.document:load_opendocument", 1, "lxml"),
    "epub": Loader("ai_chat.loaders.epub:load_epub", 1, "lxml"),
    "protected": Loader("ai_chat.loaders.protected:load_protected", 1, "msoffcrypto-tool"),
    "legacy": Loader("ai_chat.loaders.legacy:load_legacy", 1),
    "html": Loader("ai_chat.loaders.html:load_html", 4, "lxml"),
    "md": Loader("ai_chat.loaders.markdown:load_markdown", 3),
    "csv": Loader("ai_chat.loaders.tables:load_table", 3),
    "txt": Loader("ai_chat.loaders.text:load_text", 3),
}
KNOWN_SUFFIXES: tuple[str, ...] = tuple(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)


def load(path: Path, name: str, options: Options | None = None) -> Iterator[Item]:
    """Read one file; `name` is what the user calls it. Raises InputError with the reason when there is nothing in it to read."""
    with ExitStack() as stack:
        chosen = options or Options()
        if chosen.spool is None:
            chosen = replace(chosen, spool=Path(stack.enter_context(tempfile.TemporaryDirectory())))
        source = identify(path, name, chosen)
        if source.warning:
            yield source.warning
        empty = True
        for item in load_source(source):
            empty = empty and not (isinstance(item, Attachment) or (isinstance(item, Unit) and item.text.strip()))
            if item != Metadata():
                yield item
        if empty:
            raise InputError("document_without_text", name=name)


def load_source(source: Source) -> Iterator[Item]:
    """What `load` does once it is known what the file is; also for a file that was decrypted or converted on the way."""
    module, function = LOADERS[source.format].function.split(":")
    loader = cast(Callable[[Source], Iterator[Item]], getattr(importlib.import_module(module), function))
    return loader(source)


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
