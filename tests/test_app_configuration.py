"""Options changed while the program runs: written, in force, taken back, refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ai_chat.app.configuration import Configuration
from ai_chat.config import load_settings
from ai_chat.errors import InputError


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    (tmp_path / "config.toml").write_text("# mine\nkeep_alive = 60\n", "utf-8")
    return Configuration(load_settings({"home": tmp_path, "port": 0}, {}))


def test_a_change_is_in_force_and_taken_back(configuration: Configuration) -> None:
    change = configuration.change("keep_alive", "1800")
    assert configuration.settings.keep_alive == 1800 and (change.before, change.after) == ("60", "1800")
    configuration.apply(change.back())
    assert configuration.settings.keep_alive == 60
    assert configuration.settings.config_file.read_text("utf-8").startswith("# mine\n")


@pytest.mark.parametrize(
    ("name", "line", "other"),
    [
        ("low_vram", "low_vram = false\n", "on"),
        ("n_ctx", "n_ctx = 2048\n", "1024"),
        ("memory_budget", 'memory_budget = "2GiB"\n', "3GiB"),
    ],
)
def test_a_value_taken_back_stands_as_it_stood(tmp_path: Path, name: str, line: str, other: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(line, "utf-8")
    configuration = Configuration(load_settings({"home": tmp_path}, {}))
    change = configuration.change(name, other)
    assert file.read_text("utf-8") != line
    configuration.apply(change.back())
    assert file.read_text("utf-8") == line


def test_what_stood_nowhere_stands_nowhere_again(configuration: Configuration) -> None:
    change = configuration.change("language", "ko")
    assert [change.before, configuration.settings.language] == [None, "ko"]
    configuration.apply(change.back())
    assert [configuration.settings.language] == ["auto"]
    assert "language" not in configuration.settings.config_file.read_text("utf-8")


def test_flags_outlive_a_change_and_are_told(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_CHAT_LANGUAGE", "en")
    configuration.change("keep_alive", "0")
    assert configuration.settings.port == 0 and configuration.fixed_by("port") == "--port"
    assert configuration.fixed_by("language") == "AI_CHAT_LANGUAGE"
    assert configuration.fixed_by("keep_alive") is None and configuration.fixed_by("model") is None


def test_a_value_that_is_none_changes_nothing(configuration: Configuration) -> None:
    with pytest.raises(InputError, match="setting_invalid"):
        configuration.change("keep_alive", "soon")
    assert configuration.settings.keep_alive == 60
    assert "keep_alive = 60" in configuration.settings.config_file.read_text("utf-8")
