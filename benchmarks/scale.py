"""Search at 10,000, 100,000 and 500,000 chunks: is the right vector found, what does a question cost, how much memory.

    python benchmarks/scale.py [--chunks 10000 100000] [--homes DIR] [--questions 200] [--rounds 3] [--no-page] [--json]

Libraries and questions as in benchmarks/index.py, whose figures are part of this. `--homes` keeps the libraries, a folder for
each size (500,000 chunks take 5 GB and half an hour). `recall`: of the best by exact float32 products, how many our search
gives, asked with the vectors of real questions. Memory: of a process of its own after all questions, bare and with the page's
imports, and of the server itself; cold: CPU of a whole process with one question, the embedder's child apart.
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
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from browser import ROOT, free_port, serving, wait_for_200
from corpus import Source, Vectors, likeness
from home import Home
from index import fill, measure, small_changes, source_for
from index import show as show_index

from ai_chat.app import open_app
from ai_chat.config import load_settings
from ai_chat.embedding import EmbedderInfo, describe_embedder
from ai_chat.server.keys import open_keys
from ai_chat.types import Scope

COLD_RUNS = 5


def recalls(home: Home, vectors: Vectors, asked: Vectors) -> dict[str, float]:
    """The i-th vector is that of the i-th chunk."""
    with home.indexes.dense.lease() as dense:
        assert len(dense) == len(vectors)
        found: dict[str, list[float]] = {"recall@10": [], "recall@100": [], "error": []}
        for vector in asked:
            exact = np.concatenate(
                [np.einsum("ij,j->i", vectors[n : n + 4096], vector) for n in range(0, len(vectors), 4096)]
            )
            best = np.argsort(-exact, kind="stable")[:100] + 1
            ranking = dense.search(vector, 100)
            for depth in (10, 100):
                shared = len(np.intersect1d(best[:depth], ranking.chunk_ids[:depth]))
                found[f"recall@{depth}"].append(shared / depth)
            found["error"].append(float(np.abs(ranking.scores - exact[ranking.chunk_ids - 1]).max()))
    return {
        "recall@10": round(statistics.mean(found["recall@10"]), 4),
        "recall@100": round(statistics.mean(found["recall@100"]), 4),
        "largest_error": round(max(found["error"]), 6),
    }


def disk_mb(path: Path) -> dict[str, float]:
    sizes = {"library": (path / "library.db").stat().st_size}
    for kind in ("lexical", "dense"):
        sizes[kind] = sum(file.stat().st_size for file in path.glob(f"index/{kind}-*/**/*") if file.is_file())
    return {name: round(size / 2**20, 1) for name, size in sizes.items()}


def processes(path: Path, source: Source, folder: Path) -> dict[str, Any]:
    """Memory after all questions; CPU of a process that starts, answers one and ends."""
    every, one = folder / "every.npz", folder / "one.npz"
    np.savez(every, texts=np.array(source.questions), vectors=source.asked)
    np.savez(one, texts=np.array(source.questions[:1]), vectors=source.asked[:1])
    script = ["benchmarks/search_process.py", str(path)]
    search = ["-m", "ai_chat", "search", source.questions[0], "--mode", "lexical", "--json"]
    return {
        "bare": json.loads(_run([*script, str(every)], path)[0]),
        "with the page's imports": json.loads(_run([*script, str(every), "--page"], path)[0]),
        "cold_cpu_s": {
            "ai-chat search --mode lexical": _cold(search, path),
            "hybrid, in a process of its own": _cold([*script, str(one)], path),
        },
    }


def server(path: Path, source: Source) -> dict[str, float]:
    """Memory of the page's process after it has answered the questions over its API, Streamlit's page opened before."""
    keys, port = open_keys(path / "run", None), free_port()
    command = ["-m", "ai_chat", "web", "--no-browser", "--port", str(port)]
    with serving(command, f"http://127.0.0.1:{port}/?token={keys.token}", {"AI_CHAT_HOME": str(path)}) as running:
        wait_for_200(running, {"cookie": f"ai-chat-{port}={keys.cookie()}"})
        time.sleep(5)
        with closing(open_app(load_settings({"home": path}), "read")) as app:
            for question in source.questions:
                app.search(question, Scope())
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{running.process.pid}/status").read_text().splitlines()
        )
    names = (("rss", "VmRSS"), ("anonymous", "RssAnon"), ("files", "RssFile"))
    return {name: round(int(status[key].split()[0]) / 1024, 1) for name, key in names}


def _cold(command: Sequence[str], path: Path) -> float:
    """Median CPU seconds, user and system."""
    return round(statistics.median(_run(command, path)[1] for _ in range(COLD_RUNS)), 2)


def _run(command: Sequence[str], path: Path) -> tuple[str, float]:
    environ = {**os.environ, "AI_CHAT_HOME": str(path), "PYTHONPATH": f"{ROOT}:{ROOT / 'benchmarks'}"}
    before = os.times()
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return done.stdout, used


def at_size(path: Path, info: EmbedderInfo, source: Source, chunks: int, given: argparse.Namespace) -> dict[str, Any]:
    filling = fill(path, info, source, chunks)
    with closing(Home(path, info)) as home:
        vectors = np.load(home.vectors_file)
        recall = recalls(home, vectors, source.asked)
        found = {
            **filling,
            **measure(home, path, source, vectors, given.rounds),
            "recall": recall,
            "disk_mb": disk_mb(path),
        }
        found["likeness"] = likeness(vectors[:100_000], source.asked)
    with tempfile.TemporaryDirectory(prefix="ai-chat-scale-") as folder:
        found["processes"] = processes(path, source, Path(folder))
    if not given.no_page:
        found["processes"]["the server"] = server(path, source)
    if not given.homes:  # a library that is kept is left as it is
        with closing(Home(path, info)) as home:
            found["small_changes"] = small_changes(home, source)
    return found


def show(found: Mapping[str, Any]) -> None:
    show_index(found)
    for name in ("recall", "disk_mb", "likeness"):
        print(f"  {name:50} " + "   ".join(f"{key} {value}" for key, value in found[name].items()))
    for name, row in found["processes"].items():
        print(f"  {name:50} " + "   ".join(f"{key} {value}" for key, value in row.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--homes", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-page", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    info = describe_embedder(load_settings().embedder)
    source = source_for(info, given.questions)
    report = {"schema": 1, "real": source.real, "likeness": likeness(source.vectors, source.asked), "sizes": []}
    with tempfile.TemporaryDirectory(prefix="ai-chat-scale-") as folder:
        for chunks in given.chunks:
            path = (given.homes or Path(folder)) / str(chunks)
            found = at_size(path, info, source, chunks, given)
            report["sizes"].append(found)  # type: ignore[attr-defined]
            if not given.json:
                show(found)
    if given.json:
        print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main()
