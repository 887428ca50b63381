"""The container image as it is meant to run: read-only, without rights, under limits. Needs podman and runc, and root.

Takes images and data folders; gives running containers.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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
