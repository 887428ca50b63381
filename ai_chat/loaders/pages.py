"""What is said of pages: lists of their numbers, and the warnings about those that nobody could read.

Takes numbers, gives words and Problems. Light: knows neither PDF nor pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ai_chat.loaders.tesseract import INSTALL
from ai_chat.types import Problem


def page_list(numbers: Sequence[int]) -> str:
    """[1, 2, 3, 7] -> "1-3, 7"."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)


def waiting_for_ocr(name: str, numbers: Sequence[int], total: int) -> Iterator[Problem]:
    """Pages that are pictures, where tesseract is not installed: which, and the line that installs it."""
    values = {"name": name, "pages": page_list(numbers), "count": len(numbers), "total": total}
    yield Problem("page_without_text", values)
    yield Problem("ocr_missing", {"line": INSTALL})


def ocr_warning(name: str, numbers: Sequence[int], confidences: Sequence[float], total: int) -> Problem:
    """That these of `total` pages were read by OCR, each with its confidence."""
    percent = round(100 * sum(confidences) / len(confidences))
    values = {"name": name, "pages": page_list(numbers), "count": len(numbers), "total": total, "confidence": percent}
    return Problem("pages_by_ocr", values)
