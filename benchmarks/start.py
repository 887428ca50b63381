"""Starting the page with a full index, against a bare Streamlit page of one line.

    python benchmarks/start.py [--pairs 10] [--chunks 10000] [--json]

Interleaved starts: seconds and CPU to HTTP 200 and to a chat input that can be typed into, in a Chromium without cache;
then the memory of the page's process, with index and library open, before the first question. Between them starts without a
model to preload: what preloading adds to the CPU until HTTP 200.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from browser import Server, chromium, cpu_seconds, free_port, full_home, memory_mb, serving, spread, wait_for_200
from playwright.sync_api import Browser

from ai_chat.server.keys import open_keys

BARE = "import streamlit as st; st.chat_input('hello')\n"
MEASURES = ("http_s", "http_cpu_s", "input_s", "input_cpu_s")
RATIO_LIMIT = 1.25
MEMORY_LIMIT_MB = 90
SETTLE_SECONDS = 12.0


def start(server: Server, browser: Browser, headers: Mapping[str, str], settle: float) -> dict[str, float]:
    """One start of either page."""
    taken = {"http_s": wait_for_200(server, headers), "http_cpu_s": cpu_seconds(server.process.pid)}
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    page.goto(server.url, wait_until="commit")
    page.locator("textarea:not([disabled])").wait_for(timeout=60_000)
    taken["input_s"] = time.perf_counter() - server.started
    taken["input_cpu_s"] = cpu_seconds(server.process.pid)
    if settle:
        time.sleep(settle)
        taken.update({f"{name}_mb": value for name, value in memory_mb(server.process.pid).items()})
    context.close()
    return taken


def start_ours(browser: Browser, home: Path, settle: float, environ: Mapping[str, str] = {}) -> dict[str, float]:
    port, keys = free_port(), open_keys(home / "run", None)
    command = ["-m", "ai_chat", "web", "--no-browser", "--port", str(port)]
    headers = {"cookie": f"ai-chat-{port}={keys.cookie()}"}
    with serving(
        command, f"http://127.0.0.1:{port}/?token={keys.token}", {"AI_CHAT_HOME": str(home), **environ}
    ) as server:
        return start(server, browser, headers, settle)


def start_bare(browser: Browser, script: Path) -> dict[str, float]:
    port = free_port()
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false"]
    command = ["-m", "streamlit", "run", str(script), "--server.port", str(port), *options]
    with serving(command, f"http://127.0.0.1:{port}/", {}) as server:
        return start(server, browser, {}, 0)


def measure(pairs: int, chunks: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        home, script = Path(folder, "home"), Path(folder, "bare.py")
        script.write_text(BARE, "utf-8")
        found = full_home(home, chunks)
        start_ours(browser, home, 0)  # the first start of each reads from the disk
        start_bare(browser, script)
        ours, bare, alone = [], [], []
        for number in range(pairs):
            ours.append(start_ours(browser, home, SETTLE_SECONDS if number == pairs - 1 else 0))
            bare.append(start_bare(browser, script))
            alone.append(start_ours(browser, home, 0, {"AI_CHAT_MODEL": str(home / "none.gguf")}))
    return {"chunks": found, "pairs": pairs, **compare(ours, bare), "preload": preload(ours, alone)}


def compare(ours: list[dict[str, float]], bare: list[dict[str, float]]) -> dict[str, Any]:
    table: dict[str, dict[str, Any]] = {}
    for name in MEASURES:
        one, other = spread([run[name] for run in ours]), spread([run[name] for run in bare])
        table[name] = {"ours": one, "bare": other, "ratio": round(one["median"] / other["median"], 2)}
    memory = {name: ours[-1][name] for name in ("rss_mb", "pss_mb")}
    kept = all(table[name]["ratio"] <= RATIO_LIMIT for name in ("http_s", "input_s"))
    return {"starts": table, **memory, "kept": kept and memory["rss_mb"] <= MEMORY_LIMIT_MB}


def preload(ours: list[dict[str, float]], alone: list[dict[str, float]]) -> dict[str, Any]:
    """CPU until HTTP 200 with a model to preload against without one."""
    one, other = spread([run["http_cpu_s"] for run in ours]), spread([run["http_cpu_s"] for run in alone])
    return {"with": one, "without": other, "ratio": round(one["median"] / other["median"], 3)}


def show(report: dict[str, Any]) -> None:
    print(f"{report['chunks']} chunks, {report['pairs']} pairs of starts; seconds, median (middle half)")
    print(f"{'':14}{'ours':>22}{'bare Streamlit':>22}{'ratio':>8}  limit")
    for name, row in report["starts"].items():
        cells = "".join(f"{c['median']:>8.2f} ({c['q1']:.2f}-{c['q3']:.2f})" + "  " for c in (row["ours"], row["bare"]))
        limit = f"{RATIO_LIMIT}" if name in ("http_s", "input_s") else ""
        print(f"{name:14}{cells:>44}{row['ratio']:>8.2f}  {limit}")
    print(
        f"page process before the first question: RSS {report['rss_mb']} MB, PSS {report['pss_mb']} MB (limit {MEMORY_LIMIT_MB})"
    )
    row = report["preload"]
    print(f"CPU to HTTP 200 with preload {row['with']}, without {row['without']}: {row['ratio']} (limit 1.05)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    report = measure(wanted.pairs, wanted.chunks)
    print(json.dumps(report, ensure_ascii=False)) if wanted.json else show(report)


if __name__ == "__main__":
    main()
