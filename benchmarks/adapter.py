"""What the starter's adapter costs: seconds to the first token, tokens a second, CPU time and memory, with it and without.

    python benchmarks/adapter.py [--adapter FILE.gguf] [--rounds N] [--tokens N] [--json]

Rounds are interleaved; each starts a worker of its own, reads a prompt of about 500 tokens and writes on. Medians.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from ai_chat.llm.client import LlamaModel
from ai_chat.llm.engine import EngineOptions
from ai_chat.llm.loading import look_at
from ai_chat.llm.models import ADAPTER, prepare, starter_model

PROMPT = (
    "[1] 연차휴가는 회사의 규정에 따라 한 해에 열다섯 날을 쓸 수 있다. " * 22
    + "\n\n질문: 1부터 세어 보세요.\n답: 1, 2, 3,"
)


@dataclass(frozen=True, slots=True)
class Figures:
    """`cpu`: seconds of all threads for reading and writing; `anonymous`: MB that belong to the process alone."""

    first_token: float
    tokens_a_second: float
    cpu: float
    resident: float
    anonymous: float


def measure(path: Path, adapter: str, tokens: int, threads: int) -> Figures:
    model = LlamaModel.start(EngineOptions(str(path), 4096, 256, threads, adapter=adapter))
    try:
        before, started = _ticks(model), time.perf_counter()
        stream = model.stream(PROMPT, tokens)
        next(stream)
        first = time.perf_counter() - started
        written = sum(1 for _delta in stream)
        seconds = time.perf_counter() - started - first
        cpu = (_ticks(model) - before) / os.sysconf("SC_CLK_TCK")
        return Figures(first, written / seconds, cpu, _megabytes(model, "VmRSS"), _megabytes(model, "RssAnon"))
    finally:
        model.close()


def _ticks(model: LlamaModel) -> int:
    activity = look_at(model.pid or 0)
    return activity.ticks if activity else 0


def _megabytes(model: LlamaModel, name: str) -> float:
    status = Path(f"/proc/{model.pid}/status").read_text("ascii")
    return int(status.partition(f"{name}:")[2].split()[0]) * 1024 / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, default=ADAPTER)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=40)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, list[Figures]] = {"without": [], "with": []}
    with tempfile.TemporaryDirectory() as folder:
        info = starter_model(Path(folder), options.adapter)
        if info is None or info.adapter is None:
            print("skipped: no starter model, or no sound adapter")
            return 0
        path = prepare(info)
        for _ in range(options.rounds):
            for name, adapter in (("without", ""), ("with", str(info.adapter))):
                found[name].append(measure(path, adapter, options.tokens, options.threads))
    medians = {name: _medians(rounds) for name, rounds in found.items()}
    if options.json:
        print(json.dumps({"schema": 1, "adapter_bytes": info.adapter_bytes, **medians}))
        return 0
    for key in medians["with"]:
        without, added = medians["without"][key], medians["with"][key]
        print(f"{key:16} without {without:9.2f}   with {added:9.2f}   x {added / without:.2f}   {added - without:+.2f}")
    return 0


def _medians(rounds: list[Figures]) -> dict[str, float]:
    rows = [asdict(figures) for figures in rounds]
    return {key: statistics.median(row[key] for row in rows) for key in rows[0]}


if __name__ == "__main__":
    raise SystemExit(main())
