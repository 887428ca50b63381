"""Inputs at random for the real server and its settings, until one is too much: files, searches, requests as bytes, configurations.

    python benchmarks/fuzz.py [--inputs 10000] [--json]

A quarter of them each, over sample documents without a model. Ends with the first input that ended the server, brought it to a status of
500, or made it show its insides, made as small as Hypothesis can.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.fuzzing import Server, configurations, requests, searches, serve_freely, uploads  # noqa: E402
from tests.program import Program, write_documents  # noqa: E402

KINDS: tuple[Callable[[Server, int], None], ...] = (uploads, searches, requests)


def measure(inputs: int) -> dict[str, float]:
    """Seconds of each kind."""
    each, taken = inputs // 4, {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.perf_counter()
        configurations(folder / "settings", each)
        taken["configurations"] = time.perf_counter() - begun
        program = Program(folder / "home")
        program("ingest", write_documents(folder / "documents"))
        with serve_freely(program) as server:
            for kind in KINDS:
                begun = time.perf_counter()
                kind(server, each)
                taken[kind.__name__] = time.perf_counter() - begun
                print(f"{each} {kind.__name__}: sound", file=sys.stderr)
    return {name: round(seconds, 1) for name, seconds in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.inputs)
    if given.json:
        print(json.dumps({"inputs": given.inputs, "seconds": found}))
        return
    print(
        f"{given.inputs} inputs, none too much; seconds: {', '.join(f'{name} {took}' for name, took in found.items())}"
    )


if __name__ == "__main__":
    main()
