"""What the whole program holds: its peak with a large model, what is left when idle, what loads and questions leave behind.

    python benchmarks/memory.py peak --model FILE.gguf [--home DIR]      page with five sessions, question, OCR beside it
    python benchmarks/memory.py idle [--home DIR] [--model FILE.gguf]    before the first question, and after idle unload
    python benchmarks/memory.py cycles [--rounds 50] [--model FILE.gguf] load, answer, unload, again
    python benchmarks/memory.py long [--questions 1000]                  as many uploads; the page process every fiftieth

Bytes are PSS sums over the page's process and all its children, sampled ten times a second; MB are 10^6. `--home` is a library
that is there (benchmarks/scale.py keeps some), else one of 10,000 chunks is made. benchmarks/synthetic.py makes large models.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from browser import chromium, full_home
from tree import MB, Running, Sampler, page_server

from ai_chat.app import App
from ai_chat.memory.measure import Footprint, measure
from ai_chat.server.keys import open_keys
from ai_chat.types import Event, Scope, Wish

PEAK_LIMIT_GB, ANONYMOUS_LIMIT_GB = 5.6, 1.1
IDLE_LIMIT_MB = 30
GROWTH_LIMIT = 0.15
SESSIONS = 5
QUESTION = "설비 점검 기한과 담당 부서의 승인 절차는 어떻게 되나요?"
PAGE_TEXT = "연차 유급휴가는 1년간 80퍼센트 이상 출근한 근로자에게 15일을 부여한다. 병가는 연 60일을 넘지 못한다.\n"


@contextmanager
def library(given: Path | None, chunks: int = 10_000) -> Iterator[Path]:
    """A home of our own to change: a copy of the given one, or a new one."""
    with tempfile.TemporaryDirectory(prefix="ai-chat-memory-") as folder:
        home = Path(folder, "home")
        if given is None:
            full_home(home, chunks)
        else:
            shutil.copytree(given, home, ignore=shutil.ignore_patterns("run", "*.npy"))
        yield home


def answer(app: App, question: str) -> list[Event]:
    """All events of one Turn."""
    return list(app.events(app.ask(question, Scope())))


def ending(events: list[Event]) -> dict[str, Any]:
    done = dict(events[-1].data)
    return {"finish_reason": done["finish_reason"], "notice": done["notice"], **done["usage"]}


def shown(footprint: Footprint) -> dict[str, float]:
    return {
        "pss_mb": round(footprint.pss / MB, 1),
        "anonymous_mb": round(footprint.anonymous / MB, 1),
        "files_mb": round(footprint.file_backed / MB, 1),
    }


def peak(given: argparse.Namespace) -> dict[str, Any]:
    environ = {"LOW_VRAM": "on", "N_THREADS": "2", "MAX_TOKENS": "32", "AI_CHAT_KEEP_ALIVE": "-1"}
    if given.model:
        environ["AI_CHAT_MODEL"] = str(given.model)
    with library(given.home) as home, page_server(home, environ) as running, ExitStack() as stack:
        sampler = stack.enter_context(Sampler(running.process.pid))
        stack.enter_context(five_sessions(running))
        scan = stack.enter_context(scanning(running.app))
        end = ending(answer(running.app, QUESTION))
        report = running.app.memory_report()
        figures = {"end": end, "pages_scanned_beside": scan.count, "samples": sampler.samples}
    return {
        **figures,
        "peak": shown(sampler.peak),
        "peak_anonymous_mb": round(sampler.peak_anonymous / MB, 1),
        "predicted_mb": round(report.predicted / MB, 1),
        "budget_mb": round(report.budget / MB, 1),
        "kept": sampler.peak.pss <= PEAK_LIMIT_GB * 1e9 and sampler.peak_anonymous <= ANONYMOUS_LIMIT_GB * 1e9,
    }


@contextmanager
def five_sessions(running: Running) -> Iterator[None]:
    """The page, open in five browsers of their own."""
    keys = open_keys(running.home / "run", None)
    with chromium() as browser:
        for _ in range(SESSIONS):
            page = browser.new_context(locale="ko-KR").new_page()
            page.goto(f"{running.url}/?token={keys.token}")
            page.locator("textarea:not([disabled])").wait_for(timeout=120_000)
        yield


class Scan:
    """How many scanned pages have been taken in."""

    def __init__(self) -> None:
        self.count = 0


@contextmanager
def scanning(app: App) -> Iterator[Scan]:
    """The product takes in one scan of two pages after the other until the end, none like the last."""
    scan, over = Scan(), threading.Event()
    with tempfile.TemporaryDirectory() as folder:

        def run() -> None:
            while not over.is_set():
                path = draw_pages(Path(folder, f"{scan.count}.pdf"), scan.count)
                ended = [event for event in app.ingest([path], dense=False) if event.outcome]
                scan.count += sum(2 for event in ended if event.outcome == "added")

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield scan
        finally:
            over.set()
            thread.join()


def draw_pages(path: Path, number: int) -> Path:
    """Two A4 pages of Korean text at 200 dpi, as a scanner gives them."""
    from PIL import Image, ImageDraw, ImageFont

    fonts = sorted(Path("/usr/share/fonts").rglob("Nanum*Gothic.ttf"))
    font = ImageFont.truetype(str(fonts[0]), 32) if fonts else ImageFont.load_default(32)
    pages = []
    for side in (1, 2):
        page = Image.new("L", (1654, 2339), 255)
        text = f"{number} - {side}\n{PAGE_TEXT * 40}"
        ImageDraw.Draw(page).multiline_text((130, 130), text, font=font, fill=0, spacing=16)
        pages.append(page)
    pages[0].save(path, save_all=True, append_images=pages[1:], resolution=200)
    return path


def idle(given: argparse.Namespace) -> dict[str, Any]:
    """The tree before the first question, when the model is loaded, and after everything idle was let go."""
    environ = {"AI_CHAT_KEEP_ALIVE": "5", "MAX_TOKENS": "16"}
    if given.model:
        environ["AI_CHAT_MODEL"] = str(given.model)
    with library(given.home) as home, page_server(home, environ) as running:
        sampler = Sampler(running.process.pid)
        with five_sessions(running):
            before = settled(running, sampler)
            ends = [ending(answer(running.app, QUESTION)) for _ in range(3)]
            used = sampler.now()
            after = settled(running, sampler)
    difference = (after.pss - before.pss) / MB
    return {
        "before": shown(before),
        "used": shown(used),
        "after": shown(after),
        "difference_mb": round(difference, 1),
        "ends": ends,
        "kept": abs(difference) <= IDLE_LIMIT_MB,
    }


def settled(running: Running, sampler: Sampler) -> Footprint:
    """When no child is left but those that are never let go, and nothing changes any more."""
    deadline = time.monotonic() + 120
    last = sampler.now()
    while time.monotonic() < deadline:
        time.sleep(4)
        found = sampler.now()
        loaded = [each.name for each in running.app.memory_report().tenants if each.loaded and each.name != "page"]
        if not loaded and abs(found.pss - last.pss) < MB:
            return found
        last = found
    print(f"still loaded after two minutes: {loaded}", file=sys.stderr)
    return last


def cycles(given: argparse.Namespace) -> dict[str, Any]:
    """Load, one answer, everything let go at once: the page's process after each."""
    environ = {"AI_CHAT_KEEP_ALIVE": "0", "MAX_TOKENS": "8"}
    if given.model:
        environ["AI_CHAT_MODEL"] = str(given.model)
    with library(given.home, 1_000) as home, page_server(home, environ) as running:
        sizes = []
        for number in range(given.rounds):
            end = ending(answer(running.app, f"{QUESTION} {number}"))
            running.app.optimize_memory()
            sizes.append(page_size(running))
        report = running.app.memory_report()
        kinds = descriptors(running.process.pid)
    first, last = statistics.median(sizes[:5]), statistics.median(sizes[-5:])
    return {
        "rounds": len(sizes),
        "loads": report.loads,
        "page_mb": [round(size / MB, 1) for size in sizes],
        "growth": round(last / first - 1, 3),
        "open_files": kinds,
        "end": end,
        "kept": last / first - 1 <= GROWTH_LIMIT and report.loads >= len(sizes),
    }


def long(given: argparse.Namespace) -> dict[str, Any]:
    """Questions and uploads in turn; the page's process after each fifty."""
    environ = {"MAX_TOKENS": "8"}
    sizes: list[int] = []
    with library(given.home, 1_000) as home, page_server(home, environ) as running:
        for number in range(given.questions):
            text = PAGE_TEXT * 3 + f"문서 번호는 {number}번이다.\n"
            list(running.app.upload(f"upload-{number}.txt", text.encode()))
            turn = running.app.ask(f"{number}번 문서는 무엇인가요?", Scope(), wish=Wish(use_llm=number % 50 == 0))
            list(running.app.events(turn))
            if number % 50 == 49:
                sizes.append(page_size(running))
                print(f"{number + 1}: page {sizes[-1] / MB:.1f} MB", file=sys.stderr)
        kinds = descriptors(running.process.pid)
    growth = sizes[-1] / sizes[0] - 1
    return {
        "questions": given.questions,
        "uploads": given.questions,
        "page_mb": [round(size / MB, 1) for size in sizes],
        "growth_since_50": round(growth, 3),
        "open_files": kinds,
        "kept": growth <= GROWTH_LIMIT,
    }


def page_size(running: Running) -> int:
    pid = running.process.pid
    return measure([pid])[pid].pss


def descriptors(pid: int) -> dict[str, int]:
    """Open files and threads of a process."""
    return {
        "files": len(list(Path(f"/proc/{pid}/fd").iterdir())),
        "threads": len(list(Path(f"/proc/{pid}/task").iterdir())),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("peak", "idle", "cycles", "long"))
    parser.add_argument("--model", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures = {"peak": peak, "idle": idle, "cycles": cycles, "long": long}[given.what](given)
    if given.json:
        print(json.dumps({"schema": 1, **figures}, ensure_ascii=False))
        return
    for name, value in figures.items():
        print(f"{name:<22} {value}")


if __name__ == "__main__":
    main()
