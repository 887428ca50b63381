"""The vector cache: what is kept, what is asked of the embedder behind it, and a file that is no database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ai_chat.errors import MachineError
from ai_chat.evaluation.vectors import CachedEmbedder, VectorCache
from tests.doubles import HashingEmbedder


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[VectorCache]:
    opened = VectorCache.open(tmp_path / "new" / "vectors.db")
    yield opened
    opened.close()


def test_a_vector_comes_back_as_it_was(cache: VectorCache) -> None:
    vectors = np.array([[0.25, -1.0], [0.1, 0.3]], dtype=np.float32)
    cache.put("one", ["가", "\ud800"], vectors)
    assert np.array_equal(cache.get("one", "\ud800"), vectors[1])  # type: ignore[arg-type]
    assert cache.get("two", "가") is None and cache.get("one", "나") is None


def test_only_what_is_missing_is_embedded_in_its_place(cache: VectorCache) -> None:
    inner = HashingEmbedder()
    embedder = CachedEmbedder(inner, cache)
    first = embedder.embed_passages(["나", "라"])
    rows = embedder.embed_passages(["가", "나", "다", "라"])
    assert inner.embedded == ["나", "라", "가", "다"]
    assert np.array_equal(rows[[1, 3]], first)
    assert np.array_equal(rows, HashingEmbedder().embed_passages(["가", "나", "다", "라"]))


def test_progress_counts_kept_passages_too(cache: VectorCache) -> None:
    embedder = CachedEmbedder(HashingEmbedder(), cache)
    heard: list[int] = []
    embedder.on_passages = heard.append
    embedder.embed_passages(["가", "나"])
    embedder.embed_passages(["가"])
    assert heard == [2, 3]


def test_a_question_is_embedded_once_and_is_no_passage(cache: VectorCache) -> None:
    inner = HashingEmbedder()
    embedder = CachedEmbedder(inner, cache)
    embedder.embed_passages(["휴가?"])
    for question in ("휴가?", "출장?", "휴가?"):
        assert np.array_equal(embedder.embed_query(question), HashingEmbedder().embed_query(question))  # type: ignore[arg-type]
    assert inner.questions == ["휴가?", "출장?"] and inner.embedded == ["휴가?"]


def test_a_question_is_embedded_anew_where_that_is_measured(cache: VectorCache) -> None:
    inner = HashingEmbedder()
    embedder = CachedEmbedder(inner, cache)
    embedder.embed_query("휴가?")
    embedder.fresh_questions = True
    embedder.embed_query("휴가?")
    assert inner.questions == ["휴가?", "휴가?"]


def test_a_late_question_is_not_remembered(cache: VectorCache) -> None:
    inner = HashingEmbedder()
    embedder = CachedEmbedder(inner, cache)
    inner.hold()
    assert embedder.embed_query("휴가?", timeout=0.0) is None
    inner.release()
    assert embedder.embed_query("휴가?", timeout=0.0) is not None


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.db"
    path.write_bytes(b"no database at all" * 100)
    cache = VectorCache.open(path)
    cache.put("one", ["가"], np.ones((1, 2), dtype=np.float32))
    cache.close()


def test_a_cache_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="home_unwritable"):
        VectorCache.open(tmp_path / "file" / "vectors.db")
