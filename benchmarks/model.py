"""What the language model costs: load, first token, speed, memory; and the client in the page's process.

    python benchmarks/model.py [--model FILE.gguf] [--passages 3] [--json]

Without a file the starter model is measured, put together in a folder that is deleted again. It is loaded as
planned for this machine; the environment's N_CTX, N_BATCH, N_THREADS and AI_CHAT_MEMORY_BUDGET count.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ai_chat.config import Settings, load_settings
from ai_chat.errors import AiChatError
from ai_chat.llm.client import LlamaModel, open_llama
from ai_chat.llm.models import ModelInfo, choose_model, prepare
from ai_chat.llm.planning import plan_model
from ai_chat.memory.machine import read_machine
from ai_chat.memory.measure import measure
from ai_chat.prompt import build_prompt
from ai_chat.types import Hit, Problem, UnitRef

TEXT = "연차 유급휴가는 1년간 80퍼센트 이상 출근한 근로자에게 15일을 부여하며, 병가는 연 60일을 넘지 못한다. " * 7
QUESTION = "연차 유급휴가는 며칠인가요?"
IMPORTS = "import time,sys;t=time.process_time();import ai_chat.llm.client;print((time.process_time()-t)*1000)"
MIB = 1 << 20

Figures = dict[str, float | int | str]


def hits(count: int) -> list[Hit]:
    unit = UnitRef("page", 1, "")
    return [Hit(n, 1.0, "d", "d", "c", 1, unit, 1, f"{n}. {TEXT}", "", 0, 0) for n in range(1, count + 1)]


def memory(model: LlamaModel, when: str) -> Figures:
    found = measure([model.pid or 0])[model.pid or 0]
    sizes = {"rss": found.rss, "pss": found.pss, "anonymous": found.anonymous}
    return {f"{name}_mib_{when}": round(size / MIB) for name, size in sizes.items()}


def answer(model: LlamaModel, info: ModelInfo, passages: int) -> Figures:
    prompt = build_prompt(
        QUESTION, hits(passages), model.count_tokens, n_ctx=model.n_ctx, max_tokens=64, chat=info.chat_template
    )
    started = time.perf_counter()
    times = []
    usage = None
    for delta in model.stream(prompt.content, prompt.max_tokens):
        times.append(time.perf_counter() - started)
        usage = delta.usage or usage
    assert usage is not None
    speed = (usage.completion_tokens - 1) / (times[-1] - times[0]) if len(times) > 2 else 0.0
    return {
        "prompt_tokens": usage.prompt_tokens,
        "first_token_ms": round(times[0] * 1000),
        "prompt_tokens_per_second": round(usage.prompt_tokens / times[0], 1),
        "tokens_per_second": round(speed, 1),
    }


def report(settings: Settings, passages: int) -> Figures:
    info = choose_model(settings)
    if isinstance(info, Problem):
        raise AiChatError(info.code, **info.values)
    started = time.perf_counter()
    prepare(info)
    prepared = time.perf_counter()
    model = open_llama(info, plan_model(info, settings, read_machine(), 0))
    loaded = time.perf_counter()
    try:
        figures: Figures = {"model": info.name, "n_ctx": model.n_ctx, "n_threads": settings.engine_threads}
        figures |= {"prepare_ms": round((prepared - started) * 1000), "load_ms": round((loaded - prepared) * 1000)}
        return figures | memory(model, "loaded") | answer(model, info, passages) | memory(model, "answered")
    finally:
        model.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="What the language model costs.")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--passages", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        figures = report(load_settings({"home": home, "model": options.model}), options.passages)
    client = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    figures["client_import_cpu_ms"] = round(float(client.stdout), 1)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name:<26} {value}")


if __name__ == "__main__":
    main()
