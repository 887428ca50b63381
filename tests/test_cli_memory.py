"""`ai-chat memory` as its users type it: the ledger and the plan, as text, JSON and drawn anew; freeing; mistakes."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from synthetic import TINY, make_model

from ai_chat.config import load_settings
from ai_chat.owner import read_owner
from tests.program import Program


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    make_model(path, TINY)
    return path


@pytest.fixture
def planned(program: Program, tiny: Path) -> Program:
    """A home that nobody owns."""
    return program.with_environ(AI_CHAT_MODEL=str(tiny), AI_CHAT_MEMORY_BUDGET="2GiB")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[Program]:
    home = tmp_path_factory.mktemp("served") / "home"
    program = Program(home).with_environ(AI_CHAT_MODEL=str(tiny), AI_CHAT_MEMORY_BUDGET="2GiB", MAX_TOKENS="2")
    process = program.start("web", "--no-browser", "--port", "0")
    assert process.stdout is not None and process.stderr is not None
    assert "http://127.0.0.1:" in process.stdout.readline()
    deadline = time.monotonic() + 60
    while read_owner(load_settings({"home": home}, {}).run_dir) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield program
    process.terminate()
    process.wait(60)
    process.stdout.close()
    process.stderr.close()


def test_without_a_server_the_plan_is_shown(planned: Program) -> None:
    done = planned("memory")
    assert done.code == 0
    assert done.out.startswith("Nothing is running. This is what it would come to, of a budget of 2.00 GiB.")
    for part in ("page", "language model", "weights", "KV cache", "together", "context 4096 tokens"):
        assert part in done.out
    assert not planned.home.exists()


def test_in_korean_too(planned: Program) -> None:
    done = planned.speaking("ko_KR.UTF-8")("memory")
    assert "예산 2.00 GiB" in done.out and "언어 모델" in done.out and "합계" in done.out


def test_the_plan_as_json(planned: Program) -> None:
    report = planned("memory", "--json").json
    assert (report["running"], report["budget"], report["budget_set"]) == (False, 2 << 30, True)
    assert report["plan"]["n_ctx"] == 4096 and report["plan"]["concessions"] == []
    assert {line["part"] for line in report["lines"]} >= {"program", "parser", "weights", "engine"}
    assert report["problem"] is None


def test_a_refused_model_is_told_with_what_to_do(planned: Program) -> None:
    small = planned.with_environ(**{**dict(planned.extra), "AI_CHAT_MEMORY_BUDGET": "60MiB"})
    report = small("memory", "--json").json
    assert report["plan"] is None and report["problem"]["code"] == "plan_refused"
    done = small("memory")
    assert done.code == 0 and report["problem"]["message"].split("{")[0][:20] in done.out


def test_a_running_server_tells_what_it_holds_and_frees_it(served: Program) -> None:
    assert served("ask", "휴가는 며칠인가요?").code == 0
    report = served("memory", "--json").json
    assert report["running"] and report["loads"] == 1 and report["measured"] > 0 and report["pressure"] == "ok"
    shown = served("memory").out
    assert shown.startswith("Memory: ") and "of 2.00 GiB (room left)" in shown
    assert "language model: let go in 10 min" in shown
    freed = served("memory", "optimize", "--json").json
    assert freed["running"] and {each["tenant"] for each in freed["evictions"]} >= {"allocator", "model", "index"}
    assert "given back" in served("memory", "optimize").out


def test_freeing_where_nothing_runs_says_so(planned: Program) -> None:
    done = planned("memory", "optimize")
    assert (done.code, done.out) == (0, "") and "Nothing is running" in done.err
    assert planned("memory", "optimize", "--json").json == {"schema": 1, "running": False, "freed": 0, "evictions": []}


def test_watching_ends_with_ctrl_c(planned: Program) -> None:
    process = planned.start("memory", "--watch")
    assert process.stdout is not None
    assert "Nothing is running" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize(
    "words", [("memory", "defragment"), ("memory", "--watch", "--json"), ("memory", "optimize", "--watch")]
)
def test_mistakes_are_usage_errors(planned: Program, words: tuple[str, ...]) -> None:
    done = planned(*words)
    assert done.code == 2 and "hint:" in done.err
