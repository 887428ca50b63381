"""`ai-chat doctor --offline`: uses AI-CHAT as people do, in a home that is thrown away, and tells what asked for the network.

Takes Settings for where the configuration lies; gives what was run, which processes were watched and what each asked for. The library of
this home is not touched; its `config.toml` and the environment count, so that an endpoint on another machine is found.
"""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import ai_chat
from ai_chat.cli.session import Session
from ai_chat.cli.terminal import one_line
from ai_chat.config import Settings
from ai_chat.process import child_environment
from ai_chat.shapes import Json

_PATIENCE_SECONDS = 300
_START_SECONDS = 120
_QUESTION = "쓰지 않은 연차는 다음 해로 며칠까지 넘길 수 있나요?"
_DOCUMENT = "The boiler is inspected every March. Keys are kept at the desk.\n"

_LINES: dict[str, tuple[str, str]] = {
    "watched": ("watched", "지켜본 프로세스"),
    "ran": ("ran", "실행"),
    "asked": ("NETWORK: {address}, by {modules} in {process}", "네트워크: {address}, {process}의 {modules}"),
    "broke": ("broke off: {command}: {said}", "중단됨: {command}: {said}"),
    "clean": (
        "Nothing asked for an address outside this machine.",
        "이 컴퓨터 밖의 주소를 찾은 것이 없습니다.",
    ),
    "reached": (
        "{count} address(es) outside this machine were asked for; see above.",
        "이 컴퓨터 밖의 주소 {count}개를 찾았습니다. 위를 보세요.",
    ),
    "unproven": ("Not proven: not everything could be run.", "확인하지 못했습니다. 실행하지 못한 것이 있습니다."),
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """`modules`: nearest to the socket first."""

    process: str
    address: str
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """`broke`: what could not be run to its end, with its last line."""

    ran: tuple[str, ...]
    broke: Mapping[str, str]
    watched: tuple[str, ...]
    attempts: tuple[Attempt, ...]

    @property
    def clean(self) -> bool:
        return not self.attempts and not self.broke


def offline(session: Session) -> int:
    """Exit 0 when nothing asked for the network and everything ran, else 1."""
    found = run_watched(session.settings)
    if session.as_json:
        session.print_json(_as_json(found))
    else:
        _print(session, found)
    return 0 if found.clean else 1


def run_watched(settings: Settings) -> Found:
    """Read documents, search, ask, and serve the page: each by itself as a process, its children with it."""
    with tempfile.TemporaryDirectory(prefix="ai-chat-offline-") as name:
        folder = Path(name)
        environment, log = _prepare(folder, settings)
        document = folder / "notice.txt"
        document.write_text(_DOCUMENT, "utf-8")
        samples = Path(ai_chat.__file__).resolve().parents[1] / "samples" / "documents"
        paths = [str(path) for path in (document, samples) if path.exists()]
        commands = [["ingest", *paths], ["search", "연차 이월"], ["ask", _QUESTION]]
        broke = {command[0]: said for command in commands if (said := _run(command, environment))}
        if said := _serve(environment):
            broke["web"] = said
        lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return Found((*(command[0] for command in commands), "web"), broke, _watched(lines), _attempts(lines))


def _prepare(folder: Path, settings: Settings) -> tuple[dict[str, str], Path]:
    """A home, and a `sitecustomize` that Python imports first in every process that gets this environment."""
    home, first, log = folder / "home", folder / "first", folder / "log"
    for each in (home, first):
        each.mkdir(mode=0o700)
    if (settings.home / "config.toml").is_file():
        shutil.copy(settings.home / "config.toml", home)
    (first / "sitecustomize.py").write_text(f"from ai_chat.cli.outward import watch\n\nwatch({str(log)!r})\n", "utf-8")
    log.touch(0o600)
    return child_environment(first, AI_CHAT_HOME=str(home)), log


def _run(command: list[str], environment: Mapping[str, str]) -> str:
    """The last line of what it said where it failed."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ai_chat", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{_PATIENCE_SECONDS} s"
    return "" if done.returncode == 0 else _last(done.stderr, done.returncode)


def _serve(environment: Mapping[str, str]) -> str:
    """Start the page, ask it once through the program, end it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["web", "--no-browser", "--port", str(port)]
    command = [sys.executable, "-m", "ai_chat", *words]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        server = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            if not _answers(server, port):
                said.seek(0)
                return _last(said.read(), server.poll())
            return _run(["ask", "--fresh", _QUESTION], environment)
        finally:
            _end(server)


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    end = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    return False


def _end(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _last(text: str, code: int | None) -> str:
    lines = text.strip().splitlines()
    return one_line(lines[-1]) if lines else f"exit {code}"


def _watched(lines: list[Json]) -> tuple[str, ...]:
    return tuple(sorted({str(line["process"]) for line in lines}))


def _attempts(lines: list[Json]) -> tuple[Attempt, ...]:
    """Each once, however often it was tried."""
    found = [
        Attempt(str(line["process"]), str(line["address"]), tuple(line["modules"]))
        for line in lines
        if "address" in line
    ]
    return tuple(dict.fromkeys(found))


def _as_json(found: Found) -> Json:
    return {
        "offline": found.clean,
        "ran": found.ran,
        "broke": dict(found.broke),
        "watched": found.watched,
        "attempts": [
            {"address": each.address, "process": each.process, "modules": each.modules} for each in found.attempts
        ],
    }


def _print(session: Session, found: Found) -> None:
    print(f"{_line(session, 'ran')}: {', '.join(found.ran)}")
    print(f"{_line(session, 'watched')}: {', '.join(found.watched)}")
    for each in found.attempts:
        modules = " < ".join(each.modules[:4]) or "?"
        print(one_line(_line(session, "asked", address=each.address, modules=modules, process=each.process)))
    for command, said in found.broke.items():
        print(one_line(_line(session, "broke", command=command, said=said)))
    last = "clean" if found.clean else "reached" if found.attempts else "unproven"
    print(_line(session, last, count=len({each.address for each in found.attempts})))


def _line(session: Session, name: str, /, **values: object) -> str:
    english, korean = _LINES[name]
    return (korean if session.language == "ko" else english).format(**values)
