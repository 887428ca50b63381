"""`ai-chat doctor --offline`: what asks for the network is seen and told, in every process."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ai_chat.cli.offline import run_watched
from ai_chat.cli.outward import outside
from ai_chat.config import Settings
from ai_chat.llm.models import ModelInfo
from ai_chat.process import child_environment
from tests.namespaces import ALONE, needs_namespaces
from tests.program import Program, write_documents

INET, INET6, UNIX = (socket.socket(family) for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX))
ASKS = {
    "a name": "import socket\ntry: socket.getaddrinfo('hub.invalid', 443)\nexcept OSError: pass",
    "by a library": "import urllib.request\ntry: urllib.request.urlopen('http://hub.invalid/model')\nexcept OSError: pass",
    "a number": (
        "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "try: s.sendto(b'x', ('192.0.2.1', 9))\nexcept OSError: pass"
    ),
    "in a grandchild": (
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', \"import socket\\ntry: "
        "socket.getaddrinfo('hub.invalid', 443)\\nexcept OSError: pass\"])"
    ),
}


@pytest.mark.parametrize(
    ("event", "arguments", "address"),
    [
        ("socket.getaddrinfo", ("hub.example", 443, 0, 0, 0), "hub.example"),
        ("socket.getaddrinfo", (b"hub.example", 443, 0, 0, 0), "hub.example"),
        ("socket.getaddrinfo", ("localhost", 80, 0, 0, 0), None),
        ("socket.getaddrinfo", (None, 80, 0, 0, 0), None),
        ("socket.getaddrinfo", ("192.0.2.1", 80, 0, 0, 0), None),
        ("socket.gethostbyname", ("hub.example",), "hub.example"),
        ("socket.connect", (INET, ("192.0.2.1", 80)), "192.0.2.1:80"),
        ("socket.connect", (INET, ("127.0.0.2", 80)), None),
        ("socket.connect", (INET6, ("2001:db8::1", 80, 0, 0)), "2001:db8::1:80"),
        ("socket.connect", (INET6, ("::1", 80, 0, 0)), None),
        ("socket.connect", (INET6, ("::ffff:127.0.0.1", 80, 0, 0)), None),
        ("socket.connect", (INET6, ("::ffff:192.0.2.1", 80, 0, 0)), "::ffff:192.0.2.1:80"),
        ("socket.connect", (UNIX, "/run/engine.sock"), None),
        ("socket.sendto", (INET, ("192.0.2.1", 53)), "192.0.2.1:53"),
        ("socket.sendmsg", (INET, None), None),
    ],
)
def test_what_is_outside_this_machine(event: str, arguments: tuple[Any, ...], address: str | None) -> None:
    assert outside(event, arguments) == address


@pytest.mark.parametrize("code", ASKS.values(), ids=ASKS)
def test_a_child_that_asks_is_written_down(code: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    (tmp_path / "sitecustomize.py").write_text(f"from ai_chat.cli.outward import watch\nwatch({str(log)!r})\n")
    subprocess.run([sys.executable, "-c", code], env=child_environment(tmp_path), check=True, timeout=60)
    assert "hub.invalid" in log.read_text() or "192.0.2.1:9" in log.read_text()


def test_this_program_asks_for_nothing(program: Program) -> None:
    done = program("doctor", "--offline", "--json")
    assert done.code == 0, done.out + done.err
    told = done.json
    assert told["offline"] is True and told["attempts"] == [] and told["broke"] == {}
    assert told["ran"] == ["ingest", "search", "ask", "web"]
    assert {"ai_chat ingest", "ai_chat search", "ai_chat ask", "ai_chat web"} <= set(told["watched"])
    assert not (program.home / "library.db").exists(), "it is tried in a home of its own"


def test_an_endpoint_on_another_machine_is_found(program: Program) -> None:
    program.home.mkdir(mode=0o700)
    (program.home / "config.toml").write_text(
        'llm_endpoint = "http://engine.invalid:8080"\nllm_model = "big"\nallow_remote = true\n'
    )
    done = program("doctor", "--offline")
    assert done.code == 1
    assert "NETWORK: engine.invalid, by " in done.out and "ai_chat.llm.endpoint" in done.out
    assert "1 address(es) outside this machine were asked for" in done.out
    assert "Nothing asked" not in done.out


def test_what_could_not_be_run_proves_nothing(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    found = run_watched(home)
    assert not found.clean and found.attempts == ()
    assert found.broke == dict.fromkeys(("ingest", "search", "ask", "web"), "exit 1")


@needs_namespaces
def test_without_loopback_the_evidence_comes_and_what_is_missing_is_named(
    starter: ModelInfo, program: Program, tmp_path: Path
) -> None:
    assert program("ingest", write_documents(tmp_path / "documents")).code == 0
    asking = program.with_environ(AI_CHAT_MODEL=str(starter.path)).command("ask", "연차휴가는 며칠인가요?")
    done = subprocess.run(
        [*ALONE, *asking], env=program.environ, capture_output=True, text=True, check=False, timeout=120
    )
    assert "취업규칙.md" in done.stdout
    assert "ip link set lo up" in done.stdout + done.stderr and "memory" not in done.stderr
