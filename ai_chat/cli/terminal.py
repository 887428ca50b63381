"""What reaches the terminal: plain text for people, one JSON document for programs, progress on stderr.

Takes text that may come from a document or a file name, gives lines that cannot steer the terminal. Knows no commands.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, TextIO
from unicodedata import combining, east_asian_width

SCHEMA = 1
_BAR = 20
_CONTROLS = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) != "\n"}


def prepare_streams() -> None:
    """Text the terminal cannot show is written escaped, never an error; JSON stays valid either way."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


def print_json(document: Mapping[str, Any]) -> None:
    """One JSON document with its schema number, in UTF-8 whatever the locale."""
    text = json.dumps({"schema": SCHEMA, **document}, ensure_ascii=False, indent=2, default=str)
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8", errors="backslashreplace")
    print(text, flush=True)


def note(text: str) -> None:
    """A line beside the data: on stderr."""
    print(plain(text), file=sys.stderr, flush=True)


def plain(text: str) -> str:
    """Without control characters other than line ends, so that no text can move the cursor or retitle the window."""
    return text.translate(_CONTROLS)


def one_line(text: str) -> str:
    return " ".join(plain(text).split())


def marked(text: str, sentence: str, bold: bool) -> str:
    """`text` on one line with `sentence` in bold, or between « and » where there is no terminal."""
    start = text.find(sentence) if sentence else -1
    if start < 0:
        return one_line(text)
    opening, closing = ("\x1b[1m", "\x1b[0m") if bold else ("«", "»")
    before, after = one_line(text[:start]), one_line(text[start + len(sentence) :])
    return " ".join(part for part in (before, f"{opening}{one_line(sentence)}{closing}", after) if part)


def width(text: str) -> int:
    """Columns: Korean and Chinese characters take two."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    """None for accents, and for the second and third letter of a syllable as macOS writes names."""
    if "\u1160" <= character <= "\u11ff" or combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def fit_start(text: str, columns: int) -> str:
    """The beginning of `text` in at most `columns` columns."""
    if width(text) <= columns:
        return text
    ends = itertools.accumulate(map(_columns, text))
    return text[: bisect_right(list(ends), columns - 1)] + "…"


def fit_end(text: str, columns: int) -> str:
    """The end of `text` in at most `columns` columns, which is where a path differs."""
    return fit_start(text[::-1], columns)[::-1]


def size(number: float) -> str:
    """Bytes for people: 1.5 GB."""
    for unit in ("B", "KB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


class Progress:
    """A bar on a terminal, a line for each finished step elsewhere."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()

    def step(self, done: int, total: int, label: str, finished: str | None = None) -> None:
        """`finished` is the line that tells how this step ended; without one it is still going on."""
        if self._is_terminal:
            self._draw(done, total, one_line(label))
        elif finished is not None:
            print(one_line(finished), file=self._stream, flush=True)

    def close(self) -> None:
        if self._is_terminal:
            print("\r\x1b[K", end="", file=self._stream, flush=True)

    def _draw(self, done: int, total: int, label: str) -> None:
        filled = _BAR * done // total if total else 0
        head = f"[{'#' * filled}{'.' * (_BAR - filled)}] {done}/{total} "
        room = shutil.get_terminal_size().columns - len(head) - 1
        print(f"\r\x1b[K{head}{fit_end(label, max(room, 8))}", end="", file=self._stream, flush=True)
