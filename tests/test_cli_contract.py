"""The command line's contract: help, exit codes, one JSON document on stdout, sentences in the user's language."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import ai_chat
from ai_chat.cli.page import Flags, read_flags
from ai_chat.cli.program import build, help_text
from tests.program import ROOT, Program

COMMANDS = ["web", "ingest", "search", "ask", "docs", "docs list", "docs show", "docs remove", "docs restore"]
COMMANDS += ["docs open", "docs export", "docs retry", "docs replace"]
COMMANDS += ["index", "index status", "index verify", "index rebuild", "index compact"]
COMMANDS += ["preload", "calibrate", "cache", "cache stats", "cache clear"]
COMMANDS += [f"conversations {name}" for name in ("list", "show", "export", "rename", "remove", "restore")]
COMMANDS += ["ratings"]
COMMANDS += ["eval", "config", "backup", "restore", "purge", "doctor", "models"]
COMMANDS += ["audit", "users", "keys", *(f"keys {name}" for name in ("list", "add", "revoke"))]
COMMANDS += [f"users {name}" for name in ("list", "add", "remove", "password", "allow", "deny")]
COMMANDS += [f"models {name}" for name in ("list", "show", "plan", "use", "pull", "add", "remove", "restore")]


def test_the_committed_help_is_what_the_program_prints() -> None:
    assert Path(ai_chat.__file__).with_name("help.txt").read_text("utf-8") == help_text()


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_loads_no_library(program: Program, word: str) -> None:
    code = (
        "import sys, runpy; sys.argv = ['ai-chat', sys.argv[1]]\n"
        "try: runpy.run_module('ai_chat', run_name='__main__')\n"
        "except SystemExit as end: assert not end.code\n"
        "print([name for name in ('typer', 'numpy', 'tantivy', 'ai_chat.config') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, word], env=program.environ, capture_output=True, check=True)
    assert done.stdout.decode() == help_text() + "[]\n"


def test_version(program: Program) -> None:
    assert program("--version").out == f"ai-chat {ai_chat.__version__}\n"


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_help(program: Program, words: str) -> None:
    done = program(*words.split(), "--help")
    assert done.code == 0 and done.out.startswith(f"Usage: ai-chat {words} ") and not done.err


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["search"],
        ["search", "x", "-k", "0"],
        ["search", "x", "-k", "many"],
        ["search", "x", "--mode", "psychic"],
        ["search", "x", "--colection", "a"],
        ["ingest"],
        ["docs"],
        ["docs", "show"],
        ["web", "--port", "70000"],
        ["web", "--nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_two(program: Program, words: list[str]) -> None:
    done = program(*words, "--json") if words[0] != "web" else program(*words)
    assert done.code == 2
    assert "hint: `ai-chat" in done.err and "Traceback" not in done.err
    if words[0] != "web":
        assert done.json["error"]["code"] == "usage_wrong"


def test_wrong_usage_in_korean(program: Program) -> None:
    done = program.speaking("ko_KR.UTF-8")("search", "휴가", "-k", "0")
    assert done.code == 2
    assert "명령을 이렇게 쓸 수 없습니다" in done.err and "도움말:" in done.err


def test_json_after_a_double_dash_is_text(program: Program) -> None:
    done = program("nonsense", "--", "--json")
    assert done.code == 2 and not done.out


def test_a_reader_that_leaves_is_no_error(program: Program) -> None:
    line = " ".join(program.command("config"))
    done = subprocess.run(["sh", "-c", f"{line} | true"], env=program.environ, capture_output=True, check=False)
    assert done.stderr == b""


@pytest.mark.parametrize("words", ["--help", "config", "config --json"])
def test_output_that_cannot_be_written_is_three(program: Program, words: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            program.command(*words.split()), env=program.environ, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 3 and b"space left" in done.stderr and b"Traceback" not in done.stderr


def test_an_interrupted_wait_ends_without_a_traceback(program: Program) -> None:
    """`search -` waits for its question on stdin, which is where the signal finds it."""
    running = subprocess.Popen(
        program.command("search", "-"),
        env=program.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr and running.stderr.readline()  # it says that it reads
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130 and not err


def test_config_names_each_source(program: Program) -> None:
    program.home.mkdir()
    (program.home / "config.toml").write_text('port = 9000\npassword = "secret"\n')
    settings = program.with_environ(N_CTX="2048")("config", "--json").json["settings"]
    assert settings["port"] == {"value": 9000, "source": "config.toml", "variable": "AI_CHAT_PORT"}
    assert settings["n_ctx"] == {"value": 2048, "source": "environment", "variable": "N_CTX"}
    assert settings["home"]["source"] == "environment"
    assert settings["max_tokens"]["source"] == "default"
    assert settings["password"]["value"] == "***"


def test_config_shows_no_password_of_an_endpoint(program: Program) -> None:
    for address in ("http://user:hunter2@127.0.0.1:9/v1", "user:hunter2@host", "https://host/v1?key=hunter2"):
        done = program.with_environ(AI_CHAT_LLM_ENDPOINT=address, AI_CHAT_LLM_KEY="hunter2")("config", "--json")
        assert "hunter2" not in done.out + done.err
        assert "host" in done.json["settings"]["llm_endpoint"]["value"] or "127.0.0.1:9/v1" in done.out


def test_config_for_people_has_a_line_each(program: Program) -> None:
    done = program("config")
    assert done.code == 0 and "AI_CHAT_HOME" in done.out and "N_THREADS" in done.out


@pytest.mark.parametrize("text", ["port = 'many'", "nonsense = 1", "port = ", "\x00"])
def test_a_wrong_configuration_is_named(program: Program, text: str) -> None:
    program.home.mkdir()
    (program.home / "config.toml").write_text(text)
    done = program("config", "--json")
    assert done.code == 1
    assert done.json["error"]["code"] in ("setting_invalid", "setting_unknown", "config_unreadable")


def test_doctor_names_what_is_missing_and_what_to_type(program: Program) -> None:
    report = program("doctor", "--json").json
    assert report["usable"] is True
    names = {check["name"] for check in report["present"] + report["missing"]}
    assert {"home", "disk", "library", "xllamacpp", "model"} <= names
    assert all(check["line"] or check["problem"] for check in report["missing"])
    assert report["memory"]["total"] > 0


def test_doctor_of_a_home_that_cannot_be_written_is_three(program: Program, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = Program(tmp_path / "file" / "home")("doctor")
    assert done.code == 3 and "AI_CHAT_HOME" in done.out


def test_doctor_leaves_nothing_behind(program: Program) -> None:
    program("doctor")
    assert not program.home.exists()


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ([], Flags()),
        (["--no-browser", "--port", "0"], Flags(None, 0, False)),
        (["--host", "127.0.0.1", "--browser"], Flags("127.0.0.1", None, True)),
        (["--port", "70000"], None),
        (["--port"], None),
        (["--port=80"], None),
        (["--help"], None),
    ],
)
def test_the_plain_lines_of_web_are_read_without_typer(words: list[str], flags: Flags | None) -> None:
    assert read_flags(words) == flags


def test_make_help_is_the_script_that_writes_it() -> None:
    assert "help_text" in (ROOT / "scripts" / "make_help.py").read_text("utf-8")


def test_json_is_utf8_in_every_locale(program: Program) -> None:
    ascii_only = {"LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "AI_CHAT_LANGUAGE": "ko"}
    done = subprocess.run(
        program.command("models", "use", "missing.gguf", "--json"),
        env={**program.environ, **ascii_only},
        capture_output=True,
        check=False,
    )
    assert "모델 파일" in json.loads(done.stdout.decode("utf-8"))["error"]["message"]


def documented_usages() -> list[str]:
    """The first column of the table of commands."""
    lines = (ROOT / "docs" / "command-line.md").read_text("utf-8").splitlines()
    columns = [line.replace("\\|", "/").split("|")[1] for line in lines if line.startswith("| `")]
    return [usage for column in columns for usage in re.findall(r"`([^`]+)`", column)]


@pytest.mark.parametrize("usage", documented_usages())
def test_the_documented_options_exist(usage: str) -> None:
    command: Any = get_command(build())
    words = iter(usage.split())
    while hasattr(command, "commands"):
        command = command.commands[next(words)]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert set(re.findall(r"--?[a-z][a-z-]*", usage.partition("[")[2])) <= known
