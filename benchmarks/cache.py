"""The answer cache: which paraphrases it serves and which near misses, what a hit costs, and that no answer is ever stale.

    python benchmarks/cache.py [--pairs FILE ...] [--rounds 200] [--sequences 1000] [--steps 12] [--json]

Pairs of questions are decided by the cache itself over the embedder's vectors, first with the evidence held equal, then with
evidence as it is found among the sample documents. A hit is timed from the question to its last event in the store, with its
search, among 2,000 other answers. Sequences add, change, delete and put back documents and ask in between, against a plain
dictionary of what the documents say; each is a library of its own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from ai_chat.answer.cached import NEARNESS, Found, cached_end, kept_of, key_of, look, serve  # noqa: E402
from ai_chat.answer.log import TurnLog  # noqa: E402
from ai_chat.asking.sameness import same_question  # noqa: E402
from ai_chat.cache import AnswerCache  # noqa: E402
from ai_chat.config import load_settings  # noqa: E402
from ai_chat.embedding import Embedder, open_embedder  # noqa: E402
from ai_chat.embedding.remembered import RememberingEmbedder  # noqa: E402
from ai_chat.evaluation.bench import SCOPE, Bench  # noqa: E402
from ai_chat.store import Store  # noqa: E402
from ai_chat.types import Event, Hit, SearchResult, UnitRef  # noqa: E402
from tests.cache_sequences import open_sequence  # noqa: E402

SETS = ROOT / "benchmarks" / "sets"
DOCUMENTS = ROOT / "samples" / "documents"
SAMPLES = ROOT.parent / "shared" / "samples"  # of which the sets by other hands ask, too
NEARNESSES = (0.0, 0.88, NEARNESS, 0.92, 0.94)
FULL = 2_000
TOP = 5


@dataclass(frozen=True, slots=True)
class Pair:
    one: str
    other: str
    same: bool


@dataclass(frozen=True, slots=True)
class World:
    """Vectors by question, and the evidence of a question."""

    embedder: Embedder
    vectors: dict[str, NDArray[np.float32]]
    search: Callable[[str], SearchResult]

    def near(self, pair: Pair) -> float:
        return float(self.vectors[pair.one] @ self.vectors[pair.other])


def read_pairs(path: Path) -> list[Pair]:
    return [Pair(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


@contextmanager
def open_answers(folder: Path, nearness: float, full: int = 0) -> Iterator[AnswerCache]:
    answers = AnswerCache(
        folder / "cache.db", clock=time.time, agree=same_question, nearness=nearness, most_entries=FULL + 10
    )
    chance = np.random.default_rng(7)
    for number in range(full):
        vector = chance.normal(size=384).astype(np.float32)
        hits = (replace(_HIT, version_id=number),)
        key = key_of(
            f"{number}번 문항은 무엇인가요?", SCOPE, "answer", hits, (), "m", 1, vector / np.linalg.norm(vector), "e5"
        )
        answers.keep(key, kept(key.question, hits))
    try:
        yield answers
    finally:
        answers.close()


def kept(question: str, hits: Sequence[Hit]) -> Any:
    citation = {"marker": 1, "version_id": hits[0].version_id, "unit": asdict(hits[0].unit)}
    done = {"finish_reason": "stop", "timings": {"total_ms": 4000.0, "search_ms": 20.0}, "prompt": None}
    events = [
        Event(1, "delta", {"text": f"{hits[0].sentence} [1]"}),
        Event(2, "citation", citation),
        Event(3, "done", done),
    ]
    return kept_of(events, question, hits, "before", "2026-01-01T00:00:00.000+00:00")


def decided(
    pairs: Sequence[Pair], world: World, nearness: float, evidence: Callable[[str], SearchResult], again: bool
) -> list[Found | None]:
    """What the cache serves for the second question of each pair, the first one's answer being all that it holds."""
    found = []
    for pair in pairs:
        with tempfile.TemporaryDirectory() as folder, open_answers(Path(folder), nearness) as answers:
            before = evidence(pair.one)
            key = key_of(pair.one, SCOPE, "answer", before.hits, (), "m", 1, world.vectors[pair.one], "e5")
            answers.keep(key, kept(pair.one, before.hits))
            asked = key_of(
                pair.other, SCOPE, "answer", evidence(pair.other).hits, (), "m", 1, world.vectors[pair.other], "e5"
            )
            served = look(answers, asked, "t", evidence if again else _nothing)
            found.append(served)
    return found


def pairs_table(pairs: Sequence[Pair], world: World) -> list[dict[str, Any]]:
    """By the least cosine, with the evidence held equal."""
    rows = []
    for nearness in NEARNESSES:
        found = decided(pairs, world, nearness, _equal, again=False)
        rows.append({"nearness": nearness, **_counts(pairs, found)})
    return rows


def by_cosine_alone(pairs: Sequence[Pair], world: World) -> dict[str, Any]:
    """What recall a cosine alone would have, were it high enough to serve no near miss."""
    least = max((world.near(pair) for pair in pairs if not pair.same), default=0.0)
    same = [world.near(pair) for pair in pairs if pair.same]
    return {"cosine": round(least, 3), "recall": round(sum(near > least for near in same) / max(1, len(same)), 3)}


def with_documents(pairs: Sequence[Pair], world: World) -> dict[str, Any]:
    """With the evidence that each question finds."""
    at_once = decided(pairs, world, NEARNESS, world.search, again=False)
    found = decided(pairs, world, NEARNESS, world.search, again=True)
    return {**_counts(pairs, found), "recall_at_once": _counts(pairs, at_once)["recall"]}


def _counts(pairs: Sequence[Pair], found: Sequence[Found | None]) -> dict[str, Any]:
    same = [served is not None for pair, served in zip(pairs, found, strict=True) if pair.same]
    near = [served is not None for pair, served in zip(pairs, found, strict=True) if not pair.same]
    recall = round(sum(same) / len(same), 3) if same else None
    return {"paraphrases": len(same), "recall": recall, "near_misses": len(near), "served": sum(near)}


def timed(pairs: Sequence[Pair], world: World, rounds: int) -> dict[str, Any]:
    """Milliseconds from a question to its `done` in the store, search and vector included."""
    found = decided(pairs, world, NEARNESS, world.search, again=True)
    chosen = [pair for pair, served in zip(pairs, found, strict=True) if served and pair.same]
    times: dict[str, list[float]] = {"exact": [], "semantic": [], "evidence alone": []}
    with tempfile.TemporaryDirectory() as name, open_answers(Path(name), NEARNESS, FULL) as answers:
        store = Store.open(Path(name) / "library.db")
        for number in range(rounds):
            pair = chosen[number % len(chosen)]
            hits = world.search(pair.one).hits
            answers.keep(
                key_of(pair.one, SCOPE, "answer", hits, (), "m", 1, world.vectors[pair.one], "e5"), kept(pair.one, hits)
            )
            _forget_questions(world.embedder)
            times["exact"].append(_served_ms(answers, world, store, pair.one, f"e{number}"))
            _forget_questions(world.embedder)
            times["semantic"].append(_served_ms(answers, world, store, pair.other, f"s{number}"))
            _forget_questions(world.embedder)
            started = time.perf_counter()
            world.search(pair.other)
            times["evidence alone"].append((time.perf_counter() - started) * 1000)
        store.close()
    return {name: _spread(values) for name, values in times.items()}


def _served_ms(answers: AnswerCache, world: World, store: Store, question: str, turn_id: str) -> float:
    started = time.perf_counter()
    store.turns.create_turn(turn_id, turn_id, question, SCOPE)
    log = TurnLog(turn_id, store.turns)
    result = world.search(question)
    vector = world.embedder.embed_query(question)
    key = key_of(question, SCOPE, "answer", result.hits, (), "m", 1, vector, "e5")
    found = look(answers, key, turn_id, world.search)
    assert found is not None, question
    serve(log, found.kept)
    log.finish(cached_end(found.kept, (), {}))
    return (time.perf_counter() - started) * 1000


def _forget_questions(embedder: Embedder) -> None:
    """So that each round embeds its question once, as a first question does."""
    for number in range(4):
        embedder.embed_query(f"{number}")


def sequences(count: int, steps: int) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    faults: list[str] = []
    for seed in range(count):
        with tempfile.TemporaryDirectory() as folder, open_sequence(Path(folder), seed) as sequence:
            faults += [fault for fault in (sequence.step() for _ in range(steps)) if fault]
            counts.update(asdict(sequence.tally))
        if sys.stderr.isatty():
            print(f"\r{seed + 1}/{count}", end="", file=sys.stderr)
    return {"sequences": count, "steps": steps, **counts, "stale": len(faults), "faults": faults[:5]}


def _spread(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    late = ordered[int(0.95 * (len(ordered) - 1))]
    return {"median": round(statistics.median(ordered), 1), "p95": round(late, 1), "most": round(ordered[-1], 1)}


_HIT = Hit(1, 1.0, "d", "d", "c", 1, UnitRef("page", 1, "1"), 1, "문단", "문단", 0, 2)


def _equal(question: str) -> SearchResult:
    return SearchResult(question, "hybrid", (_HIT,), 1.0)


def _nothing(question: str) -> SearchResult:
    return SearchResult(question, "hybrid", (), 1.0)


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    settings = load_settings()
    found: dict[str, Any] = (
        {"sequences": sequences(arguments.sequences, arguments.steps)} if arguments.sequences else {}
    )
    sets = {path.stem: read_pairs(path) for path in arguments.pairs}
    embedder = RememberingEmbedder(
        open_embedder(settings.embedder, settings.n_threads, settings.models_dir), questions=4
    )
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(Path(home), embedder)
        try:
            for folder in (DOCUMENTS, *([arguments.samples] if arguments.samples.is_dir() else ())):
                bench.add_documents(folder, lambda _done, _total: None)
            bench.add_vectors()
            for name, pairs in sets.items():
                vectors = {
                    question: _vector(embedder, question) for pair in pairs for question in (pair.one, pair.other)
                }
                world = World(embedder, vectors, lambda question: bench.search(question, "hybrid", TOP))
                found[name] = {
                    "by cosine alone": by_cosine_alone(pairs, world),
                    "evidence held equal": pairs_table(pairs, world),
                    "evidence as found": with_documents(pairs, world),
                }
                if name == "cache-pairs" and arguments.rounds:
                    found["milliseconds"] = timed(pairs, world, arguments.rounds)
        finally:
            bench.close()
            embedder.close()
    return found


def _vector(embedder: Embedder, question: str) -> NDArray[np.float32]:
    vector = embedder.embed_query(question)
    assert vector is not None
    return vector


def print_table(found: dict[str, Any]) -> None:
    for name, part in found.items():
        print(f"\n{name}")
        for key, value in part.items():
            rows = value if isinstance(value, list) else [value]
            for row in rows:
                print(f"  {key:22}", *(f"{k} {v}" for k, v in row.items()) if isinstance(row, dict) else [row])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = sorted(SETS.glob("cache-pairs*.jsonl"))
    parser.add_argument("--pairs", type=Path, nargs="+", default=default)
    parser.add_argument(
        "--samples", type=Path, default=SAMPLES, help="more documents for the library, where it is there"
    )
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--sequences", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = measure(arguments)
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print_table(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
