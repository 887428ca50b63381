"""How many pages of PDF are read in a CPU second: generated ones of each kind, and files given.

    python benchmarks/pdf.py [--pages 200] [--json] [FILE ...]

Kinds: running text, ruled tables, two columns that were written line by line across, and a mixture of 8 pages of text, one of a table
and one of columns. Each is read whole, three times over, by the loader in this process, and the fastest counts; text by OCR is no part
of it. The goal is 250 pages a CPU second for text.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

from ai_chat.errors import InputError
from ai_chat.loaders import load
from ai_chat.types import Unit

FONT = "HYSMyeongJo-Medium"
GOAL = 250
_WORDS = (
    *("휴가", "규정", "설비", "점검", "급여", "회의", "창고", "재고", "안전", "교육"),
    *("계약", "구매", "견적", "단가", "품질", "검사", "보고서", "직원", "부서", "시행"),
)
_ENDINGS = ("은", "는", "을", "를", "에서", "으로", "")


def sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(_WORDS) + chance.choice(_ENDINGS) for _ in range(words)) + "이다."


def text_page(canvas: Canvas, chance: random.Random) -> None:
    for row in range(40):
        canvas.drawString(72, 770 - 17 * row, sentence(chance, 9))


def table_page(canvas: Canvas, chance: random.Random) -> None:
    header = ["품목", "규격", "수량", "단가", "비고"]
    rows = [[chance.choice(_WORDS), f"A-{row}", str(chance.randrange(100)), f"{row},000", "없음"] for row in range(35)]
    style = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONTNAME", (0, 0), (-1, -1), FONT)]
    table = Table([header, *rows], colWidths=85, style=style)
    table.wrapOn(canvas, 450, 700)
    table.drawOn(canvas, 72, 90)


def column_page(canvas: Canvas, chance: random.Random) -> None:
    for row in range(40):
        for left in (60, 310):
            canvas.drawString(left, 770 - 17 * row, sentence(chance, 4))


def mixed_page(canvas: Canvas, chance: random.Random) -> None:
    chance.choice([text_page] * 8 + [table_page, column_page])(canvas, chance)


KINDS: dict[str, Callable[[Canvas, random.Random], None]] = {
    "text": text_page,
    "tables": table_page,
    "columns": column_page,
    "mixed": mixed_page,
}


def write(path: Path, draw: Callable[[Canvas, random.Random], None], pages: int) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    chance = random.Random(1)
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for number in range(1, pages + 1):
        canvas.setFont(FONT, 10)
        canvas.drawString(72, 800, "온새미정밀 규정집")
        canvas.drawString(280, 40, f"- {number} -")
        draw(canvas, chance)
        canvas.showPage()
    canvas.save()


def read(path: Path) -> tuple[int, int]:
    """Pages and letters."""
    try:
        units = [len(item.text) for item in load(path, path.name) if isinstance(item, Unit) and item.ocr is None]
    except InputError as error:
        print(f"{path.name}: {error.code}", file=sys.stderr)
        return 0, 0
    return len(units), sum(units)


def measure(name: str, path: Path) -> dict[str, object]:
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        pages, letters = read(path)
        best = min(best, time.process_time() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {"pages": pages, "letters": letters, "cpu_s": round(best, 3), "pages_per_cpu_s": round(pages / best)}
    return {"name": name, **figures, "peak_mib": round(peak)}


def measured(files: list[Path], pages: int) -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory(prefix="ai-chat-pdf-") as folder:
        for kind, draw in KINDS.items():
            path = Path(folder, f"{kind}.pdf")
            write(path, draw, pages)
            yield measure(kind, path)
    for path in files:
        yield measure(path.name, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = list(measured(options.files, options.pages))
    if options.json:
        print(json.dumps({"goal": GOAL, "rows": rows}, ensure_ascii=False))
        return
    print("| what | pages | letters | CPU s | pages / CPU s | peak MiB |\n|---|--:|--:|--:|--:|--:|")
    for row in rows:
        print(
            "| " + " | ".join(f"{value:,}" if isinstance(value, int) else str(value) for value in row.values()) + " |"
        )


if __name__ == "__main__":
    main()
