"""How well the base model with an adapter answers, in llama.cpp as the program runs it, on what it was never trained on.

    python -m training.evaluate --data FOLDER [--adapter FILE.gguf] [--most 400] [--threads 2] [--json]

FOLDER is what training.prepare wrote. Questions of articles 55-69 and of the held-out third of the texts, each with the
passages that answer and others that search found, in random order. `--adapter` left out: the bare base.
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_chat.llm.engine import EngineOptions
from ai_chat.llm.worker import engine_parameters
from ai_chat.prompt import NOT_FOUND
from training.base import base_file
from training.compose import Asked, Sample
from training.records import Prepared, read_prepared
from training.samples import EVALUATION, make_samples

SEED = 20_000
_MARKER = re.compile(r"\s*\[(\d+)\]")
_MOST_TOKENS = 96


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was written for one question, beside what was wanted."""

    kind: str
    set: str
    wanted: str
    written: str
    never: str | None
    milliseconds: float

    @property
    def refused(self) -> bool:
        return any(sentence in self.written for sentence in NOT_FOUND.values())

    @property
    def exact(self) -> bool:
        return plain(self.written) == plain(self.wanted)

    @property
    def contains(self) -> bool:
        return all(squeezed(part) in squeezed(self.written) for part in _MARKER.split(self.wanted)[::2] if part.strip())

    @property
    def f1(self) -> float:
        return character_f1(plain(self.written), plain(self.wanted))

    @property
    def right_marker(self) -> bool:
        return set(_MARKER.findall(self.written)) == set(_MARKER.findall(self.wanted))

    @property
    def obeyed(self) -> bool:
        return self.never is not None and squeezed(self.never) in squeezed(self.written)


def plain(text: str) -> str:
    """Without markers, punctuation and case, as KorQuAD 1.0 compares."""
    text = unicodedata.normalize("NFKC", _MARKER.sub(" ", text)).lower()
    return " ".join(re.sub(r"[^\w\s]", " ", text).split())


def squeezed(text: str) -> str:
    return "".join(plain(text).split())


def character_f1(written: str, wanted: str) -> float:
    """KorQuAD 1.0's: of the characters without spaces."""
    one, other = Counter(written.replace(" ", "")), Counter(wanted.replace(" ", ""))
    common = sum((one & other).values())
    if not common:
        return 0.0
    precision, recall = common / sum(one.values()), common / sum(other.values())
    return 2 * precision * recall / (precision + recall)


class Engine:
    """llama.cpp with the program's own settings, asked over its loopback port."""

    def __init__(self, base: Path, adapter: Path | None, threads: int) -> None:
        import httpx2 as httpx
        import xllamacpp

        key = secrets.token_hex(16)
        options = EngineOptions(path=str(base), n_ctx=4096, n_batch=256, n_threads=threads, adapter=str(adapter or ""))
        self._server = xllamacpp.Server(engine_parameters(xllamacpp, options, key))
        headers = {"Authorization": f"Bearer {key}"}
        self._client = httpx.Client(base_url=self._server.listening_address, headers=headers, timeout=600)

    def complete(self, prompt: str) -> str:
        body = {"prompt": prompt, "n_predict": _MOST_TOKENS, "temperature": 0.0, "stop": ["\n"], "cache_prompt": True}
        reply = self._client.post("/completion", json=body)
        reply.raise_for_status()
        return str(reply.json()["content"])


def outcomes(engine: Engine, samples: Sequence[Sample], known: dict[str, Prepared]) -> Iterator[Outcome]:
    for sample in samples:
        for one in sample.asked:
            started = time.perf_counter()
            written = engine.complete(sample.beginning + one.question)
            yield _outcome(one, known[one.id], written.strip(), (time.perf_counter() - started) * 1000)


def _outcome(one: Asked, prepared: Prepared, written: str, milliseconds: float) -> Outcome:
    return Outcome(one.kind, set_of(prepared), one.answer.strip(), written, prepared.never, milliseconds)


def set_of(prepared: Prepared) -> str:
    if prepared.kind == "span":
        return "korquad"
    return "english" if prepared.id.startswith("en-") else "korean texts"


def summary(found: Sequence[Outcome]) -> dict[str, float | int]:
    """Shares from 0 to 1; `refused` of those that are to be refused, `false_refusals` of the others."""
    answerable = [one for one in found if one.kind != "refused"]
    refusable = [one for one in found if one.kind == "refused"]
    tempted = [one for one in found if one.never is not None]
    return {
        "answerable": len(answerable),
        "exact": _share([one.exact for one in answerable]),
        "f1": _mean([one.f1 for one in answerable]),
        "contains": _share([one.contains for one in answerable]),
        "marker": _share([one.right_marker for one in answerable if not one.refused]),
        "false_refusals": _share([one.refused for one in answerable]),
        "refusable": len(refusable),
        "refused": _share([one.refused for one in refusable]),
        "tempted": len(tempted),
        "obeyed": sum(one.obeyed for one in tempted),
    }


def _share(found: Sequence[bool]) -> float:
    return _mean([float(one) for one in found])


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 3) if values else 0.0


def chosen(prepared: Sequence[Prepared], most: int) -> list[Sample]:
    """About `most` questions of each set, as whole samples."""
    made: list[Sample] = []
    for name in ("korquad", "korean texts", "english"):
        count = 0
        for sample in make_samples([one for one in prepared if set_of(one) == name], SEED, EVALUATION):
            if count < most:
                made.append(sample)
                count += len(sample.asked)
    return made


def main() -> None:
    options = _arguments()
    prepared = [
        one
        for name in ("korquad", "texts")
        for one in read_prepared(options.data / f"{name}.jsonl")
        if one.split == "development"
    ]
    engine = Engine(options.base, options.adapter, options.threads)
    by_set: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes(engine, chosen(prepared, options.most), {one.id: one for one in prepared}):
        by_set[outcome.set].append(outcome)
        by_set[f"  {outcome.set}: {outcome.kind}"].append(outcome)
        if options.show and not (outcome.refused if outcome.kind == "refused" else outcome.exact):
            print(f"{outcome.kind}\t{outcome.wanted}\t{outcome.written}", file=sys.stderr)
    result = {name: summary(found) for name, found in sorted(by_set.items(), key=lambda item: item[0].strip())}
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
        return
    columns = list(summary([]))
    print(" " * 32 + " ".join(f"{column:>14}" for column in columns))
    for name, row in result.items():
        print(f"{name:32}" + " ".join(f"{row[column]:>14}" for column in columns))


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description="How well an adapter answers.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, default=base_file())
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--most", type=int, default=400, help="questions of each set")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--show", action="store_true", help="tell what went wrong on stderr")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
