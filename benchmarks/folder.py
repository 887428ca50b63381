"""A mixed folder of 1,000 files, taken in once without a break and once through five `kill -9`: both libraries must be the same.

    python benchmarks/folder.py [--files 1000] [--kills 5] [--parsers 1 2] [--seed N] [--samples DIR] [--json]

The files are copies of the sample documents, each edited so that its bytes are its own; some are packed into mails and archives.
After every kill no process of the run may be left; in the end each document must stand once, with the same status, units and
chunks as in the library that was not disturbed, and the index must verify clean. CPU seconds count parsers and tesseract.
`speed` is documents a second by number of parsers, over a quarter of the files.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path

from ai_chat.analyzer import Analyzer
from ai_chat.app import open_app
from ai_chat.config import load_settings
from ai_chat.index.lexical import LexicalIndex
from ai_chat.ingest import Indexer, Ingestion
from ai_chat.lazy import Lazy
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.loaders.client import open_parsers
from ai_chat.memory.measure import family
from ai_chat.store import Store
from ai_chat.types import DEFAULT_COLLECTION, DocumentInfo, Scope

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT.parent / "shared" / "samples"
SCOPE = Scope(collections=(DEFAULT_COLLECTION,))
FEW, LARGE = 3, 1_000_000  # copies of what is hostile, or larger than so many bytes
PACKED_EVERY = 25
GRACE_SECONDS = 3.0
BODY_END = b"</w:body>"
CONTAINERS = frozenset({".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".hwpx", ".epub", ".zip"})
ROW = ("name", "parent", "status", "error", "units", "chunks", "unread")

Row = tuple[str, str, str, str, int, int, int]


@dataclass(frozen=True, slots=True)
class Kill:
    """One `kill -9`: seconds after the start, how many documents were finished then, processes that outlived it."""

    after: float
    finished: int
    left_over: int


@dataclass(frozen=True, slots=True)
class Report:
    files: int
    documents: int
    inside: int
    statuses: dict[str, int]
    wall_seconds: float
    cpu_seconds: float
    documents_per_second: float
    speed: dict[int, float]
    kills: tuple[Kill, ...]
    resumed_seconds: float
    differing: int
    doubled: int
    unfinished_versions: int
    faults: tuple[str, ...]
    markers_missing: int

    @property
    def clean(self) -> bool:
        wrong = self.differing + self.doubled + self.unfinished_versions + len(self.faults) + self.markers_missing
        return wrong + sum(kill.left_over for kill in self.kills) == 0


# -- the folder ------------------------------------------------------------------


def make_folder(folder: Path, samples: Path, count: int, rng: random.Random) -> dict[str, str]:
    """So many files below `folder`; gives the words that stand in one file alone, by that file's name."""
    markers: dict[str, str] = {}
    for number, source in zip(range(count), _sources(samples, rng), strict=False):
        place = folder / f"{number % 20:02}"
        place.mkdir(parents=True, exist_ok=True)
        marker = f"DOC{rng.randrange(36**6):06}X{number:04}"
        data, told = edited(source, marker)
        name = _name(source.name, number)
        if number % PACKED_EVERY == 0:
            name, data = _packed(name, data, number)
        elif told:
            markers[marker] = name
        (place / name).write_bytes(data)
    return markers


def edited(source: Path, marker: str) -> tuple[bytes, bool]:
    """The file with other bytes; True where the marker can be found in its text."""
    data, suffix = source.read_bytes(), source.suffix.lower()
    if suffix == ".docx" and zipfile.is_zipfile(source) and not source.name.startswith("bad_"):
        return _with_paragraph(source, marker)
    if suffix in (".txt", ".md"):
        encoding = "utf-16-le" if data.startswith(b"\xff\xfe") else "ascii"
        return data + f"\n\n{marker}.\n".encode(encoding), True
    if suffix in CONTAINERS and zipfile.is_zipfile(source):
        return _with_comment(data, marker), False
    if suffix in (".hwp", ".msg"):
        return data + marker.encode().ljust(512, b"\0"), False  # a sector that nothing points to
    if suffix in (".eml", ".html", ".csv"):
        return data + b"\n" * (1 + int(marker[-4:])), False
    return data + f"\n% {marker}\n".encode(), False


def _sources(samples: Path, rng: random.Random) -> Iterator[Path]:
    """All samples, again and again, in another order each time."""
    files = sorted(path for path in samples.iterdir() if path.is_file() and path.suffix not in (".tsv", ".md", ".json"))
    files += sorted(samples.glob("*_doc.md"))
    for turn in range(sys.maxsize):
        wanted = [path for path in files if turn < FEW or not _is_costly(path)]
        rng.shuffle(wanted)
        yield from wanted


def _is_costly(path: Path) -> bool:
    return path.name.startswith("bad_") or path.stat().st_size > LARGE


def _name(name: str, number: int) -> str:
    """Some as macOS writes them, some as long as a file system takes."""
    stem, suffix = os.path.splitext(f"{number:04}_{name}")
    if number % 50 == 7:
        return unicodedata.normalize("NFD", f"{stem}한글{suffix}")
    if number % 50 == 9:
        return f"{stem}{'x' * (255 - len((stem + suffix).encode()))}{suffix}"
    return f"{stem}{suffix}"


def _packed(name: str, data: bytes, number: int) -> tuple[str, bytes]:
    """In an archive, or in a mail."""
    if number % (2 * PACKED_EVERY):
        with tempfile.TemporaryFile() as file:
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr(f"문서/{name}", data)
            file.seek(0)
            return f"{number:04}.zip", file.read()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.kr", "b@example.kr", f"붙임 {number}"
    mail.set_content("자료를 붙임과 같이 보냅니다.")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return f"{number:04}.eml", mail.as_bytes()


def _with_paragraph(source: Path, marker: str) -> tuple[bytes, bool]:
    paragraph = f"<w:p><w:r><w:t>{marker}.</w:t></w:r></w:p>".encode()
    told = False
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
            for info in old.infolist():
                data = old.read(info)
                if info.filename == "word/document.xml" and BODY_END in data:
                    data, told = data.replace(BODY_END, paragraph + BODY_END), True
                new.writestr(info.filename, data)
        file.seek(0)
        return file.read(), told


def _with_comment(data: bytes, marker: str) -> bytes:
    end = data.rfind(b"PK\x05\x06")
    return data[: end + 20] + len(marker).to_bytes(2, "little") + marker.encode()


# -- runs ------------------------------------------------------------------------


def start(home: Path, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ai_chat", "ingest", "--no-dense", "--json", str(folder)]
    environ = {**os.environ, "AI_CHAT_HOME": str(home)}
    with home.with_suffix(".log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)


def undisturbed(home: Path, folder: Path) -> tuple[float, float]:
    """Wall and CPU seconds of one run."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    if start(home, folder).wait():
        sys.exit(home.with_suffix(".log").read_text("utf-8")[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def killed(home: Path, folder: Path, seconds: float) -> Kill:
    running = start(home, folder)
    time.sleep(seconds)
    processes = [*family(running.pid)]
    running.kill()
    running.wait()
    deadline = time.monotonic() + GRACE_SECONDS
    while (left := sum(_runs(pid) for pid in processes)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return Kill(round(seconds, 1), _finished(home), left)


def speed(folder: Path, place: Path, count: int) -> float:
    """Documents a second with so many parsers."""
    home = place / f"parsers-{count}"
    store, analyzer = Store.open(_made(home) / "library.db"), Analyzer()
    lexical = Lazy(lambda: LexicalIndex.open(home / "index", Analyzer.fields, writable=True), lambda each: each.close())
    parsers = open_parsers(count, home)
    ingestion = Ingestion(store, parsers, Indexer(store, analyzer, lexical), KNOWN_SUFFIXES, home / "files")
    began = time.monotonic()
    done = sum(event.outcome is not None for event in ingestion.run([folder], DEFAULT_COLLECTION))
    taken = time.monotonic() - began
    parsers.close()
    lexical.unload()
    store.close()
    return round(done / taken, 2)


def _made(home: Path) -> Path:
    home.mkdir()
    return home


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _finished(home: Path) -> int:
    if not (home / "library.db").exists():
        return 0
    return sum(info.status not in ("queued", "parsing") for info in documents(home))


def documents(home: Path) -> Sequence[DocumentInfo]:
    store = Store.open(load_settings({"home": home}, {}).database, read_only=True)
    try:
        return store.library.documents(SCOPE) if DEFAULT_COLLECTION in store.library.collections() else ()
    finally:
        store.close()


def rows(found: Sequence[DocumentInfo]) -> Counter[Row]:
    names = {info.id: info.name for info in found}
    return Counter(
        (
            info.name,
            names.get(info.parent_id or "", ""),
            info.status,
            info.error.code if info.error else "",
            info.units,
            info.chunks,
            info.unread_pages,
        )
        for info in found
    )


def look(home: Path, markers: dict[str, str]) -> tuple[tuple[str, ...], int, int]:
    """Faults of the index, versions that were not finished, markers that are not found where they stand."""
    settings = load_settings({"home": home}, {})
    app = open_app(settings, "write")
    try:
        faults = tuple(event.problem.code for event in app.index_verify() if event.problem)
        missing = sum(
            not _is_found(app.search(marker, SCOPE, mode="lexical").hits, markers[marker]) for marker in markers
        )
    finally:
        app.close()
    store = Store.open(settings.database, read_only=True)
    (unfinished,) = store.database.rows("SELECT count(*) FROM versions WHERE finished = 0")
    store.close()
    return faults, int(unfinished[0]), missing


def _is_found(hits: Sequence[object], name: str) -> bool:
    return any(getattr(hit, "document", "") == name for hit in hits)


def measure(samples: Path, files: int, kills: int, parsers: Sequence[int], seed: int) -> Report:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        folder, whole, broken = (Path(place, name) for name in ("folder", "whole", "broken"))
        markers = make_folder(folder, samples, files, rng)
        wall, cpu = undisturbed(whole, folder)
        done = tuple(killed(broken, folder, rng.uniform(0.5, 1.0) * wall / (kills + 1)) for _ in range(kills))
        resumed, _ = undisturbed(broken, folder)
        expected, found = documents(whole), documents(broken)
        some = dict(rng.sample(sorted(markers.items()), min(100, len(markers))))
        faults, unfinished, missing = look(broken, some)
        places = Counter(info.path for info in found if info.parent_id is None)
        make_folder(Path(place, "some"), samples, max(files // 4, 1), random.Random(seed))
        top = sum(info.parent_id is None for info in expected)
        return Report(
            files=files,
            documents=top,
            inside=len(expected) - top,
            statuses=dict(Counter(info.status for info in expected)),
            wall_seconds=round(wall, 1),
            cpu_seconds=round(cpu, 1),
            documents_per_second=round(len(expected) / wall, 2),
            speed={count: speed(Path(place, "some"), Path(place), count) for count in parsers},
            kills=done,
            resumed_seconds=round(resumed, 1),
            differing=_tell_differences(rows(expected), rows(found)) + abs(files - top),
            doubled=sum(count - 1 for count in places.values()),
            unfinished_versions=unfinished,
            faults=faults,
            markers_missing=missing,
        )


def _tell_differences(expected: Counter[Row], found: Counter[Row]) -> int:
    for sign, rest in (("-", expected - found), ("+", found - expected)):
        for row in sorted(rest):
            print(sign, dict(zip(ROW, row, strict=True)), file=sys.stderr)
    return sum((expected - found).values()) + sum((found - expected).values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--parsers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--samples", type=Path, default=SAMPLES)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if not asked.samples.is_dir():
        sys.exit(f"skipped: {asked.samples} is not there; name a folder of documents with --samples")
    found = measure(asked.samples, asked.files, asked.kills, asked.parsers, asked.seed)
    told = {**asdict(found), "clean": found.clean}
    if asked.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        for name, value in told.items():
            print(f"{name:22} {value}")
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main())
