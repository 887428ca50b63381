"""Pictures of pages -> their text with word boxes and confidence, by tesseract, several at a time.

Takes Pillow images, gives futures of OcrPage; `submit` blocks while as many pages wait as are being read. Pages are kept by the hash of
their pixels. Knows no document: numbers and warnings are its callers', who are given the words for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Self

from PIL import Image

from ai_chat.loaders.detect import Options
from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.tesseract import Tesseract, Word, find_tesseract, read_words
from ai_chat.types import Problem, WordBox

DPI = 200
"""What a page should be rendered at: more costs time and reads no better (benchmarks/ocr.py)."""


@dataclass(frozen=True, slots=True)
class OcrPage:
    """`boxes` are offsets into `text`, which is normalised, and fractions of the picture as it was submitted, however it had to be
    turned: `turned` is by how many degrees, clockwise, 0, 90, 180 or 270. `confidence` 0 to 1; 0 with an empty text."""

    text: str
    boxes: tuple[WordBox, ...]
    confidence: float
    turned: int


class Ocr:
    """`close` waits for the pages that are being read; `with` closes."""

    def __init__(self, program: Tesseract, jobs: int = 1, cache: Path | None = None) -> None:
        self._program = program
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="ocr")
        self._room = BoundedSemaphore(2 * jobs)

    def submit(self, image: Image.Image) -> Future[OcrPage]:
        """The future raises OcrError where the page could not be read. The image may be closed when this returns."""
        grey = image.convert("L")
        self._room.acquire()
        future = self._pool.submit(self._read, grey)
        future.add_done_callback(lambda _: self._room.release())
        return future

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, grey: Image.Image) -> OcrPage:
        pgm = b"P5 %d %d 255\n" % grey.size + grey.tobytes()
        return _page(read_words(self._program, pgm), *grey.size)


def open_ocr(options: Options) -> Ocr | None:
    """None where tesseract is not installed: `unread` says so."""
    program = find_tesseract()
    return Ocr(program, options.ocr_jobs, options.ocr_cache) if program else None


def ocr_warning(name: str, numbers: Sequence[int], pages: Sequence[float], total: int) -> Problem:
    """That these of `total` pages were read by OCR; `pages` are their confidences in the same order."""
    from ai_chat.loaders.pages import page_list

    percent = round(100 * sum(pages) / len(pages))
    values = {"name": name, "pages": page_list(numbers), "count": len(numbers), "total": total, "confidence": percent}
    return Problem("pages_by_ocr", values)


def _page(words: list[Word], width: int, height: int) -> OcrPage:
    text, boxes = "", []
    for word in words:
        text += word.gap if text else ""
        start = len(text)
        text += normalise(word.text).text
        place = (word.left / width, word.top / height, word.right / width, word.bottom / height)
        boxes.append(WordBox(start, len(text), *place))
    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0
    return OcrPage(text, tuple(boxes), confidence, 0)
