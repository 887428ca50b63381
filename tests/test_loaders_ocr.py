"""OCR: pictures made upright and straight, two languages put together, pages kept, and text that is where its boxes say."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from ai_chat.loaders.detect import Options
from ai_chat.loaders.ocr.cache import OcrCache
from ai_chat.loaders.ocr.picture import LONGEST, blocks, fitted, grey, lying, prepare
from ai_chat.loaders.ocr.reader import Ocr, OcrPage, open_ocr
from ai_chat.loaders.ocr.words import confidence, doubtful, is_korean, merged
from ai_chat.loaders.pages import ocr_warning, page_list, waiting_for_ocr
from ai_chat.loaders.tesseract import OcrError, Tesseract, Word, find_tesseract, read_words

SAMPLES = Path(__file__).resolve().parents[1].parent / "shared" / "samples"
LINES = ("The annual leave of staff is fifteen days", "A request is filed one week before", "Overtime is paid monthly")


def drawn(lines: tuple[str, ...] = LINES, size: tuple[int, int] = (1300, 1500), ruled: bool = False) -> Image.Image:
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(36)
    for row, line in enumerate(lines * 4):
        draw.text((150, 150 + 70 * row), line, fill=0, font=font)
    if ruled:
        for y in (140, 210, 280):
            draw.line((100, y, 1200, y), fill=0, width=3)
        for x in (100, 700, 1200):
            draw.line((x, 140, x, 280), fill=0, width=3)
    return image


def word(text: str, left: int, confidence: float, gap: str = " ") -> Word:
    return Word(text, left, 0, left + 10 * len(text), 20, confidence, gap)


@pytest.fixture
def ocr(tmp_path: Path) -> Iterator[Ocr]:
    found = open_ocr(Options(ocr_cache=tmp_path / "cache"))
    if found is None:
        pytest.skip("needs system package tesseract-ocr-kor")
    with found:
        yield found


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("the sample documents are not here")
    return path


# Pictures


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("skew", [0.0, 2.0])
def test_a_picture_is_turned_and_straightened_and_its_places_lead_back(turned: int, skew: float) -> None:
    page = drawn()
    mark = (900, 1200, 960, 1230)
    ImageDraw.Draw(page).rectangle(mark, fill=100)
    given = page.rotate(turned, expand=True).rotate(-skew, Image.Resampling.BICUBIC, fillcolor=255)
    prepared = prepare(given, turned)
    assert prepared.skew == pytest.approx(skew, abs=0.15)
    left, top, right, bottom = prepared.place(*_grey_box(prepared.image))
    x, y = (left + right) / 2 * given.width, (top + bottom) / 2 * given.height
    assert abs(int(given.getpixel((round(x), round(y)))) - 100) < 20  # type: ignore[arg-type]


def _grey_box(image: Image.Image) -> tuple[int, int, int, int]:
    """Of what is neither ink nor paper, edges of letters apart."""
    only = (
        image.point(lambda value: 255 if 80 < value < 120 else 0)
        .reduce(5)
        .point(lambda value: 255 if value > 200 else 0)
    )
    left, top, right, bottom = only.getbbox() or (0, 0, 0, 0)
    return 5 * left, 5 * top, 5 * right, 5 * bottom


def test_lines_of_text_lie_or_stand() -> None:
    page = drawn()
    assert lying(page) > 1.5
    assert lying(page.rotate(90, expand=True)) < 0.7
    assert lying(Image.new("L", (300, 300), 255)) == 1.0


def test_ruled_lines_become_paper_and_letters_stay() -> None:
    assert prepare(drawn(ruled=True), 0).image.getpixel((650, 140)) == 255
    page = drawn(size=(1300, 1200))
    assert prepare(page, 0).image.tobytes() == page.tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "I;16", "F", "LAB"])
def test_a_picture_of_any_mode_becomes_grey(mode: str) -> None:
    white = Image.new("L", (40, 40), 255)
    ImageDraw.Draw(white).rectangle((10, 10, 30, 30), fill=0)
    image = Image.new("LAB", (40, 40), (255, 128, 128)) if mode == "LAB" else _as(white, mode)
    found = grey(image)
    assert found.mode == "L" and int(found.getpixel((2, 2))) >= 250  # type: ignore[arg-type]
    assert mode == "LAB" or int(found.getpixel((20, 20))) < 10  # type: ignore[arg-type]


def _as(image: Image.Image, mode: str) -> Image.Image:
    return image.convert("RGB").convert(mode) if mode in ("P", "CMYK", "YCbCr", "HSV") else image.convert(mode)


def test_what_is_transparent_is_paper() -> None:
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert grey(image).getpixel((5, 5)) == 255


def test_large_pictures_shrink_and_small_ones_grow() -> None:
    assert fitted(Image.new("L", (9000, 3000))).size == (LONGEST, 1169)
    assert fitted(Image.new("L", (800, 400))).size == (1600, 800)
    assert fitted(Image.new("L", (1654, 2339))).size == (1654, 2339)
    assert fitted(Image.new("L", (100_000, 1))).size == (LONGEST, 1)


def two_columns() -> Image.Image:
    page = Image.new("L", (1654, 1800), 255)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(32)
    draw.text((300, 100), "Rules of the office, in two columns of text", fill=0, font=ImageFont.load_default(48))
    for row in range(20):
        draw.text((150, 220 + 48 * row), "The annual leave of staff is fifteen days", fill=0, font=font)
        draw.text((860, 220 + 48 * row), "Overtime is paid monthly to all the staff", fill=0, font=font)
    return page


def test_two_columns_of_text_are_read_one_after_the_other() -> None:
    above, left, right = blocks(two_columns())
    assert above[3] <= left[1] + 5 and left[1] == right[1] and left[2] == right[0]


def test_a_form_and_a_page_of_one_column_stay_whole() -> None:
    assert blocks(drawn()) == [(0, 0, 1300, 1500)]
    rows = ("Chair      4", "Table      12", "A desk      7")
    assert len(blocks(drawn(rows))) == 1
    assert blocks(Image.new("L", (500, 500), 255)) == [(0, 0, 500, 500)]


# Words


def test_korean_is_believed_and_latin_letters_are_looked_at_again() -> None:
    words = [word("문서", 0, 0.93), word("8056", 30, 0.5), word("는", 70, 0.93, "")]
    spans = doubtful(words)
    assert [(span.first, span.end, span.follows, span.leads) for span in spans] == [(1, 2, False, True)]
    found = merged(words, spans, [word("Boys", 30, 0.95, "\n\n")])
    assert [(each.text, each.gap) for each in found] == [("문서", " "), ("Boys", " "), ("는", "")]


def test_a_korean_name_is_not_taken_for_latin_capitals() -> None:
    words = [word("김서연", 0, 0.3)]
    assert merged(words, doubtful(words), [word("AAA", 0, 0.56)]) == words
    assert merged(words, doubtful(words), [word("AS", 0, 0.95)]) == words


def test_words_of_two_languages_stay_in_order() -> None:
    words = [word("12", 0, 0.2), word("34", 40, 0.2), word("원", 80, 0.9)]
    found = merged(words, doubtful(words), [word("ab", 0, 0.9), word("cd", 40, 0.9)])
    assert "".join(each.gap + each.text for each in found) == " ab cd 원"


def test_a_page_of_latin_letters_is_not_korean() -> None:
    assert not is_korean([word("8210681", 0, 0.4), word("이", 80, 0.3)])
    assert is_korean([word("회의록", 0, 0.9), word("2026", 40, 0.9)])
    assert is_korean([]) and confidence([]) == 0.0


# The cache


def test_the_cache_gives_what_it_was_given(tmp_path: Path) -> None:
    cache = OcrCache(tmp_path / "new")
    assert cache.get("a") is None
    cache.put("a", ["글", 1])
    assert cache.get("a") == ["글", 1]
    (tmp_path / "new" / "a").write_bytes(b"broken")
    assert cache.get("a") is None


def test_the_cache_drops_what_was_used_longest_ago(tmp_path: Path) -> None:
    cache = OcrCache(tmp_path)
    for number, key in enumerate("abcd"):
        cache.put(key, key)
        os.utime(tmp_path / key, ns=(number, number))
    cache.get("a")
    size = (tmp_path / "a").stat().st_size
    cache.trim(4 * size)
    assert len(list(tmp_path.iterdir())) == 4
    cache.trim(3 * size)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = OcrCache(tmp_path / "file" / "inside")
    cache.put("a", 1)
    cache.trim()
    assert cache.get("a") is None


# What is said


def test_pages_are_listed_as_ranges() -> None:
    assert page_list([1, 2, 3, 7, 9, 10]) == "1-3, 7, 9-10"


def test_what_was_read_and_what_waits_is_said() -> None:
    warning = ocr_warning("a.pdf", [1, 2], [0.9, 0.8], 5)
    assert warning.code == "pages_by_ocr"
    assert warning.values == {"name": "a.pdf", "pages": "1-2", "count": 2, "total": 5, "confidence": 85}
    assert [problem.code for problem in waiting_for_ocr("a.pdf", [3], 5)] == ["page_without_text", "ocr_missing"]


# tesseract


def test_tesseract_is_absent_where_no_path_leads_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_tesseract() is None and open_ocr(Options()) is None


def test_a_tesseract_that_fails_says_why(tmp_path: Path) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\ncat >/dev/null\necho 'no such language' >&2\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(OcrError, match="no such language"):
        read_words(Tesseract(str(program), "5", ("kor",)), b"P5 1 1 255\n0", "kor", 4)
    with pytest.raises(OcrError):
        read_words(Tesseract(str(tmp_path / "absent"), "5", ("kor",)), b"", "kor", 4)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_is_read_whichever_way_up_it_lies(ocr: Ocr, turned: int) -> None:
    page = ocr.submit(drawn().rotate(turned, expand=True)).result()
    assert page.turned == turned and page.confidence > 0.8
    assert page.text.splitlines()[0] == LINES[0]


def test_boxes_stand_where_their_words_do(ocr: Ocr) -> None:
    page = ocr.submit(drawn()).result()
    assert all(page.text[box.start : box.end].strip() == page.text[box.start : box.end] for box in page.boxes)
    leave = next(box for box in page.boxes if page.text[box.start : box.end] == "leave")
    font = ImageFont.load_default(36)
    left = 150 + font.getlength("The annual ")
    assert leave.left * 1300 == pytest.approx(left, abs=10)
    assert leave.right * 1300 == pytest.approx(left + font.getlength("leave"), abs=10)
    assert 150 < leave.top * 1500 < leave.bottom * 1500 < 205


def test_a_page_read_before_is_not_read_again(ocr: Ocr, tmp_path: Path) -> None:
    first = ocr.submit(drawn(LINES[:1])).result()
    absent = Tesseract(str(tmp_path / "absent"), *_told(find_tesseract()))
    with Ocr(absent, cache=tmp_path / "cache") as without:
        assert without.submit(drawn(LINES[:1])).result() == first
        with pytest.raises(OcrError):
            without.submit(drawn(LINES[1:])).result()


def _told(program: Tesseract | None) -> tuple[str, tuple[str, ...]]:
    assert program
    return program.version, program.languages


def test_an_empty_page_says_nothing(ocr: Ocr) -> None:
    assert ocr.submit(Image.new("L", (600, 600), 255)).result() == OcrPage("", (), 0.0, 0)


def test_many_pages_wait_for_their_turn(ocr: Ocr) -> None:
    names = ("North", "South", "East", "West")
    pages = [ocr.submit(drawn((f"{name} office",), (500, 500))) for name in names]
    assert [page.result().text.splitlines()[0] for page in pages] == [f"{name} office" for name in names]


def test_two_columns_come_out_in_their_order(ocr: Ocr) -> None:
    text = ocr.submit(two_columns()).result().text
    assert text.index("annual") < text.rindex("fifteen") < text.index("Overtime") < text.rindex("monthly")


def test_a_scanned_form_is_read_row_by_row(ocr: Ocr) -> None:
    with Image.open(sample("scan5.jpg")) as image:
        text = ocr.submit(image).result().text
    assert "무선 키보드 세트 10 45,500 455,000 소모품" in text
    assert "요청자: 김서연" in text and "8,029,600" in text


def test_tesseract_ends_with_its_parser(tmp_path: Path) -> None:
    program, told = tmp_path / "tesseract", tmp_path / "pid"
    program.write_text(f"#!/bin/sh\necho $$ > {told}.new\nmv {told}.new {told}\nexec sleep 60\n")
    program.chmod(0o755)
    call = f"read_words(Tesseract({str(program)!r}, '5', ('kor',)), b'', 'kor', 4)"
    command = [sys.executable, "-c", f"from ai_chat.loaders.tesseract import *; {call}"]
    with subprocess.Popen(command, cwd=Path(__file__).resolve().parents[1]) as parser:
        _eventually(told.exists)
        parser.kill()
    _eventually(lambda: not _runs(int(told.read_text())))


def _eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False
