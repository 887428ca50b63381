"""How soon a cancelled answer stops costing anything, and what the next question waits for.

    python benchmarks/cancel.py [--model FILE.gguf] [--batch N] [--rounds 5] [--threads N] [--json]

Each round cancels once in the middle of reading a prompt and once in the middle of the answer, and then asks again. Watched
from outside: the CPU clock of the worker. Without a file the starter model is measured. `--batch` large, or a large model,
shows a worker that has to be ended, since llama.cpp looks up only between two batches.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from direct import cpu_of, prompt_of

from ai_chat.config import load_settings
from ai_chat.llm import TokenStream
from ai_chat.llm.client import open_llama
from ai_chat.llm.lazy_model import LazyModel
from ai_chat.llm.models import ModelInfo, model_info, prepare, starter_model
from ai_chat.llm.planning import plan_model
from ai_chat.memory.machine import read_machine
from ai_chat.memory.plan import Plan

QUIET = 0.05  # part of a core
LOOK_SECONDS = 0.1
INTO_PROMPT = 0.8


@dataclasses.dataclass(frozen=True, slots=True)
class Cancelled:
    """Seconds until the stream was closed, until the worker was quiet or gone, and until the next question's first token."""

    closed: float
    quiet: float
    ended: bool
    again: float


def quiet_after(pid: int, started: float) -> float:
    """Seconds from `started` to the beginning of the first tenth of a second in which the process did nothing."""
    while True:
        at = time.perf_counter()
        try:
            before = cpu_of(pid)
            time.sleep(LOOK_SECONDS)
            if cpu_of(pid) - before < QUIET * LOOK_SECONDS:
                return at - started
        except OSError:
            return at - started  # it has been ended


def cancel(model: LazyModel, number: int, answering: bool) -> Cancelled:
    with model.lease() as llm:
        pid = llm.pid or 0
        stream: TokenStream = llm.stream(prompt_of(number) if not answering else f"{number}. 연차", 200)
        if answering:
            next(stream)
        else:
            time.sleep(INTO_PROMPT)
        started = time.perf_counter()
        stream.close()
        closed = time.perf_counter() - started
        quiet, ended = quiet_after(pid, started), not llm.alive
    started = time.perf_counter()
    with model.lease() as llm:
        stream = llm.stream(f"{number}: 다음", 2)
        next(stream)
        again = time.perf_counter() - started
        stream.close()
    return Cancelled(closed, quiet, ended, again)


def row(moment: str, found: Sequence[Cancelled]) -> dict[str, Any]:
    def told(name: str) -> list[float]:
        values = [getattr(each, name) for each in found]
        return [round(value, 2) for value in (statistics.median(values), min(values), max(values))]

    ended = sum(each.ended for each in found)
    return {"cancelled": moment, **{name: told(name) for name in ("closed", "quiet", "again")}, "workers_ended": ended}


def measure(info: ModelInfo, plan: Plan, rounds: int) -> list[dict[str, Any]]:
    model = LazyModel(info, lambda tell, _frugal: open_llama(info, plan, tell))
    moments = {"reading the prompt": False, "writing the answer": True}
    found: dict[str, list[Cancelled]] = {moment: [] for moment in moments}
    try:
        for number in range(rounds):
            for moment, answering in moments.items():
                found[moment].append(cancel(model, number, answering))
    finally:
        model.close()
    return [row(moment, each) for moment, each in found.items()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=max(1, (os.cpu_count() or 1) - 1))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        info = model_info(options.model) if options.model else starter_model(Path(folder))
        if info is None:
            raise SystemExit("the starter model's wheel is not installed; give --model FILE.gguf")
        prepare(info)
        planned = plan_model(info, load_settings({"home": folder}, {}), read_machine(), 0)
        plan = dataclasses.replace(
            planned, slots=1, n_batch=options.batch or planned.n_batch, n_threads=options.threads
        )
        rows = measure(info, plan, options.rounds)
    told = {"model": info.name, "n_batch": plan.n_batch, "n_threads": plan.n_threads, "rounds": options.rounds}
    if options.json:
        print(json.dumps({"schema": 1, **told, "rows": rows}))
        return 0
    print(
        "{model}: batches of {n_batch}, {n_threads} threads, {rounds} rounds; median (least-most), seconds".format(
            **told
        )
    )
    for each in rows:
        columns = ["{} {:.2f} ({:.2f}-{:.2f})".format(name, *each[name]) for name in ("closed", "quiet", "again")]
        print(f"  {each['cancelled']:<20}" + "  ".join(columns) + f"  workers ended {each['workers_ended']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
