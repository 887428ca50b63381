"""Under a real memory limit without swap: no process is killed, each question is answered or refused with a sentence.

    python benchmarks/limits.py --seven 7B.gguf --small 1.5B.gguf --tiny 0.5B.gguf [--only NAME] [--json]

8 GiB and 6 GiB with the 7B: 12 questions while files are ingested. 3 GiB with the 1.5B: five users at once, a page read by
tesseract, everything idle, again, another model; then with the 7B, which must be refused. The whole server is under the limit
from its first instruction on, and the model files are dropped from the page cache before, so that their pages are charged.
It takes root and a cgroup (v1 or v2); benchmarks/synthetic.py makes the models. About 40 minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from browser import full_home, write_documents
from memory import answer, draw_pages, ending
from tree import MB, Limit, Running, Sampler, forget_file, page_server

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.errors.sentences import sentence
from ai_chat.sizes import GIB
from ai_chat.types import Problem

SHORT = {"N_CTX": "512", "MAX_TOKENS": "16", "N_THREADS": "2"}
REQUESTS = 12
USERS = 5
IDLE_SECONDS = 5


def asked(app: App, question: str) -> str:
    """How one question ended, in a word; a refusal must have a sentence."""
    try:
        events = answer(app, question)
    except AiChatError as error:
        return told(error.problem)
    end = ending(events)
    problem = events[-1].data.get("problem")
    return " ".join(filter(None, (str(end["finish_reason"]), told(Problem(**problem)) if problem else "")))


def told(problem: Problem) -> str:
    text = sentence(problem, "en")
    return f"NO SENTENCE: {problem.code}" if text.startswith(f"{problem.code}:") else f"({text})"


def many(app: App, count: int, first: int = 0) -> list[str]:
    """Each asks for another passage."""
    return [asked(app, f"관리번호 {7_000_000 + 37 * number}의 담당 부서는?") for number in range(first, first + count)]


def ingesting(app: App, folder: Path, found: list[str]) -> threading.Thread:
    """Documents are taken in until all are there."""

    def run() -> None:
        try:
            found.extend(event.outcome for event in app.ingest([folder]) if event.outcome)
        except AiChatError as error:
            found.append(told(error.problem))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def twelve(folder: Path, size: int, model: Path) -> dict[str, Any]:
    """Twelve questions one after the other, files ingested meanwhile."""
    home = fresh_home(folder)
    write_documents(folder / "more", 2_000, seed=9)
    forget_file(model)
    with Limit(size) as limit, page_server(home, {**SHORT, "AI_CHAT_MODEL": str(model)}, limit) as running:
        with Sampler(running.process.pid) as sampler:
            outcomes: list[str] = []
            thread = ingesting(running.app, folder / "more", outcomes)
            ends = many(running.app, REQUESTS)
            thread.join(600)
        return told_of(running, limit, sampler, ends, {"ingested": Counter(outcomes)})


def small(folder: Path, size: int, model: Path, other: Path) -> dict[str, Any]:
    """Five users, a page under OCR, idle, again; then another model in the same place."""
    home = fresh_home(folder)
    environ = {**SHORT, "AI_CHAT_KEEP_ALIVE": str(IDLE_SECONDS)}
    forget_file(model)
    with Limit(size) as limit:
        with page_server(home, {**environ, "AI_CHAT_MODEL": str(model)}, limit) as running:
            with Sampler(running.process.pid) as sampler:
                ends = together(running.app) + with_scan(running, folder)
                time.sleep(IDLE_SECONDS + 10)
                left = sampler.now()
                ends += many(running.app, 2, 20)
            first = told_of(running, limit, sampler, ends, {"idle_mb": round(left.pss / MB)})
        with page_server(home, {**environ, "AI_CHAT_MODEL": str(other)}, limit) as running:
            with Sampler(running.process.pid) as sampler:
                ends = many(running.app, 3, 24)
            return {**first, "after_switch": told_of(running, limit, sampler, ends, {})}


def refused(folder: Path, size: int, model: Path) -> dict[str, Any]:
    """A model that does not fit: evidence and a sentence, no attempt."""
    home = fresh_home(folder)
    forget_file(model)
    with Limit(size) as limit, page_server(home, {**SHORT, "AI_CHAT_MODEL": str(model)}, limit) as running:
        with Sampler(running.process.pid) as sampler:
            ends = many(running.app, 3)
        return told_of(running, limit, sampler, ends, {})


def together(app: App) -> list[str]:
    """Two questions of each of five users, all at once."""
    ends: list[str] = []
    threads = [threading.Thread(target=lambda user=user: ends.extend(many(app, 2, 2 * user))) for user in range(USERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def with_scan(running: Running, folder: Path) -> list[str]:
    """A question while the server takes in a scan of two pages."""
    scan = draw_pages(folder / "scan.pdf", 1)
    ended: list[str] = []
    thread = threading.Thread(
        target=lambda: ended.extend(
            str(event.outcome) for event in running.app.ingest([scan], dense=False) if event.outcome
        )
    )
    thread.start()
    ends = many(running.app, 1)
    thread.join()
    return [*ends, "scanned" if ended == ["added"] else "SCAN FAILED"]


def fresh_home(folder: Path) -> Path:
    home = folder / "home"
    full_home(home, 1_000)
    return home


def told_of(
    running: Running, limit: Limit, sampler: Sampler, ends: list[str], more: Mapping[str, Any]
) -> dict[str, Any]:
    report = running.app.memory_report()
    plan = report.plan
    return {
        "limit": limit.size,
        "oom_kills": limit.charged.kills(),
        "ends": dict(Counter(ends)),
        "alive": running.process.poll() is None,
        "peak_pss_mb": round(sampler.peak.pss / MB),
        "peak_anonymous_mb": round(sampler.peak_anonymous / MB),
        "charged_mb": round(limit.charged.most() / MB),
        "budget_mb": round(report.budget / MB),
        "predicted_mb": round(report.predicted / MB),
        "plan": f"{plan.n_ctx}/{plan.n_batch} {plan.kv_type} x{plan.slots}" if plan else None,
        "evicted": report.evicted,
        "kept": limit.charged.kills() == 0 and not any("NO SENTENCE" in end or end == "SCAN FAILED" for end in ends),
        **more,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seven", type=Path, required=True)
    parser.add_argument("--small", type=Path, required=True)
    parser.add_argument("--tiny", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=("8GiB 7B", "6GiB 7B", "3GiB 1.5B", "3GiB 7B"))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    scenes: dict[str, Callable[[Path], dict[str, Any]]] = {
        "8GiB 7B": lambda folder: twelve(folder, 8 * GIB, given.seven),
        "6GiB 7B": lambda folder: twelve(folder, 6 * GIB, given.seven),
        "3GiB 1.5B": lambda folder: small(folder, 3 * GIB, given.small, given.tiny),
        "3GiB 7B": lambda folder: refused(folder, 3 * GIB, given.seven),
    }
    found = {}
    for name, scene in scenes.items():
        if given.only and name not in given.only:
            continue
        with tempfile.TemporaryDirectory(prefix="ai-chat-limits-") as folder:
            found[name] = scene(Path(folder))
        if not given.json:
            print(name)
            for key, value in found[name].items():
                print(f"  {key:<18} {value}", flush=True)
    if given.json:
        print(json.dumps({"schema": 1, "scenes": found}, ensure_ascii=False))


if __name__ == "__main__":
    main()
