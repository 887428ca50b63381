"""What each embedder costs, side by side: start, questions alone and among passages, passages, memory; and how well it finds.

    python benchmarks/embedding.py [--threads N] [--rounds N] [--quality [DIR]] [--every N] [--json]

Passages are embedded in turns, a few by each embedder, so that what else the machine does meets all alike. With
`--quality`, the sets autorag-ko and korquad in DIR (by default ../shared/eval) and those of benchmarks/sets are searched with
each, and every difference from the first embedder is told, paired by question, with its 95 % interval.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ai_chat.config import load_settings
from ai_chat.embedding import PACKAGES, Embedder, describe_embedder, open_embedder
from ai_chat.errors import MachineError
from ai_chat.evaluation.datasets import Dataset, read_dataset, read_joint
from ai_chat.evaluation.measures import Scores, gains, interval, percentile
from ai_chat.evaluation.run import evaluate_dataset
from ai_chat.memory.measure import measure
from ai_chat.types import Mode

OWN_SETS = [Path(__file__).parent / "sets" / f"{name}.jsonl" for name in ("paraphrase", "english", "held-out")]
SETS = Path(__file__).resolve().parents[1].parent / "shared" / "eval"
QUESTION = (
    "올해 다 쓰지 못한 연차 유급휴가는 내년으로 며칠까지 넘길 수 있고 언제까지 써야 하는지 알려 주세요 ({number})"
)
PASSAGE = "제{number}조 직원은 출장비를 하루 {number}만원까지 정산하고 영수증을 낸다. " * 15
PASSAGE_CHARACTERS = 450
PASSAGES_A_TURN = 16
QUESTIONS = 60
LEGS: tuple[Mode, ...] = ("dense", "hybrid")
FIGURES = ("recall@1", "recall@5", "ndcg@10")


def installed() -> list[str]:
    names = []
    for name in PACKAGES:
        try:
            describe_embedder(name)
            names.append(name)
        except MachineError as error:
            print(f"{name}: {error}", file=sys.stderr)
    return names


def started(name: str, threads: int, folder: Path) -> tuple[Embedder, float]:
    """Ready to embed, and the seconds that took."""
    before = time.perf_counter()
    embedder = open_embedder(name, threads, folder)
    return embedder, round(time.perf_counter() - before, 2)


def ask(embedder: Embedder) -> dict[str, float]:
    """Milliseconds a question."""
    taken = []
    for number in range(QUESTIONS):
        before = time.perf_counter()
        embedder.embed_query(QUESTION.format(number=number))
        taken.append((time.perf_counter() - before) * 1000)
    return {"p50_ms": round(percentile(taken, 0.5), 1), "p95_ms": round(percentile(taken, 0.95), 1)}


def ask_among_passages(embedder: Embedder) -> dict[str, float]:
    stopped = threading.Event()

    def keep_busy() -> None:
        number = 10_000
        while not stopped.is_set():
            embedder.embed_passages(passages(PASSAGES_A_TURN, number))
            number += PASSAGES_A_TURN

    behind = threading.Thread(target=keep_busy)
    behind.start()
    try:
        return ask(embedder)
    finally:
        stopped.set()
        behind.join()


def passages(count: int, first: int) -> list[str]:
    return [PASSAGE.format(number=first + number)[:PASSAGE_CHARACTERS] for number in range(count)]


def cpu_seconds(pid: int) -> float | None:
    """User and system time of a process so far; None where the machine does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def turn(embedder: Embedder, first: int) -> tuple[float, float]:
    """Passages a second, and milliseconds of processor time for each (0 where that is not told)."""
    pid = embedder.pid or os.getpid()
    wall, cpu = time.perf_counter(), cpu_seconds(pid)
    embedder.embed_passages(passages(PASSAGES_A_TURN, first))
    rate = PASSAGES_A_TURN / (time.perf_counter() - wall)
    after = cpu_seconds(pid)
    return rate, (after - cpu) * 1000 / PASSAGES_A_TURN if after and cpu else 0.0


def megabytes(embedder: Embedder) -> dict[str, int]:
    found = measure([embedder.pid or 0])[embedder.pid or 0]
    return {"rss": round(found.rss / 1e6), "anonymous": round(found.anonymous / 1e6)}


def spread(values: Sequence[float]) -> dict[str, float]:
    low, high = percentile(list(values), 0.1), percentile(list(values), 0.9)
    return {"median": round(statistics.median(values), 1), "p10": round(low, 1), "p90": round(high, 1)}


def costs(names: Sequence[str], threads: int, rounds: int) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, dict[str, Any]] = {}
        embedders: dict[str, Embedder] = {}
        try:
            for name in names:
                first, first_start = started(name, threads, Path(folder))
                first.close()
                embedders[name], start = started(name, threads, Path(folder))
                found[name] = {"first_start_s": first_start, "start_s": start, "loaded_mb": megabytes(embedders[name])}
                found[name]["question_alone"] = ask(embedders[name])
            for name, turns in in_turns(embedders, rounds).items():
                found[name]["passages_s"] = spread([rate for rate, _ in turns])
                found[name]["cpu_ms_a_passage"] = spread([cpu for _, cpu in turns])
            for name, embedder in embedders.items():
                found[name]["question_among_passages"] = ask_among_passages(embedder)
                found[name]["at_work_mb"] = megabytes(embedder)
            for name, cosines in compare(embedders).items():
                found[name][f"cosine_to_{names[-1]}"] = {"least": cosines[0], "median": statistics.median(cosines)}
        finally:
            for embedder in embedders.values():
                embedder.close()
    return found


def in_turns(embedders: Mapping[str, Embedder], rounds: int) -> dict[str, list[tuple[float, float]]]:
    turns: dict[str, list[tuple[float, float]]] = {name: [] for name in embedders}
    for number in range(rounds):
        for name, embedder in embedders.items():
            turns[name].append(turn(embedder, number * PASSAGES_A_TURN))
    return turns


def compare(embedders: Mapping[str, Embedder]) -> dict[str, list[float]]:
    """The cosines of each embedder's vectors to those of the last one, least first."""
    texts = passages(PASSAGES_A_TURN, 0) + [QUESTION.format(number=number) for number in range(PASSAGES_A_TURN)]
    rows = {name: embedder.embed_passages(texts) for name, embedder in embedders.items()}
    *_, last = rows.values()
    return {name: sorted(round(float(cosine), 3) for cosine in (own * last).sum(1)) for name, own in rows.items()}


def quality(names: Sequence[str], sets: Path, every: int) -> Iterator[dict[str, Any]]:
    """A row a set, embedder and leg: means, and for all but the first embedder the differences from it."""
    for set_name, dataset in datasets(sets, every):
        first: Mapping[Mode, Scores] | None = None
        for name in names:
            report = evaluate_dataset(dataset, load_settings({"embedder": name}), LEGS)
            first = first or report.scores
            for leg in LEGS:
                row = {figure: round(report.figures[leg][figure], 4) for figure in FIGURES}
                yield {"set": set_name, "embedder": name, "leg": leg, **row, "gain": gain(report.scores, first, leg)}


def datasets(sets: Path, every: int) -> Iterator[tuple[str, Dataset]]:
    """Every Nth question of those in DIR, and all questions in other words or another language over their pages."""
    folders = sorted(path for path in sets.iterdir() if (path / "pages.jsonl").exists())
    for folder in folders:
        dataset = read_dataset(folder)
        yield folder.name, replace(dataset, questions=dataset.questions[::every])
    for file in OWN_SETS:
        yield file.stem, read_joint(file, folders)


def gain(scores: Mapping[Mode, Scores], first: Mapping[Mode, Scores], leg: Mode) -> dict[str, Any]:
    if scores is first:
        return {}
    pairs = {figure: gains(scores[leg][figure], first[leg][figure]) for figure in FIGURES}
    return {
        figure: {"found": round(statistics.mean(values), 4), "interval": interval(values)}
        for figure, values in pairs.items()
    }


def show_costs(found: Mapping[str, Mapping[str, Any]]) -> None:
    print(f"{'':26}" + "".join(f"{name:>26}" for name in found))
    for row in next(iter(found.values()), {}):
        cells = (told(figures[row]) for figures in found.values())
        print(f"{row:26}" + "".join(f"{cell:>26}" for cell in cells))


def told(value: Any) -> str:
    return " / ".join(str(part) for part in value.values()) if isinstance(value, dict) else str(value)


def show_quality(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        print(f"{row['set']:12}{row['embedder']:10}{row['leg']:8}", *(f"{name} {row[name]:.3f} " for name in FIGURES))
        for figure, one in row["gain"].items():
            low, high = one["interval"]
            print(f"{'':30}{figure:10} {one['found']:+.4f} [{low:+.4f}, {high:+.4f}]")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=load_settings().n_threads)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quality", type=Path, nargs="?", const=SETS)
    parser.add_argument("--every", type=int, default=1, help="every Nth question only")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    names = installed()
    found = costs(names, asked.threads, asked.rounds)
    rows = list(quality(names[::-1], asked.quality, asked.every)) if asked.quality else []
    if asked.json:
        print(json.dumps({"schema": 2, "embedders": found, "quality": rows}))
    else:
        show_costs(found)
        show_quality(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
