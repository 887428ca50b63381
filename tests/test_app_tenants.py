"""What tenants say they may hold, looked up while the files that they map come and go."""

from __future__ import annotations

from pathlib import Path

from ai_chat.app.tenants import bytes_in, tenants_to_be
from ai_chat.config import load_settings


def test_files_that_have_gone_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "rows").write_bytes(b"1234")
    (tmp_path / "merged").symlink_to(tmp_path / "gone")
    assert bytes_in(tmp_path) == 4
    assert bytes_in(tmp_path / "never") == 0


def test_indexes_of_both_kinds_count_by_their_names(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path}, {})
    predicted = {each.name: each.predicted for each in tenants_to_be(settings, 1)}
    assert "index" not in predicted and {"page", "parser"} <= predicted.keys()
    for name, size in (("lexical-1", 10), ("dense-1", 800), ("other", 1000)):
        (settings.index_dir / name).mkdir(parents=True)
        (settings.index_dir / name / "file").write_bytes(bytes(size))
    predicted = {each.name: each.predicted for each in tenants_to_be(settings, 1)}
    assert predicted["index"] == {"keyword_index": 10, "vector_index": 800 + 100}
