"""What the page's benchmarks share: servers as processes of their own, a Chromium, and a home full of chunks.

Takes command lines; gives running servers with their address. Measures CPU and memory from /proc: Linux only.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
_TICKS = os.sysconf("SC_CLK_TCK")
_WORDS = [
    "계약",
    "납품",
    "검수",
    "휴가",
    "결재",
    "설비",
    "점검",
    "단가",
    "회의",
    "보고",
    "예산",
    "승인",
    "출장",
    "교육",
    "보안",
    "품질",
    "재고",
    "안전",
    "정비",
    "견적",
    "고객",
    "생산",
    "부품",
    "기한",
]
_ENDS = ["은", "는", "이", "을", "를", "에서", "으로", "하고", "까지", "부터", "마다", "보다"]


@dataclass(frozen=True, slots=True)
class Server:
    process: subprocess.Popen[bytes]
    url: str
    started: float


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: Sequence[str], url: str, environ: Mapping[str, str]) -> Iterator[Server]:
    """A server from its first instruction on; ended with its children."""
    started = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env={**os.environ, **environ}, **quiet)  # type: ignore[call-overload]
    try:
        yield Server(process, url, started)
    finally:
        process.terminate()
        process.wait(60)


def wait_for_200(server: Server, headers: Mapping[str, str]) -> float:
    """Seconds from the start of the process to the page's frame."""
    host = server.url.split("/")[2]
    while time.perf_counter() - server.started < 60:
        connection = http.client.HTTPConnection(host, timeout=60)
        try:
            connection.request("GET", "/", headers=dict(headers))
            if connection.getresponse().status == 200:
                return time.perf_counter() - server.started
        except OSError:
            time.sleep(0.005)
        finally:
            connection.close()
    raise TimeoutError(server.url)


def cpu_seconds(pid: int) -> float:
    """User and system time of the process itself, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_mb(pid: int) -> dict[str, float]:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    rollup = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return {
        name: round(int(table[key].split()[0]) / 1024, 1)
        for name, table, key in (("rss", status, "VmRSS"), ("pss", rollup, "Pss"))
    }


@contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        sys.exit("this benchmark needs the system package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def write_documents(folder: Path, chunks: int, seed: int = 7) -> None:
    """Text files that become about so many chunks, each with a sentence that only it has."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(max(1, chunks // 100)):
        paragraphs = (_paragraph(rng, seed * 1_000_000 + number * 100 + n) for n in range(min(100, chunks)))
        (folder / f"문서-{seed}-{number:04d}.txt").write_text("\n\n".join(paragraphs), "utf-8")


def _paragraph(rng: random.Random, number: int) -> str:
    sentences = [f"관리번호 {number}의 담당 부서는 {rng.choice(_WORDS)}{rng.choice(_WORDS)}팀이다."]
    while sum(map(len, sentences)) < 330:
        words = [rng.choice(_WORDS) + rng.choice(_WORDS) + rng.choice(_ENDS) for _ in range(rng.randint(5, 9))]
        sentences.append(" ".join(words) + " 처리한다.")
    return " ".join(sentences)


def full_home(home: Path, chunks: int) -> int:
    """Ingest the documents for keyword search; how many chunks there are."""
    write_documents(home.parent / "documents", chunks)
    command = [sys.executable, "-m", "ai_chat", "ingest", str(home.parent / "documents"), "--no-dense", "--json"]
    environ = {**os.environ, "AI_CHAT_HOME": str(home)}
    subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    listed = subprocess.run(
        [sys.executable, "-m", "ai_chat", "docs", "list", "--json"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        check=True,
    )
    return sum(document["chunks"] for document in json.loads(listed.stdout)["documents"])


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median and the range of the middle half."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": round(middle, 3), "q1": round(low, 3), "q3": round(high, 3)}
