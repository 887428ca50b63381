"""A picture of a page -> the same upright, straight and without ruled lines, and where its points stood before.

Takes and gives grey Pillow images and arrays. Knows no language and no tesseract: whether lines of text lie or stand is seen in how
ink is spread; which of two ways up is right is left to whoever reads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ai_chat.loaders.ocr.columns import columns

Mask = NDArray[np.bool_]

LONGEST = 3508  # A4 at 300 dots an inch
_SHORTEST = 1200  # A4 at 100: letters of 10 points have 14 pixels there, and are read better doubled
_SEEN = 800
_STRIP, _WHOLE = 240, 1200
_MOST_SKEW = 5.0
_LEAST_SKEW = 0.1
_RULED = 120  # pixels at 200 dots an inch: no stroke of a letter is as long, no cell much lower than half of it


def grey(image: Image.Image) -> Image.Image:
    """8 bits of grey of any picture, on white where it is transparent."""
    if image.mode[0] in "IF":  # 16 and 32 bits, of which scanners use any part
        return _scaled(np.asarray(image, dtype=np.float32))
    if image.mode == "LAB":
        return image.getchannel(0)
    if "transparency" in image.info or image.mode in ("LA", "PA", "RGBA", "La", "RGBa"):
        whole = image if image.mode == "RGBA" else image.convert("RGBA")
        white = Image.new("L", whole.size, 255)
        white.paste(whole.convert("L"), mask=whole.getchannel("A"))
        return white
    if image.mode not in ("L", "1", "RGB", "YCbCr"):
        image = image.convert("RGB")
    return image if image.mode == "L" else image.convert("L")


def fitted(image: Image.Image) -> Image.Image:
    """Neither larger than OCR has use for, nor with letters too small for it."""
    longest = max(image.size)
    if longest > LONGEST:
        return _resized(image, LONGEST / longest, Image.Resampling.BOX)
    return _resized(image, 2, Image.Resampling.BICUBIC) if longest < _SHORTEST else image


@dataclass(frozen=True)
class Prepared:
    """`image` is what was given, turned clockwise by `turned` degrees and then counter-clockwise by `skew`, without ruled lines."""

    image: Image.Image
    given: tuple[int, int]
    turned: int
    skew: float

    def place(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        """A box of `image` as fractions of what was given: left, top, right, bottom."""
        corners = [self._before(x, y) for x in (left, right) for y in (top, bottom)]
        xs, ys = ([min(max(value, 0.0), 1.0) for value in values] for values in zip(*corners, strict=True))
        return min(xs), min(ys), max(xs), max(ys)

    def _before(self, x: float, y: float) -> tuple[float, float]:
        width, height = self._upright
        sine, cosine = math.sin(math.radians(self.skew)), math.cos(math.radians(self.skew))
        x, y = x - self.image.width / 2, y - self.image.height / 2
        across, down = (x * cosine - y * sine) / width + 0.5, (x * sine + y * cosine) / height + 0.5
        return {0: (across, down), 90: (down, 1 - across), 180: (1 - across, 1 - down), 270: (1 - down, across)}[
            self.turned
        ]

    @cached_property
    def _upright(self) -> tuple[int, int]:
        return self.given if self.turned in (0, 180) else self.given[::-1]


def prepare(image: Image.Image, turned: int) -> Prepared:
    """Of a grey picture, turned by a multiple of 90 degrees."""
    upright = image.rotate(-turned, expand=True) if turned else image
    skew = _skew(_ink(_small(upright)))
    straight = upright
    if abs(skew) >= _LEAST_SKEW:
        straight = upright.rotate(skew, Image.Resampling.BICUBIC, expand=True, fillcolor=_paper(np.asarray(upright)))
    return Prepared(_unruled(straight), image.size, turned, skew if straight is not upright else 0.0)


def lying(image: Image.Image) -> float:
    """How much more the lines of text lie than stand: far above 1 upright or upside down, far below 1 on its side."""
    ink = _ink(_small(image))
    if not ink.any():
        return 1.0
    return _sharpest(ink)[1] / max(_sharpest(ink.T)[1], 1.0)


def strip(image: Image.Image) -> Image.Image:
    """The few lines of it that hold the most ink; all of a small one, whose letters may be large."""
    if image.height <= _WHOLE:
        return image
    sums = np.cumsum(np.concatenate(([0], _ink(image).sum(axis=1))))
    top = int((sums[_STRIP:] - sums[:-_STRIP]).argmax())
    return image.crop((0, top, image.width, top + _STRIP))


def blocks(image: Image.Image) -> list[tuple[int, int, int, int]]:
    """What to read one after the other, as boxes of a straight picture."""
    ink = _ink(_small(image))
    across, down = image.width / ink.shape[1], image.height / ink.shape[0]
    return [
        (round(box.left * across), round(box.top * down), round(box.right * across), round(box.bottom * down))
        for box in columns(ink)
    ]


def _small(image: Image.Image) -> Image.Image:
    return _resized(image, min(1.0, _SEEN / max(image.size)), Image.Resampling.BOX)


def _resized(image: Image.Image, factor: float, how: Image.Resampling) -> Image.Image:
    width, height = (max(1, round(side * factor)) for side in image.size)
    return image.resize((width, height), how)


def _scaled(values: NDArray[np.float32]) -> Image.Image:
    finite = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    return Image.fromarray(((finite - low) * (255.0 / max(high - low, 1e-9))).astype(np.uint8))


def _paper(pixels: NDArray[np.uint8]) -> int:
    return int(np.percentile(pixels[::8, ::8], 60))


def _ink(image: Image.Image) -> Mask:
    """What is dark, by the threshold that parts the two groups of greys best (Otsu 1979)."""
    counts = np.asarray(image.histogram()[:256], dtype=np.float64)
    share = np.cumsum(counts) / counts.sum()
    sums = np.cumsum(counts * np.arange(256)) / counts.sum()
    inside = np.maximum(share * (1 - share), 1e-12)
    between = (sums[-1] * share - sums) ** 2 / inside
    ink: Mask = np.asarray(image) <= int(between[:255].argmax())
    return ink if ink.mean() <= 0.5 else ~ink  # white on black


def _skew(ink: Mask) -> float:
    """Degrees by which its lines fall to the right, negative where they rise; 0 where nothing stands out."""
    return _sharpest(ink)[0] if ink.any() else 0.0


def _sharpest(ink: Mask) -> tuple[float, float]:
    """The angle at which lines of ink and paper between them differ most, and by how much."""
    ys, xs = np.nonzero(ink)

    def sharpness(angle: float) -> float:
        rows = np.rint(ys - xs * math.tan(math.radians(angle))).astype(np.int64)
        return float(np.square(np.diff(np.bincount(rows - rows.min()).astype(np.float64))).sum())

    coarse = max(np.arange(-_MOST_SKEW, _MOST_SKEW + 0.01, 0.25), key=sharpness)
    best = float(max(np.arange(coarse - 0.25, coarse + 0.26, 0.05), key=sharpness))
    return best, sharpness(best)


def _unruled(image: Image.Image) -> Image.Image:
    """Ruled lines become paper: tesseract takes them for strokes, and the cells between them for columns."""
    ink = _ink(image)
    long = max(_RULED, max(image.size) // 20)
    lines = _grown(_runs(_grown(ink), long)) | _grown(_runs(_grown(ink.T), long)).T
    if not lines.any():
        return image
    pixels = np.array(image)
    pixels[lines] = _paper(pixels)
    return Image.fromarray(pixels)


def _grown(mask: Mask) -> Mask:
    """By a pixel above and below."""
    grown = mask.copy()
    grown[1:] |= mask[:-1]
    grown[:-1] |= mask[1:]
    return grown


def _runs(mask: Mask, length: int) -> Mask:
    """Only what stands in a row of at least so many."""
    width = mask.shape[1]
    if width < length:
        return np.zeros_like(mask)
    before = np.zeros((mask.shape[0], width + 1), np.int32)
    np.cumsum(mask, axis=1, out=before[:, 1:])
    starts = (before[:, length:] - before[:, :-length]) == length
    begun = np.zeros((mask.shape[0], width + length), np.int32)
    np.cumsum(starts, axis=1, out=begun[:, length : length + starts.shape[1]])
    begun[:, length + starts.shape[1] :] = begun[:, length + starts.shape[1] - 1, None]
    inside: Mask = (begun[:, length : length + width] - begun[:, :width]) > 0
    return inside
