"""A page of a PDF or of a picture file as PNG, the asked-for places marked like with a text marker.

Takes a Page, opens its file, gives a Picture. However large the page is, the picture stays within a screen's size.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from PIL import Image, ImageChops, ImageDraw

from ai_chat.errors import InputError
from ai_chat.loaders.detect import Options, Source, identify
from ai_chat.rendering.wire import Box, Page, Picture

LONGEST = 1800  # pixels
_MARKER = (255, 228, 92)
_EDGE = (214, 150, 0)
_ROOM = 2  # pixels around the letters


def draw(page: Page) -> Picture:
    """InputError: picture_failed, or what is wrong with the file."""
    source = identify(page.path, page.name, Options(password=page.password))
    image, places = _drawn(source, page)
    for boxes in places:
        _highlight(image, boxes)
    file = io.BytesIO()
    image.save(file, "PNG")
    return Picture(file.getvalue(), sum(1 for boxes in places if boxes))


def _drawn(source: Source, page: Page) -> tuple[Image.Image, Sequence[Sequence[Box]]]:
    """The page, and where each mark stands on it."""
    if source.format == "pdf":
        from ai_chat.rendering.pdf_page import draw_page

        return draw_page(source, page, LONGEST)
    if source.format == "image":
        from ai_chat.loaders.image import open_image, upright

        with open_image(source.path, source.name) as opened:
            opened.draft(None, (LONGEST, LONGEST))  # a photograph is decoded no larger than it is shown
            image = _seen(upright(opened, source.name, page.number))
        image.thumbnail((LONGEST, LONGEST))
        return image, [mark.boxes for mark in page.marks]
    raise InputError("picture_failed", name=page.name, number=page.number, reason=source.format.upper())


def _seen(image: Image.Image) -> Image.Image:
    """In colour, on white where it is transparent; what no screen can show as OCR sees it."""
    if image.mode[0] in "IF" or image.mode == "LAB":
        from ai_chat.loaders.ocr.picture import grey

        return grey(image).convert("RGB")
    if "transparency" in image.info or image.mode in ("LA", "PA", "RGBA", "La", "RGBa"):
        whole = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
    return image.convert("RGB")


def _highlight(image: Image.Image, boxes: Iterable[Box]) -> None:
    """The letters stay readable: the marker darkens what is light and leaves what is dark."""
    width, height = image.size
    for left, top, right, bottom in boxes:
        place = (
            max(0, int(left * width) - _ROOM),
            max(0, int(top * height) - _ROOM),
            min(width, int(right * width) + _ROOM + 1),
            min(height, int(bottom * height) + _ROOM + 1),
        )
        if place[0] < place[2] and place[1] < place[3]:
            under = image.crop(place)
            image.paste(ImageChops.multiply(under, Image.new("RGB", under.size, _MARKER)), place)
            ImageDraw.Draw(image).line([(place[0], place[3] - 1), (place[2] - 1, place[3] - 1)], _EDGE, 2)
