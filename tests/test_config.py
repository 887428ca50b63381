"""Settings: four layers, each value with its source."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ai_chat.config import environment_name, load_settings, option_names, sentence_language, write_option
from ai_chat.errors import InputError


def test_the_defaults_are_the_low_vram_preset(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path}, {})
    assert (settings.n_ctx, settings.n_batch, settings.max_tokens, settings.low_vram) == (4096, 256, 512, True)
    assert settings.n_threads == min(4, os.cpu_count() or 1)
    assert settings.sources["n_ctx"] == "default"


def test_each_layer_goes_over_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('port = 1001\nlanguage = "ko"\nn_ctx = 1024\n')
    settings = load_settings(
        {"home": tmp_path, "port": 1003}, {"AI_CHAT_PORT": "1002", "N_CTX": "2048", "AI_CHAT_EMBEDDER": "none"}
    )
    assert (settings.port, settings.n_ctx, settings.language, settings.embedder) == (1003, 2048, "ko", "none")
    found = {name: settings.sources[name] for name in ("port", "n_ctx", "language", "host")}
    assert found == {"port": "flag", "n_ctx": "environment", "language": "config.toml", "host": "default"}


def test_without_low_vram_there_is_more_room_and_explicit_values_win(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path}, {"LOW_VRAM": "off", "MAX_TOKENS": "99"})
    assert (settings.n_ctx, settings.n_batch, settings.max_tokens) == (8192, 512, 99)
    assert settings.sources["n_ctx"] == "LOW_VRAM"


def test_threads_never_exceed_the_cores(tmp_path: Path) -> None:
    assert load_settings({"home": tmp_path}, {"N_THREADS": "1000"}).n_threads == os.cpu_count()


def test_the_engine_leaves_a_core_unless_told_otherwise(tmp_path: Path) -> None:
    cores = os.cpu_count() or 1
    assert load_settings({"home": tmp_path}, {}).engine_threads == max(1, min(4, cores - 1))
    assert load_settings({"home": tmp_path}, {"N_THREADS": str(cores)}).engine_threads == cores


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("N_CTX", "0"),
        ("N_CTX", "-1"),
        ("N_CTX", "1e9"),
        ("N_CTX", "many"),
        ("LOW_VRAM", "maybe"),
        ("AI_CHAT_PORT", "70000"),
        ("AI_CHAT_LANGUAGE", "fr"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_should_be(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(InputError) as raised:
        load_settings({"home": tmp_path}, {name: value})
    assert raised.value.code == "setting_invalid"
    assert (raised.value.values["name"], raised.value.values["value"]) == (name, value)
    assert raised.value.values["expected"]


def test_only_five_names_are_bare() -> None:
    bare = {name for name in option_names() if not environment_name(name).startswith("AI_CHAT_")}
    assert bare == {"n_ctx", "n_batch", "max_tokens", "n_threads", "low_vram"}


def test_an_unknown_option_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("prot = 1\n")
    with pytest.raises(InputError, match="setting_unknown"):
        load_settings({"home": tmp_path}, {})


def test_writing_an_option_keeps_the_comments(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("# mine\nport = 9000  # because\n")
    write_option(file, "model", "/models/a.gguf")
    assert file.read_text() == '# mine\nport = 9000  # because\nmodel = "/models/a.gguf"\n'
    write_option(file, "model", None)
    assert file.read_text() == "# mine\nport = 9000  # because\n"


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "en_US", "LANG": "ko_KR"}, "en"),
        ({}, "en"),
    ],
)
def test_sentences_follow_the_locale(tmp_path: Path, environ: dict[str, str], language: str) -> None:
    assert sentence_language(load_settings({"home": tmp_path}, {}), environ) == language


def test_the_password_is_not_shown(tmp_path: Path) -> None:
    assert "secret" not in repr(load_settings({"home": tmp_path}, {"AI_CHAT_PASSWORD": "secret"}))


def test_writing_keeps_the_mode_and_the_link(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.toml"
    write_option(fresh, "language", "ko")
    assert fresh.stat().st_mode & 0o777 == 0o600
    kept, link = tmp_path / "kept.toml", tmp_path / "link.toml"
    kept.write_text("port = 1\n")
    kept.chmod(0o640)
    link.symlink_to(kept)
    write_option(link, "language", "ko")
    assert link.is_symlink() and kept.stat().st_mode & 0o777 == 0o640
    assert kept.read_text("utf-8") == 'port = 1\nlanguage = "ko"\n'


def test_what_could_not_be_read_back_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    with pytest.raises(InputError, match="setting_invalid"):
        write_option(file, "n_ctx", "5")
    with pytest.raises(InputError, match="config_unwritable"):
        write_option(tmp_path / "none" / "config.toml", "language", "ko")
    assert list(tmp_path.iterdir()) == []
