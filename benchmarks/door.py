#!/usr/bin/env python3
"""What the door costs, and whether it tells names that exist from those that do not.

    benchmarks/door.py [--tries 60] [--json FILE]

CPU time of a wrong password and of an unknown name, interleaved, as medians and their ratio; of what each request pays without users, with
a session and with a key; and what 500 wrong passwords come to. A home of its own with 50 users; nothing is served.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ai_chat.server.access import Access
from ai_chat.server.hosts import Bound
from ai_chat.server.keys import Keys
from ai_chat.users.door import FILE, Door
from ai_chat.users.throttle import LOCKED_SECONDS
from ai_chat.users.users import Users

_REQUESTS = 2_000
KEYS = Keys("token", None, "owner")


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def main() -> None:
    told = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        found = {
            "without users": _requests(Path(folder) / "none", "/", "cookie", f"ai-chat-8501={KEYS.cookie()}"),
            **_with_users(Path(folder), told.tries),
        }
    for name, value in found.items():
        print(f"{name:28} {value}")
    if told.json:
        Path(told.json).write_text(json.dumps(found, indent=2) + "\n", "utf-8")


def _with_users(home: Path, tries: int) -> dict[str, object]:
    with closing(Users.open(home / FILE)) as users:
        for number in range(50):
            users.accounts.add(f"user{number}", "correct horse", None, [f"c{number}"] if number else [])
        user = users.accounts.user("user7")
        cookie, (key, _made) = users.sessions.begin(user), users.keys.add(user, user.name)
        found: dict[str, object] = {
            "with a session": _requests(home, "/", "cookie", f"ai-chat-8501={cookie}"),
            "with a key": _requests(home, "/api/search", "authorization", f"Bearer {key}"),
        }
    return {**found, **_alike(home, tries), **_locked(home)}


def _requests(home: Path, path: str, name: str, value: str) -> str:
    """Through the whole middleware, to an app that answers nothing."""
    headers = [(b"host", b"127.0.0.1:8501"), (name.encode(), value.encode())]
    scope = {
        "type": "http",
        "path": path,
        "method": "GET",
        "headers": headers,
        "query_string": b"",
        "client": ("::1", 1),
    }
    entered = []

    async def inside(_scope: object, _receive: object, _send: object) -> None:
        entered.append(True)

    async def receive() -> dict[str, object]:
        return {}

    async def send(_message: object) -> None: ...

    async def go(access: Access) -> float:
        await access(scope, receive, send)
        began = time.process_time()
        for _ in range(_REQUESTS):
            await access(scope, receive, send)
        return (time.process_time() - began) / _REQUESTS

    with closing(Door(home)) as door:
        seconds = asyncio.run(go(Access(inside, keys=KEYS, bound=Bound("127.0.0.1", 8501), door=door)))
    assert len(entered) == _REQUESTS + 1, "the door was closed"
    return f"{seconds * 1e6:.0f} us CPU a request"


def _alike(home: Path, tries: int) -> dict[str, object]:
    """Wall time too: it is what somebody outside could look at."""
    cpu: dict[str, list[float]] = {"user7": [], "nobody": []}
    wall: dict[str, list[float]] = {"user7": [], "nobody": []}
    clock = Clock()
    with closing(Door(home, clock, clock)) as door:
        door.sign_in("warm", "wrong", "0")
        for number in range(tries):
            for name in cpu:
                clock.now += LOCKED_SECONDS
                began, clocked = time.process_time(), time.perf_counter()
                door.sign_in(name, "wrong", str(number))
                cpu[name].append(time.process_time() - began)
                wall[name].append(time.perf_counter() - clocked)
    known, unknown = (statistics.median(cpu[name]) for name in cpu)
    return {
        "wrong password": f"{known * 1e3:.1f} ms CPU",
        "unknown name": f"{unknown * 1e3:.1f} ms CPU",
        "wrong / unknown, CPU": round(known / unknown, 3),
        "wrong / unknown, wall": round(statistics.median(wall["user7"]) / statistics.median(wall["nobody"]), 3),
    }


def _locked(home: Path) -> dict[str, object]:
    clock = Clock()
    clock.now += 1e8
    with closing(Door(home, clock, clock)) as door:
        answers = {
            name: [door.sign_in(name, f"no {n}", f"10.0.0.{n}") for n in range(500)] for name in ("user9", "nobody")
        }
    with closing(Users.open(home / FILE)) as users:
        noted = sum(each.subject in answers for each in users.audit.entries("2029"))
    return {
        "500 wrong passwords": f"{sum(each.locked for each in answers['user9'])} turned away, {noted // 2} noted",
        "the same of no user": answers["user9"] == answers["nobody"],
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=60)
    parser.add_argument("--json", default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
