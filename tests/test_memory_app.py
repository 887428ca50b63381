"""The memory contract of a running App: its tenants, one load for all, what idleness and pressure do, who tells of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from synthetic import TINY, make_model

from ai_chat.answer import answer_of
from ai_chat.app import open_app, open_serving_app
from ai_chat.app.local import LocalApp
from ai_chat.app.memory import open_source
from ai_chat.app.remote import RemoteApp
from ai_chat.config import Settings, load_settings
from ai_chat.errors import MachineError
from ai_chat.owner import OwnerLock, read_owner
from ai_chat.sizes import GIB, MIB
from ai_chat.types import Answer, Scope
from tests.patience import eventually
from tests.program import Program

QUESTION = "국내 출장비는 하루 얼마인가요?"
TEXT = "국내 출장비는 하루 5만 원이다. 숙박비는 실비로 정산한다.\n"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    make_model(path, TINY)
    return path


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one document and its vectors."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "출장비.txt").write_text(TEXT, "utf-8")
    settings = load_settings({"home": folder / "home", "model": folder / "none.gguf"}, {})
    with closing(open_app(settings, "write")) as app:
        list(app.ingest([folder / "출장비.txt"], wait=True))
    return settings.home


@pytest.fixture
def settings(tmp_path: Path, library: Path, tiny: Path) -> Settings:
    """A small model in a set budget; nothing is let go but by hand."""
    shutil.copytree(library, tmp_path / "home")
    flags = {"home": tmp_path / "home", "model": tiny, "memory_budget": "2GiB", "keep_alive": -1, "max_tokens": 4}
    return load_settings(flags, {})


@contextmanager
def serving(settings: Settings) -> Iterator[LocalApp]:
    with closing(open_serving_app(settings, "http://127.0.0.1:9", "key")) as app:
        assert isinstance(app, LocalApp)
        yield app


def answer(app: LocalApp, question: str = QUESTION) -> Answer:
    return answer_of(question, app.events(app.ask(question, Scope())))


def loaded(app: LocalApp) -> set[str]:
    app.home.memory.monitor.sample()
    return {each.name for each in app.memory_report().tenants if each.loaded}


def evicted(app: LocalApp) -> set[str]:
    return {each.tenant for each in app.memory_report().evictions}


def test_all_parts_count_before_they_are_loaded(settings: Settings) -> None:
    with closing(open_app(settings, "write")) as app:
        report = app.memory_report()
    lines = {line.part: line.predicted for line in report.lines}
    assert {"program", "weights", "kv_cache", "engine", "embedder", "parser"} <= set(lines)
    assert report.plan is not None and report.problem is None
    assert report.plan.others >= lines["program"] + lines["embedder"] + lines["parser"]
    assert report.predicted == sum(lines.values()) <= report.budget == 2 * GIB
    assert report.budget_set and report.saved > 0


def test_the_ledger_holds_what_was_measured_beside_what_was_planned(settings: Settings) -> None:
    with serving(settings) as app:
        assert answer(app).finish_reason in ("stop", "length", "withheld")
        app.home.memory.monitor.sample()
        report = app.memory_report(history=True)
        tenants = {each.name: each for each in report.tenants}
        assert {"page", "index", "model"} <= {name for name, each in tenants.items() if each.loaded}
        assert report.running and report.loads == 1
        assert report.measured == sum(each.measured for each in report.tenants)
        assert tenants["model"].measured > 0
        status = app.status()
    assert status["memory"]["budget"] == 2 * GIB and status["memory"]["pressure"] == "ok"
    assert status["model"]["state"] == "loaded" and status["model"]["progress"] is None
    assert not status["model"]["remote"]


def test_what_is_idle_is_let_go_and_comes_back(settings: Settings) -> None:
    with serving(settings) as app:
        list(app.upload("휴가.txt", b"one day off"))
        before = app.search(QUESTION, Scope())
        answer(app)
        assert {"index", "model", "embedder", "parser"} <= loaded(app)
        eventually(lambda: _is_optimized(app))
        assert {"index", "model", "embedder", "parser"} <= evicted(app)
        again = app.search(QUESTION, Scope())
        assert again.hits[0].sentence == before.hits[0].sentence
        assert again.mode == "hybrid"
        answer(app)
        assert app.memory_report().loads == 2


def test_a_keep_alive_of_nothing_lets_go_at_the_next_look(settings: Settings) -> None:
    with serving(replace(settings, keep_alive=0)) as app:
        answer(app)
        eventually(lambda: _is_idle(app))
        assert {each.why for each in app.memory_report().evictions} == {"idle"}


def test_what_is_in_use_is_never_let_go(settings: Settings) -> None:
    with serving(replace(settings, keep_alive=0)) as app:
        answer(app)
        model = app.home.parts.model
        assert model is not None
        with model.lease() as llm, app.home.parts.indexes.lexical.lease():
            app.home.memory.monitor.sample()
            app.optimize_memory()
            assert llm.alive and {"model", "index"} <= loaded(app)


def test_when_memory_is_critical_new_work_is_refused_and_searches_go_on(settings: Settings) -> None:
    with serving(replace(settings, memory_budget=1, embedder="none")) as app:
        ballast = b"x" * (400 * MIB)
        for _ in range(3):
            app.home.memory.monitor.sample()
        for work in (app.upload("a.txt", TEXT.encode()), app.ingest([settings.home])):
            with pytest.raises(MachineError, match="memory_critical"):
                list(work)
        found = answer(app)
        assert found.evidence and found.notice == "memory_critical"
        assert app.status()["memory"]["pressure"] == "critical"
        del ballast


def test_an_endpoint_takes_no_memory_here_so_it_is_asked_when_memory_is_critical(settings: Settings) -> None:
    elsewhere = replace(settings, memory_budget=1, embedder="none", llm_endpoint="http://127.0.0.1:9")
    with serving(elsewhere) as app:
        ballast = b"x" * (400 * MIB)
        for _ in range(3):
            app.home.memory.monitor.sample()
        assert app.status()["memory"]["pressure"] == "critical"
        assert answer(app).notice == "endpoint_unreachable"
        del ballast


def test_what_would_be_let_go_at_once_is_not_loaded_before_it_is_asked_for(settings: Settings) -> None:
    with serving(replace(settings, keep_alive=0)) as app:
        assert app.home.is_level() or app.home.await_level()
        assert app.status()["model"]["state"] == "empty" and app.status()["model"]["loads"] == 0


def test_a_server_that_takes_over_keeps_nothing_of_its_time_as_a_reader(settings: Settings) -> None:
    lock = OwnerLock.try_acquire(settings.run_dir)
    assert lock is not None
    with serving(settings) as app:
        reader = app.home.parts
        assert reader.embedder is not None
        with reader.embedder.lease() as embedder, reader.indexes.lexical.lease():
            lock.release()
            eventually(lambda: app.home.serving)
            assert app.home.parts is not reader
            assert embedder.pid is not None and reader.indexes.lexical.state == "loaded"
        held = (reader.embedder, reader.indexes.lexical, reader.indexes.dense)
        eventually(lambda: {each.state for each in held} == {"empty"})


def test_a_model_that_does_not_fit_is_refused_quietly_and_evidence_stays(settings: Settings) -> None:
    with serving(replace(settings, memory_budget=60 * MIB)) as app:
        model = app.home.parts.model
        assert model is not None
        eventually(lambda: model.state == "failed")
        assert model.problem is not None and model.problem.code == "plan_refused"
        found = answer(app)
        assert found.evidence and found.finish_reason == "no_model"
        report = app.memory_report()
        assert report.plan is None and report.problem is not None and report.problem.code == "plan_refused"
        assert app.status()["model"]["problem"].code == "plan_refused"


def test_without_a_server_there_is_the_plan_alone(settings: Settings) -> None:
    with open_source(settings) as source:
        report = source.memory_report()
        assert source.optimize_memory() == ()
    assert (report.running, report.loads, report.measured) == (False, 0, 0)
    assert report.plan is not None and report.plan.model
    assert {line.tenant for line in report.lines} >= {"page", "model", "embedder", "parser"}


def test_without_a_model_the_reason_stands_in_the_report(settings: Settings) -> None:
    with open_source(replace(settings, model=settings.home / "none.gguf")) as source:
        report = source.memory_report()
    assert report.plan is None
    assert report.problem is not None and report.problem.code == "model_missing"


@contextmanager
def web(settings: Settings, **environ: str) -> Iterator[Program]:
    """A server as a process of its own."""
    budget = {"AI_CHAT_MODEL": str(settings.model), "AI_CHAT_MEMORY_BUDGET": "2GiB", "AI_CHAT_KEEP_ALIVE": "-1"}
    program = Program(settings.home).with_environ(**budget, **environ)
    process = program.start("web", "--no-browser", "--port", "0")
    assert process.stdout is not None and process.stderr is not None
    assert "http://127.0.0.1:" in process.stdout.readline()
    try:
        yield program
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()
        process.stderr.close()


_ASKER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from ai_chat.app import open_app
from ai_chat.app.remote import RemoteApp
from ai_chat.config import load_settings
from ai_chat.types import Scope

app = open_app(load_settings({"home": Path(sys.argv[1])}, {}), "write")
assert isinstance(app, RemoteApp)

def ask(number):
    return list(app.events(app.ask(f"출장비는 하루 얼마인가요? {number}", Scope())))[-1].data["finish_reason"]

with ThreadPoolExecutor(16) as pool:
    print(sorted(set(pool.map(ask, range(16)))))
"""


def test_sixty_four_threads_in_four_processes_load_once(settings: Settings) -> None:
    with web(settings, MAX_TOKENS="1") as program:
        eventually(lambda: read_owner(settings.run_dir) is not None)
        command = [sys.executable, "-c", _ASKER, str(program.home)]
        askers = [subprocess.Popen(command, env=program.environ, stdout=subprocess.PIPE, text=True) for _ in range(4)]
        said = [asker.communicate(timeout=300)[0] for asker in askers]
        with closing(open_app(settings, "read")) as app:
            report = app.memory_report()
    assert [asker.returncode for asker in askers] == [0, 0, 0, 0]
    assert not any("error" in line or "no_model" in line for line in said), said
    assert report.loads == 1


_STATS = """
import json
from ai_chat.memory import MemoryOptimizer
print(json.dumps([MemoryOptimizer().get_optimization_stats(), MemoryOptimizer().optimize(), MemoryOptimizer().plan()]))
"""


def test_any_process_is_told_by_the_owner(settings: Settings) -> None:
    with web(settings) as program:
        eventually(lambda: read_owner(settings.run_dir) is not None)
        with closing(open_app(settings, "read")) as app:
            assert isinstance(app, RemoteApp)
            assert list(app.events(app.ask(QUESTION, Scope())))[-1].kind == "done"
            report = app.memory_report(history=True)
            assert report.running and report.plan is not None and report.loads == 1
        command = [sys.executable, "-c", _STATS]
        done = subprocess.run(command, env=program.environ, capture_output=True, text=True, check=True)
    stats, freed, plan = json.loads(done.stdout)
    assert stats["running"] and stats["budget"] == 2 * GIB and stats["measured"] > 0 and stats["problem"] is None
    assert freed["running"] and {each["tenant"] for each in freed["evictions"]} >= {"model", "index"}
    assert plan["n_ctx"] and plan["refused"] is None


def _is_idle(app: LocalApp) -> bool:
    app.home.memory.monitor.sample()
    return loaded(app) == {"page"}


def _is_optimized(app: LocalApp) -> bool:
    """What is used just then, by work behind the answer, is let go at the next call."""
    app.optimize_memory()
    return loaded(app) == {"page"}
