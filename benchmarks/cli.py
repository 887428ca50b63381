"""What starting the command line costs: `ai-chat --help` against `python -c pass`, `./run` against the program itself.

    python benchmarks/cli.py [--runs 20] [--json]

CPU seconds of user and system together, medians of interleaved runs; the wall time is for `./run`, which is a shell.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = [sys.executable, "-m", "ai_chat"]
COMMANDS: dict[str, list[str]] = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "ai-chat --help": [*PROGRAM, "--help"],
    "ai-chat --version": [*PROGRAM, "--version"],
    "./run --version": [str(ROOT / "run"), "--version"],
    "ai-chat search --help": [*PROGRAM, "search", "--help"],
}
HELP_LIMIT = 4.0
RUN_LIMIT_MS = 50.0


def measure(command: Sequence[str]) -> tuple[float, float]:
    """CPU and wall milliseconds of one run."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu * 1000, wall * 1000


def medians(runs: int) -> dict[str, dict[str, float]]:
    for command in COMMANDS.values():
        measure(command)  # the first start reads from the disk
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, command in COMMANDS.items():
            taken[name].append(measure(command))
    return {
        name: {
            "cpu_ms": round(statistics.median(cpu for cpu, _ in pairs), 1),
            "wall_ms": round(statistics.median(wall for _, wall in pairs), 1),
        }
        for name, pairs in taken.items()
    }


def report(runs: int) -> dict[str, object]:
    found = medians(runs)
    ratio = found["ai-chat --help"]["cpu_ms"] / found["python -c pass"]["cpu_ms"]
    added = found["./run --version"]["wall_ms"] - found["ai-chat --version"]["wall_ms"]
    return {
        "runs": runs,
        "commands": found,
        "help_cpu_ratio": round(ratio, 2),
        "help_cpu_ratio_limit": HELP_LIMIT,
        "run_adds_ms": round(added, 1),
        "run_adds_limit_ms": RUN_LIMIT_MS,
        "reached": ratio <= HELP_LIMIT and added <= RUN_LIMIT_MS,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="What starting the command line costs.")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = report(options.runs)
    if options.json:
        print(json.dumps(result, indent=2))
        return
    commands = result["commands"]
    assert isinstance(commands, dict)
    print(f"{'command':<24} {'CPU ms':>8} {'wall ms':>8}")
    for name, figures in commands.items():
        print(f"{name:<24} {figures['cpu_ms']:>8} {figures['wall_ms']:>8}")
    print(f"--help: {result['help_cpu_ratio']} x the CPU of an empty program (limit {HELP_LIMIT:g})")
    print(f"./run adds {result['run_adds_ms']} ms (limit {RUN_LIMIT_MS:g})")


if __name__ == "__main__":
    main()
