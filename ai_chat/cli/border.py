"""Where anything that went wrong becomes a sentence and an exit code.

Takes an exception, gives a Problem and 1, 2 or 3. The one place that maps the operating system's errors, and the one
that catches what nobody expected: its traceback goes to logs/ai-chat.log, its sentence names that file.
"""

from __future__ import annotations

import errno
import os
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ai_chat.cli.terminal import note, prepare_streams, print_json
from ai_chat.cli.words import word
from ai_chat.config import Settings, home_folder, load_settings, sentence_language
from ai_chat.errors import AiChatError
from ai_chat.errors.sentences import hint, sentence
from ai_chat.shapes import problem_json
from ai_chat.types import Problem

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_INTERRUPTED = 130  # 128 + SIGINT, as a shell would report it
_TERMINATED = 143  # 128 + SIGTERM
_MAX_LOG = 2_000_000


class _Terminated(KeyboardInterrupt):
    """SIGTERM, which ends a command as Ctrl-C does; as a container's first process it would not end by itself."""


class Failure(NamedTuple):
    problem: Problem
    exit_code: int


def guard(run: Callable[[], int], as_json: bool = False) -> int:
    """The one handler: the exit code of `run`, or what its error comes to. BrokenPipeError is the output's, not ours."""
    prepare_streams()
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return run()
    except _Terminated:
        return _TERMINATED
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last border: whatever it is becomes a sentence and an exit code
        return report(failure_of(error), as_json)


def _terminate(_number: int, _frame: object) -> None:
    raise _Terminated


def report(failure: Failure, as_json: bool) -> int:
    """The sentence and its hint on stderr; with `as_json` also one error document on stdout."""
    language = sentence_language(settings_or_defaults())
    said, next_step = sentence(failure.problem, language), hint(failure.problem, language)
    note(said)
    if next_step:
        note(f"{word('hint', language)}: {next_step}")
    if as_json:
        with suppress(OSError):  # where stdout itself is at fault, stderr has said it
            print_json({"error": problem_json(failure.problem, language)})
    return failure.exit_code


def failure_of(error: Exception) -> Failure:
    """Our own errors as they are, foreign ones by their meaning, the rest as unexpected."""
    if isinstance(error, AiChatError):
        return Failure(error.problem, error.exit_code)
    if isinstance(error, OSError):
        return _of_system(error)
    return unexpected(error)


def unexpected(error: Exception) -> Failure:
    """A bug: the traceback is kept, the sentence says where; without a place to keep it, it goes to stderr."""
    about = {"kind": type(error).__name__, "reason": str(error)}
    log = settings_or_defaults().logs_dir / "ai-chat.log"
    try:
        _keep(log, error)
    except OSError:
        traceback.print_exception(error)
        return Failure(Problem("unexpected_here", about), 3)
    return Failure(Problem("unexpected", {**about, "log": str(log)}), 3)


def settings_or_defaults() -> Settings:
    """What is configured, or the defaults when the configuration itself is at fault."""
    try:
        return load_settings()
    except (AiChatError, OSError):
        return Settings(home=home_folder())


def _of_system(error: OSError) -> Failure:
    path = str(error.filename or settings_or_defaults().home)
    if error.errno in _FULL:
        return Failure(Problem("disk_full", {"path": path}), 3)
    if error.errno in (errno.EACCES, errno.EPERM) and (stranger := _of_another()):
        return Failure(stranger, 3)
    if error.errno in _CLOSED:
        return Failure(Problem("home_unwritable", {"path": path, "reason": error.strerror}), 3)
    return unexpected(error)


def _of_another() -> Problem | None:
    """Where the home is another user's: whose this process is."""
    home, here = settings_or_defaults().home, os.geteuid()
    try:
        owner = home.stat().st_uid
    except OSError:
        return None
    user = f"{here}:{os.getegid()}"
    return None if owner == here else Problem("home_of_another", {"path": str(home), "user": user})


def _keep(log: Path, error: Exception) -> None:
    lines = "".join(traceback.format_exception(error))
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _MAX_LOG:
        log.replace(log.with_suffix(".log.1"))
    with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"{stamp} {lines}\n")
