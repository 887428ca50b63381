"""An answer of 300 tokens at 60 a second: when each is on the screen, and what the page's process spends on it.

    python benchmarks/streaming.py [--answers 5] [--tokens 300] [--rate 60] [--json]

A model server on loopback writes words of its own and notes when; Chromium notes when each is in the page. CPU is that of the page's
process from the first word to the last, beside that of the same page over as many seconds in which nothing is asked; and what the
check of the whole answer behind its last word takes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from browser import chromium, cpu_seconds, free_port, full_home, serving, wait_for_200  # noqa: E402
from playwright.sync_api import Page  # noqa: E402

from ai_chat.server.keys import open_keys  # noqa: E402
from tests.endpoint_server import CHAT, DONE, EndpointServer, Handler, chunk, llama_server  # noqa: E402

CPU_LIMIT_S = 0.25
TOKEN_LIMIT_MS = 150
_SENTENCE = 12  # words
WATCH = """
() => {
  window.seen = {};
  const look = () => {
    const at = performance.timeOrigin + performance.now();
    for (const [word] of document.body.innerText.matchAll(/낱말[가-힣]{3}/g)) window.seen[word] ??= at;
  };
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
}
"""


@dataclass
class Script:
    """Writes the words of one answer at its rate; `sent` holds when, in milliseconds since 1970. Each answer has words of its own."""

    tokens: int
    rate: float
    answers: int = 0

    def __post_init__(self) -> None:
        self.sent: dict[str, float] = {}

    def __call__(self, handler: Handler) -> None:
        first, self.answers = self.answers * self.tokens, self.answers + 1
        handler.head(200, {"Content-Type": "text/event-stream"})
        begun = time.perf_counter()
        for number in range(self.tokens):
            handler.rest(max(0.0, begun + number / self.rate - time.perf_counter()))
            word = _word(first + number)
            handler.wfile.write(chunk(f"{word}. " if number % _SENTENCE == _SENTENCE - 1 else f"{word} "))
            self.sent[word] = time.time() * 1000
        handler.wfile.write(chunk(finish="stop") + DONE)


@dataclass(frozen=True, slots=True)
class Told:
    """Of one answer: milliseconds of each token until it was in the page, CPU seconds of writing, checking and as long a rest."""

    delays: list[float]
    cpu: float
    check: float
    rest: float


def ask(page: Page, pid: int, script: Script, number: int) -> Told:
    page.locator(".st-key-new-conversation button").click()
    page.locator(".ac.welcome").wait_for()
    page.wait_for_timeout(700)
    page.evaluate("window.seen = {}")
    box = page.locator("textarea")
    box.fill(f"관리번호 {7_000_000 + number}의 담당 부서는 어디인가요?")
    known = set(script.sent)
    box.press("Enter")
    _until(lambda: len(script.sent) > len(known))
    before, begun = cpu_seconds(pid), time.perf_counter()
    _until(lambda: len(script.sent) == len(known) + script.tokens)
    written, took = cpu_seconds(pid), time.perf_counter() - begun
    page.locator('[class*="st-key-foot-"]').wait_for(timeout=60_000)
    checked = cpu_seconds(pid)
    seen = page.evaluate("window.seen")
    delays = [seen[word] - at for word, at in script.sent.items() if word not in known and word in seen]
    page.wait_for_timeout(2000)
    idle = cpu_seconds(pid)
    page.wait_for_timeout(1000 * took)
    return Told(delays, written - before, checked - written, cpu_seconds(pid) - idle)


def _word(number: int) -> str:
    """No number in it: a check that compares three hundred numbers is no ordinary one."""
    syllables = [chr(ord("가") + 28 * (number // 300**place % 300)) for place in (2, 1, 0)]
    return "낱말" + "".join(syllables)


def _until(holds: Any, seconds: float = 60.0) -> None:
    end = time.perf_counter() + seconds
    while not holds():
        if time.perf_counter() > end:
            raise TimeoutError("the model server was not asked, or not to the end")
        time.sleep(0.01)


def measure(answers: int, tokens: int, rate: float) -> dict[str, Any]:
    script = Script(tokens, rate)
    routes = {**llama_server("words"), CHAT: script}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser, EndpointServer(routes) as server:
        home, port = Path(folder, "home"), free_port()
        full_home(home, 1000)
        keys = open_keys(home / "run", None)
        environ = {
            "AI_CHAT_HOME": str(home),
            "AI_CHAT_LLM_ENDPOINT": server.address,
            "AI_CHAT_EMBEDDER": "none",
            "MAX_TOKENS": str(2 * tokens),
        }
        command = ["-m", "ai_chat", "web", "--no-browser", "--port", str(port)]
        with serving(command, f"http://127.0.0.1:{port}/?token={keys.token}", environ) as page_server:
            wait_for_200(page_server, {"cookie": f"ai-chat-{port}={keys.cookie()}"})
            page = browser.new_context(locale="ko-KR").new_page()
            page.goto(page_server.url)
            page.locator("textarea:not([disabled])").wait_for()
            page.evaluate(WATCH)
            page.wait_for_timeout(3000)
            told = [ask(page, page_server.process.pid, script, number) for number in range(answers + 1)][1:]
    return report_of(told, tokens)


def report_of(told: Sequence[Told], tokens: int) -> dict[str, Any]:
    """The first answer, which imports what answers need, is left out."""
    delays = sorted(delay for each in told for delay in each.delays)
    cpu = [each.cpu for each in told]
    return {
        "answers": len(told),
        "tokens_seen": round(len(delays) / (tokens * len(told)), 3),
        "token_ms": {
            "median": round(statistics.median(delays)),
            "p95": round(delays[int(0.95 * (len(delays) - 1))]),
            "worst": round(delays[-1]),
        },
        "cpu_s": {"median": round(statistics.median(cpu), 3), "least": round(min(cpu), 3), "most": round(max(cpu), 3)},
        "check_cpu_s": round(statistics.median(each.check for each in told), 3),
        "rest_cpu_s": round(statistics.median(each.rest for each in told), 3),
        "limits": {"token_ms": TOKEN_LIMIT_MS, "cpu_s": CPU_LIMIT_S},
    }


def show(report: dict[str, Any]) -> None:
    token, cpu = report["token_ms"], report["cpu_s"]
    print(f"{report['answers']} answers, {report['tokens_seen']:.1%} of their tokens seen one by one or in groups")
    print(
        f"token written -> in the page   median {token['median']} ms, p95 {token['p95']} ms, worst {token['worst']} ms"
        f" (limit {TOKEN_LIMIT_MS} ms)"
    )
    print(
        f"CPU of the page's process      median {cpu['median']} s ({cpu['least']}-{cpu['most']}; limit {CPU_LIMIT_S} s)"
    )
    print(f"the check behind it            {report['check_cpu_s']} s")
    print(f"the same page at rest          {report['rest_cpu_s']} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=300)
    parser.add_argument("--rate", type=float, default=60.0)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    report = measure(wanted.answers, wanted.tokens, wanted.rate)
    print(json.dumps(report)) if wanted.json else show(report)


if __name__ == "__main__":
    main()
