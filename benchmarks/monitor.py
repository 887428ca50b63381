"""What the open monitor costs: processor time of the page's process with the chat open, and with the monitor open instead.

Starts the program over the samples in a folder of its own, waits until it is at rest, then looks for --seconds at each view in turn,
--rounds times, in a real Chromium. Prints medians and the spread, in percent of one core.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Of the process alone, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def share(pid: int, seconds: float) -> float:
    """Percent of a core over so many seconds."""
    before, began = cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    return 100 * (cpu_seconds(pid) - before) / (time.monotonic() - began)


def visit(page: Page, name: str, shown: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    page.locator(shown).first.wait_for()
    page.wait_for_timeout(2000)


def measure(url: str, pid: int, seconds: float, rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"chat": [], "monitor": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(locale="en-US").new_page()
        page.goto(url)
        page.locator("textarea").wait_for()
        page.wait_for_timeout(20_000)  # the samples are read, the model is loaded
        for _ in range(rounds):
            visit(page, "Ask", "textarea")
            found["chat"].append(share(pid, seconds))
            visit(page, "Monitor", ".ac.monitor .chart img")
            found["monitor"].append(share(pid, seconds))
        browser.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "AI_CHAT_HOME": home}
        command = [sys.executable, "-m", "ai_chat", "web", "--no-browser", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
            assert process.stdout is not None
            address = re.search(r"http://\S+", process.stdout.readline())
            if address is None:
                raise SystemExit("the program did not start: it says why above")
            try:
                found = measure(address.group(), process.pid, options.seconds, options.rounds)
            finally:
                process.terminate()
    for name, shares in found.items():
        print(f"{name:8} {statistics.median(shares):5.2f} % of a core ({min(shares):.2f}-{max(shares):.2f})")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), "utf-8")


if __name__ == "__main__":
    main()
