"""Whether a question's wording tells what kind of answer it wants, and whether tables, lists and summaries come out right.

    python benchmarks/kinds.py [--set kinds-held-back] [--json] [--show]

benchmarks/sets/kinds.jsonl: 60 questions over the product's samples (15 for a row of a table, 15 for a list of documents, 10 for a
summary, 20 plain ones worded to mislead). "kind": told by rule; "right": the row with all its expected cells and no other, exactly
the expected documents (in their order where one was asked for), the document that is named with every point cited by a quote
that stands at its place. kinds-held-back.jsonl: 43 more, written when the rules stood. Then the plain questions of other sets,
and how many of them are taken for another kind. No model.
"""

from __future__ import annotations

import argparse
import datetime
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_chat.answer.listing import tell_documents
from ai_chat.answer.log import TurnLog
from ai_chat.answer.named import named_document
from ai_chat.answer.sections import points_of
from ai_chat.answer.summary import Summary
from ai_chat.answer.table import find_row, tell_rows, unit_text
from ai_chat.asking.kind import kind_of
from ai_chat.evaluation.bench import SCOPE, Bench
from ai_chat.store import Store
from ai_chat.types import Event

ROOT = Path(__file__).resolve().parents[1]
SETS = ROOT / "benchmarks" / "sets"
PLAIN = (
    *(SETS / f"{name}.jsonl" for name in ("paraphrase", "english", "held-out", "stdlib")),
    ROOT / "samples" / "eval" / "questions.jsonl",
    ROOT.parent / "shared" / "eval" / "korquad" / "questions.jsonl",
    ROOT.parent / "shared" / "eval" / "autorag-ko" / "questions.jsonl",
)
KINDS = ("table", "list", "summary", "answer")
TODAY = datetime.date(2026, 1, 15)


class Kept:
    """Events of one turn, in memory."""

    def append_events(self, turn_id: str, events: list[Event], /) -> None: ...


@dataclass(frozen=True, slots=True)
class Result:
    question: str
    kind: str
    told: str
    right: bool
    milliseconds: float
    text: str


def questions(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text("utf-8").splitlines()]


def measure(name: str) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as scratch, closing(Bench(Path(scratch), None)) as bench:
        bench.add_documents(ROOT / "samples" / "documents", lambda _done, _total: None)
        with closing(Store.open(Path(scratch) / "library.db", read_only=True)) as store:
            for asked in questions(name):
                log = TurnLog("t", Kept())
                begun = time.process_time()
                right = CHECKS[asked["kind"]](asked, bench, store, log)
                spent = (time.process_time() - begun) * 1000
                log.finish({})
                text = "".join(event.data["text"] for event in log.follow() if event.kind == "delta")
                yield Result(asked["question"], asked["kind"], kind_of(asked["question"]), right, spent, text)


def check_table(asked: Mapping[str, Any], bench: Bench, store: Store, log: TurnLog) -> bool:
    found = find_row(
        asked["question"], bench.search(asked["question"], "lexical", 5).hits, unit_text(store.versions.units)
    )
    if found is None:
        return False
    tell_rows(log, found, as_it_is)
    (row,) = found.rows if len(found.rows) == 1 else (None,)
    return (
        row is not None and found.hit.document == asked["document"] and all(cell in row.text for cell in asked["cells"])
    )


def check_list(asked: Mapping[str, Any], bench: Bench, store: Store, log: TurnLog) -> bool:
    reason, _problem = tell_documents(log, asked["question"], SCOPE, store.library, TODAY, as_it_is)
    log.finish({})
    text = "".join(event.data["text"] for event in log.follow() if event.kind == "delta")
    told = [line[2:].split(" · ")[0].split(" (")[0] for line in text.splitlines() if line.startswith("- ")]
    if not asked["documents"]:
        return reason == "not_found"
    return told == asked["documents"] if asked.get("in_order") else sorted(told) == sorted(asked["documents"])


def check_summary(asked: Mapping[str, Any], bench: Bench, store: Store, log: TurnLog) -> bool:
    named = named_document(asked["question"], store.library.documents(SCOPE)).document
    if named is None or named.name != asked["document"]:
        return False
    detail = store.library.document(named.id)
    Summary(log, asked["question"], detail, points_of(detail), as_it_is).run()
    log.finish({})
    events = list(log.follow())
    text = "".join(event.data["text"] for event in events if event.kind == "delta")
    points = [line for line in text.splitlines() if line.startswith("- ")]
    quotes = {event.data["marker"]: event.data for event in events if event.kind == "citation"}
    return bool(points) and all(is_cited(line, quotes, detail.units) for line in points)


def is_cited(line: str, quotes: Mapping[int, Mapping[str, Any]], units: Sequence[Any]) -> bool:
    """Whether the point ends with a marker whose quote stands in its unit, and says it or counts its rows."""
    marker = int(line.rstrip("]").rsplit("[", 1)[1])
    quote = quotes[marker]
    same = (unit.text for unit in units if (unit.kind, unit.number) == (quote["unit"]["kind"], quote["unit"]["number"]))
    stands = next(same)[quote["start"] : quote["end"]] == quote["quote"]
    return stands and (" ".join(quote["quote"].split()) in line or ("표 " in line or "table of" in line))


def check_plain(asked: Mapping[str, Any], bench: Bench, store: Store, log: TurnLog) -> bool:
    return True


def as_it_is(text: str) -> str:
    return text


CHECKS: dict[str, Callable[[Mapping[str, Any], Bench, Store, TurnLog], bool]] = {
    "table": check_table,
    "list": check_list,
    "summary": check_summary,
    "answer": check_plain,
}


def mistaken() -> dict[str, Any]:
    """Plain questions of other sets by the kind they are taken for, and what telling it costs."""
    asked = [
        json.loads(line)["question"] for path in PLAIN if path.exists() for line in path.read_text("utf-8").splitlines()
    ]
    times = []
    wrong = []
    for question in asked:
        begun = time.perf_counter()
        kind = kind_of(question)
        times.append((time.perf_counter() - begun) * 1000)
        if kind != "answer":
            wrong.append(f"{kind}: {question}")
    return {
        "questions": len(asked),
        "taken for another kind": len(wrong),
        "which": wrong,
        "ms a question, median": round(statistics.median(times), 3),
        "ms, p95": round(sorted(times)[int(0.95 * len(times))], 3),
    }


def summary(results: Sequence[Result]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind in KINDS:
        own = [each for each in results if each.kind == kind]
        found[kind] = {
            "questions": len(own),
            "kind": sum(each.told == kind for each in own),
            "right": sum(each.right for each in own),
            "cpu_ms": round(statistics.median(each.milliseconds for each in own), 1),
        }
    return found


def print_table(found: Mapping[str, Mapping[str, Any]], plain: Mapping[str, Any]) -> None:
    print(f"{'kind':9}{'questions':>10}{'kind told':>10}{'right':>7}{'CPU ms, median':>16}")
    for kind, figures in found.items():
        right, spent = (figures["right"], figures["cpu_ms"]) if kind != "answer" else ("-", "-")
        print(f"{kind:9}{figures['questions']:>10}{figures['kind']:>10}{right:>7}{spent:>16}")
    print()
    for name, value in plain.items():
        print(f"{name}: {value}")
    absent = [str(path.parent.name) for path in PLAIN if not path.exists()]
    if absent:
        print(f"not there, so not counted: {', '.join(absent)}", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--show", action="store_true", help="print each answer, and whether it is right")
    parser.add_argument("--set", default="kinds", help="of benchmarks/sets; default %(default)s")
    chosen = parser.parse_args(arguments)
    results = list(measure(chosen.set))
    if chosen.show:
        for each in results:
            print(
                f"{each.kind} > {each.told} {'right' if each.right else 'WRONG'}: {each.question}\n{each.text}\n",
                file=sys.stderr,
            )
    found, plain = summary(results), mistaken()
    if chosen.json:
        print(json.dumps({**found, "plain": plain}, ensure_ascii=False))
    else:
        print_table(found, plain)


if __name__ == "__main__":
    main()
