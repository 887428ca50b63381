"""One grey picture of a page -> its text, whichever way up it lies.

Takes what the picture needs from `picture` and words from `tesseract`, puts them together as normalised text with boxes on the
picture as it came. Knows no document.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.ocr.picture import Prepared, blocks, lying, prepare, strip
from ai_chat.loaders.ocr.reader import OcrPage
from ai_chat.loaders.ocr.words import Span, confidence, doubtful, is_korean, merged
from ai_chat.loaders.tesseract import Tesseract, Word, read_words
from ai_chat.types import WordBox

_COLUMN, _SCATTERED = 4, 11  # tesseract's modes; 3, its own, finds columns between the cells of a form
_MARGIN = 6
_SURE = 0.6  # upright Korean has 0.85 to 0.97, upside down 0.2 to 0.45
_HOPELESS = 0.45  # nothing upright is worse, nothing on its side better: then lines do not run as they seemed to


def read_page(program: Tesseract, image: Image.Image) -> OcrPage:
    """A grey picture, whichever way up. Raises OcrError."""
    prepared = _upright(program, image)
    words, is_mixed = _in_main_language(program, prepared.image)
    for language in program.languages[1:] if is_mixed else ():
        if spans := doubtful(words):
            words = merged(words, spans, _words(program, _only(prepared.image, spans), language, _SCATTERED))
    return _composed(words, prepared)


def _upright(program: Tesseract, image: Image.Image) -> Prepared:
    """The first way up in which a strip of it reads well, else the one that reads best."""
    ways = (0, 180, 90, 270) if lying(image) >= 1 else (90, 270, 0, 180)
    found: list[tuple[float, Prepared]] = []
    for turned in ways:
        prepared = prepare(image, turned)
        words, _ = _in_main_language(program, strip(prepared.image))
        score = confidence(words)
        if score >= _SURE:
            return prepared
        found.append((score**2 * sum(len(word.text) for word in words), prepared))
        if turned == ways[1] and score > _HOPELESS:
            break
    return max(found, key=lambda each: each[0])[1]


def _in_main_language(program: Tesseract, image: Image.Image) -> tuple[list[Word], bool]:
    """Korean, and whether words of others may stand in it; a page in Latin letters is read in English alone."""
    first, *others = program.languages
    words = _blocks(program, image, first)
    if "eng" not in others or is_korean(words):
        return words, True
    return _blocks(program, image, "eng"), False


def _blocks(program: Tesseract, image: Image.Image, language: str) -> list[Word]:
    found: list[Word] = []
    for left, top, right, bottom in blocks(image):
        for index, word in enumerate(_words(program, image.crop((left, top, right, bottom)), language, _COLUMN)):
            x, y = (word.left + left, word.right + left), (word.top + top, word.bottom + top)
            gap = word.gap if index else "\n\n"
            found.append(Word(word.text, x[0], y[0], x[1], y[1], word.confidence, gap))
    return found


def _words(program: Tesseract, image: Image.Image, language: str, layout: int) -> list[Word]:
    return read_words(program, b"P5 %d %d 255\n" % image.size + image.tobytes(), language, layout)


def _only(image: Image.Image, spans: Sequence[Span]) -> Image.Image:
    """These spans of it where they stand, all else white."""
    left = Image.new("L", image.size, 255)
    for span in spans:
        before, after = (0 if glued else _MARGIN for glued in (span.follows, span.leads))
        box = (span.left - before, span.top - _MARGIN, span.right + after, span.bottom + _MARGIN)
        inside = (max(0, box[0]), max(0, box[1]), min(image.width, box[2]), min(image.height, box[3]))
        left.paste(image.crop(inside), inside[:2])
    return left


def _composed(words: Sequence[Word], prepared: Prepared) -> OcrPage:
    text = ""
    boxes: list[WordBox] = []
    for word in words:
        text += word.gap if text else ""
        start, text = len(text), text + normalise(word.text).text.replace("\u318d", "\u00b7")
        place = tuple(round(side, 4) for side in prepared.place(word.left, word.top, word.right, word.bottom))
        if boxes and boxes[-1].end == start:  # syllables of one word
            boxes[-1] = _around(boxes[-1], WordBox(start, len(text), *place))
        else:
            boxes.append(WordBox(start, len(text), *place))
    return OcrPage(text, tuple(boxes), round(confidence(words), 3), prepared.turned)


def _around(first: WordBox, second: WordBox) -> WordBox:
    left, top = min(first.left, second.left), min(first.top, second.top)
    return WordBox(first.start, second.end, left, top, max(first.right, second.right), max(first.bottom, second.bottom))
