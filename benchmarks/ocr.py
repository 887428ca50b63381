"""How well scans are read: character error rate against what was printed, and CPU seconds a page, as the product reads them.

    python benchmarks/ocr.py [--samples DIR] [--turned] [--json]

Errors are edits (Levenshtein) in a hundred printed characters, white space folded, NFC. Forms are scans of a ruled table. `--turned` reads
each picture also turned by 90, 180 and 270 degrees. CPU seconds count tesseract; nothing is taken from the cache.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

from PIL import Image

from ai_chat.loaders import load
from ai_chat.types import Unit

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples"
MEAN, FORMS, SECONDS = 7.5, 4.0, 5.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One file: errors and cpu_seconds are per hundred characters and per page."""

    file: str
    form: bool
    turned: int
    pages: int
    errors: float
    confidence: float
    cpu_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, default=SAMPLES)
    parser.add_argument("--turned", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    readings = [reading for row in _scans(asked.samples) for reading in _read_row(asked.samples, row, asked.turned)]
    if not readings:
        raise SystemExit(f"no scans below {asked.samples}")
    report = _summary(readings)
    if asked.json:
        print(json.dumps({"scans": [asdict(reading) for reading in readings], **report}, ensure_ascii=False, indent=1))
    else:
        _print(readings, report)


def _scans(samples: Path) -> list[dict[str, str]]:
    with (samples / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in rows if row["format"] in ("IMAGE", "PDF-scanned") and row["ground_truth"]]


def _read_row(samples: Path, row: dict[str, str], turned: bool) -> Iterator[Reading]:
    printed = (samples / row["ground_truth"]).read_text("utf-8")
    path, form = samples / row["file"], "ruled table" in row["contains"]
    yield _reading(path, printed, form, 0)
    if turned and row["format"] == "IMAGE":
        with tempfile.TemporaryDirectory() as folder, Image.open(path) as image:
            for degrees in (90, 180, 270):
                copy = Path(folder, f"{path.stem}-{degrees}.png")
                image.rotate(degrees, expand=True).save(copy)
                yield _reading(copy, printed, form, degrees)


def _reading(path: Path, printed: str, form: bool, turned: int) -> Reading:
    before = _cpu_seconds()
    units = [item for item in load(path, path.name) if isinstance(item, Unit)]
    pages = max(len(units), 1)
    seconds = (_cpu_seconds() - before) / pages
    wanted, found = _folded(printed), _folded("\n".join(unit.text for unit in units))
    confidence = mean(unit.ocr or 0.0 for unit in units) if units else 0.0
    return Reading(path.name, form, turned, pages, 100 * edits(wanted, found) / len(wanted), confidence, seconds)


def edits(first: str, second: str) -> int:
    """Levenshtein distance, a column of the table in one number (Myers 1999, Hyyro 2003)."""
    if not first:
        return len(second)
    where: dict[str, int] = {}
    for index, character in enumerate(first):
        where[character] = where.get(character, 0) | 1 << index
    full, last = (1 << len(first)) - 1, 1 << (len(first) - 1)
    up, down, distance = full, 0, len(first)
    for character in second:
        same = where.get(character, 0)
        diagonal = (((same & up) + up) ^ up) | same | down
        rise, fall = (down | ~(diagonal | up)) & full, diagonal & up
        distance += bool(rise & last) - bool(fall & last)
        rise = (rise << 1) | 1
        up, down = ((fall << 1) | ~(diagonal | rise)) & full, diagonal & rise & full
    return distance


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _summary(readings: Sequence[Reading]) -> dict[str, object]:
    errors = mean(reading.errors for reading in readings)
    forms = mean([reading.errors for reading in readings if reading.form] or [0.0])
    seconds = mean(reading.cpu_seconds for reading in readings)
    most = max(reading.cpu_seconds for reading in readings)
    met = errors <= MEAN and forms <= FORMS and seconds <= SECONDS
    return {"errors": errors, "forms": forms, "cpu_seconds": seconds, "most_cpu_seconds": most, "met": met}


def _print(readings: Sequence[Reading], report: dict[str, object]) -> None:
    print(f"{'scan':24} {'pages':>5} {'errors %':>9} {'confidence':>10} {'CPU s a page':>13}")
    for r in readings:
        print(f"{r.file:24} {r.pages:5} {r.errors:9.2f} {r.confidence:10.2f} {r.cpu_seconds:13.2f}")
    print(f"mean errors {report['errors']:.2f} % (goal {MEAN}), of forms {report['forms']:.2f} % (goal {FORMS})")
    print(
        f"mean CPU seconds a page {report['cpu_seconds']:.2f} (goal {SECONDS}), most {report['most_cpu_seconds']:.2f}"
    )


if __name__ == "__main__":
    main()
