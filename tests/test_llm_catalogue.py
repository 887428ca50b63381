"""The catalogue's own facts: each row's size follows from its geometry, its names lead somewhere, its sentences are told twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ai_chat.llm.catalogue import CATALOGUE, STARTER, CatalogueModel, find, nearest
from ai_chat.llm.gguf import read_spec
from ai_chat.llm.hub import check_names
from ai_chat.llm.models import ModelInfo

ROWS = (*CATALOGUE, STARTER)
_HEADER_BITS = 8 * 40  # a token of the vocabulary, with its score and its merges


def bits(columns: int, fine: float) -> float:
    """A weight in a Q4_K_M file: `fine` of 1 is all Q6_K; rows that are no multiple of 256 fall back to Q5_0 and Q8_0."""
    low, high = (4.5, 6.5625) if columns % 256 == 0 else (5.5, 8.5)
    return low + fine * (high - low)


def expected_bytes(row: CatalogueModel) -> float:
    """By llama.cpp's rule for these file types: half of the value and down matrices finer."""
    query, value = row.width * row.heads * row.head_width, row.width * row.kv_heads * row.head_width
    gate, cells = row.width * row.feed_forward, row.vocabulary * row.width
    if row.file_type == "Q8_0":
        weights = (2 * query + 2 * value + 3 * gate) * row.layers + cells * (1 if row.tied else 2)
        return (weights * 8.5 + row.vocabulary * _HEADER_BITS) / 8
    width, heads, feed = row.width, row.heads * row.head_width, row.feed_forward
    layer = (query + value + 2 * gate) * bits(width, 0) + query * bits(heads, 0)
    layer += value * bits(width, 0.5) + gate * bits(feed, 0.5)
    matrices = cells * bits(width, 1) + (0 if row.tied else cells * bits(width, 0))
    return (layer * row.layers + matrices + row.vocabulary * _HEADER_BITS) / 8


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_size_of_a_file_follows_from_its_geometry(row: CatalogueModel) -> None:
    assert row.bytes == pytest.approx(expected_bytes(row), rel=0.02)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_spec_accounts_for_the_whole_file(row: CatalogueModel) -> None:
    spec = row.spec()
    assert sum(spec.layer_bytes) + spec.embedding_bytes + spec.output_bytes == pytest.approx(row.bytes, rel=1e-6)
    assert len(spec.kv_heads) == len(spec.windows) == row.layers
    assert row.heads % row.kv_heads == 0


@pytest.mark.parametrize("row", CATALOGUE, ids=lambda row: row.name)
def test_a_row_can_be_typed_and_fetched(row: CatalogueModel) -> None:
    check_names(row.repository, row.file)
    assert re.fullmatch(r"[a-z0-9.-]+", row.name) and find(row.name.upper()) is row
    assert 0.25e9 < row.bytes < 9e9
    assert re.search("[가-힣]", row.about_ko) and not re.search("[가-힣]", row.about_en)
    assert set(row.unverified) <= {"bytes", "geometry"}


def test_names_are_told_apart() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert [row.bytes for row in CATALOGUE] == sorted(row.bytes for row in CATALOGUE)
    assert nearest("gema3-4b")[0] == "gemma-3-4b-it"
    assert nearest("상위모델") == ()


def test_the_starter_is_as_told(starter: ModelInfo) -> None:
    told, found = STARTER.spec(), read_spec(starter.path)
    same: tuple[str, ...] = (
        "architecture",
        "context_length",
        "chat_template",
        "file_bytes",
        "layers",
        "width",
        "heads",
        "kv_heads",
    )
    same += ("key_width", "value_width", "feed_forward", "vocabulary", "windows", "embedding_bytes", "output_bytes")
    assert {name: getattr(told, name) for name in same} == {name: getattr(found, name) for name in same}
    assert told.parameters == pytest.approx(found.parameters, rel=0.01)


def test_the_document_lists_the_catalogue() -> None:
    text = (Path(__file__).resolve().parents[1] / "docs" / "models.md").read_text("utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `")]
    assert table == [document_row(row) for row in CATALOGUE]


def document_row(row: CatalogueModel) -> str:
    allowed = "yes" if row.commercial else "**no**"
    about = "~" if "bytes" in row.unverified else ""
    cells = f"`{row.name}`", f"{about}{row.bytes / 1e9:.2f}", f"{row.context_length:,}", row.licence, allowed
    return f"| {' | '.join(cells)} | {row.about_en} |"
