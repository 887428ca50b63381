"""The container image against the same program outside: how it starts, how soon it is built again, what it is in 3 GiB.

    python benchmarks/image.py [--pairs 7] [--rebuilds 3] [--model 1.5B.gguf] [--json]

CPU seconds of the page's process until HTTP 200, in turns with the same program outside. Seconds of a build behind a changed line of the
program, all other layers at hand. With a model: five users at once, questions while documents are read, idle, again (benchmarks/limits.py),
in a container of 3 GiB without swap. Takes root, buildah, podman and runc; the image `cpu` has to be built (`.ci/image`).
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from browser import cpu_seconds, free_port, full_home, serving, spread, write_documents  # noqa: E402
from limits import IDLE_SECONDS, SHORT, ingesting, many, together  # noqa: E402
from tree import MB, Sampler, charged, forget_file  # noqa: E402

from ai_chat.app import App, open_app  # noqa: E402
from ai_chat.config import load_settings  # noqa: E402
from ai_chat.owner import read_owner  # noqa: E402
from tests.containers import container, podman  # noqa: E402

IMAGE = "localhost/ai-chat:cpu"
USER = 10001
START_LIMIT, REBUILD_LIMIT_S = 1.1, 30
LIMIT = ("--memory", "3g", "--memory-swap", "3g")
_WAIT_S = 120
_MEMORY = Path("/sys/fs/cgroup/memory")


def starts(pairs: int) -> dict[str, Any]:
    inside, outside = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(pairs + 1):  # the first of each reads from the disk
            inside.append(_inside(Path(folder, f"in{number}")))
            outside.append(_outside(Path(folder, f"out{number}")))
    one, other = spread(inside[1:]), spread(outside[1:])
    return {"container_cpu_s": one, "outside_cpu_s": other, "ratio": round(one["median"] / other["median"], 3)}


def _inside(data: Path) -> float:
    with container(IMAGE, owned(data)) as (name, port):
        pid = pid_of(name)
        _until_200(port)
        return cpu_seconds(pid)


def _outside(home: Path) -> float:
    port = str(free_port())
    command = ["-m", "ai_chat", "web", "--host", "0.0.0.0", "--port", port, "--no-browser", "--make-password"]
    environ = {
        "AI_CHAT_HOME": str(home),
        "AI_CHAT_EMBEDDER": "none",
        "AI_CHAT_MODEL": str(home / "none.gguf"),
        "PYTHONSAFEPATH": "1",
        "PYTHONPATH": str(ROOT),
    }
    with serving(command, f"http://127.0.0.1:{port}/", environ) as server:
        _until_200(port)
        return cpu_seconds(server.process.pid)


def _until_200(port: str) -> None:
    end = time.monotonic() + _WAIT_S
    while time.monotonic() < end:
        connection = http.client.HTTPConnection(f"127.0.0.1:{port}", timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.005)
        finally:
            connection.close()
    raise TimeoutError(f"nothing answers on port {port}")


def rebuilds(count: int) -> dict[str, Any]:
    """Of a copy of what git tracks, so that this folder stays as it is."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        subprocess.run(["git", "clone", "--quiet", ROOT, copy], check=True)
        _build(copy)
        for number in range(count):
            with (copy / "ai_chat" / "sizes.py").open("a", encoding="utf-8") as file:
                file.write(f"\n# {number}\n")
            taken.append(_build(copy))
    _build(ROOT)  # the image of this program again
    return {"seconds": [round(each, 1) for each in taken]}


def _build(folder: Path) -> float:
    begun = time.perf_counter()
    done = subprocess.run([folder / ".ci" / "image", "cpu"], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the image cannot be built: {done.stderr[-2000:]}")
    return time.perf_counter() - begun


def in_three_gib(model: Path) -> dict[str, Any]:
    """The model in the host's place, so that its pages are charged to the container."""
    with tempfile.TemporaryDirectory() as folder:
        data, more = Path(folder, "home"), Path(folder, "more")
        full_home(data, 1_000)
        write_documents(more, 1_000, seed=9)
        open_to(more)
        forget_file(model)
        volumes = ["--volume", f"{model}:/models/m.gguf:ro", "--volume", f"{more}:{more}:ro"]
        environ = {**SHORT, "AI_CHAT_MODEL": "/models/m.gguf", "AI_CHAT_KEEP_ALIVE": str(IDLE_SECONDS)}
        options = [
            *LIMIT,
            *volumes,
            *(word for name, value in environ.items() for word in ("--env", f"{name}={value}")),
        ]
        with container(IMAGE, owned(data), options=options) as (name, _):
            pid = pid_of(name)
            app = _connected(data)
            with Sampler(pid) as sampler:
                ends = together(app)
                outcomes: list[str] = []
                thread = ingesting(app, more, outcomes)
                ends += many(app, 3, 10)
                thread.join(_WAIT_S)
                time.sleep(IDLE_SECONDS + 10)
                idle = sampler.now()
                ends += many(app, 2, 20)
            return {
                "oom_kills": charged(pid).kills(),
                "ends": dict(Counter(ends)),
                "ingested": dict(Counter(outcomes)),
                "peak_pss_mb": round(sampler.peak.pss / MB),
                "idle_mb": round(idle.pss / MB),
                "charged_mb": round(charged(pid).most() / MB),
            }


def _connected(home: Path) -> App:
    end = time.monotonic() + _WAIT_S
    while time.monotonic() < end:
        owner = read_owner(home / "run")
        if owner is not None and owner.address:
            return open_app(load_settings({"home": home}), "read")
        time.sleep(0.1)
    raise TimeoutError("the container's program did not open its library")


def pid_of(name: str) -> int:
    return int(podman("inspect", "--format", "{{.State.Pid}}", name).stdout)


def owned(data: Path) -> Path:
    """By the image's user, who else could not write there."""
    data.mkdir(exist_ok=True)
    open_to(data.parent)
    for path in (data, *data.rglob("*")):
        os.chown(path, USER, USER)
    return data


def open_to(folder: Path) -> None:
    """For everybody to read."""
    for path in (folder, *folder.glob("*.txt")):
        path.chmod(0o755)


def show(report: dict[str, Any]) -> None:
    start, rebuilt, tight = report["start"], report["rebuild"], report.get("three_gib")
    print(f"CPU to HTTP 200: container {start['container_cpu_s']}, outside {start['outside_cpu_s']}")
    print(f"                 {start['ratio']} (goal {START_LIMIT})")
    print(f"built again behind a changed line: {rebuilt['seconds']} s (goal {REBUILD_LIMIT_S})")
    if tight:
        print("3 GiB, no swap:")
        for name, value in tight.items():
            print(f"  {name:<14} {value}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--rebuilds", type=int, default=3)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    report = {"start": starts(given.pairs), "rebuild": rebuilds(given.rebuilds)}
    if given.model:
        report["three_gib"] = in_three_gib(given.model.resolve())
    print(json.dumps(report, ensure_ascii=False)) if given.json else show(report)


if __name__ == "__main__":
    main()
