"""How soon another process finds what was added and no longer finds what was removed, and what searches feel of writing.

    python benchmarks/visibility.py [--documents 500] [--rounds 40] [--json]

Wall-clock milliseconds. A second process asks in a loop; both look at the machine's one monotonic clock. `document`: one of 400
characters, already parsed, from the first call on the store; `file`: a text file of that size, from the call of ingestion on.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from ai_chat import chunking
from ai_chat.app.memory import Memory
from ai_chat.app.parts import Parts
from ai_chat.config import Settings, load_settings
from ai_chat.ingest import Ingestion, Line, store_units
from ai_chat.metrics import Meter
from ai_chat.types import DEFAULT_COLLECTION, Scope, SearchResult, Unit

SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4, 37)]
LENGTH = 400  # characters of a document that comes
STOCK = 8000  # characters of a document that is there


def settings_of(home: Path) -> Settings:
    return load_settings({"home": home, "embedder": "none"}, {})


def no_search(*_words: Any, **_options: Any) -> SearchResult:
    raise AssertionError("nothing is asked here")


def open_parts(settings: Settings, *, owning: bool) -> Parts:
    """Without a monitor at work: nothing is loaded here that could be let go."""
    parts: Parts
    memory = Memory(settings, lambda: parts)
    parts = Parts(settings, owning, lambda _problem: None, no_search, Line(), memory, Meter())  # type: ignore[arg-type]
    return parts


def text(rng: random.Random, length: int) -> str:
    words = ("".join(rng.choices(SYLLABLES, k=rng.choice((2, 3, 4)))) for _ in range(length // 4))
    return " ".join(words)[:length]


def put(parts: Parts, name: str, content: str) -> str:
    """Store and publish a document that has been parsed."""
    library, versions = parts.store.library, parts.store.versions
    document = library.put_document(DEFAULT_COLLECTION, name, name, name)
    version = versions.begin(name, "benchmark", chunking.FINGERPRINT)
    store_units(parts.store, version, [Unit("section", 1, "", content)])
    versions.finish(version)
    library.publish(document, version, "searchable")
    return document


def is_found(parts: Parts, mark: str) -> bool:
    hits = parts.searcher.search(mark, Scope(), mode="lexical", top_k=3).hits
    return any(mark in hit.text for hit in hits)


# -- the process that looks ----------------------------------------------------------------


def watch(home: Path) -> None:
    """Lines "+ mark" or "- mark": ask until it is found or gone, and say when."""
    parts = open_parts(settings_of(home), owning=False)
    for line in sys.stdin:
        wanted, mark = line.split()
        while is_found(parts, mark) != (wanted == "+"):
            time.sleep(0.0005)
        print(time.monotonic(), flush=True)
    parts.close()


class Watcher:
    def __init__(self, home: Path) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, __file__, "--watch", str(home)]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)

    def begin(self, wanted: str, mark: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{wanted} {mark}\n")
        self._process.stdin.flush()

    def seen(self) -> float:
        assert self._process.stdout
        return float(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


# -- the measurements ------------------------------------------------------------------------


def milliseconds(values: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(values) * 1000, 1), "worst": round(max(values) * 1000, 1)}


def visibility(parts: Parts, watcher: Watcher, rounds: int, folder: Path) -> dict[str, Any]:
    rng = random.Random(2)
    taken: dict[str, list[float]] = {name: [] for name in ("document", "file", "others_see_commit", "removed")}
    with parts.ingestion() as ingestion:
        warm_up(watcher, ingestion, folder)
        for number in range(rounds):
            marks = [f"MARK{number:04}D", f"MARK{number:04}F"]
            path = folder / f"{marks[1]}.txt"
            path.write_text(f"{marks[1]} {text(rng, LENGTH)}", "utf-8")
            document = added(taken, watcher, "document", marks[0], partial(_document, parts, marks[0], rng))
            reading = lambda: next(e for e in ingestion.one(path, "documents", str(path), path.name) if e.outcome)  # noqa: B023, E731
            added(taken, watcher, "file", marks[1], reading)
            taken["removed"].append(removed(parts, watcher, document, marks[0]))
    return {name: milliseconds(values) for name, values in taken.items()}


def warm_up(watcher: Watcher, ingestion: Ingestion, folder: Path) -> None:
    """The other process and the parser have started."""
    watcher.begin("-", "MARK-NONE")
    watcher.seen()
    path = folder / "first.txt"
    path.write_text("first", "utf-8")
    list(ingestion.one(path, DEFAULT_COLLECTION, str(path), path.name))


def _document(parts: Parts, mark: str, rng: random.Random) -> str:
    document = put(parts, mark, f"{mark} {text(rng, LENGTH)}")
    parts.indexes.indexer.catch_up()
    return document


def added(taken: dict[str, list[float]], watcher: Watcher, name: str, mark: str, add: Callable[[], Any]) -> Any:
    watcher.begin("+", mark)
    time.sleep(0.02)
    started = time.monotonic()
    made = add()
    committed = time.monotonic()
    seen = watcher.seen()
    taken[name].append(seen - started)
    taken["others_see_commit"].append(max(0.0, seen - committed))
    return made


def removed(parts: Parts, watcher: Watcher, document: str, mark: str) -> float:
    watcher.begin("-", mark)
    time.sleep(0.02)
    started = time.monotonic()
    parts.store.library.remove([document])
    seen = watcher.seen()
    parts.indexes.indexer.catch_up()
    return seen - started


@contextmanager
def meanwhile(work: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join()


def searching(parts: Parts, questions: list[str]) -> dict[str, float]:
    values = []
    for question in questions:
        started = time.monotonic()
        parts.searcher.search(question, Scope(), mode="lexical")
        values.append(time.monotonic() - started)
    return milliseconds(values)


def blocking(home: Path, owner: Parts) -> dict[str, Any]:
    """Searches of this process and of a reader while documents are committed and while the index is made anew."""
    rng = random.Random(3)
    questions = [text(rng, 30) for _ in range(60)]
    reader = open_parts(settings_of(home), owning=False)

    def commit(stop: threading.Event) -> None:
        number = 0
        while not stop.is_set():
            _document(owner, f"MORE{number:05}", rng)
            number += 1

    def rebuild(stop: threading.Event) -> None:
        while not stop.is_set():
            owner.indexes.indexer.compact()

    found: dict[str, Any] = {}
    for who, parts in (("own", owner), ("reader", reader)):
        found[f"search_{who}"] = searching(parts, questions)
        with meanwhile(commit):
            found[f"search_{who}_during_commits"] = searching(parts, questions)
        with meanwhile(rebuild):
            found[f"search_{who}_during_rebuild"] = searching(parts, questions)
    reader.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--watch", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.watch:
        watch(given.watch)
        return
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        parts = open_parts(settings_of(home), owning=True)
        for number in range(given.documents):
            put(parts, f"stock {number}", text(rng, STOCK))
        parts.indexes.indexer.catch_up()
        watcher = Watcher(home)
        found: dict[str, Any] = {"schema": 1, "chunks": parts.store.library.counts()["chunks"], "rounds": given.rounds}
        found |= visibility(parts, watcher, given.rounds, Path(folder))
        watcher.close()
        found |= blocking(home, parts)
        parts.close()
    print(json.dumps(found) if given.json else "\n".join(f"{name:<30} {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
