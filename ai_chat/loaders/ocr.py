"""Pictures of pages -> their text with word boxes and confidence, by tesseract, several at a time.

Takes Pillow images, gives futures of OcrPage; `submit` blocks while as many pages wait as are being read. Pages are kept by the hash of
their pixels. Knows no document: numbers and warnings are its callers', who are given the words for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Self

from PIL import Image

from ai_chat.loaders.detect import Options
from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.ocr_cache import OcrCache
from ai_chat.loaders.ocr_picture import Prepared, fitted, grey, lying, prepare
from ai_chat.loaders.pages import page_list
from ai_chat.loaders.tesseract import Tesseract, Word, find_tesseract, read_words
from ai_chat.types import Problem, WordBox

DPI = 200
"""What a page should be rendered at: more costs time and reads no better (benchmarks/ocr.py)."""

_REVISION = 1  # grows whenever the same picture would give other text
_SURE = 0.6  # upright Korean has 0.85 to 0.97, upside down 0.2 to 0.45
_UNCLEAR = (0.8, 1.25)  # between these nobody can tell whether lines lie or stand


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
        self._cache = OcrCache(cache) if cache else None

    def submit(self, image: Image.Image) -> Future[OcrPage]:
        """The future raises OcrError where the page could not be read. The image may be closed when this returns."""
        self._room.acquire()
        try:
            future = self._pool.submit(self._page, fitted(grey(image)))
        except BaseException:
            self._room.release()
            raise
        future.add_done_callback(lambda _: self._room.release())
        return future

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        if self._cache:
            self._cache.trim()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _page(self, image: Image.Image) -> OcrPage:
        if self._cache is None:
            return read_page(self._program, image)
        key = self._key(image)
        if (kept := self._cache.get(key)) is not None:
            return _from_json(kept)
        page = read_page(self._program, image)
        self._cache.put(key, [page.text, page.boxes, page.confidence, page.turned])
        return page

    def _key(self, image: Image.Image) -> str:
        read_by = (_REVISION, self._program.version, self._program.languages, image.size)
        return hashlib.sha256(repr(read_by).encode() + image.tobytes()).hexdigest()


def open_ocr(options: Options) -> Ocr | None:
    """None where tesseract is not installed: `pages.waiting_for_ocr` says so."""
    program = find_tesseract()
    return Ocr(program, options.ocr_jobs, options.ocr_cache) if program else None


def ocr_warning(name: str, numbers: Sequence[int], confidences: Sequence[float], total: int) -> Problem:
    """That these of `total` pages were read by OCR, each with its confidence."""
    percent = round(100 * sum(confidences) / len(confidences))
    values = {"name": name, "pages": page_list(numbers), "count": len(numbers), "total": total, "confidence": percent}
    return Problem("pages_by_ocr", values)


def read_page(program: Tesseract, image: Image.Image) -> OcrPage:
    """A grey picture, whichever way up: the first way that reads well, else the one that reads best. Raises OcrError."""
    best = OcrPage("", (), 0.0, 0)
    for turned in _ways_up(lying(image)):
        prepared = prepare(image, turned)
        page = _composed(read_words(program, _pgm(prepared.image), layout=4), prepared)
        best = max(best, page, key=lambda each: each.confidence**2 * len(each.text))
        if page.confidence >= _SURE:
            return page
    return best


def _ways_up(lies: float) -> tuple[int, ...]:
    low, high = _UNCLEAR
    if lies > high:
        return 0, 180
    return (90, 270) if lies < low else (0, 90, 180, 270)


def _pgm(image: Image.Image) -> bytes:
    return b"P5 %d %d 255\n" % image.size + image.tobytes()


def _composed(words: Sequence[Word], prepared: Prepared) -> OcrPage:
    text = ""
    boxes: list[WordBox] = []
    for word in words:
        text += word.gap if text else ""
        start, text = len(text), text + normalise(word.text).text
        place = prepared.place(word.left, word.top, word.right, word.bottom)
        boxes.append(WordBox(start, len(text), *(round(side, 4) for side in place)))
    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0
    return OcrPage(text, tuple(boxes), round(confidence, 3), prepared.turned)


def _from_json(kept: Any) -> OcrPage:
    text, boxes, confidence, turned = kept
    return OcrPage(text, tuple(WordBox(*box) for box in boxes), confidence, turned)
