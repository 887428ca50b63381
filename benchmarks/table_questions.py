"""Whether a question for one cell of a table of 40 rows finds its row first, in each format that offices keep tables in.

    python benchmarks/table_questions.py [--vectors] [--json] [--show]

Four tables with six questions each are written as DOCX, XLSX, HWPX and PDF, each table in each format once: four folders of four
documents, beside the product's own samples. Each is read by real ingestion and asked by real search. "shown": what is shown of the
first hit holds the row's name and the cell asked for; "rank": of the first passage that does. `--vectors` asks by hybrid search.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from office_tables import TABLES, WRITERS, Asked, Table

from ai_chat.config import load_settings
from ai_chat.embedding import Embedder, open_embedder
from ai_chat.evaluation.bench import Bench

ROOT = Path(__file__).resolve().parents[1]
TOP = 10


@dataclass(frozen=True, slots=True)
class Result:
    """`rank` of the first passage with the row, 0 for none among the first TOP."""

    format: str
    table: str
    question: str
    shown: bool
    rank: int
    first: str


def measure(turn: int, embedder: Embedder | None) -> Iterator[Result]:
    """One folder: each table in another format, which differs from turn to turn."""
    tables = [make() for make in TABLES]
    formats = [list(WRITERS)[(place + turn) % len(WRITERS)] for place in range(len(tables))]
    with tempfile.TemporaryDirectory() as scratch, closing(Bench(Path(scratch), embedder)) as bench:
        folder = Path(scratch) / "documents"
        shutil.copytree(ROOT / "samples" / "documents", folder)
        for table, kind in zip(tables, formats, strict=True):
            WRITERS[kind](table, folder / f"{table.title}.{kind}")
        _ids, problems = bench.add_documents(folder, lambda _done, _total: None)
        for problem in problems:
            print(problem, file=sys.stderr)
        bench.add_vectors()
        for table, kind in zip(tables, formats, strict=True):
            yield from (ask(bench, table, kind, asked, embedder is not None) for asked in table.asked)


def ask(bench: Bench, table: Table, kind: str, asked: Asked, hybrid: bool) -> Result:
    row = table.rows[asked.row]
    wanted = (row[table.name], row[asked.column])
    hits = bench.search(asked.question, "hybrid" if hybrid else "lexical", TOP).hits
    rank = next((hit.rank for hit in hits if any(holds(line, wanted) for line in hit.text.splitlines())), 0)
    first = hits[0].sentence if hits else ""
    return Result(
        kind, table.title, asked.question, any(holds(line, wanted) for line in first.splitlines()), rank, first
    )


def holds(line: str, wanted: Sequence[str]) -> bool:
    return all(cell in line for cell in wanted)


def summary(results: Sequence[Result]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for kind in (*WRITERS, "all"):
        own = [each for each in results if kind in (each.format, "all")]
        found[kind] = {
            "questions": len(own),
            "shown": sum(each.shown for each in own),
            "rank 1": sum(each.rank == 1 for each in own),
            "mrr": round(sum(1 / each.rank for each in own if each.rank) / len(own), 3),
        }
    return found


def print_table(found: Mapping[str, Mapping[str, float]]) -> None:
    print(f"{'format':8}{'questions':>10}{'row shown first':>17}{'in first passage':>18}{'MRR':>7}")
    for kind, figures in found.items():
        print(f"{kind:8}{figures['questions']:>10}{figures['shown']:>17}{figures['rank 1']:>18}{figures['mrr']:>7.3f}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vectors", action="store_true", help="hybrid search")
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--show", action="store_true", help="print the questions whose row is not shown first")
    chosen = parser.parse_args(arguments)
    settings = load_settings({})
    embedder = open_embedder(settings.embedder, settings.n_threads, settings.models_dir) if chosen.vectors else None
    results = [result for turn in range(len(WRITERS)) for result in measure(turn, embedder)]
    if chosen.show:
        for each in results:
            if not each.shown:
                print(f"{each.format} {each.question} [{each.rank}] {each.first}", file=sys.stderr)
    found: dict[str, Any] = summary(results)
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print_table(found)


if __name__ == "__main__":
    main()
