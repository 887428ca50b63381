"""A picture, or a TIFF of many pages -> a unit a page, read by OCR.

Takes PNG, JPEG, TIFF, BMP, GIF and WebP; the size that the header claims is looked at before a pixel is decoded. Moving pictures are their
first one. Knows no tesseract: pages that say nothing give no unit, and a picture that cannot be read at all is refused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from struct import error as StructError

from PIL import Image, ImageOps

from ai_chat.errors import InputError
from ai_chat.loaders.about import metadata
from ai_chat.loaders.detect import Source
from ai_chat.loaders.ocr.reader import Ocr, OcrPage, open_ocr
from ai_chat.loaders.pages import ocr_warning, page_list
from ai_chat.loaders.tesseract import OcrError
from ai_chat.types import Metadata, Problem, Progress, Unit

MEGAPIXELS = 200
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    StructError,
    LookupError,
    TypeError,
    ArithmeticError,
    Image.DecompressionBombError,
)
_TITLE, _ORIENTATION, _ARTIST, _DATE = 270, 274, 315, 306  # of EXIF


def load_image(source: Source) -> Iterator[Unit | Problem | Metadata | Progress]:
    with open_image(source.path, source.name) as image:
        yield _about(image)
        total = _count(image) if image.format == "TIFF" else 1
        ocr = open_ocr(source.options)
        if ocr is None:
            raise InputError("needs_ocr", name=source.name, pages=total)
        image.draft("L", image.size)  # of a JPEG, whose colours take three quarters of the memory
        with ocr:
            yield from _read(_Pages(source.name, total), image, ocr, 2 * source.options.ocr_jobs)


@contextmanager
def open_image(path: Path, name: str) -> Iterator[Image.Image]:
    """Not decoded yet. Raises InputError image_too_large, file_damaged."""
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours: Pillow's would only warn at first
    try:
        image = Image.open(path, formats=_FORMATS)
    except _DAMAGED as error:
        raise _damaged(name, error) from error
    with image:
        _refuse_bomb(image, name)
        yield image


def upright(image: Image.Image, name: str, page: int = 1) -> Image.Image:
    """That page decoded, as its camera was held; it may be the picture itself. Raises InputError image_too_large, file_damaged."""
    try:
        if page > 1:
            image.seek(page - 1)
            _refuse_bomb(image, name)
        image.load()
        return ImageOps.exif_transpose(image) if image.getexif().get(_ORIENTATION, 1) != 1 else image
    except _DAMAGED as error:
        raise _damaged(name, error) from error


@dataclass(slots=True)
class _Pages:
    """What became of them."""

    name: str
    total: int
    read: dict[int, float] = field(default_factory=dict)
    broken: list[int] = field(default_factory=list)
    reason: InputError | None = None

    def problems(self) -> Iterator[Problem]:
        """Raises where every page is damaged."""
        if self.reason and len(self.broken) == self.total:
            raise self.reason
        if self.read:
            yield ocr_warning(self.name, list(self.read), list(self.read.values()), self.total)
        if self.broken:
            values = {"name": self.name, "pages": page_list(self.broken), "count": len(self.broken)}
            yield Problem("page_unreadable", {**values, "total": self.total})


def _count(image: Image.Image) -> int:
    """The pages of a TIFF, up to the first one that is broken: it says where the next one is."""
    number = 1
    try:
        while True:
            image.seek(number)
            number += 1
    except EOFError:
        pages = number
    except _DAMAGED:
        pages = number + 1
    image.seek(0)
    return pages


def _read(pages: _Pages, image: Image.Image, ocr: Ocr, ahead: int) -> Iterator[Unit | Problem | Progress]:
    """In order, `ahead` pages submitted at a time."""
    waiting: deque[tuple[int, Future[OcrPage]]] = deque()
    for number in range(1, pages.total + 1):
        try:
            waiting.append((number, ocr.submit(upright(image, pages.name, number))))
        except InputError as error:
            pages.broken.append(number)
            pages.reason = error
        if len(waiting) >= ahead:
            yield from _finished(pages, *waiting.popleft())
    for each in waiting:
        yield from _finished(pages, *each)
    yield from pages.problems()


def _finished(pages: _Pages, number: int, future: Future[OcrPage]) -> Iterator[Unit | Problem | Progress]:
    try:
        page = future.result()
    except OcrError as error:
        yield Problem("page_ocr_failed", {"name": pages.name, "page": number, "reason": str(error)})
        return
    if page.text:
        pages.read[number] = page.confidence
        yield Unit("page", number, str(number), page.text, ocr=page.confidence, boxes=page.boxes)
    if pages.total > 1:
        yield Progress(number, pages.total)


def _refuse_bomb(image: Image.Image, name: str) -> None:
    megapixels = image.width * image.height / 1e6
    if megapixels > MEGAPIXELS:
        raise InputError("image_too_large", name=name, megapixels=f"{megapixels:,.0f}", limit=MEGAPIXELS)


def _about(image: Image.Image) -> Metadata:
    try:
        exif = image.getexif()
        title, artist, date = (str(exif.get(tag) or "") for tag in (_TITLE, _ARTIST, _DATE))
    except _DAMAGED:
        return Metadata()  # damaged words about a picture do not keep it from being read
    return metadata(title, artist, date)


def _damaged(name: str, error: Exception) -> InputError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return InputError("file_damaged", name=name, found="image", reason=reason[:200])
