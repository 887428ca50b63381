"""Pages as pictures from the real child: the sentence is marked where it stands, whatever the page's turn; what fails is said."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ai_chat.errors import InputError
from ai_chat.loaders import load
from ai_chat.rendering import Renderer, render_unit
from ai_chat.rendering.client import Fence
from ai_chat.rendering.wire import Mark, Page, Picture
from ai_chat.types import Rendered, Unit

SENTENCE = "The boiler is inspected every March."
Box = tuple[float, float, float, float]


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    opened = Renderer()
    yield opened
    opened.close()


def write_pdf(path: Path, size: tuple[float, float] = A4, **changes: object) -> Path:
    """The sentence begins an inch from the left and two inches from the top of the unturned page."""
    canvas = Canvas(str(path), pagesize=size, **changes)
    canvas.setFont("Helvetica", 12)
    canvas.drawString(72, size[1] - 72, "Notice of the house")
    canvas.drawString(72, size[1] - 144, SENTENCE)
    canvas.showPage()
    canvas.save()
    return path


def shown(renderer: Renderer, path: Path, sentence: str, number: int = 1, password: str | None = None) -> Rendered:
    from ai_chat.loaders.detect import Options

    units = [item for item in load(path, path.name, Options(password=password)) if isinstance(item, Unit)]
    unit = next(unit for unit in units if unit.number == number)

    def drawing(marks: tuple[Mark, ...]) -> Picture:
        return renderer.draw(Page(path, path.name, number, marks, password))

    return render_unit(unit, path.name, (), sentence, drawing)


def picture(rendered: Rendered) -> Image.Image:
    assert rendered.media_type == "image/png"
    return Image.open(io.BytesIO(rendered.data)).convert("RGB")


def marked_box(image: Image.Image) -> Box:
    """Around all that is as yellow as the marker, as fractions."""
    red, green, blue = image.split()
    yellow = ImageChops.multiply(
        ImageChops.multiply(red.point(lambda v: 255 * (v > 200)), green.point(lambda v: 255 * (v > 190))),
        blue.point(lambda v: 255 * (v < 130)),
    )
    found = yellow.getbbox()
    assert found, "nothing is marked"
    width, height = image.size
    return found[0] / width, found[1] / height, found[2] / width, found[3] / height


def test_the_sentence_is_marked_where_it_stands(renderer: Renderer, tmp_path: Path) -> None:
    rendered = shown(renderer, write_pdf(tmp_path / "a.pdf"), SENTENCE)
    assert (rendered.marked, rendered.warnings) == (1, ())
    left, top, right, bottom = marked_box(picture(rendered))
    assert left == pytest.approx(72 / A4[0], abs=0.01) and right == pytest.approx(272 / A4[0], abs=0.03)
    assert top == pytest.approx(132 / A4[1], abs=0.01) and bottom == pytest.approx(148 / A4[1], abs=0.01)


def test_a_turned_page_is_shown_and_marked_as_it_is_seen(renderer: Renderer, tmp_path: Path) -> None:
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(write_pdf(tmp_path / "a.pdf"))
    document[0].set_rotation(90)
    document[0].set_cropbox(0, 300, A4[0], A4[1])
    document.save(tmp_path / "turned.pdf")
    document.close()
    image = picture(shown(renderer, tmp_path / "turned.pdf", SENTENCE))
    assert image.width / image.height == pytest.approx((A4[1] - 300) / A4[0], abs=0.01)
    left, top, right, bottom = marked_box(image)
    height = A4[1] - 300
    assert right == pytest.approx(1 - 132 / height, abs=0.02) and left == pytest.approx(1 - 148 / height, abs=0.02)
    assert top == pytest.approx(72 / A4[0], abs=0.02) and bottom > 0.4


@pytest.mark.parametrize("size", [(14_000.0, 200.0), (200.0, 14_000.0), (40.0, 300.0)])
def test_a_picture_fits_a_screen_whatever_the_page(
    renderer: Renderer, tmp_path: Path, size: tuple[float, float]
) -> None:
    image = picture(shown(renderer, write_pdf(tmp_path / "a.pdf", size), ""))
    assert max(image.size) <= 1802


def test_a_protected_page_needs_its_password_each_time(renderer: Renderer, tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    path = write_pdf(tmp_path / "a.pdf", encrypt=StandardEncryption("열쇠", strength=128))
    assert shown(renderer, path, SENTENCE, password="열쇠").marked == 1
    with pytest.raises(InputError, match="password_needed"):
        renderer.draw(Page(path, "a.pdf", 1))


def test_word_boxes_mark_a_scan(renderer: Renderer, tmp_path: Path) -> None:
    image = Image.new("RGB", (1000, 800), "white")
    ImageDraw.Draw(image).rectangle((100, 400, 300, 440), "black")
    image.save(tmp_path / "a.png")
    marks = (Mark("word", boxes=((0.1, 0.5, 0.3, 0.55),)),)
    drawn = renderer.draw(Page(tmp_path / "a.png", "a.png", 1, marks))
    made = Image.open(io.BytesIO(drawn.png)).convert("RGB")
    assert (drawn.marked, made.size) == (1, (1000, 800))
    assert made.getpixel((200, 420)) == (0, 0, 0)  # what was written stays readable
    image.paste("white", (0, 0, 1000, 800))
    image.save(tmp_path / "a.png")
    drawn = renderer.draw(Page(tmp_path / "a.png", "a.png", 1, marks))
    assert marked_box(Image.open(io.BytesIO(drawn.png)).convert("RGB")) == pytest.approx(
        (0.1, 0.5, 0.3, 0.55), abs=0.01
    )


def test_each_page_of_a_scan_of_several_is_shown(renderer: Renderer, tmp_path: Path) -> None:
    pages = [Image.new("L", (200, 100), shade) for shade in (250, 120)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    shades = []
    for number in (1, 2):
        drawn = renderer.draw(Page(tmp_path / "a.tif", "a.tif", number))
        shades.append(Image.open(io.BytesIO(drawn.png)).convert("L").getpixel((100, 50)))
    assert shades == [250, 120]
    with pytest.raises(InputError):
        renderer.draw(Page(tmp_path / "a.tif", "a.tif", 3))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_a_scan_of_any_depth_is_shown(renderer: Renderer, tmp_path: Path, mode: str) -> None:
    Image.new("L", (300, 200), 255).convert(mode).save(tmp_path / "a.tif")
    assert renderer.draw(Page(tmp_path / "a.tif", "a.tif", 1)).png


def test_a_photograph_is_shown_as_it_was_held(renderer: Renderer, tmp_path: Path) -> None:
    held = Image.Exif()
    held[274] = 6  # turned by 90 degrees
    Image.new("RGB", (4000, 3000), "white").save(tmp_path / "a.jpg", exif=held)
    drawn = Image.open(io.BytesIO(renderer.draw(Page(tmp_path / "a.jpg", "a.jpg", 1)).png))
    assert drawn.size == (1350, 1800)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:300])


def not_there(path: Path) -> None:
    path.unlink()


def text(path: Path) -> None:
    path.write_text("not a page")


@pytest.mark.parametrize("harm", [cut, not_there, text])
def test_a_file_that_cannot_be_drawn_is_a_reason_and_the_next_one_is_drawn(
    renderer: Renderer, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    good, bad = write_pdf(tmp_path / "good.pdf"), write_pdf(tmp_path / "bad.pdf")
    harm(bad)
    with pytest.raises(InputError) as raised:
        renderer.draw(Page(bad, "bad.pdf", 1))
    assert raised.value.code in ("picture_failed", "pdf_damaged", "file_damaged")
    assert renderer.draw(Page(good, "good.pdf", 1)).png


def test_a_page_that_is_not_there_is_said(renderer: Renderer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="picture_failed"):
        renderer.draw(Page(write_pdf(tmp_path / "a.pdf"), "a.pdf", 7))


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    hasty = Renderer(Fence(seconds=0.0))
    with pytest.raises(InputError, match="picture_failed"):
        hasty.draw(Page(write_pdf(tmp_path / "a.pdf"), "a.pdf", 1))
    assert hasty.pid is None


def test_a_child_that_died_is_replaced(tmp_path: Path) -> None:
    page = Page(write_pdf(tmp_path / "a.pdf"), "a.pdf", 1)
    with closing(Renderer()) as renderer:
        renderer.draw(page)
        first = renderer.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        try:
            renderer.draw(page)
        except InputError as error:  # it died while it was asked
            assert error.code == "picture_failed"
        assert renderer.draw(page).png and renderer.pid != first
