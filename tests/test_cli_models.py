"""`ai-chat models`: what is offered, how it would be loaded, what is chosen, kept and put back; and bad files of every kind."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from synthetic import TINY, make_model

from ai_chat.llm.catalogue import CATALOGUE
from tests.program import Program, Result

BUDGET = {"AI_CHAT_MEMORY_BUDGET": "4GB"}


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    make_model(path, TINY)
    return path


def models(program: Program, *words: str | Path, **environ: str) -> Result:
    return program.with_environ(**{**BUDGET, **environ})("models", *words)


def named(done: Result) -> dict[str, dict[str, Any]]:
    assert done.code == 0, done.err
    return {model["name"]: model for model in done.json["models"]}


def test_the_list_tells_what_each_would_take(program: Program, tiny: Path) -> None:
    assert models(program, "add", tiny, "--name", "mine").code == 0
    found = named(models(program, "list", "--json"))
    assert list(found)[-len(CATALOGUE) :] == [row.name for row in CATALOGUE]
    assert (found["mine"]["state"], found["mine"]["path"]) == ("added", str(tiny))
    small = found["qwen3-0.6b"]
    assert small["fits"] and small["memory"]["ram"] > small["bytes"] > 6e8
    assert (small["state"], small["path"], small["in_use"]) == ("catalogue", None, False)
    assert found["exaone-3.5-2.4b"]["commercial"] is False


def test_what_does_not_fit_is_listed_with_its_reason(program: Program) -> None:
    found = named(models(program, "list", "--json"))
    assert not found["qwen3-8b"]["fits"] and found["qwen3-8b"]["memory"] is None
    assert found["qwen3-8b"]["error"]["message"]
    assert found["qwen3-0.6b"]["fits"]


def test_the_list_for_people(program: Program) -> None:
    done = models(program.speaking("ko_KR.UTF-8"), "list")
    assert done.code == 0
    assert "상업적 이용 불가" in done.out and "gemma-3-4b-it" in done.out and "GiB" in done.out


def test_a_plan_before_the_file_is_here(program: Program) -> None:
    plan = models(program, "plan", "qwen3-0.6b", "--budget", "3GB", "--json").json["plan"]
    assert plan["budget"] == 3_000_000_000 and plan["ram"] + plan["others"] <= plan["budget"]
    assert sum(line["bytes"] for line in plan["lines"] if line["place"] == "ram") == plan["ram"]


def test_a_plan_of_a_file_with_a_context_of_ones_own(program: Program, tiny: Path) -> None:
    plan = models(program, "plan", tiny, "--context", "1024", "--json").json["plan"]
    assert plan["n_ctx"] == 1024
    told = models(program, "plan", tiny)
    assert told.code == 0 and "KV cache" in told.out and "budget" in told.out


@pytest.mark.parametrize("budget", ["100MB", "1"])
def test_a_plan_that_is_refused_exits_with_its_sentence(program: Program, budget: str) -> None:
    done = models(program, "plan", "qwen3-8b", "--budget", budget, "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "plan_refused")


@pytest.mark.parametrize(
    "words", [["--budget", "banana"], ["--budget", "0"], ["--context", "0"], ["--context", "-1"]], ids=str
)
def test_wishes_that_are_none(program: Program, words: list[str]) -> None:
    done = models(program, "plan", "qwen3-8b", *words, "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "setting_invalid")


def test_use_shows_the_plan_and_show_tells_what_was_chosen(program: Program, tiny: Path) -> None:
    models(program, "add", tiny, "--name", "mine")
    done = models(program, "use", "mine")
    assert done.code == 0 and "KV cache" in done.out and "mine" in done.out
    shown = models(program, "show", "--json").json["model"]
    assert (shown["name"], shown["path"], shown["in_use"], shown["starter"]) == ("mine", str(tiny), True, False)
    assert models(program, "use", "starter", "--json").json["model"]["state"] == "starter"
    assert not named(models(program, "list", "--json"))["mine"]["in_use"]


def test_a_file_can_be_used_without_a_name(program: Program, tiny: Path) -> None:
    assert models(program, "use", tiny, "--json").json["model"]["name"] == "tiny"
    assert named(models(program, "list", "--json"))["tiny"]["state"] == "file"


def test_what_will_not_load_is_not_chosen_unless_forced(program: Program, tiny: Path) -> None:
    done = models(program, "use", tiny, "--json", AI_CHAT_MEMORY_BUDGET="50MB")
    assert (done.code, done.json["error"]["code"]) == (1, "plan_refused")
    assert (
        "model" not in (program.home / "config.toml").read_text() if (program.home / "config.toml").exists() else True
    )
    assert models(program, "use", tiny, "--force", "--json", AI_CHAT_MEMORY_BUDGET="50MB").code == 0


def test_a_name_of_the_catalogue_is_fetched_before_it_is_used(program: Program) -> None:
    done = models(program, "use", "qwen3-4b", "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "model_not_here")
    assert "ai-chat models pull qwen3-4b" in done.json["error"]["hint"]


def test_an_added_file_stays_where_it_is(program: Program, tiny: Path) -> None:
    assert models(program, "add", tiny, "--json").json["added"]["name"] == "tiny"
    assert models(program, "add", tiny, "--name", "another").code == 0
    assert models(program, "remove", "tiny", "--json").json["purged"] is True
    assert tiny.exists() and list(named(models(program, "list", "--json")))[1] == "another"


def test_a_name_is_given_once(program: Program, tiny: Path, tmp_path: Path) -> None:
    other = tmp_path / "tiny.gguf"
    other.write_bytes(tiny.read_bytes())
    models(program, "add", tiny)
    done = models(program, "add", other, "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "model_name_taken")


def test_the_model_in_use_is_not_removed(program: Program, tiny: Path) -> None:
    models(program, "add", tiny)
    models(program, "use", "tiny")
    done = models(program, "remove", "tiny", "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "model_in_use")


@pytest.mark.parametrize("words", [["remove", "gema"], ["show", "gema"], ["plan", "gema"], ["use", "gema"]], ids=str)
def test_names_nobody_knows(program: Program, words: list[str]) -> None:
    done = models(program, *words, "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "model_name_unknown")
    assert "gemma-3" in done.json["error"]["hint"]


def test_nothing_was_removed(program: Program) -> None:
    done = models(program, "restore", "mine", "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "model_not_removed")


def bad_files(folder: Path, tiny: bytes) -> dict[str, Path]:
    """By the code that tells of them."""
    contents = {
        "model_truncated": tiny[:100_000],
        "model_not_gguf": b"PK\x03\x04 a zip file of some kind",
        "model_version_unknown": b"GGUF" + struct.pack("<I", 99) + tiny[8:],
    }
    paths = {code: folder / f"{code}.gguf" for code in contents}
    for code, content in contents.items():
        paths[code].write_bytes(content)
    (folder / "folder.gguf").mkdir()
    (folder / "empty.gguf").touch()
    return paths


def test_files_that_are_no_models(program: Program, tiny: Path, tmp_path: Path) -> None:
    for code, path in bad_files(tmp_path, tiny.read_bytes()).items():
        done = models(program, "add", path, "--json")
        assert (done.code, done.json["error"]["code"]) == (1, code)
    for name in ("folder.gguf", "empty.gguf", "missing.gguf"):
        done = models(program, "add", tmp_path / name, "--json")
        assert done.code == 1 and done.json["error"]["message"] and "Traceback" not in done.err


@pytest.mark.parametrize("command", ["use", "plan", "show"])
def test_a_file_that_is_no_model_is_told_by_each_command(program: Program, tmp_path: Path, command: str) -> None:
    path = tmp_path / "zip.gguf"
    path.write_bytes(b"PK\x03\x04 a zip file of some kind")
    done = models(program, command, path, "--json")
    assert (done.code, done.json["error"]["code"]) == (1, "model_not_gguf")
    assert models(program, "use", path, "--force").code == 1


def test_a_chosen_file_that_was_damaged_since_is_listed_with_its_reason(
    program: Program, tiny: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.gguf"
    file.write_bytes(tiny.read_bytes())
    models(program, "add", file)
    models(program, "use", "mine")
    file.write_bytes(b"GGUF")
    found = named(models(program, "list", "--json"))["mine"]
    assert found["in_use"] and found["error"]["code"] == "model_truncated"
    assert "cut off" in models(program, "list").out
    assert models(program, "plan", "--json").code == 1


def test_an_endpoint_is_shown_in_the_place_of_models(program: Program) -> None:
    environ = {"AI_CHAT_LLM_ENDPOINT": "http://127.0.0.1:9/v1", "AI_CHAT_LLM_MODEL": "qwen"}
    shown = models(program, "show", "--json", **environ).json["model"]
    assert "127.0.0.1:9" in shown["endpoint"]
    planned = models(program, "plan", "--json", **environ)
    assert (planned.code, planned.json["error"]["code"]) == (1, "model_elsewhere")
    assert not any(model["in_use"] for model in models(program, "list", "--json", **environ).json["models"])


@pytest.mark.parametrize("words", [("list",), ("show",), ("plan",), ("use", "starter")], ids=str)
def test_a_password_in_an_endpoint_is_not_shown(program: Program, words: tuple[str, ...]) -> None:
    environ = {"AI_CHAT_LLM_ENDPOINT": "http://user:hunter2@127.0.0.1:9/v1"}
    done = models(program, *words, **environ)
    assert "hunter2" not in done.out + done.err and "Traceback" not in done.err
    assert "hunter2" not in program.with_environ(**environ)("doctor").out


def test_doctor_tells_of_model_plan_and_endpoint(program: Program, tiny: Path) -> None:
    models(program, "use", tiny)
    checks = {check["name"]: check for check in program.with_environ(**BUDGET)("doctor", "--json").json["present"]}
    assert "tiny" in checks["model"]["detail"] and "3.73 GiB" in checks["budget"]["detail"] and checks["plan"]["detail"]
    closed = program.with_environ(AI_CHAT_LLM_ENDPOINT="http://127.0.0.1:9/v1")("doctor", "--json").json["missing"]
    assert [check["problem"]["message"] for check in closed if check["name"] == "endpoint"]
