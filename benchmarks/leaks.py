#!/usr/bin/env python3
"""50 users, 50 collections, 10,000 random requests over the real door and API: how many answers tell of what their asker may not see?

    benchmarks/leaks.py [--users 50] [--collections 50] [--requests 10000] [--seed 1] [--json FILE]

Each request is one of search, ask (with a model that repeats its prompt, and without), events, conversations, documents, counts, opening,
the viewer's pages, changes, uploads, and a permission given or taken. What comes back is searched for every string of the collections that
the asker does not see (names, file names, ids, texts) and of other users' turns. Prints a table; ends with 1 at the first leak.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ai_chat.app.guarded import guarded
from ai_chat.types import Scope
from tests.leaks import Leak, World, echoing, run, world


def main() -> int:
    told = _arguments()
    with (
        tempfile.TemporaryDirectory() as folder,
        echoing() as endpoint,
        world(Path(folder), users=told.users, collections=told.collections, seed=told.seed, endpoint=endpoint) as tried,
    ):
        began = time.process_time()
        leak = _leak(tried, told.requests)
        found = _report(tried, time.process_time() - began, leak)
    for name, value in found.items():
        print(f"{name:24} {value}")
    if told.json:
        Path(told.json).write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 1 if leak else 0


def _leak(tried: World, requests: int) -> str:
    try:
        run(tried, requests)
    except Leak as leak:
        return str(leak)
    return ""


def _guard(tried: World) -> str:
    """What standing between a user and the App costs a search: medians of interleaved runs."""
    person = next(each for each in tried.people if each.principal.collections)
    own = guarded(tried.app, person.principal, tried.door)
    scope = Scope(collections=tuple(sorted(person.principal.collections or ())))
    taken: dict[str, list[float]] = {"whole": [], "own": []}
    for number in range(400):
        for name, app in (("whole", tried.app), ("own", own)):
            began = time.process_time()
            app.search(f"예산 계약 {number}", scope, mode="lexical")
            taken[name].append(time.process_time() - began)
    whole, guard = (statistics.median(taken[name]) * 1e3 for name in taken)
    return f"{guard - whole:.2f} ms CPU (a search of the whole: {whole:.2f})"


def _report(tried: World, seconds: float, leak: str) -> dict[str, object]:
    stats = tried.app.cache_stats()
    return {
        "users": len(tried.people),
        "collections": len(tried.shelves),
        "requests": tried.done.total(),
        "HTTP answers": tried.statuses.total(),
        "by kind": dict(sorted(tried.done.items())),
        "by status": dict(sorted(tried.statuses.items())),
        "answers from the cache": stats.hits,
        "CPU seconds": round(seconds, 1),
        "the guard, a search": _guard(tried),
        "leaks": leak or 0,
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--collections", type=int, default=50)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", default="")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
