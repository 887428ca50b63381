"""Rendering through the App, where it runs and over its API: the same picture, the same errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

from ai_chat.app import App, open_app
from ai_chat.app.remote import RemoteApp
from ai_chat.config import Settings
from ai_chat.errors import InputError
from ai_chat.loaders.tesseract import find_tesseract
from ai_chat.types import Scope
from tests.test_app_remote import serving, wait_until_owned

SENTENCE = "The boiler is inspected every March."


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    from ai_chat.config import load_settings

    settings = load_settings({"home": tmp_path_factory.mktemp("served")}, {})
    with serving(settings):
        wait_until_owned(settings)
        app = open_app(settings, "write")
        assert isinstance(app, RemoteApp)
        yield app


def write_pdf(path: Path) -> Path:
    canvas = Canvas(str(path))
    canvas.drawString(72, 700, SENTENCE)
    canvas.save()
    return path


def taken_in(app: App, path: Path) -> str:
    (event,) = [each for each in app.ingest([path], path.stem, dense=False) if each.outcome]
    assert event.document_id is not None, event.problem
    return event.document_id


def test_a_page_is_drawn_by_the_child(home: Settings, tmp_path: Path) -> None:
    with closing(open_app(home, "write")) as app:
        document = taken_in(app, write_pdf(tmp_path / "a.pdf"))
        rendered = app.render(document, "page", 1, marks=[(4, 10)], sentence="boiler")
        assert (rendered.media_type, rendered.marked, rendered.warnings) == ("image/png", 1, ())
        assert "renderer" in [line.tenant for line in app.memory_report().lines]
        assert app.original(document) == tmp_path / "a.pdf"
        with pytest.raises(InputError, match="unit_unknown"):
            app.render(document, "sheet", 1)


def test_who_only_reads_sees_pages_too(home: Settings, tmp_path: Path) -> None:
    with closing(open_app(home, "write")) as writer:
        document = taken_in(writer, write_pdf(tmp_path / "a.pdf"))
        with closing(open_app(home, "read")) as reader:
            assert reader.render(document, "page", 1).media_type == "image/png"


def test_a_picture_comes_over_as_it_is(served: App, tmp_path: Path) -> None:
    document = taken_in(served, write_pdf(tmp_path / "boiler.pdf"))
    rendered = served.render(document, "page", 1, sentence=SENTENCE)
    assert (rendered.media_type, rendered.marked) == ("image/png", 1) and rendered.data.startswith(b"\x89PNG")
    assert served.original(document) == tmp_path / "boiler.pdf"
    lost = served.render(document, "page", 1, sentence="no such words")
    assert [problem.code for problem in lost.warnings] == ["sentence_unplaced"]
    with pytest.raises(InputError, match="unit_unknown"):
        served.render(document, "page", 2)


def test_what_a_server_is_sent_need_not_be_utf8(served: App) -> None:
    (event,) = [each for each in served.upload('이름 "a".txt', b"\n\xc1\xa6\xb8\xf1\n", "올림") if each.outcome]
    assert event.outcome == "added"
    (info,) = served.documents(Scope(collections=("올림",)))
    assert info.name == '이름 "a".txt'


def test_a_scan_is_marked_by_its_word_boxes(home: Settings, tmp_path: Path) -> None:
    if find_tesseract() is None:
        pytest.skip("needs system package tesseract-ocr-kor")
    image = Image.new("L", (1200, 400), 255)
    ImageDraw.Draw(image).text((100, 150), "The boiler is inspected", fill=0, font=ImageFont.load_default(72))
    image.save(tmp_path / "scan.png", dpi=(200, 200))
    with closing(open_app(home, "write")) as app:
        document = taken_in(app, tmp_path / "scan.png")
        (info,) = app.documents(Scope(collections=("scan",)))
        assert info.ocr_pages == 1
        rendered = app.render(document, "page", 1, sentence="boiler")
        assert (rendered.media_type, rendered.marked, rendered.warnings) == ("image/png", 1, ())
