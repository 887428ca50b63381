"""Text on its way to the terminal: harmless, marked, and cut to columns."""

from __future__ import annotations

import io
from unicodedata import normalize

import pytest

from ai_chat.cli.terminal import Progress, fit_end, fit_start, marked, one_line, plain, size, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jgone", " [2Jgone"),
        ("title\x1b]0;x\x07", "title ]0;x "),
        ("a\nb\tc", "a\nb c"),
        ("c1 \x9b31m", "c1  31m"),
        ("한글 ok", "한글 ok"),
    ],
)
def test_no_text_steers_the_terminal(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_one_line_has_no_line_ends() -> None:
    assert one_line("a\n  b\r\nc") == "a b c"


def test_korean_takes_two_columns() -> None:
    assert width("한글 ab") == 7


def test_names_as_macos_writes_them_take_as_many_columns() -> None:
    assert width(normalize("NFD", "한글 é")) == width("한글 é") == 6


@pytest.mark.parametrize("columns", [4, 5, 6, 7])
def test_cut_text_fits_its_columns(columns: int) -> None:
    for text in ("가나다라마", "abcdefgh", "가a나b다c"):
        assert width(fit_start(text, columns)) <= columns and fit_start(text, columns).endswith("…")
        assert width(fit_end(text, columns)) <= columns and fit_end(text, columns).startswith("…")


def test_text_that_fits_is_left_alone() -> None:
    assert fit_start("가나", 4) == fit_end("가나", 4) == "가나"


def test_the_sentence_is_marked_in_its_passage() -> None:
    text = "Before it.\nThe sentence\nitself. After it."
    assert marked(text, "The sentence\nitself.", bold=False) == "Before it. «The sentence itself.» After it."
    assert marked(text, "The sentence\nitself.", bold=True).count("\x1b") == 2
    assert marked(text, "not there", bold=False) == "Before it. The sentence itself. After it."


@pytest.mark.parametrize(("number", "text"), [(0, "0 B"), (999, "999 B"), (1_500, "2 KB"), (253_113_024, "253 MB")])
def test_sizes_for_people(number: int, text: str) -> None:
    assert size(number) == text
    assert size(4_600_000_000) == "4.6 GB"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_a_bar_on_a_terminal() -> None:
    stream = Terminal()
    progress = Progress(stream)
    progress.step(1, 4, "a.txt")
    progress.step(2, 4, "b.txt", finished="added b.txt")
    progress.close()
    assert "[#####...............] 1/4 a.txt" in stream.getvalue() and "\n" not in stream.getvalue()


def test_progress_is_lines_elsewhere() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.step(0, 1, "a.txt")
    progress.step(1, 1, "a.txt", finished="added\na.txt")
    progress.close()
    assert stream.getvalue() == "added a.txt\n"
