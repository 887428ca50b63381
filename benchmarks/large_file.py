"""What a text file of 100 MB costs to take in: time, CPU, peak memory, size of the home, and a search afterwards.

python benchmarks/large_file.py [--megabytes 100] [--json]
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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_WORDS = (
    *("휴가", "규정", "설비", "점검", "급여", "회의", "창고", "재고", "보일러", "안전"),
    *("교육", "계약", "구매", "견적", "단가", "품질", "검사", "보고서", "직원", "부서"),
)
_ENDINGS = ("은", "는", "을", "를", "에서", "으로", "")


def write_text(path: Path, megabytes: int) -> None:
    """Korean sentences of twelve random words, one a line."""
    chance, left = random.Random(1), megabytes * 1_000_000
    with path.open("wb") as file:
        while left > 0:
            words = (chance.choice(_WORDS) + chance.choice(_ENDINGS) for _ in range(12))
            line = f"{' '.join(words)} {chance.randrange(100_000)}이다.\n".encode()
            left -= file.write(line)


def run(home: Path, *words: str) -> tuple[dict[str, object], float, float]:
    """The JSON of a command, its wall seconds and its CPU seconds."""
    environ = {**os.environ, "AI_CHAT_HOME": str(home), "PYTHONPATH": str(ROOT)}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "ai_chat", *words, "--json"]
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout), wall, cpu


def measure(megabytes: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="ai-chat-large-") as folder:
        path, home = Path(folder, "large.txt"), Path(folder, "home")
        write_text(path, megabytes)
        _, wall, cpu = run(home, "ingest", str(path), "--no-dense")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        found, search_wall, search_cpu = run(home, "search", "보일러 점검 보고서", "--mode", "lexical")
        hits = found["hits"]
        size = sum(part.stat().st_size for part in home.rglob("*") if part.is_file())
        return {
            "megabytes": megabytes,
            "ingest_s": round(wall, 1),
            "ingest_cpu_s": round(cpu, 1),
            "peak_rss_mb": peak // 1024,
            "home_mb": size // 1_000_000,
            "search_s": round(search_wall, 2),
            "search_cpu_s": round(search_cpu, 2),
            "hits": len(hits) if isinstance(hits, list) else 0,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description="What a large text file costs to take in.")
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.megabytes)
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for name, value in result.items():
        print(f"{name:<14} {value:>10}")


if __name__ == "__main__":
    main()
