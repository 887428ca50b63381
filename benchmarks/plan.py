"""What is predicted of a model's memory against what its worker takes: every configuration loaded, a prompt read, the peak measured.

    python benchmarks/plan.py [--models FOLDER] [--sizes tiny,0.5b,1.5b,3b] [--json]

Models are synthetic (benchmarks/synthetic.py), made in FOLDER where they are not there yet, and the starter. `--sizes` may name 7b.
The engine's library is shared with nobody while nothing else runs it, so run this alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from synthetic import GEOMETRIES, make_model

from ai_chat.llm.client import LlamaModel
from ai_chat.llm.engine import EngineOptions
from ai_chat.llm.gguf import read_spec
from ai_chat.llm.models import prepare, starter_model
from ai_chat.memory.measure import Footprint, measure
from ai_chat.memory.predict import KvType, PlanLine, predict
from ai_chat.sizes import MIB

ALLOWED_PART, ALLOWED_BYTES = 0.05, 60_000_000
EVERY_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Load:
    """One configuration. `n_ctx` of each slot."""

    size: str
    n_ctx: int = 4096
    n_batch: int = 256
    kv_type: KvType = "q8_0"
    mmap: bool = True
    slots: int = 1
    prompt_cache: int = 0


LOADS = (
    Load("starter"),
    Load("starter", n_ctx=8192, n_batch=512, kv_type="f16"),
    Load("starter", n_ctx=2048, slots=4),
    Load("tiny"),
    Load("tiny", n_ctx=32768, n_batch=512, kv_type="f16"),
    Load("tiny", n_ctx=16384, kv_type="f16", prompt_cache=16),
    Load("0.5b"),
    Load("0.5b", n_ctx=16384, n_batch=512, kv_type="f16"),
    Load("0.5b", n_ctx=8192, kv_type="q4_0"),
    Load("0.5b", mmap=False, slots=2),
    Load("1.5b"),
    Load("1.5b", n_ctx=16384, kv_type="f16"),
    Load("1.5b", n_ctx=8192, kv_type="q4_0", slots=2),
    Load("1.5b", mmap=False),
    Load("1.5b", n_ctx=1024, n_batch=64),
    Load("3b", n_batch=64),
    Load("3b", n_ctx=16384, n_batch=128, kv_type="f16"),
    Load("3b", n_ctx=8192, n_batch=64, slots=4),
    Load("7b", n_batch=64),
    Load("7b", n_ctx=16384, n_batch=64, kv_type="f16"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """Bytes of RAM; `error` of the prediction against the measured PSS, positive where too much was predicted."""

    load: Load
    predicted: int
    predicted_anonymous: int
    measured: int
    measured_anonymous: int
    error: int
    allowed: bool


class Peak:
    """The largest footprint of a process while it is watched."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self.pss = self.anonymous = 0

    def look(self) -> None:
        found = measure([self._pid]).get(self._pid, Footprint())
        self.pss = max(self.pss, found.pss)
        self.anonymous = max(self.anonymous, found.anonymous)

    @contextmanager
    def watching(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()
            self.look()

    def _run(self) -> None:
        while not self._ended.wait(EVERY_SECONDS):
            self.look()


def measured(path: Path, load: Load) -> Peak:
    options = EngineOptions(
        path=str(path),
        n_ctx=load.n_ctx * load.slots,
        n_batch=load.n_batch,
        n_threads=2,
        kv_type=load.kv_type,
        slots=load.slots,
        mmap=load.mmap,
        prompt_cache=load.prompt_cache,
    )
    model = LlamaModel.start(options)
    try:
        peak = Peak(model.pid or 0)
        with peak.watching(), ThreadPoolExecutor(load.slots) as pool:
            list(pool.map(lambda number: answer(model, load, number), range(load.slots)))
        return peak
    finally:
        model.close()


def answer(model: LlamaModel, load: Load, number: int) -> None:
    """A prompt of a batch and a half, or of several where a cache is to be filled, and a few tokens."""
    for turn in range(4 if load.prompt_cache else 1):
        words = " ".join(f"w{number}x{turn}" for _ in range(load.n_batch // 3))
        with closing(model.stream(words, max_tokens=8)) as stream:
            for _ in stream:
                pass


def row(path: Path, load: Load) -> Row:
    lines = predicted(path, load)
    peak = measured(path, load)
    total = sum(line.bytes for line in lines)
    anonymous = sum(line.bytes for line in lines if not line.file_backed)
    error = total - peak.pss
    allowed = abs(error) <= max(ALLOWED_BYTES, ALLOWED_PART * peak.pss)
    return Row(load, total, anonymous, peak.pss, peak.anonymous, error, allowed)


def predicted(path: Path, load: Load) -> tuple[PlanLine, ...]:
    return predict(
        read_spec(path),
        n_ctx=load.n_ctx,
        slots=load.slots,
        n_batch=load.n_batch,
        kv_type=load.kv_type,
        mmap=load.mmap,
        prompt_cache=load.prompt_cache,
    )


def model_file(folder: Path, size: str) -> Path:
    if size == "starter":
        info = starter_model(folder)
        assert info is not None, "the starter model is not installed"
        return prepare(info)
    path = folder / f"synth-{size}.gguf"
    if not path.exists():
        make_model(path, GEOMETRIES[size])
    return path


def rows(folder: Path, sizes: list[str]) -> Iterator[Row]:
    for load in LOADS:
        if load.size in sizes:
            yield row(model_file(folder, load.size), load)


def main() -> None:
    parser = argparse.ArgumentParser(description="Predicted against measured memory.")
    parser.add_argument("--models", type=Path)
    parser.add_argument("--sizes", default="starter,tiny,0.5b,1.5b,3b")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for each in rows(options.models or Path(folder), options.sizes.split(",")):
            found.append(each)
            if not options.json:
                show(each)
    if options.json:
        print(json.dumps([asdict(each) for each in found], indent=2))
        return
    print(f"{sum(each.allowed for each in found)} of {len(found)} within 5 % or 60 MB")


def show(row: Row) -> None:
    load = row.load
    how = f"{load.size:>8} {load.n_ctx:>6} {load.n_batch:>4} {load.kv_type:>5} {'mapped' if load.mmap else 'held':>6}"
    sizes = f"{row.predicted / MIB:>8.0f} {row.measured / MIB:>8.0f} {row.error / MIB:>+6.0f} MiB"
    held = f"anonymous {row.predicted_anonymous / MIB:.0f} / {row.measured_anonymous / MIB:.0f}"
    part = f"{100 * row.error / row.measured:>+6.1f} %"
    print(
        f"{how} {load.slots} {load.prompt_cache:>4} {sizes} {part}  {held}  {'' if row.allowed else 'OUTSIDE'}",
        flush=True,
    )


if __name__ == "__main__":
    main()
