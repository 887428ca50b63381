"""Many browsers that ask at once: evidence on the screen, no answer in another's page, memory of the page process.

    python benchmarks/browsers.py [--browsers 20] [--rounds 3] [--answers] [--json]

The real server over the samples. In each round all press Enter together; milliseconds are taken inside each browser, from the key
press to the first new evidence card. They are contexts of one Chromium and share this machine's cores with the server, so the times
are an upper bound. Answers are not written unless --answers is given: sixty of them take a model on two cores many minutes.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from browser import chromium, cpu_seconds, free_port, memory_mb, serving, wait_for_200
from page import WATCH
from playwright.sync_api import Page

from ai_chat.server.keys import open_keys

WAIT_MS = 120_000
ANSWERED = """(count) => {
    const questions = document.querySelectorAll('.ac.question'), feet = document.querySelectorAll('[class*="st-key-foot-"]');
    if (questions.length < count || !feet.length) return false;
    return !!(questions[count - 1].compareDocumentPosition(feet[feet.length - 1]) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""  # only the last answer has a foot, and has it when it is written
TOPICS = ("연차휴가는 며칠인가요?", "출장비는 언제까지 정산하나요?", "보안 교육은 언제 받나요?")


def ask_together(pages: list[Page], number: int) -> tuple[list[float], int]:
    """Milliseconds of each page, and how many pages show other questions than their own."""
    for index, page in enumerate(pages):
        page.evaluate(WATCH)
        page.locator("textarea").fill(question(index, number))
    for page in pages:
        page.locator("textarea").press("Enter", no_wait_after=True)
    for page in pages:
        page.locator(".ac.evidence").nth(number).wait_for(timeout=WAIT_MS)
    for page in pages:
        page.wait_for_function("() => window.shown !== null", timeout=WAIT_MS)
    taken = [float(page.evaluate("window.shown")) for page in pages]
    for page in pages:  # until the last answer is written
        page.wait_for_function(ANSWERED, arg=number + 1, timeout=5 * WAIT_MS)
    wrong = 0
    for index, page in enumerate(pages):
        own = [question(index, each) for each in range(number + 1)]
        wrong += page.locator(".ac.question").all_text_contents() != own
    return taken, wrong


def question(browser: int, number: int) -> str:
    return f"{TOPICS[number % len(TOPICS)]} ({browser + 1}번 자리)"


def measure(count: int, rounds: int, *, answers: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        home, port = Path(folder, "home"), free_port()
        keys = open_keys(home / "run", None)
        command = ["-m", "ai_chat", "web", "--no-browser", "--port", str(port)]
        url = f"http://127.0.0.1:{port}/?token={keys.token}"
        environ = {"AI_CHAT_HOME": str(home)} | ({} if answers else {"AI_CHAT_MODEL": str(home / "none.gguf")})
        with serving(command, url, environ) as server:
            wait_for_200(server, {"cookie": f"ai-chat-{port}={keys.cookie()}"})
            pages = [browser.new_context(locale="ko-KR").new_page() for _ in range(count)]
            pages[0].goto(url)
            pages[0].locator('[class*="st-key-example-"]').first.wait_for(timeout=WAIT_MS)  # the samples are in
            time.sleep(10)  # the model is loaded in the background
            before, cpu = memory_mb(server.process.pid), cpu_seconds(server.process.pid)
            for page in pages[1:]:
                page.goto(url)
                page.locator("textarea:not([disabled])").wait_for(timeout=WAIT_MS)
            told = [ask_together(pages, number) for number in range(rounds)]
            after, cpu = memory_mb(server.process.pid), cpu_seconds(server.process.pid) - cpu
    times = sorted(taken for round_, _ in told for taken in round_)
    return {
        "browsers": count,
        "rounds": rounds,
        "evidence_ms": {"p50": round(statistics.median(times)), "p95": round(times[math.ceil(0.95 * len(times)) - 1])},
        "wrong_pages": sum(wrong for _, wrong in told),
        "answers": answers,
        "page_process_cpu_s": round(cpu, 1),
        "page_process_mb": {"before": before, "after": after},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--browsers", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--answers", action="store_true", help="have the answers written, too, and wait for them")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.browsers, given.rounds, answers=given.answers)
    if given.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    print(
        f"{found['browsers']} browsers, {found['rounds']} questions each; {found['wrong_pages']} pages with others' questions"
    )
    print(f"evidence: p50 {found['evidence_ms']['p50']} ms, p95 {found['evidence_ms']['p95']} ms (goal 1500)")
    memory = found["page_process_mb"]
    print(
        f"page process: {memory['before']['rss']} MB before the first question (goal 90), {memory['after']['rss']} MB after (160);"
        f" PSS {memory['before']['pss']} and {memory['after']['pss']}; {found['page_process_cpu_s']} CPU s"
    )


if __name__ == "__main__":
    main()
