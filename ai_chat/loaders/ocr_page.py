"""One grey picture of a page -> its text, whichever way up it lies.

Takes what the picture needs from `ocr_picture` and words from `tesseract`, puts them together as normalised text with boxes on the
picture as it came. Knows no document.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.ocr import OcrPage
from ai_chat.loaders.ocr_picture import Prepared, lying, prepare
from ai_chat.loaders.tesseract import Tesseract, Word, read_words
from ai_chat.types import WordBox

_SURE = 0.6  # upright Korean has 0.85 to 0.97, upside down 0.2 to 0.45
_UNCLEAR = (0.8, 1.25)  # between these nobody can tell whether lines lie or stand


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
