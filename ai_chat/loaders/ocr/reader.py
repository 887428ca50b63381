"""Pictures of pages -> their text with word boxes and confidence, by tesseract, several at a time.

Takes Pillow images, gives futures of OcrPage; `submit` blocks while as many pages wait as are being read. Pages are kept by the hash of
their pixels. Knows no document: numbers and warnings are its callers'. Importing this loads no imaging.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, Self

from ai_chat.loaders.detect import Options
from ai_chat.loaders.ocr.cache import OcrCache
from ai_chat.loaders.tesseract import Tesseract, find_tesseract
from ai_chat.types import WordBox

if TYPE_CHECKING:
    from PIL import Image

DPI = 200
"""What a page should be rendered at: more costs time and reads no better (benchmarks/ocr.py)."""

_REVISION = 1  # grows whenever the same picture would give other text


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
        from ai_chat.loaders.ocr.picture import fitted, grey  # numpy, which a document without pictures does without

        self._room.acquire()
        try:
            own = fitted(grey(image))
            future = self._pool.submit(self._page, own.copy() if own is image else own)
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
        from ai_chat.loaders.ocr.page import read_page

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


def _from_json(kept: Any) -> OcrPage:
    text, boxes, confidence, turned = kept
    return OcrPage(text, tuple(WordBox(*box) for box in boxes), confidence, turned)
