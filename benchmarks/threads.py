"""Why the engine leaves a core free: the starter model by threads, alone and beside one busy process.

    python benchmarks/threads.py [--rounds N] [--json]

Rounds are interleaved over the settings; each starts a worker of its own, reads a prompt of about 500 tokens and writes 30.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ai_chat.config import load_settings
from ai_chat.llm.client import LlamaModel
from ai_chat.llm.engine import EngineOptions
from ai_chat.llm.models import prepare, starter_model

PROMPT = "연차휴가는 회사의 규정에 따라 한 해에 열다섯 날을 쓸 수 있다. " * 25 + "\n질문:"
TOKENS = 30


@contextmanager
def busy_process() -> Iterator[None]:
    """One core kept busy; ends by itself after ten minutes at the latest."""
    code = "import time\nend = time.monotonic() + 600\nwhile time.monotonic() < end: pass"
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        yield
        process.kill()


def measure(path: Path, threads: int, home: Path) -> tuple[float, float]:
    """Seconds to the first token, then tokens a second."""
    settings = load_settings({"home": home}, {})
    model = LlamaModel.start(EngineOptions(str(path), settings.n_ctx, settings.n_batch, threads))
    try:
        started = time.perf_counter()
        stream = model.stream(PROMPT, TOKENS)
        next(stream)
        first = time.perf_counter() - started
        written = sum(1 for _delta in stream)
        return first, written / (time.perf_counter() - started - first)
    finally:
        model.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cores = os.cpu_count() or 1
    choices = sorted({1, max(1, cores - 1), cores})
    found: dict[tuple[bool, int], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        info = starter_model(Path(folder))
        if info is None:
            print("skipped: the starter model's wheel is not installed", file=sys.stderr)
            return 0
        path = prepare(info)
        for busy in (False, True) * options.rounds:
            for threads in choices:
                if busy:
                    with busy_process():
                        figures = measure(path, threads, Path(folder))
                else:
                    figures = measure(path, threads, Path(folder))
                found.setdefault((busy, threads), []).append(figures)
    rows = [_row(busy, threads, figures) for (busy, threads), figures in sorted(found.items())]
    if options.json:
        print(json.dumps({"schema": 1, "cores": cores, "rows": rows}))
        return 0
    for row in rows:
        print("{threads} threads, {beside}: first token {first_s} s, then {tokens_s} tokens/s {spread}".format(**row))
    return 0


def _row(busy: bool, threads: int, figures: list[tuple[float, float]]) -> dict[str, object]:
    speeds = [speed for _, speed in figures]
    return {
        "threads": threads,
        "beside": "one busy process" if busy else "alone",
        "first_s": round(statistics.median(first for first, _ in figures), 1),
        "tokens_s": round(statistics.median(speeds), 1),
        "spread": [round(min(speeds), 1), round(max(speeds), 1)],
    }


if __name__ == "__main__":
    sys.exit(main())
