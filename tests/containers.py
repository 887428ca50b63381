"""The container image as it is meant to run: read-only, without rights, under limits. Needs podman and runc, and root.

Takes images and data folders; gives running containers.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PODMAN = [
    "podman",
    "--log-level=fatal",
    "--storage-driver",
    "overlay",
    "--runtime",
    "runc",
    "--cgroup-manager",
    "cgroupfs",
]
CLOSED = [
    *("--network", "host", "--read-only", "--tmpfs", "/tmp:rw,size=64m", "--cap-drop", "ALL", "--no-healthcheck"),
    *("--security-opt", "no-new-privileges", "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096"),
    *("--cpus", "2", "--memory", "8g"),
]


def podman(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """What Podman said; without `check` it may have failed."""
    return subprocess.run([*PODMAN, *words], capture_output=True, text=True, check=check, timeout=120)


@contextmanager
def container(image: str, data: Path, port: str = "", options: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """One that runs, and its port; `options` of Podman come after ours."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = port or str(free.getsockname()[1])
    mount = ("--volume", f"{data}:/data")
    web = ("web", "--host", "0.0.0.0", "--port", port, "--no-browser", "--make-password")
    name = podman("run", "--detach", *CLOSED, *options, *mount, image, *web).stdout.strip()
    try:
        yield name, port
    finally:
        podman("rm", "--force", "--time", "2", name, check=False)


def within(image: str, command: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """The command line that runs Python so with the image's program and packages, over the tests' doubles and temporary folders."""
    folders = {"/tmp": "/tmp", str(ROOT / "tests"): "/opt/ai-chat/tests:ro"}
    mounts = [word for path, place in folders.items() for word in ("--volume", f"{path}:{place}")]
    told = [word for name, value in {**environ, "HOME": "/tmp"}.items() for word in ("--env", f"{name}={value}")]
    limits = ("--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096")
    closed = ("--network", "host", "--read-only", "--cap-drop", "ALL", "--no-healthcheck", "--user", "0:0")
    return [*PODMAN, "run", "--rm", *closed, *limits, *mounts, *told, "--entrypoint", "python3", image, *command]
