"""Makes samples/documents and samples/eval/pages.jsonl from the texts in scripts/sample_texts.

Takes text in a small markup (headings, lists, tables, `---` between pages) and a Korean font; gives the same bytes on
every run with the same font and reportlab. Needs reportlab (development only) and the NanumGothic font, found by
fc-match unless --font and --bold name them. Knows nothing of ai_chat.
"""

from __future__ import annotations

import argparse
import html
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
TEXTS = Path(__file__).resolve().parent / "sample_texts"
STYLE = "body{font-family:sans-serif;max-width:46em;margin:2em auto}td,th{border:1px solid #999;padding:.3em .6em}"


@dataclass(frozen=True, slots=True)
class Sample:
    """One document to make. `language` goes into the page's lang attribute, `encoding` into text files."""

    name: str
    source: str
    language: Literal["ko", "en"] = "ko"
    encoding: str = "utf-8"


SAMPLES = (
    Sample("취업규칙_휴가.pdf", "leave_rules.md"),
    Sample("구매요청서_PR-2025-0417.pdf", "purchase_request.md"),
    Sample("설비매뉴얼_OL-350.pdf", "lathe_manual.md"),
    Sample("생산회의록_2025-06.md", "minutes.md"),
    Sample("단가표_2025-하반기.csv", "prices.csv", encoding="utf-8-sig"),
    Sample("출장비_규정.txt", "travel_expenses.txt"),
    Sample("보안공지_SEC-2025-09.txt", "security_notice.txt", encoding="cp949"),
    Sample("전산_도움말_FAQ.html", "it_faq.md"),
    Sample("onboarding_handbook.md", "onboarding.md", "en"),
    Sample("warranty_terms.pdf", "warranty.md", "en"),
    Sample("calibration_agreement.pdf", "calibration_agreement.md", "en"),
    Sample("complaint_report_CR-2025-038.html", "complaint_report.md", "en"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page: `rows` holds the cells of a table, or one row of one text for every other kind."""

    kind: Literal["title", "heading", "item", "text", "table"]
    rows: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        """The block as plain lines, cells parted by bars."""
        return "\n".join(" | ".join(cell for cell in row if cell) for row in self.rows)


MARKS: tuple[tuple[str, Literal["title", "heading", "item"]], ...] = (
    ("# ", "title"),
    ("## ", "heading"),
    ("- ", "item"),
)


def parse_blocks(text: str) -> Iterator[Block]:
    """The blocks of one page; neighbouring table lines become one table."""
    rows: list[tuple[str, ...]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.extend(table_row(line))
            continue
        if rows:
            yield Block("table", tuple(rows))
            rows = []
        if line.strip():
            yield line_block(line.strip())


def table_row(line: str) -> Iterator[tuple[str, ...]]:
    """The cells of a table line; nothing for the rule under a header."""
    cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
    if set("".join(cells)) != {"-"}:
        yield cells


def line_block(line: str) -> Block:
    for mark, kind in MARKS:
        if line.startswith(mark):
            return Block(kind, ((line.removeprefix(mark),),))
    return Block("text", ((line,),))


def pages_of(sample: Sample, text: str) -> list[list[Block]]:
    """PDF pages as marked by `---`; for MD and HTML a page is a section, from one heading to the next."""
    if sample.name.endswith(".pdf"):
        return [list(parse_blocks(page)) for page in text.split("\n---\n")]
    sections: list[list[Block]] = []
    for block in parse_blocks(text):
        if not sections or block.kind in ("title", "heading"):
            sections.append([])
        sections[-1].append(block)
    return sections


def page_texts(sample: Sample, text: str) -> list[str]:
    """What a reader should get out of each page; TXT and CSV are one page."""
    if sample.name.endswith((".txt", ".csv")):
        return [text.strip()]
    return ["\n".join(block.text for block in page) for page in pages_of(sample, text)]


def html_document(sample: Sample, text: str) -> str:
    blocks = list(parse_blocks(text))
    title = html.escape(blocks[0].text)
    head = f'<meta charset="utf-8">\n<title>{title}</title>\n<style>{STYLE}</style>'
    body = "\n".join(html_block(block) for block in blocks)
    return (
        f'<!DOCTYPE html>\n<html lang="{sample.language}">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'
    )


def html_block(block: Block) -> str:
    if block.kind == "table":
        rows = (html_row(row, "td" if number else "th") for number, row in enumerate(block.rows))
        return "<table>\n" + "\n".join(rows) + "\n</table>"
    tag = {"title": "h1", "heading": "h2"}.get(block.kind, "p")
    return f"<{tag}>{html.escape(block.text, quote=False)}</{tag}>"


def html_row(row: tuple[str, ...], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell, quote=False)}</{tag}>" for cell in row) + "</tr>"


def write_text(sample: Sample, text: str, target: Path) -> None:
    """Writes a TXT, CSV, MD or HTML file; the older Windows formats get Windows line ends."""
    windows = sample.encoding != "utf-8"
    content = html_document(sample, text) if target.suffix == ".html" else text
    target.write_bytes(content.replace("\n", "\r\n" if windows else "\n").encode(sample.encoding))


def find_font(pattern: str) -> Path:
    """The file of an installed NanumGothic face, by fontconfig."""
    program = shutil.which("fc-match")
    command = [program or "fc-match", "-f", "%{file}", pattern]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout if program else ""
    path = Path(found.strip())
    if path.stem not in ("NanumGothic", "NanumGothicBold"):
        raise SystemExit(
            f"no NanumGothic font found (fc-match gave '{found}')\nhint: apt-get install fonts-nanum fontconfig"
        )
    return path


def write_pages(texts: dict[Sample, str], target: Path) -> None:
    """pages.jsonl, one line a page, with the id that questions.jsonl names."""
    with target.open("w", encoding="utf-8", newline="\n") as out:
        for sample, text in texts.items():
            for number, page in enumerate(page_texts(sample, text), 1):
                row = {"id": f"{sample.name} - {number}", "document": sample.name, "page": number, "text": page}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


def make(out: Path, font: Path, bold: Path) -> None:
    """Writes every document and the page list under `out`."""
    from sample_pdf import load_fonts, write_pdf

    load_fonts(font, bold)
    texts = {sample: (TEXTS / sample.source).read_text(encoding="utf-8") for sample in SAMPLES}
    (out / "documents").mkdir(parents=True, exist_ok=True)
    (out / "eval").mkdir(exist_ok=True)
    for sample, text in texts.items():
        target = out / "documents" / sample.name
        if target.suffix == ".pdf":
            write_pdf([[(b.kind, b.rows) for b in page] for page in pages_of(sample, text)], target)
        else:
            write_text(sample, text, target)
    write_pages(texts, out / "eval" / "pages.jsonl")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "samples", help="where documents/ and eval/ are written")
    parser.add_argument("--font", type=Path, help="NanumGothic.ttf")
    parser.add_argument("--bold", type=Path, help="NanumGothicBold.ttf")
    options = parser.parse_args()
    if importlib.util.find_spec("reportlab") is None:
        raise SystemExit("reportlab is not installed\nhint: python -m pip install reportlab")
    make(options.out, options.font or find_font("NanumGothic"), options.bold or find_font("NanumGothic:bold"))
    print(f"{len(SAMPLES)} documents in {options.out / 'documents'}", file=sys.stderr)


if __name__ == "__main__":
    main()
