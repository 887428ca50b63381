"""Pictures as documents: pages of a TIFF, cameras held askew, claims of size, damage."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from ai_chat.errors import InputError
from ai_chat.loaders import Item, load
from ai_chat.loaders.image import open_image, upright
from ai_chat.loaders.tesseract import find_tesseract
from ai_chat.types import Metadata, Problem, Progress, Unit

SAMPLES = Path(__file__).resolve().parents[1].parent / "shared" / "samples"
needs_tesseract = pytest.mark.skipif(find_tesseract() is None, reason="needs system package tesseract-ocr-kor")


def page(text: str) -> Image.Image:
    image = Image.new("L", (900, 500), 255)
    for row in range(4):
        ImageDraw.Draw(image).text((80, 80 + 80 * row), text, fill=0, font=ImageFont.load_default(40))
    return image


def read(path: Path) -> list[Item]:
    return list(load(path, path.name))


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read(path)
    return caught.value


def claimed_png(width: int, height: int) -> bytes:
    """A header that claims a size, and next to nothing behind it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = (header, b"IDAT" + zlib.compress(b"\x00" * 100), b"IEND")
    framed = (struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


@needs_tesseract
def test_each_page_of_a_tiff_is_a_unit(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    pages = [page(f"Sheet {number} of the fax").convert("1") for number in (1, 2, 3)]
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="group4")
    items = read(path)
    units = [item for item in items if isinstance(item, Unit)]
    assert [(unit.kind, unit.number, unit.label) for unit in units] == [("page", n, str(n)) for n in (1, 2, 3)]
    assert all(f"Sheet {unit.number} of the fax" in unit.text and unit.boxes for unit in units)
    assert all(unit.ocr and unit.ocr > 0.8 for unit in units)
    assert [item for item in items if isinstance(item, Progress)] == [Progress(n, 3) for n in (1, 2, 3)]
    assert [item.code for item in items if isinstance(item, Problem)] == ["pages_by_ocr"]


@needs_tesseract
def test_a_photo_is_read_as_its_camera_was_held(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[274], exif[270], exif[306] = 6, "Notice board", "2026:04:13 10:00:00"
    page("Held on its side").convert("RGB").rotate(90, expand=True).save(path, exif=exif)
    items = read(path)
    (unit,) = (item for item in items if isinstance(item, Unit))
    assert "Held on its side" in unit.text
    assert Metadata("Notice board", "", "2026:04:13 10:00:00") in items


def test_without_tesseract_a_picture_needs_ocr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page("text").save(tmp_path / "a.png")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal(tmp_path / "a.png").code == "needs_ocr"


@needs_tesseract
def test_a_picture_without_text_is_refused_with_the_reason(tmp_path: Path) -> None:
    Image.new("RGB", (400, 400), "white").save(tmp_path / "a.png")
    assert refusal(tmp_path / "a.png").code == "document_without_text"


def test_a_size_that_is_only_claimed_is_refused_from_the_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(claimed_png(30_000, 30_000))
    error = refusal(path)
    assert (error.code, error.values["megapixels"]) == ("image_too_large", "900")


def test_a_moving_picture_is_its_first(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    page("one").save(path, save_all=True, append_images=[page("two")])
    with open_image(path, "a.gif") as image:
        assert upright(image, "a.gif").size == (900, 500)


@needs_tesseract
def test_a_damaged_page_of_a_tiff_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    page("First page here").save(path, save_all=True, append_images=[page("Second")], compression="tiff_deflate")
    content = bytearray(path.read_bytes())
    with Image.open(path) as image:
        image.seek(1)
        offset, size = image.tag_v2[273][0], image.tag_v2[279][0]  # type: ignore[attr-defined]
    content[offset : offset + size] = bytes(size)
    path.write_bytes(content)
    items = read(path)
    assert [item.number for item in items if isinstance(item, Unit)] == [1]
    (broken,) = (item for item in items if isinstance(item, Problem) and item.code == "page_unreadable")
    assert (broken.values["pages"], broken.values["total"]) == ("2", 2)


@needs_tesseract
def test_a_page_of_a_tiff_that_says_nothing_of_itself_leaves_those_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    page("First page here").save(path, save_all=True, append_images=[page("Second")] * 2)
    content = bytearray(path.read_bytes())
    (first,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, first)
    (second,) = struct.unpack_from("<I", content, first + 2 + 12 * entries)
    content[second + 2 : second + 14] = bytes(12)  # its width
    path.write_bytes(content)
    items = read(path)
    assert [item.number for item in items if isinstance(item, Unit)] == [1]
    (broken,) = (item for item in items if isinstance(item, Problem) and item.code == "page_unreadable")
    assert (broken.values["pages"], broken.values["total"]) == ("2", 2)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"])
def test_damage_is_told_as_damage(tmp_path: Path, format: str) -> None:
    buffer = BytesIO()
    page("text").convert("RGB").save(buffer, format)
    content = buffer.getvalue()
    dice = random.Random(7)
    path = tmp_path / f"a.{format.lower()}"
    for _ in range(40):
        damaged = bytearray(content[: dice.randrange(20, len(content))])
        for _ in range(20):
            damaged[dice.randrange(12, len(damaged))] = dice.randrange(256)
        path.write_bytes(damaged)
        _decode(path)


def _decode(path: Path) -> None:
    try:
        with open_image(path, path.name) as image:
            upright(image, path.name)
    except InputError as error:
        assert error.code in ("file_damaged", "image_too_large")


def test_the_pixel_bomb_of_the_samples_is_refused() -> None:
    path = SAMPLES / "bad_pixelbomb.png"
    if not path.exists():
        pytest.skip("the sample documents are not here")
    assert refusal(path).code == "image_too_large"
