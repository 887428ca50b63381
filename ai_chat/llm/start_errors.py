"""Why a worker ended -> a sentence of ours: the file's fault, too little memory, or the engine's own words.

Takes what the child wrote to stderr and how it ended. Pure but for asking the child.
"""

from __future__ import annotations

import errno
import re
import signal
import socket
from pathlib import Path

from ai_chat.errors import AiChatError, InputError, MachineError
from ai_chat.llm.loading import LOAD_ENDED
from ai_chat.process import Child
from ai_chat.types import Problem

_TELLING = "error loading model:"
_TRUNCATED_SIGNS = ("not within the file bounds", "failed to read", "unexpectedly reached end of file")
_UNSUPPORTED_SIGNS = ("unknown model architecture", "unknown pre-tokenizer", "unsupported", "missing tensor")
_MEMORY_SIGNS = ("out of memory", "failed to allocate", "unable to allocate", "bad_alloc", "cannot allocate memory")
_MISSING_LIBRARY = re.compile(r"ImportError: (lib\S+): cannot open shared object file")
_LIBRARY_PACKAGES = {"libgomp.so.1": "libgomp1", "libstdc++.so.6": "libstdc++6"}  # of Debian and Ubuntu
_NO_NETWORK = (errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)
_DISCARD = 9  # a port of old where hardly anybody listens
_LAST_LINES = 3
_DYING_SECONDS = 1.0


def start_error(path: str, child: Child, error: MachineError) -> AiChatError:
    """A load that failed with `error`."""
    if error.code in ("load_stalled", LOAD_ENDED):
        return error
    if not has_loopback():
        return MachineError("loopback_missing")
    status = child.wait(_DYING_SECONDS)
    return told_error(path, child.stderr_tail(), status, str(error.values.get("reason", "")))


def has_loopback() -> bool:
    """Whether this machine can speak to itself: where nobody listens it is refused, without a loopback network it is not even that."""
    try:
        socket.create_connection(("127.0.0.1", _DISCARD), timeout=_DYING_SECONDS).close()
    except OSError as error:
        return error.errno not in _NO_NETWORK
    return True


def told_error(path: str, stderr: str, status: int | None, fallback: str) -> AiChatError:
    """The line in which the engine says why, else its last ones, else how it ended."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    telling = next((line.partition(_TELLING)[2].strip() for line in lines if _TELLING in line), "")
    reason = telling or " | ".join(lines[-_LAST_LINES:]) or fallback or _manner(status)
    if missing := missing_library(stderr):
        return MachineError(missing.code, **missing.values)
    everything = f"{stderr}\n{fallback}".lower()
    if status == -signal.SIGKILL or any(sign in everything for sign in _MEMORY_SIGNS):
        return MachineError("model_out_of_memory", path=path, reason=reason)
    if any(sign in reason for sign in _TRUNCATED_SIGNS):
        return InputError("model_truncated", path=path, bytes=Path(path).stat().st_size)
    if any(sign in reason for sign in _UNSUPPORTED_SIGNS):
        return InputError("model_unsupported", path=path, reason=reason)
    return MachineError("model_start_failed", path=path, reason=reason)


def missing_library(stderr: str) -> Problem | None:
    """The system's library without which the engine cannot be imported."""
    found = _MISSING_LIBRARY.search(stderr)
    if not found:
        return None
    library = found[1]
    return Problem("engine_library_missing", {"library": library, "package": _LIBRARY_PACKAGES.get(library, library)})


def ending(child: Child) -> str:
    """How a child ended that was in use: its last line, else its signal or status; "" where it has not ended."""
    status = child.wait(_DYING_SECONDS)
    if status is None:
        return ""
    lines = [line.strip() for line in child.stderr_tail().splitlines() if line.strip()]
    return lines[-1] if lines and status > 0 else _manner(status)


def _manner(status: int | None) -> str:
    if status is None:
        return "no answer"
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"signal {-status} ({signal.Signals(-status).name})"
    except ValueError:
        return f"signal {-status}"
