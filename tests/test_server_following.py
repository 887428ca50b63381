"""Streams from a thread: in order, with their error, held back by a slow client, and left at once when he goes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from ai_chat.server.following import followed
from tests.patience import eventually

_WHO: ContextVar[str] = ContextVar("who", default="nobody")


async def collect(pieces: Iterator[object]) -> list[object]:
    return [piece async for piece in followed(lambda: pieces)]


def test_all_pieces_come_in_order() -> None:
    assert asyncio.run(collect(iter(range(1000)))) == list(range(1000))


def test_an_error_comes_behind_what_was_told() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise KeyError("two")

    async def run() -> list[int]:
        found = []
        with pytest.raises(KeyError):
            async for piece in followed(failing):
                found.append(piece)  # noqa: PERF401 - they are kept although it fails
        return found

    assert asyncio.run(run()) == [1]


def test_who_asks_is_known_in_the_thread() -> None:
    async def run() -> list[str]:
        _WHO.set("minji")
        return [piece async for piece in followed(lambda: iter([_WHO.get()]))]

    assert asyncio.run(run()) == ["minji"]


def test_a_slow_client_holds_it_back() -> None:
    made = 0

    def many() -> Iterator[int]:
        nonlocal made
        for number in range(10_000):
            made += 1
            yield number

    async def run() -> int:
        stream = followed(many)
        await anext(stream)
        await asyncio.sleep(0.3)
        seen = made
        await stream.aclose()  # type: ignore[attr-defined]
        return seen

    assert asyncio.run(run()) < 100
    eventually(lambda: not [each for each in threading.enumerate() if each.name == "told"])


def test_a_client_that_goes_is_told_while_nothing_comes() -> None:
    """As in the middle of a long prompt: the thread waits for a token, and the loop for the thread."""
    stopped, waiting = threading.Event(), threading.Event()

    def silent() -> Iterator[bytes]:
        waiting.set()
        assert stopped.wait(60)
        yield b"too late"

    async def run() -> None:
        async def follow() -> None:
            async for _piece in followed(silent, stopped.set):
                raise AssertionError

        task = asyncio.create_task(follow())
        await asyncio.to_thread(waiting.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(stopped.wait, 10)

    asyncio.run(run())
    eventually(lambda: not [each for each in threading.enumerate() if each.name == "told"])


def test_nobody_has_left_a_stream_that_ended() -> None:
    left = threading.Event()

    async def run() -> None:
        async for _piece in followed(lambda: iter([1]), left.set):
            pass

    asyncio.run(run())
    assert not left.wait(0.2)
