"""Files that a PDF carries: what was attached to it, and the parts of a portfolio.

Takes an open document, gives Attachments whose bytes lie in the spool folder, and Problems for those that nobody can read.
"""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2 as pdfium

from ai_chat.loaders.detect import Source
from ai_chat.loaders.letter import enclose, safe_name, skipped
from ai_chat.types import Attachment, Problem

_LIMIT = 200


def attachments(document: pdfium.PdfDocument, source: Source) -> Iterator[Attachment | Problem]:
    count = document.count_attachments()
    for index in range(min(count, _LIMIT)):
        yield _attachment(document, index, source)
    if count > _LIMIT:
        yield Problem("attachments_too_many", {"name": source.name, "count": count, "limit": _LIMIT})


def _attachment(document: pdfium.PdfDocument, index: int, source: Source) -> Attachment | Problem:
    name = f"attachment-{index + 1}"
    try:
        attached = document.get_attachment(index)
        name = safe_name(attached.get_name(), name)
        return enclose(name, bytes(attached.get_data()), source)
    except (pdfium.PdfiumError, UnicodeDecodeError) as error:
        return skipped(name, source, Problem("file_damaged", {"name": name, "found": "PDF", "reason": str(error)}))
