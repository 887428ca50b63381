"""How many MB (10^6 bytes) of HWP and HWPX a CPU second reads: the text of real pages, and the same with more cells than paragraphs.

    python benchmarks/hwp.py [--pages FILE...] [--times N] [--json]

The pages are those of the evaluation sets beside the repository, written once as HWP 5 (packed) and once as HWPX, with the places of
lines that the word processor writes as well; "tables" has a table of twenty rows every forty paragraphs too. They are read in turn in
one process, `--times` times; the best of each counts.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ai_chat.loaders import load  # noqa: E402
from ai_chat.types import Unit  # noqa: E402
from tests.hwp_files import grid, hp, line, paragraph, table, write_hwp, write_hwpx  # noqa: E402

PAGES = tuple(ROOT.parent / "shared" / "eval" / name / "pages.jsonl" for name in ("autorag-ko", "korquad"))
EVERY, ROWS, COLUMNS = 40, 20, 5
LINE = 45  # characters


@dataclass(frozen=True, slots=True)
class Result:
    file: str
    megabytes: float
    characters: int
    seconds: float

    @property
    def speed(self) -> float:
        return self.megabytes / self.seconds


def main() -> int:
    options = arguments()
    missing = [str(path) for path in options.pages if not path.exists()]
    if missing:
        print(f"not here: {', '.join(missing)}", file=sys.stderr)
        return 1
    texts = list(paragraphs(options.pages))
    with tempfile.TemporaryDirectory() as folder:
        files = [
            write(texts, Path(folder, f"{name}{suffix}"), tables=name == "tables")
            for name in ("text", "tables")
            for suffix, write in ((".hwp", as_hwp), (".hwpx", as_hwpx))
        ]
        results = measure(files, options.times)
    if options.json:
        print(json.dumps([{**asdict(each), "speed": each.speed} for each in results]))
    else:
        show(results)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", nargs="+", type=Path, default=PAGES)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def paragraphs(files: Sequence[Path]) -> Iterator[str]:
    for file in files:
        for page in file.read_text("utf-8").splitlines():
            yield from (text for text in json.loads(page)["text"].split("\n") if text.strip())


def rows_of(text: str) -> list[list[str]]:
    words = text.split() or [text]
    return [[words[(row * COLUMNS + column) % len(words)] for column in range(COLUMNS)] for row in range(ROWS)]


def as_hwp(texts: Sequence[str], path: Path, *, tables: bool) -> Path:
    records = []
    for number, text in enumerate(texts):
        lines = [struct.pack("<9i", at, at * 40, 1000, 1000, 850, 600, 0, 42520, 1) for at in range(0, len(text), LINE)]
        records += [*paragraph(0, text), (68, 1, bytes(8)), (69, 1, b"".join(lines))]
        if tables and number % EVERY == 0:
            records += [*paragraph(0, ""), *table(1, rows_of(text))]
    return write_hwp(path, [records])


def as_hwpx(texts: Sequence[str], path: Path, *, tables: bool) -> Path:
    body = []
    for number, text in enumerate(texts):
        places = "".join(hp("lineseg", textpos=at, vertpos=at * 40, horzsize=42520) for at in range(0, len(text), LINE))
        run = hp("run", hp("t", escape(text)), charPrIDRef=0)
        body.append(hp("p", run + hp("linesegarray", places), id=number, paraPrIDRef=0, styleIDRef=0))
        if tables and number % EVERY == 0:
            body.append(line("", grid([[line(cell) for cell in row] for row in rows_of(text)])))
    return write_hwpx(path, ["".join(body)])


def measure(files: Sequence[Path], times: int) -> list[Result]:
    best: dict[Path, Result] = {}
    for _ in range(times):
        for file in files:
            started = time.process_time()
            characters = sum(len(item.text) for item in load(file, file.name) if isinstance(item, Unit))
            seconds = time.process_time() - started
            if file not in best or seconds < best[file].seconds:
                best[file] = Result(file.name, file.stat().st_size / 1e6, characters, seconds)
    return list(best.values())


def show(results: Sequence[Result]) -> None:
    print("file           MB  characters  CPU s  MB per CPU s")
    for each in results:
        print(f"{each.file:11}{each.megabytes:6.2f}{each.characters:12,}{each.seconds:7.3f}{each.speed:14.1f}")


if __name__ == "__main__":
    raise SystemExit(main())
