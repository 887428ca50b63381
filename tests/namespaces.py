"""Commands in a network namespace of their own: no way out, and not even the loopback network is on."""

from __future__ import annotations

import shutil
import subprocess

import pytest

ALONE = ["unshare", "--map-root-user", "--net"]
needs_namespaces = pytest.mark.skipif(
    shutil.which("unshare") is None or subprocess.run([*ALONE, "true"], capture_output=True).returncode != 0,
    reason="this system lets nobody make a network namespace",
)
