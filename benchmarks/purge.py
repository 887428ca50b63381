"""Whether a purged document is gone, and what that takes: every document of a folder, one after the other.

    python benchmarks/purge.py DIR [--questions 40] [--json]

A home of its own takes the folder in, and questions made of it are asked. Then the documents are purged in a random order. After each
its strings are looked for twice: by the program's proof, and by a plain search of every file's bytes that shares nothing with it.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ai_chat.app import open_app
from ai_chat.app.purging import Plan, Proof, alone, plan_purge, prove, purge
from ai_chat.config import Settings, load_settings
from ai_chat.errors import InputError
from ai_chat.types import Scope, Wish

ENCODINGS = ("utf-8", "utf-16-le", "cp949")


@dataclass(frozen=True)
class Purged:
    documents: int
    strings: int
    plan_seconds: float
    purge_seconds: float
    proof_seconds: float
    bytes: int
    turns: int
    holds: bool
    left: int


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--questions", type=int, default=40)
    options.add_argument("--most", type=int, default=1000, help="documents that are purged")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings({"home": Path(home) / "home", "embedder": "none"}, {})
        _fill(settings, given.folder, given.questions)
        done = list(_purge_all(settings, given.most))
    told = _summary(done)
    print(
        json.dumps(told, indent=2) if given.json else "\n".join(f"{name:<34} {value}" for name, value in told.items())
    )


def _fill(settings: Settings, folder: Path, questions: int) -> None:
    dice = random.Random(5)
    with closing(open_app(settings, "write")) as app:
        for _read in app.ingest([folder]):
            pass
        for info in dice.choices(list(app.documents(Scope())), k=questions):
            for _event in app.events(app.ask(f"{Path(info.name).stem} 내용은?", Scope(), wish=Wish(use_llm=False))):
                pass


def _purge_all(settings: Settings, most: int) -> Iterator[Purged]:
    dice = random.Random(6)
    with closing(open_app(settings, "read")) as app:
        ids = [info.id for info in app.documents(Scope()) if info.parent_id is None]
    dice.shuffle(ids)
    gone: set[str] = set()
    for document in ids[:most]:
        if document not in gone:
            purged, names = _purge_one(settings, [document])
            gone |= names
            yield purged


def _purge_one(settings: Settings, ids: Sequence[str]) -> tuple[Purged, set[str]]:
    """With its copies, where it has some."""
    with alone(settings):
        began = time.perf_counter()
        try:
            plan = plan_purge(settings, ids, False, _quiet)
        except InputError as error:
            assert error.code == "purge_shared", error
            plan = plan_purge(settings, [*ids, *str(error.values["ids"]).split()], False, _quiet)
        planned = time.perf_counter()
        purge(settings, plan, _quiet)
        erased = time.perf_counter()
        proof = prove(settings, plan.strings, _quiet)
        proven = time.perf_counter()
    left = sum(_stands(settings.home, each) for each in plan.strings.all)
    seconds = (planned - began, erased - planned, proven - erased)
    return _purged(plan, proof, seconds, left), {row.id for row in plan.documents}


def _purged(plan: Plan, proof: Proof, seconds: tuple[float, float, float], left: int) -> Purged:
    return Purged(
        len(plan.documents), proof.strings, *seconds, proof.bytes, len(plan.said.turns), proof.holds, left
    )  # fmt: skip


def _stands(home: Path, text: str) -> bool:
    needles = [text.encode(each, "ignore") for each in ENCODINGS]
    for path in home.rglob("*"):
        if path.is_file() and path.suffix not in (".gguf", ".onnx"):
            data = path.read_bytes()
            if any(needle and needle in data for needle in needles):
                return True
    return False


def _quiet(_phase: str, _done: int, _total: int) -> None:
    """Nobody looks."""


def _summary(done: Sequence[Purged]) -> dict[str, object]:
    proof_seconds = sum(each.proof_seconds for each in done)
    return {
        "purges": len(done),
        "documents": sum(each.documents for each in done),
        "questions erased": sum(each.turns for each in done),
        "proofs that hold": sum(each.holds for each in done),
        "strings looked for": sum(each.strings for each in done),
        "strings found by the plain search": sum(each.left for each in done),
        "without any string of its own": sum(not each.strings for each in done),
        "strings of a purge, median": statistics.median(each.strings for each in done),
        "plan, seconds, median": round(statistics.median(each.plan_seconds for each in done), 3),
        "purge, seconds, median": round(statistics.median(each.purge_seconds for each in done), 3),
        "proof, seconds, median": round(statistics.median(each.proof_seconds for each in done), 3),
        "proof, MB a second": round(sum(each.bytes for each in done) / 1e6 / max(proof_seconds, 1e-9), 1),
    }


if __name__ == "__main__":
    main()
