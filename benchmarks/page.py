"""Enter -> evidence visible in Chromium, idle and while documents are being ingested.

    python benchmarks/page.py [--questions 20] [--chunks 10000] [--json]

Milliseconds from the key press, taken inside the browser, to the first evidence card on the screen.
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
from pathlib import Path
from typing import Any

from browser import ROOT, chromium, free_port, full_home, serving, wait_for_200, write_documents
from playwright.sync_api import Page

from ai_chat.server.keys import open_keys

LIMIT_MS = 250
WATCH = """
() => {
  window.pressed = 0; window.shown = null;
  let asked = '';
  document.addEventListener('keydown', e => {
    if (e.key === 'Enter') { window.pressed = performance.now(); window.shown = null; asked = e.target.value.trim(); }
  }, true);
  const seen = () => {
    const own = [...document.querySelectorAll('.ac.question')].filter(each => each.textContent.trim() === asked).pop();
    const last = [...document.querySelectorAll('.ac.evidence')].pop();
    return own && last && own.compareDocumentPosition(last) & Node.DOCUMENT_POSITION_FOLLOWING;
  };
  new MutationObserver(() => {
    if (window.pressed && window.shown === null && seen())
      requestAnimationFrame(() => { window.shown ??= performance.now() - window.pressed; });
  }).observe(document.body, {childList: true, subtree: true, characterData: true});
}
"""


def ask(page: Page, question: str) -> float:
    """Milliseconds of one question, in a conversation of its own."""
    page.locator(".st-key-new-conversation button").click()
    page.locator(".ac.welcome").wait_for()
    page.wait_for_timeout(700)
    page.evaluate(WATCH)
    box = page.locator("textarea")
    box.fill(question)
    box.press("Enter")
    page.locator(".ac.evidence").wait_for(timeout=60_000)
    page.wait_for_function("() => window.shown !== null", timeout=60_000)
    taken = float(page.evaluate("window.shown"))
    stop = page.locator('[class*="st-key-stop-"] button')
    if stop.count():
        stop.first.click()
    page.wait_for_timeout(500)
    return taken


def ask_all(page: Page, count: int, seed: int) -> list[float]:
    return [ask(page, f"관리번호 {7_000_000 + seed + 37 * n}의 담당 부서는?") for n in range(count)]


def measure(questions: int, chunks: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        home, port = Path(folder, "home"), free_port()
        found, keys = full_home(home, chunks), open_keys(home / "run", None)
        command = ["-m", "ai_chat", "web", "--no-browser", "--port", str(port)]
        environ = {"AI_CHAT_HOME": str(home)}
        with serving(command, f"http://127.0.0.1:{port}/?token={keys.token}", environ) as server:
            wait_for_200(server, {"cookie": f"ai-chat-{port}={keys.cookie()}"})
            page = browser.new_context(locale="ko-KR").new_page()
            page.goto(server.url)
            page.locator("textarea:not([disabled])").wait_for()
            time.sleep(10)  # the model is loaded in the background
            ask_all(page, 2, 11)
            idle = ask_all(page, questions, 0)
            busy, finished = while_ingesting(page, Path(folder), environ, questions)
    return {"chunks": found, "idle": summary(idle), "ingesting": {**summary(busy), "ingestion_outlasted": not finished}}


def while_ingesting(page: Page, folder: Path, environ: dict[str, str], questions: int) -> tuple[list[float], bool]:
    """Times, and whether the ingestion had ended before the last of them."""
    write_documents(folder / "more", 60_000, seed=8)
    command = [sys.executable, "-m", "ai_chat", "ingest", str(folder / "more")]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stdout=quiet, stderr=quiet)
    try:
        time.sleep(2)
        times = ask_all(page, questions, 5)
        return times, process.poll() is not None
    finally:
        process.terminate()
        process.wait(60)


def summary(times: list[float]) -> dict[str, Any]:
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20, method="inclusive")[-1]
    return {"n": len(times), "median_ms": round(median), "p95_ms": round(p95), "kept": median <= LIMIT_MS}


def show(report: dict[str, Any]) -> None:
    print(f"Enter -> evidence visible, {report['chunks']} chunks (limit {LIMIT_MS} ms)")
    for name in ("idle", "ingesting"):
        row = report[name]
        print(f"{name:10} n {row['n']:3}   median {row['median_ms']:5} ms   p95 {row['p95_ms']:5} ms")
    if not report["ingesting"]["ingestion_outlasted"]:
        print("note: the ingestion ended before the last question; take more documents")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    report = measure(wanted.questions, wanted.chunks)
    print(json.dumps(report, ensure_ascii=False)) if wanted.json else show(report)


if __name__ == "__main__":
    main()
