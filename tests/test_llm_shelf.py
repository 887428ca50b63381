"""Models kept by name: added, removed, put back, purged."""

from __future__ import annotations

from pathlib import Path

import pytest

from ai_chat.errors import InputError, MachineError
from ai_chat.llm import shelf
from ai_chat.llm.catalogue import CatalogueModel
from ai_chat.llm.names import resolve
from ai_chat.llm.shelf import Kept

AT = "2026-01-01T00:00:00+00:00"


def pulled(folder: Path, name: str = "mine") -> Kept:
    files = (folder / "owner--repo" / f"{name}-1.gguf", folder / "owner--repo" / f"{name}-2.gguf")
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(file.name)
    model = Kept(name, tuple(map(str, files)), "pulled", AT, "owner/repo", "abc", "def")
    shelf.keep(folder, model)
    return model


def test_a_removed_model_is_put_back_where_it_lay(tmp_path: Path) -> None:
    model = pulled(tmp_path)
    assert shelf.kept(tmp_path) == (model,)
    assert shelf.remove(tmp_path, "mine") == model
    assert shelf.kept(tmp_path) == () and shelf.removed(tmp_path) == (model,)
    assert not model.path.exists()
    assert shelf.restore(tmp_path, "mine") == model
    assert [Path(file).read_text() for file in model.files] == ["mine-1.gguf", "mine-2.gguf"]
    assert shelf.removed(tmp_path) == () and not (tmp_path / "removed" / "mine").exists()


def test_purging_frees_the_disk(tmp_path: Path) -> None:
    model = pulled(tmp_path)
    shelf.remove(tmp_path, "mine")
    assert shelf.purge(tmp_path, "mine") == model
    assert not list(tmp_path.rglob("*.gguf")) and shelf.removed(tmp_path) == ()
    assert shelf.purge(tmp_path, "mine") is None


def test_removing_a_name_again_replaces_what_was_removed_before(tmp_path: Path) -> None:
    pulled(tmp_path)
    shelf.remove(tmp_path, "mine")
    again = pulled(tmp_path)
    shelf.remove(tmp_path, "mine")
    assert shelf.removed(tmp_path) == (again,)


def test_a_removed_model_does_not_push_another_from_its_name(tmp_path: Path) -> None:
    pulled(tmp_path)
    shelf.remove(tmp_path, "mine")
    shelf.keep(tmp_path, Kept("mine", (str(tmp_path / "other.gguf"),), "added", AT))
    with pytest.raises(InputError, match="model_name_taken"):
        shelf.restore(tmp_path, "mine")
    assert len(list((tmp_path / "removed" / "mine").iterdir())) == 2


def test_an_added_file_is_only_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "mine.gguf"
    file.write_text("x")
    shelf.keep(tmp_path, Kept("mine", (str(file),), "added", AT))
    shelf.remove(tmp_path, "mine")
    assert file.exists() and shelf.removed(tmp_path) == ()


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", ".hidden", "-x", "x y", "a" * 65, "starter"])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="model_name_wrong"):
        shelf.keep(tmp_path, Kept(name, ("x.gguf",), "added", AT))
    assert shelf.find(tmp_path, name) is shelf.remove(tmp_path, name) is shelf.restore(tmp_path, name) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": 1}', '{"files": ["x"], "colour": "red"}'])
def test_a_damaged_entry_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "known").mkdir()
    (tmp_path / "known" / "mine.json").write_text(text)
    with pytest.raises(MachineError, match="model_entry_damaged"):
        shelf.kept(tmp_path)


def test_a_word_means_a_name_then_a_file_then_the_catalogue(tmp_path: Path) -> None:
    model = pulled(tmp_path, "gemma-3-4b-it")
    assert resolve(tmp_path, "gemma-3-4b-it") == model.path
    assert isinstance(resolve(tmp_path, "qwen3-4b"), CatalogueModel)
    assert resolve(tmp_path, "some.gguf") == Path("some.gguf").absolute()
    assert resolve(tmp_path, str(tmp_path)) == tmp_path


def test_a_name_nobody_knows_brings_those_near_it(tmp_path: Path) -> None:
    pulled(tmp_path, "company-model")
    with pytest.raises(InputError, match="model_name_unknown") as told:
        resolve(tmp_path, "compny-model")
    assert told.value.values["nearest"].split(", ")[0] == "company-model"


def test_a_name_that_was_removed_says_how_to_put_it_back(tmp_path: Path) -> None:
    pulled(tmp_path, "company-model")
    shelf.remove(tmp_path, "company-model")
    with pytest.raises(InputError, match="model_aside"):
        resolve(tmp_path, "company-model")
