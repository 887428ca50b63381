"""Files that a PDF carries: what was attached to it, and the parts of a portfolio.

Takes an open document, gives Attachments whose bytes lie in the spool folder, and Problems for those that nobody can read.
"""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2 as pdfium

from ai_chat.loaders.detect import Source
from ai_chat.loaders.enclosed import bounded, enclose, safe_name, skipped
from ai_chat.types import Attachment, Problem


def attachments(document: pdfium.PdfDocument, source: Source) -> Iterator[Attachment | Problem]:
    taken, left = bounded(range(document.count_attachments()), source)
    for index in taken:
        yield _attachment(document, index, source)
    yield from left


def _attachment(document: pdfium.PdfDocument, index: int, source: Source) -> Attachment | Problem:
    name = f"attachment-{index + 1}"
    try:
        attached = document.get_attachment(index)
        name = safe_name(attached.get_name(), name)
        return enclose(name, bytes(attached.get_data()), source)
    except (pdfium.PdfiumError, UnicodeDecodeError) as error:
        return skipped(name, source, Problem("file_damaged", {"name": name, "found": "PDF", "reason": str(error)}))
