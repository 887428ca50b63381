"""Kills the product's own processes at random moments of mixed work and looks after each kill whether anything was lost.

    python benchmarks/crash.py [--kills 200] [--seed N] [--json]

A kill is `kill -9` of a process that adds, updates and removes documents with vectors: an App in a process of its own, the
command line, or the server spoken to over its API. Then the home is opened again: what was acknowledged must be there, once;
nothing removed or replaced may be in any result of any mode; both indexes must verify clean.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ai_chat.app import App, open_app, open_serving_app
from ai_chat.config import Settings, load_settings
from ai_chat.errors import AiChatError
from ai_chat.owner import read_owner
from ai_chat.types import DEFAULT_COLLECTION, Mode, Scope, SearchResult

ROOT = Path(__file__).resolve().parents[1]
SCOPE = Scope(collections=(DEFAULT_COLLECTION,))
SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4, 37)]
NAMES = 30  # documents at most
COMMON = "공통문구"  # in every document
PATIENCE = 120.0
MODES: tuple[Mode, ...] = ("lexical", "dense", "hybrid")


class Killed(Exception):
    """The process has gone."""


@dataclass(frozen=True)
class Op:
    """`put` writes these documents anew, `remove` takes them out."""

    kind: str
    names: tuple[str, ...]


@dataclass
class Shelf:
    """What there should be: for each document the marks that it may carry, None meaning that it is not there."""

    files: Path
    rng: random.Random
    allowed: dict[str, set[str | None]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    marks: int = 0
    acknowledged: Counter[str] = field(default_factory=Counter)

    def next_op(self) -> Op:
        there = sorted(name for name, marks in self.allowed.items() if marks != {None} and name in self.ids)
        if there and self.rng.random() < 0.3:
            return Op("remove", tuple(self.rng.sample(there, min(len(there), self.rng.randint(1, 2)))))
        return Op("put", tuple({f"d{self.rng.randrange(NAMES):02}.txt" for _ in range(self.rng.randint(1, 5))}))

    def begin(self, op: Op) -> None:
        """From now on the old state and the new one are both right."""
        for name in op.names:
            mark = self._write(name) if op.kind == "put" else None
            self.allowed.setdefault(name, {None}).add(mark)

    def acknowledge(self, op: Op, name: str) -> None:
        self.acknowledged[op.kind] += 1
        self.settle(name, self._mark(self.files / name) if op.kind == "put" else None)

    def settle(self, name: str, mark: str | None) -> None:
        self.dead |= {old for old in self.allowed.get(name, set()) if old is not None and old != mark}
        self.allowed[name] = {mark}

    def _write(self, name: str) -> str:
        self.marks += 1
        mark = f"MARK-{self.marks:05}"
        words = ["".join(self.rng.choices(SYLLABLES, k=3)) for _ in range(self.rng.choice((20, 40, 300)))]
        temporary = self.files / f".{name}"
        temporary.write_text(f"{mark} {COMMON} {' '.join(words)}.\n", "utf-8")
        temporary.replace(self.files / name)
        return mark

    def _mark(self, path: Path) -> str:
        return path.read_text("utf-8").split()[0]


# -- the processes that are killed ---------------------------------------------------


class Driver(Protocol):
    """`do` gives the names that were acknowledged; Killed when the process has gone."""

    def start(self) -> None: ...
    def do(self, op: Op, shelf: Shelf) -> Iterator[str]: ...
    def kill(self) -> None: ...


def environ(home: Path) -> dict[str, str]:
    """No language model: loading it is no part of this."""
    own = {"AI_CHAT_HOME": str(home), "AI_CHAT_LANGUAGE": "en", "AI_CHAT_MODEL": str(home / "none.gguf")}
    return {**os.environ, **own, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def spawn(home: Path, *words: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    command = [sys.executable, *words]
    return subprocess.Popen(command, env=environ(home), stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            with_errors_ignored(stream.close)


def with_errors_ignored(close: Any) -> None:
    try:
        close()
    except OSError:
        return  # the pipe of a killed process


class InApp:
    """An App as the server has it, in a process that does what it is told on stdin."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = spawn(self._home, str(Path(__file__)), "--work", str(self._home))

    def do(self, op: Op, shelf: Shelf) -> Iterator[str]:
        process = self._process
        assert process and process.stdin and process.stdout
        told = {"kind": op.kind, "names": list(op.names), "files": str(shelf.files), "ids": shelf.ids}
        try:
            process.stdin.write(json.dumps(told) + "\n")
            process.stdin.flush()
            while (line := process.stdout.readline()) != "end\n":
                if not line.endswith("\n"):
                    raise Killed
                yield line.rstrip("\n")
        except (OSError, ValueError) as error:
            raise Killed from error

    def kill(self) -> None:
        if self._process:
            end(self._process)


class ByCommand:
    """`ai-chat ingest` and `ai-chat docs remove`, one after the other."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._killed = False

    def start(self) -> None:
        return

    def do(self, op: Op, shelf: Shelf) -> Iterator[str]:
        if op.kind == "put":
            words = ["ingest", "--json", "--wait", *(str(shelf.files / name) for name in op.names)]
        else:
            words = ["docs", "remove", "--json", *(shelf.ids[name] for name in op.names)]
        with self._lock:
            if self._killed:
                raise Killed
            self._process = spawn(self._home, "-m", "ai_chat", *words)
        out, _ = self._process.communicate()
        if self._process.returncode != 0:
            raise Killed
        found = json.loads(out)
        done = found.get("removed") or [*found["added"], *found["updated"], *found["unchanged"]]
        yield from op.names if len(done) == len(op.names) else ()

    def kill(self) -> None:
        with self._lock:
            self._killed = True
            if self._process:
                self._process.kill()
                self._process.wait()


class ByServer:
    """`ai-chat web`, told over its API as other commands tell it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process: subprocess.Popen[str] | None = None
        self._app: App | None = None

    def start(self) -> None:
        self._process = spawn(self._home, "-m", "ai_chat", "web", "--no-browser", "--port", "0")

    def do(self, op: Op, shelf: Shelf) -> Iterator[str]:
        try:
            yield from work(self._remote(), op, shelf.files, shelf.ids)
        except AiChatError as error:
            raise Killed from error

    def kill(self) -> None:
        if self._process:
            end(self._process)

    def _remote(self) -> App:
        settings = load_settings({}, environ(self._home))
        while self._app is None:
            if self._process is None or self._process.poll() is not None:
                raise Killed
            owner = read_owner(settings.run_dir)
            if owner and owner.address and owner.pid == self._process.pid:
                self._app = open_app(settings, "write")
            time.sleep(0.02)
        return self._app


def work(app: App, op: Op, files: Path, ids: dict[str, str]) -> Iterator[str]:
    """Do it; gives each name as soon as it is acknowledged."""
    if op.kind == "remove":
        app.remove([ids[name] for name in op.names])
        yield from op.names
        return
    for event in app.ingest([files / name for name in op.names]):
        if event.outcome in ("added", "updated", "unchanged"):
            yield Path(event.path).name


def serve_stdin(home: Path) -> None:
    """The other end of InApp."""
    settings = load_settings({}, environ(home))
    app = open_serving_app(settings, "http://127.0.0.1:1", "key")
    for line in sys.stdin:
        told = json.loads(line)
        for name in work(app, Op(told["kind"], tuple(told["names"])), Path(told["files"]), told["ids"]):
            print(name, flush=True)
        print("end", flush=True)


# -- one kill, and what is found after it ------------------------------------------------


@dataclass
class Finding:
    """Faults after one kill; `seconds` until everything was level again."""

    driver: str
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    documents: int = 0
    acknowledged: Counter[str] = field(default_factory=Counter)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.dead or self.faults)


def play(driver: Driver, shelf: Shelf, seconds: float) -> None:
    """Work until the process is killed, so many seconds after its start."""
    driver.start()
    killer = threading.Timer(seconds, driver.kill)
    killer.start()
    try:
        while True:
            op = shelf.next_op()
            shelf.begin(op)
            for name in driver.do(op, shelf):
                shelf.acknowledge(op, name)
    except Killed:
        killer.join()
        driver.kill()


@contextmanager
def reopened(settings: Settings, level: bool = True) -> Iterator[App]:
    """As a server would, which also finishes what was begun."""
    app = open_serving_app(settings, "http://127.0.0.1:1", "key")
    try:
        deadline = time.monotonic() + PATIENCE
        while level and not is_level(app):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not level: {app.index_status()} {app.status()}")
            time.sleep(0.05)
        yield app
    finally:
        app.close()


def is_level(app: App) -> bool:
    report = app.index_status()
    level = all(index.state == "level" for index in report.indexes) and not report.missing
    own = [info for info in app.documents(SCOPE) if info.status in ("queued", "parsing", "searchable")]
    return level and not own


def look(settings: Settings, shelf: Shelf, finding: Finding) -> None:
    """Compare what is there with what should be, and settle on it."""
    started = time.monotonic()
    with reopened(settings) as app:
        finding.seconds = time.monotonic() - started
        documents = {info.name: info.id for info in app.documents(SCOPE)}
        marks = {name: mark_of(app, document_id) for name, document_id in documents.items()}
        for name, allowed in shelf.allowed.items():
            if marks.get(name) not in allowed:
                finding.lost.append(f"{name}: {marks.get(name)} not in {allowed}")
            shelf.settle(name, marks.get(name))
        shelf.ids.update(documents)
        finding.documents = len(documents)
        for mode in MODES if marks else ():
            check_results(app, mode, marks, shelf, finding)
        faults = [event.problem.code for event in app.index_verify(thorough=True) if event.problem]
        finding.faults = faults


def mark_of(app: App, document_id: str) -> str | None:
    units = app.document(document_id).units
    return units[0].text.split()[0] if units else None


def check_results(app: App, mode: Mode, marks: dict[str, str | None], shelf: Shelf, finding: Finding) -> None:
    """Every document once in the list of all, and by its own mark; nothing dead anywhere."""
    found = seen_in(app.search(COMMON, SCOPE, top_k=1000, mode=mode))
    for name in marks:
        if found[name] != 1:
            kind = finding.lost if not found[name] else finding.doubled
            kind.append(f"{name} {found[name]} times in {mode}")
    finding.dead += [f"{name} in {mode}" for name in found if name not in marks]
    asked = shelf.rng.sample(sorted(filter(None, marks.values())), min(5, len(marks)))
    gone = shelf.rng.sample(sorted(shelf.dead), min(5, len(shelf.dead)))
    for mark in (*asked, *gone):
        result = app.search(mark, SCOPE, top_k=1000, mode=mode)
        texts = [hit.text for hit in result.hits]
        finding.dead += [f"{dead} in {mode}" for dead in shelf.dead if any(dead in text for text in texts)]
        if mark in asked and sum(mark in text for text in texts) != 1:
            finding.lost.append(f"{mark} not once in {mode}")


def seen_in(result: SearchResult) -> Counter[str]:
    names = Counter(hit.document for hit in result.hits)
    names.update(place.document for hit in result.hits for place in hit.duplicates)
    return names


DRIVERS: dict[str, type[InApp] | type[ByCommand] | type[ByServer]] = {
    "app": InApp,
    "command": ByCommand,
    "server": ByServer,
}


def crash(home: Path, drivers: Sequence[str], seed: int, longest: float) -> Iterator[Finding]:
    """A kill for each of these drivers, one after the other over the same home."""
    rng = random.Random(seed)
    files = home.parent / "crash-files"
    files.mkdir(exist_ok=True)
    settings = load_settings({}, environ(home))
    shelf = Shelf(files, rng)
    first = Op("put", ("d00.txt",))
    shelf.begin(first)
    with reopened(settings, level=False) as app:
        for name in work(app, first, files, {}):
            shelf.acknowledge(first, name)
    for name in drivers:
        driver = DRIVERS[name](home)
        shelf.acknowledged.clear()
        play(driver, shelf, rng.uniform(0.05, longest if name == "app" else 2 * longest))
        finding = Finding(name, acknowledged=Counter(shelf.acknowledged))
        look(settings, shelf, finding)
        yield finding


def report(findings: Sequence[Finding], seed: int) -> dict[str, Any]:
    seconds = sorted(finding.seconds for finding in findings)
    return {
        "schema": 1,
        "seed": seed,
        "kills": dict(Counter(finding.driver for finding in findings)),
        "acknowledged": dict(sum((finding.acknowledged for finding in findings), Counter())),
        "documents": round(statistics.mean(finding.documents for finding in findings), 1),
        "lost": sum(len(finding.lost) for finding in findings),
        "doubled": sum(len(finding.doubled) for finding in findings),
        "dead_in_results": sum(len(finding.dead) for finding in findings),
        "index_faults": sum(len(finding.faults) for finding in findings),
        "level_again_s": {"median": round(statistics.median(seconds), 2), "worst": round(seconds[-1], 2)},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument(
        "--longest", type=float, default=4.0, help="seconds a process lives at most; twice that for commands"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        serve_stdin(given.work)
        return 0
    print(f"seed {given.seed}", file=sys.stderr)
    drivers = random.Random(given.seed).choices(("app", "command", "server"), (5, 3, 2), k=given.kills)
    findings = []
    with tempfile.TemporaryDirectory() as folder:
        for number, finding in enumerate(crash(Path(folder) / "home", drivers, given.seed, given.longest), 1):
            findings.append(finding)
            print(f"{number} {finding}" if not finding.clean else f"{number} clean", file=sys.stderr)
    found = report(findings, given.seed)
    print(json.dumps(found) if given.json else "\n".join(f"{name:<16} {value}" for name, value in found.items()))
    return 0 if all(finding.clean for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
