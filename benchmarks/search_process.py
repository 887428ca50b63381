"""A process that opens a home and searches it, and says what memory it then has: for benchmarks/scale.py.

    python benchmarks/search_process.py HOME QUESTIONS.npz [--page]

QUESTIONS.npz holds `texts` and `vectors`, so that nothing is embedded. `--page` imports first what the page's process imports.
"""

from __future__ import annotations

import argparse
import importlib
import json
from contextlib import closing
from pathlib import Path

PAGE = (
    "streamlit",
    "streamlit.web.server.starlette",
    "uvicorn",
    "fastapi",
    "ai_chat.server.web",
    "ai_chat.server.api",
    "ai_chat.ui.chat",
)


def memory_mb() -> dict[str, float]:
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    names = (("rss", "VmRSS"), ("anonymous", "RssAnon"), ("files", "RssFile"))
    return {name: round(int(lines[key].split()[0]) / 1024, 1) for name, key in names}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--page", action="store_true")
    given = parser.parse_args()
    for module in PAGE if given.page else ():
        importlib.import_module(module)

    import numpy as np
    from home import Home, KnownQuestions

    from ai_chat.config import load_settings
    from ai_chat.embedding import describe_embedder
    from ai_chat.types import Scope

    info = describe_embedder(load_settings().embedder)
    kept = np.load(given.questions)
    texts = [str(text) for text in kept["texts"]]
    with closing(Home(given.home, info, owning=False)) as home:
        searcher = home.searcher(KnownQuestions(info, texts, kept["vectors"]))
        hits = sum(len(searcher.search(text, Scope()).hits) for text in texts)
        print(json.dumps({"hits": hits, **memory_mb()}))


if __name__ == "__main__":
    main()
