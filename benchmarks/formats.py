"""Every row of the sample documents: which of its phrases come out, on the unit that they should stand on, and what reading took.

    python benchmarks/formats.py [--samples DIR] [--only PART] [--markdown] [--json]

Each file is read by a parser of its own, what it holds inside (mail, ZIP) as well. CPU seconds count tesseract; MB (10^6 bytes) are the
most that the parser and its children held together, seen ten times a second. Phrases are looked for with white space folded and
without the asterisks of Markdown, which the sample list has around the names of mail headers.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tree import MB, Sampler

from ai_chat.errors import AiChatError
from ai_chat.loaders.client import Parser
from ai_chat.loaders.detect import Options
from ai_chat.types import Attachment, Problem, Unit

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples"
PLACED = ("page", "slide", "sheet")
PASSWORDS = {
    "bad_password_aes256.pdf": "1234",
    "r_libreoffice-writer-password.pdf": "openpassword",
    "r_bug53475-password-is-pass.docx": "pass",
}
SECONDS, PEAK = 10.0, 600


@dataclass(frozen=True, slots=True)
class Expected:
    file: str
    format: str
    phrases: tuple[str, ...]
    places: tuple[str, ...]
    hostile: bool


@dataclass(slots=True)
class Reading:
    """What came of one file; `problem` the code it ended with, `opened` the same with its password."""

    file: str
    format: str
    hostile: bool
    expected: int
    units: int = 0
    attachments: int = 0
    found: int = 0
    placed: int = 0
    placeable: int = 0
    problem: str = ""
    warnings: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    opened: bool | None = None
    seconds: float = 0.0
    cpu: float = 0.0
    megabytes: float = 0.0

    @property
    def good(self) -> bool:
        bounded = not self.hostile or (self.seconds <= SECONDS and self.megabytes <= PEAK)
        return bounded and not self.missing and self.placed == self.placeable


def expected_rows(samples: Path) -> Iterator[Expected]:
    with (samples / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row[0] == "file":
                continue
            phrases, places = (tuple(part.strip() for part in row[at].split("||") if part.strip()) for at in (6, 7))
            yield Expected(row[0], row[1], phrases, places, row[4].startswith("ROBUSTNESS"))


def read(path: Path, about: Expected) -> Reading:
    found = Reading(about.file, about.format, about.hostile, len(about.phrases))
    started = time.perf_counter()
    units: list[Unit] = []
    with Parser() as parser:
        try:
            units = list(_units(parser, path, about.file, found, None))
        except AiChatError as error:
            found.problem = error.code
        found.seconds = time.perf_counter() - started
    found.units = len(units)
    _look(found, about, units)
    if found.problem == "password_needed" and about.file in PASSWORDS:
        found.opened = _opens(path, about.file)
    return found


def _opens(path: Path, name: str) -> bool:
    with Parser() as parser, tempfile.TemporaryDirectory() as spool:
        try:
            return any(
                isinstance(item, Unit) for item in parser.parse(path, name, Options(PASSWORDS[name], Path(spool)))
            )
        except AiChatError:
            return False


def _units(parser: Parser, path: Path, name: str, found: Reading, password: str | None) -> Iterator[Unit]:
    """Of the file and of all files inside it."""
    inside: list[tuple[Path, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        spool, kept = Path(folder, "spool"), Path(folder, "kept")
        spool.mkdir()
        kept.mkdir()
        with measured(parser, found):
            for item in parser.parse(path, name, Options(password, spool)):
                if isinstance(item, Unit):
                    yield item
                elif isinstance(item, Problem):
                    found.warnings.append(item.code)
                elif isinstance(item, Attachment):
                    inside.append((Path(shutil.move(item.path, kept / str(len(inside)))), item.name))
        found.attachments += len(inside)
        for part, called in inside:
            try:
                yield from _units(parser, part, called, found, password)
            except AiChatError as error:
                found.warnings.append(f"{error.code} inside")


class measured:
    """The CPU seconds and the memory of the parser and its children while one file is read."""

    def __init__(self, parser: Parser, found: Reading) -> None:
        _warm(parser)
        assert parser.pid is not None
        self._pid, self._found = parser.pid, found
        self._sampler = Sampler(parser.pid)
        self._before = 0.0

    def __enter__(self) -> None:
        self._before = _cpu_seconds(self._pid)
        self._sampler.__enter__()

    def __exit__(self, *args: object) -> None:
        self._sampler.__exit__(None, None, None)
        self._found.cpu += max(_cpu_seconds(self._pid) - self._before, 0.0)
        peak = max(self._sampler.peak.pss, _high_water(self._pid)) / MB
        self._found.megabytes = max(self._found.megabytes, peak)


def _warm(parser: Parser) -> None:
    """Its process is there when the first file is measured."""
    if parser.pid is None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.txt")
            path.write_text("a", "ascii")
            list(parser.parse(path))


def _cpu_seconds(pid: int) -> float:
    """Of a process and those children of its that have ended; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(value) for value in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _high_water(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def _look(found: Reading, about: Expected, units: Sequence[Unit]) -> None:
    texts = [(unit, _folded(unit.text)) for unit in units]
    whole = _folded("".join(unit.text for unit in units))
    for number, phrase in enumerate(about.phrases):
        there = [unit for unit, text in texts if _folded(phrase) in text]
        if there or _folded(phrase) in whole:
            found.found += 1
        else:
            found.missing.append(phrase)
        place = about.places[number] if number < len(about.places) else ""
        if place and any(unit.kind in PLACED for unit in units):
            found.placeable += 1
            found.placed += any(_is_at(unit, place) for unit in there)


def _is_at(unit: Unit, place: str) -> bool:
    return str(unit.number) == place or _folded(place) in _folded(unit.label)


def _folded(text: str) -> str:
    return "".join(text.replace("**", "").split())


def markdown(rows: Sequence[Reading]) -> str:
    lines = [
        "| file | format | units | inside | phrases | in place | ends with | CPU s | MB |",
        "|---|---|--:|--:|--:|--:|---|--:|--:|",
    ]
    for row in rows:
        ends = (
            row.problem
            + (" (opens with its password)" if row.opened else "")
            + "".join(f" +{each}" for each in row.warnings)
        )
        lines.append(
            f"| {row.file} | {row.format} | {row.units} | {row.attachments or ''} | {_share(row.found, row.expected)} |"
            f" {_share(row.placed, row.placeable)} | {ends.strip()} | {row.cpu:.2f} | {row.megabytes:.0f} |"
        )
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else ""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--samples", type=Path, default=SAMPLES)
    arguments.add_argument("--only", default="", help="a part of the file name or format")
    arguments.add_argument("--markdown", action="store_true")
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    if not (given.samples / "MANIFEST.tsv").exists():
        sys.exit(f"skipped: there are no sample documents in {given.samples}")
    chosen = [row for row in expected_rows(given.samples) if given.only in row.file or given.only in row.format]
    rows = []
    for row in chosen:
        rows.append(read(given.samples / row.file, row))
        print(f"{row.file}: {'as expected' if rows[-1].good else f'NOT: {rows[-1]}'}", file=sys.stderr)
    if given.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))
        return
    print(markdown(rows))
    phrases, placed = sum(row.expected for row in rows), sum(row.placeable for row in rows)
    print(
        f"\n{sum(row.good for row in rows)} of {len(rows)} files as expected; {sum(row.found for row in rows)} of {phrases} phrases,"
        f" {sum(row.placed for row in rows)} of {placed} on their page, slide or sheet."
    )


if __name__ == "__main__":
    main()
