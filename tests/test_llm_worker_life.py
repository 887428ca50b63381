"""The life of a worker: loading watched from outside, deaths at every moment, memory that does not suffice, unloading."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from synthetic import TINY, make_model

from ai_chat.errors import AiChatError, InputError, MachineError
from ai_chat.llm.client import WORKER, LlamaModel
from ai_chat.llm.devices import GPU_ENVIRON
from ai_chat.llm.engine import EngineOptions
from ai_chat.llm.loading import Activity, await_loaded, fraction, look_at
from ai_chat.llm.models import ModelInfo
from ai_chat.llm.start_errors import told_error
from ai_chat.process import Child
from tests.patience import eventually

OWNER = """
import json, sys, time
from ai_chat.llm.client import WORKER
from ai_chat.process import Child
child = Child.spawn(WORKER)
child.send({"options": json.loads(sys.argv[1]), "key": "k" * 32})
if sys.argv[2] == "loaded":
    child.receive(60)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> EngineOptions:
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"
    make_model(path, TINY)
    return EngineOptions(str(path), 4096, 256, 1)


@pytest.fixture
def model(tiny: EngineOptions) -> Iterator[LlamaModel]:
    loaded = LlamaModel.start(tiny)
    yield loaded
    loaded.close()


@pytest.fixture
def quiet() -> Iterator[Child]:
    """A child that does nothing."""
    child = Child.spawn("tests.children")
    yield child
    child.kill()
    child.close()


def test_loading_tells_how_far_it_is(starter: ModelInfo) -> None:
    told: list[float] = []
    options = EngineOptions(str(starter.path), 512, 64, 1, mmap=False)
    LlamaModel.start(options, weights=starter.file_bytes, tell=told.append).close()
    assert told == sorted(told)
    assert told and 0 < told[-1] < 1


def test_the_fraction_follows_a_mapped_file_and_one_that_is_read() -> None:
    assert fraction(Activity(1, 50, 0, 0), 100) == fraction(Activity(1, 0, 50, 0), 100) == 0.5
    assert fraction(Activity(1, 200, 0, 0), 100) < 1
    assert fraction(Activity(1, 200, 0, 0), 0) < 1


def test_a_load_that_does_nothing_is_told(quiet: Child) -> None:
    with pytest.raises(MachineError, match="load_stalled"):
        await_loaded(quiet, 1, stall_seconds=0.5)


def test_a_load_that_only_reads_goes_on(quiet: Child) -> None:
    """No processor, no growth: bytes that come from a slow disk are work too."""
    fetched = iter(range(10))

    def look(_pid: int) -> Activity:
        if (bytes_ := next(fetched)) == 9:
            quiet.send({"do": "echo", "text": "loaded"})
        return Activity(0, 0, 0, bytes_)

    assert await_loaded(quiet, 1, stall_seconds=0.15, look=look)["text"] == "loaded"


def test_what_cannot_be_looked_at_is_waited_for(quiet: Child, tmp_path: Path) -> None:
    assert look_at(quiet.pid, tmp_path) is None
    threading.Timer(0.5, quiet.send, [{"do": "echo", "text": "loaded"}]).start()
    assert await_loaded(quiet, 1, stall_seconds=0.1, look=lambda pid: look_at(pid, tmp_path))["text"] == "loaded"


def test_a_load_that_is_stopped_ends_with_its_child(tiny: EngineOptions) -> None:
    with pytest.raises(MachineError, match="load_stalled"):
        start_and(lambda pid: os.kill(pid, signal.SIGSTOP), tiny, load_stall_seconds=0.5)


def test_a_kill_while_loading_is_told_as_want_of_memory(tiny: EngineOptions) -> None:
    with pytest.raises(MachineError, match=r"model_out_of_memory.*SIGKILL"):
        start_and(lambda pid: os.kill(pid, signal.SIGKILL), tiny)


def test_a_crash_while_loading_is_told_with_its_signal(tiny: EngineOptions) -> None:
    with pytest.raises(MachineError, match=r"model_start_failed.*SIGSEGV"):
        start_and(lambda pid: os.kill(pid, signal.SIGSEGV), tiny)


def test_a_kill_while_the_prompt_is_read_is_told_at_once(starter: ModelInfo) -> None:
    loaded = LlamaModel.start(EngineOptions(str(starter.path), 4096, 4096, 1))
    threading.Timer(0.3, os.kill, [loaded.pid, signal.SIGKILL]).start()
    with pytest.raises(MachineError, match=r"model_gone.*SIGKILL"):
        list(loaded.stream("연차 유급휴가는 며칠인가요? " * 300, 10))
    assert not loaded.alive


def test_a_kill_while_decoding_is_told_at_once(model: LlamaModel) -> None:
    stream = model.stream("옛날 옛날에", 3500)
    next(stream)
    os.kill(model.pid or 0, signal.SIGKILL)
    with pytest.raises(MachineError, match=r"model_gone.*SIGKILL"):
        list(stream)
    assert model.pid is None


def test_a_kill_while_idle_is_seen_and_told_at_the_next_use(model: LlamaModel) -> None:
    os.kill(model.pid or 0, signal.SIGKILL)
    eventually(lambda: not model.alive)
    with pytest.raises(MachineError, match="model_gone"):
        model.count_tokens("누구 있나요")


def test_a_silent_worker_is_ended(tiny: EngineOptions) -> None:
    loaded = LlamaModel.start(tiny, stall_seconds=0.5)
    os.kill(loaded.pid or 0, signal.SIGSTOP)
    with pytest.raises(MachineError, match="model_stalled"):
        list(loaded.stream("옛날 옛날에", 900))
    assert not loaded.alive


def test_closing_a_stream_of_a_worker_that_hangs_ends_the_worker(model: LlamaModel) -> None:
    stream = model.stream("옛날 옛날에", 3000)
    next(stream)
    os.kill(model.pid or 0, signal.SIGSTOP)
    stream.close()
    assert not model.alive


@pytest.mark.parametrize("moment", ["loading", "loaded"])
def test_a_worker_dies_with_an_owner_that_is_killed(tiny: EngineOptions, moment: str) -> None:
    command = [sys.executable, "-c", OWNER, json.dumps(dataclasses.asdict(tiny)), moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        worker = int(owner.stdout.readline())
        owner.kill()
    eventually(lambda: not runs(worker))


def test_a_worker_is_the_first_that_the_kernel_ends(model: LlamaModel) -> None:
    own = int(Path("/proc/self/oom_score_adj").read_text())
    assert int(Path(f"/proc/{model.pid}/oom_score_adj").read_text()) > own


def test_the_key_is_neither_in_the_arguments_nor_the_environment(model: LlamaModel) -> None:
    key = model.engine._key.encode()
    for name in ("cmdline", "environ"):
        assert key not in Path(f"/proc/{model.pid}/{name}").read_bytes()


def test_a_worker_counts_gpus_in_the_order_of_the_plan(model: LlamaModel) -> None:
    environ = Path(f"/proc/{model.pid}/environ").read_bytes().split(b"\0")
    assert {f"{name}={value}".encode() for name, value in GPU_ENVIRON.items()} <= set(environ)


def test_fifty_loads_leave_no_process_no_file_and_no_thread(tiny: EngineOptions) -> None:
    LlamaModel.start(tiny).close()
    before = left_behind()
    for _ in range(50):
        loaded = LlamaModel.start(tiny)
        stream = loaded.stream("하나", 2000)
        next(stream)
        loaded.close()
        stream.close()
    assert left_behind() == before


def test_a_cut_model_file_is_told(starter: ModelInfo, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    with starter.path.open("rb") as file:
        cut.write_bytes(file.read(20_000_000))
    with pytest.raises(InputError, match="model_truncated"):
        LlamaModel.start(EngineOptions(str(cut), 512, 64, 1))


@pytest.mark.parametrize(
    ("stderr", "status", "fallback", "told"),
    [
        (
            "E load: error loading model: unknown model architecture: 'zebra'\nE srv: exiting",
            1,
            "x",
            ("model_unsupported", "unknown model architecture: 'zebra'"),
        ),
        (
            "E alloc: failed to allocate CPU buffer\nE load: error loading model: unable to allocate CPU buffer\nE srv: exiting",
            1,
            "",
            ("model_out_of_memory", "unable to allocate CPU buffer"),
        ),
        (
            "E load: error loading model: mmap failed: Cannot allocate memory",
            1,
            "x",
            ("model_out_of_memory", "mmap failed: Cannot allocate memory"),
        ),
        ("", 1, "std::bad_alloc", ("model_out_of_memory", "std::bad_alloc")),
        ("", -9, "", ("model_out_of_memory", "signal 9 (SIGKILL)")),
        ("one\ntwo\n\nthree\nfour\n", 3, "x", ("model_start_failed", "two | three | four")),
        ("", 3, "", ("model_start_failed", "exit status 3")),
        ("", -250, "", ("model_start_failed", "signal 250")),
        ("", None, "", ("model_start_failed", "no answer")),
    ],
)
def test_a_start_error_carries_the_telling_line(
    stderr: str, status: int | None, fallback: str, told: tuple[str, str]
) -> None:
    error = told_error("m", stderr, status, fallback)
    assert (error.code, error.values["reason"]) == told


def test_a_library_that_the_system_lacks_is_named_with_its_package() -> None:
    stderr = "Traceback ...\nImportError: libgomp.so.1: cannot open shared object file: No such file or directory\n"
    error = told_error("m", stderr, 1, "")
    assert (error.code, error.values) == (
        "engine_library_missing",
        {"library": "libgomp.so.1", "package": "libgomp1"},
    )


def start_and(do: Callable[[int], None], options: EngineOptions, load_stall_seconds: float = 60.0) -> AiChatError:
    """Start a worker and do this to it while it loads."""
    before = set(children())

    def strike() -> None:
        eventually(lambda: bool(set(children()) - before))
        do((set(children()) - before).pop())

    striking = threading.Thread(target=strike)
    striking.start()
    try:
        LlamaModel.start(options, load_stall_seconds=load_stall_seconds).close()
    finally:
        striking.join()
    raise AssertionError("it loaded faster than it was struck")


def children() -> list[int]:
    """Workers of ours that run."""
    found = []
    for folder in Path("/proc/self/task").glob("*/children"):
        found += [int(pid) for pid in folder.read_text().split()]
    return [pid for pid in found if WORKER.encode() in command_line(pid) and runs(pid)]


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def left_behind() -> tuple[int, int, int]:
    return len(os.listdir("/proc/self/fd")), threading.active_count(), len(children())


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
