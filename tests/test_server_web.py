"""Starting and stopping the real server: what it answers, what it refuses, how it ends."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from ai_chat.config import Settings
from ai_chat.errors import MachineError, UsageError
from ai_chat.owner import OwnerLock
from ai_chat.server import serve
from ai_chat.server.web import bind
from tests.doubles_app import DoubleApp

ROOT = Path(__file__).parents[1]
START = """
import sys
from pathlib import Path
from ai_chat.config import load_settings
from ai_chat.server import serve
from tests.doubles_app import DoubleApp
settings = load_settings({"home": Path(sys.argv[1]), "port": 0, "language": "en"}, {})
serve(settings, lambda _settings, address, key: print("opened", address, key, flush=True) or DoubleApp(), open_browser=False)
print("ended", sorted({"pandas", "pyarrow", "altair", "fastapi"} & set(sys.modules)), flush=True)
"""


@contextmanager
def running(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The server over a double, and the address it printed."""
    process = subprocess.Popen([sys.executable, "-c", START, str(home)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield process, found.group()
    finally:
        process.kill()
        with process:
            process.wait()


def refuse(_settings: Settings, _address: str, _key: str) -> DoubleApp:
    raise AssertionError("the App must not be opened")


def test_a_port_in_use_is_said(home: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(MachineError) as caught:
            serve(replace(home, port=port), refuse, open_browser=False)
    assert (caught.value.code, caught.value.values["port"]) == ("port_in_use", port)


def test_a_second_start_shows_the_page_that_is_there(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    lock = OwnerLock.try_acquire(home.run_dir, "http://127.0.0.1:4711", "key")
    assert lock is not None
    serve(home, refuse, open_browser=False)
    lock.release()
    token = (home.run_dir / "token").read_text().strip()
    assert f"http://127.0.0.1:4711/?token={token}\n" in capsys.readouterr().out


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "::", "example.invalid"])
def test_other_machines_are_not_served_without_a_password(home: Settings, host: str) -> None:
    with pytest.raises(UsageError) as caught:
        serve(replace(home, host=host, port=0), refuse, open_browser=False)
    assert caught.value.code == "host_needs_password"


def test_an_address_of_another_machine_is_said(home: Settings) -> None:
    with pytest.raises(MachineError) as caught:
        bind("192.0.2.1", 0)
    assert caught.value.code == "host_unusable"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_what_is_written_to_a_connection_is_sent_at_once(host: str) -> None:
    async def sends_at_once() -> bool:
        told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def take(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            option = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            writer.close()
            await writer.wait_closed()
            told.set_result(option)

        listener = bind(host, 0)
        async with await asyncio.start_server(take, sock=listener):
            _, writer = await asyncio.open_connection(host, listener.getsockname()[1])
            option = await told
            writer.close()
            await writer.wait_closed()
        return bool(option)

    assert asyncio.run(sends_at_once())


def test_the_server_answers_opens_the_app_and_ends_when_told(tmp_path: Path) -> None:
    with running(tmp_path) as (process, url):
        address = url.split("/?")[0]
        assert httpx.get(f"{address}/healthz").text == "ok\n"
        assert httpx.get(f"{address}/").status_code == 403
        with httpx.Client(follow_redirects=True) as browser:
            page = browser.get(url)
        assert page.status_code == 200 and "<script" in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'self'")
        assert process.stdout
        opened = [process.stdout.readline() for _ in range(2)][1].split()
        assert opened[:2] == ["opened", address]
        process.send_signal(signal.SIGTERM)
        assert "ended []" in process.stdout.read()
        assert process.wait(60) == 0
    assert (tmp_path / "run" / "token").stat().st_mode & 0o777 == 0o600


def test_a_home_that_cannot_be_written_opens_no_page(home: Settings) -> None:
    home.run_dir.mkdir(parents=True)
    (home.run_dir / "owner.lock").mkdir()  # a folder in its place: even root cannot write it
    with pytest.raises(OSError, match=r"owner\.lock"):
        serve(replace(home, port=0), refuse, open_browser=False)
