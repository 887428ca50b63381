"""What each part but the language model holds: the page, what searches map, the embedder with 1 to 4 threads, parser, renderer.

    python benchmarks/parts.py [--home DIR] [--searches 200] [--json]

PSS in MB (10^6 bytes), each part made to do its work before; `--home` is a library that is there, else one of 10,000 chunks is
made. The predictions beside them are those that a model is planned by.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from browser import ROOT
from memory import library
from PIL import Image
from tree import MB, page_server

from ai_chat.app.tenants import PAGE_BYTES
from ai_chat.embedding import PACKAGES, may_hold, open_embedder
from ai_chat.errors import AiChatError
from ai_chat.loaders.client import MAY_HOLD, Parser
from ai_chat.memory.measure import measure
from ai_chat.rendering import Renderer
from ai_chat.rendering.client import MAY_HOLD as RENDERER_MAY_HOLD
from ai_chat.rendering.wire import Page
from ai_chat.types import Scope

THREADS = (1, 2, 4)
WORDS = ["연차", "계약", "검수", "결재", "설비", "점검", "단가", "회의", "예산", "출장", "보안", "재고", "안전", "고객"]
PASSAGE = "연차휴가는 1년간 80퍼센트 이상 출근한 근로자에게 15일을 준다. 남은 휴가는 넘기지 않는다. " * 60
Row = dict[str, Any]


def held(pid: int | None) -> float:
    assert pid is not None
    return round(measure([pid])[pid].pss / MB, 1)


def row(part: str, measured: float, predicted: int | None = None) -> Row:
    return {"part": part, "measured_mb": measured, "predicted_mb": predicted and round(predicted / MB, 1)}


def page(given: Path | None, searches: int) -> Iterator[Row]:
    """The embedder takes part in the searches; no model is there."""
    rng = random.Random(1)
    environ = {"AI_CHAT_MODEL": "/nonexistent.gguf", "AI_CHAT_KEEP_ALIVE": "-1"}
    with library(given) as home, page_server(home, environ) as running:
        time.sleep(4)
        yield row("page at its start", held(running.process.pid))
        running.app.status()
        yield row("page with the API", with_api := held(running.process.pid), PAGE_BYTES)
        for _ in range(searches):
            running.app.search(" ".join(rng.sample(WORDS, 5)), Scope())
        after = held(running.process.pid)
        index = next(each for each in running.app.memory_report().tenants if each.name == "index")
        yield row(f"indexes after {searches} searches", round(after - with_api, 1), index.predicted)
        running.app.optimize_memory()
        yield row("page, indexes let go", held(running.process.pid))


def embedders() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        for name in PACKAGES:
            open_embedder(name, 1, Path(folder)).close()  # which may make its model first
            for threads in THREADS:
                with closing(open_embedder(name, threads, Path(folder))) as embedder:
                    for count in (1, 5, 2):
                        embedder.embed_passages(passages(count * threads))
                        embedder.embed_query("연차휴가는 며칠인가요?")
                    yield row(f"{name}, {threads} threads", held(embedder.pid), may_hold(name, threads))


def passages(count: int) -> list[str]:
    """Of all lengths up to more than the model reads: each makes it take other buffers."""
    return [f"{number} {PASSAGE[: len(PASSAGE) * (number % 5 + 1) // 5]}" for number in range(count)]


def parser() -> Iterator[Row]:
    with Parser() as warm, tempfile.TemporaryDirectory() as folder:
        large = Path(folder, "large.html")
        large.write_text(f"<html><body>{f'<p>{PASSAGE}</p>' * 1200}</body></html>", "utf-8")
        for path in [*sorted((ROOT / "samples" / "documents").iterdir()), large]:
            try:
                count = sum(1 for _ in warm.parse(path))
            except AiChatError:
                continue
            assert count
        yield row("parser after the samples and 8 MB of HTML", held(warm.pid), MAY_HOLD)


def renderer() -> Iterator[Row]:
    """Pages of the samples, and a photograph of 12 megapixels."""
    with closing(Renderer()) as warm, tempfile.TemporaryDirectory() as folder:
        photo = Path(folder, "photo.jpg")
        Image.effect_noise((4000, 3000), 80).convert("RGB").save(photo)
        for path in [*sorted((ROOT / "samples" / "documents").glob("*.pdf")), photo]:
            assert warm.draw(Page(path, path.name, 1)).png
        yield row("renderer after pages of the samples and a photograph", held(warm.pid), RENDERER_MAY_HOLD)


def main() -> None:
    parsed = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parsed.add_argument("--home", type=Path)
    parsed.add_argument("--searches", type=int, default=200)
    parsed.add_argument("--json", action="store_true")
    given = parsed.parse_args()
    rows = [*page(given.home, given.searches), *embedders(), *parser(), *renderer()]
    if given.json:
        print(json.dumps({"schema": 1, "parts": rows}, ensure_ascii=False))
        return
    print(f"{'part':44} {'held MB':>10} {'predicted':>10}")
    for each in rows:
        print(f"{each['part']:44} {each['measured_mb']:>10} {each['predicted_mb'] or '-':>10}")


if __name__ == "__main__":
    main()
