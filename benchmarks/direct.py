"""What our worker and its client add to llama.cpp: against xllamacpp called directly in one process.

    python benchmarks/direct.py [--model FILE.gguf] [--pairs 24] [--threads N] [--json]

Both load the same file with the same options and threads. Each pair is a fresh prompt of about 400 tokens answered by both,
in turn first: CPU to the first token (ours: parent and child together), tokens a second from there on. Ratios are medians over
the pairs with their 95 % interval (bootstrap). Without a file the starter model is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ai_chat.llm.client import LlamaModel
from ai_chat.llm.engine import EngineOptions
from ai_chat.llm.models import prepare, starter_model

TOKENS = 64
SENTENCE = "연차 유급휴가 근로자 병가 규정 신청 승인 급여 부서 보고서 계약 예산 감사 회의 출장 정산 교육 평가 기준 절차"
CPU_LIMIT, SPEED_LIMIT = 1.05, 0.95


@dataclass(frozen=True, slots=True)
class Figures:
    """One answer: seconds of CPU and of time to the first token, CPU for each further token, tokens a second from there on."""

    first_cpu: float
    first: float
    token_cpu: float
    speed: float


class Watch:
    """Times of one answer; `cpu` says how much all its processes have used so far."""

    def __init__(self, cpu: Callable[[], float]) -> None:
        self._cpu = cpu
        self._start = self._now()
        self._first: tuple[float, float] | None = None

    def text(self, text: str) -> None:
        """The first token is the first that can be seen: blanks before it are held back by our client."""
        if self._first is None and text.strip():
            self._first = self._now()

    def figures(self, tokens: int) -> Figures:
        assert self._first is not None
        end = self._now()
        rest = tokens - 1
        return Figures(
            first_cpu=self._first[0] - self._start[0],
            first=self._first[1] - self._start[1],
            token_cpu=(end[0] - self._first[0]) / rest,
            speed=rest / (end[1] - self._first[1]),
        )

    def _now(self) -> tuple[float, float]:
        return self._cpu(), time.perf_counter()


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used, to the nanosecond: Linux' clock of another process."""
    return time.clock_gettime((~pid << 3) | 2)


def serve_directly(options: EngineOptions) -> None:
    """The other side, in a process of its own: a prompt a line in, Figures a line out."""
    import xllamacpp

    from ai_chat.llm.worker import engine_parameters

    server: Any = xllamacpp.Server(engine_parameters(xllamacpp, options, ""))
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(asdict(answer_directly(server, json.loads(line)))), flush=True)
    os._exit(0)


def answer_directly(server: Any, prompt: str) -> Figures:
    watch = Watch(time.process_time)
    usage: dict[str, int] = {}

    def hear(event: dict[str, Any]) -> bool:
        for choice in event.get("choices", ()):
            watch.text(choice.get("text") or "")
        usage.update(event.get("usage") or {})
        return False

    body = {"prompt": prompt, "max_tokens": TOKENS, "temperature": 0, "seed": 1}
    body |= {"cache_prompt": True, "stream": True, "stream_options": {"include_usage": True}}
    server.handle_completions(body, hear)
    return watch.figures(usage["completion_tokens"])


def answer_through_worker(model: LlamaModel, prompt: str) -> Figures:
    child = model.pid or 0
    watch = Watch(lambda: time.process_time() + cpu_of(child))
    tokens = 0
    for delta in model.stream(prompt, TOKENS):
        watch.text(delta.text)
        tokens = delta.usage.completion_tokens if delta.usage else tokens
    return watch.figures(tokens)


@contextmanager
def direct(options: EngineOptions) -> Iterator[Callable[[str], Figures]]:
    command = [sys.executable, __file__, "--serve", json.dumps(asdict(options))]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise SystemExit("the direct engine did not start")

        def answer(prompt: str) -> Figures:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps(prompt) + "\n")
            process.stdin.flush()
            return Figures(**json.loads(process.stdout.readline()))

        try:
            yield answer
        finally:
            process.stdin.close()


def prompt_of(number: int) -> str:
    """No two begin alike, so that neither engine has read any of it."""
    chance, words = random.Random(number), SENTENCE.split()
    return f"{number}. " + " ".join(chance.choice(words) for _ in range(130)) + "\n답:"


def pairs(options: EngineOptions, count: int) -> list[tuple[Figures, Figures]]:
    """(ours, direct), after one pair to warm up."""
    model = LlamaModel.start(options)
    try:
        with direct(options) as answer:
            found = []
            for number in range(count + 1):
                prompt = prompt_of(number)
                if number % 2:
                    ours = answer_through_worker(model, prompt)
                    theirs = answer(prompt)
                else:
                    theirs = answer(prompt)
                    ours = answer_through_worker(model, prompt)
                found.append((ours, theirs))
            return found[1:]
    finally:
        model.close()


def interval(ratios: Sequence[float]) -> tuple[float, float]:
    """95 % of the medians of samples drawn anew."""
    draw = random.Random(0)
    medians = sorted(statistics.median(draw.choices(ratios, k=len(ratios))) for _ in range(4000))
    return medians[100], medians[-101]


def row(name: str, unit: str, measured: Sequence[tuple[float, float]], limit: str) -> dict[str, Any]:
    ratios = [ours / theirs for ours, theirs in measured]
    low, high = interval(ratios)
    return {
        "measure": name,
        "unit": unit,
        "direct": round(statistics.median(theirs for _, theirs in measured), 4),
        "ours": round(statistics.median(ours for ours, _ in measured), 4),
        "ratio": round(statistics.median(ratios), 3),
        "interval": [round(low, 3), round(high, 3)],
        "limit": limit,
    }


def report(found: Sequence[tuple[Figures, Figures]]) -> list[dict[str, Any]]:
    def both(name: str) -> list[tuple[float, float]]:
        return [(getattr(ours, name), getattr(theirs, name)) for ours, theirs in found]

    return [
        row("CPU to the first token", "s", both("first_cpu"), f"<= {CPU_LIMIT}"),
        row("time to the first token", "s", both("first"), ""),
        row("CPU a further token", "s", both("token_cpu"), ""),
        row("decode speed", "tokens/s", both("speed"), f">= {SPEED_LIMIT}"),
    ]


def show(rows: Sequence[dict[str, Any]]) -> None:
    print(f"{'':<26}{'direct':>10}{'ours':>10}{'ratio':>8}  95 % interval    limit")
    for each in rows:
        low, high = each["interval"]
        name = f"{each['measure']}, {each['unit']}"
        print(
            f"{name:<26}{each['direct']:>10.3f}{each['ours']:>10.3f}{each['ratio']:>8.3f}  {low:.3f}-{high:.3f}      {each['limit']}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--pairs", type=int, default=24)
    parser.add_argument("--threads", type=int, default=max(1, (os.cpu_count() or 1) - 1))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve_directly(EngineOptions(**json.loads(options.serve)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = options.model or _starter(Path(folder))
        found = pairs(EngineOptions(str(path), 2048, 256, options.threads), options.pairs)
    rows = report(found)
    if options.json:
        print(json.dumps({"schema": 1, "pairs": len(found), "threads": options.threads, "rows": rows}))
        return 0
    print(f"{len(found)} pairs, {options.threads} threads")
    show(rows)
    return 0


def _starter(folder: Path) -> Path:
    info = starter_model(folder)
    if info is None:
        raise SystemExit("the starter model's wheel is not installed; give --model FILE.gguf")
    return prepare(info)


if __name__ == "__main__":
    sys.exit(main())
