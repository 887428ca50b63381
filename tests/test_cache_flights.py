"""Of those who want the same at once one makes it; nobody waits for who is gone."""

from __future__ import annotations

import threading

import pytest

from ai_chat.cache import Flights


def never() -> bool:
    return False


def test_one_makes_it_and_the_others_find_it() -> None:
    flights = Flights()
    made: list[str] = []
    found: list[str] = []
    waiting = threading.Semaphore(0)

    def want() -> None:
        with flights.turn("k", never, waiting.release):
            (found if made else made).append("answer")

    threads = [threading.Thread(target=want) for _ in range(7)]
    with flights.turn("k", never) as waited:
        for thread in threads:
            thread.start()
        assert all(waiting.acquire(timeout=10) for _ in threads)
        made.append("answer")
    for thread in threads:
        thread.join()
    assert not waited
    assert (made, found) == (["answer"], ["answer"] * 7)


def test_other_keys_do_not_wait() -> None:
    flights = Flights()
    with flights.turn("a", never) as first, flights.turn("b", never) as second:
        assert (first, second) == (False, False)


def test_who_waits_is_told_once_and_goes_on_after_a_failure() -> None:
    flights = Flights()
    told: list[int] = []
    waiting = threading.Event()
    outcome: list[bool] = []

    def tell() -> None:
        told.append(1)
        waiting.set()

    def wait() -> None:
        with flights.turn("k", never, tell) as waited:
            outcome.append(waited)

    thread = threading.Thread(target=wait)
    with pytest.raises(ValueError, match="failed"), flights.turn("k", never):
        thread.start()
        assert waiting.wait(10)
        raise ValueError("failed")
    thread.join(10)
    assert (told, outcome) == ([1], [True])


def test_who_gives_up_leaves_at_once_and_takes_nothing() -> None:
    flights = Flights()
    given_up = threading.Event()
    left = threading.Event()

    def wait() -> None:
        with flights.turn("k", given_up.is_set):
            left.set()

    with flights.turn("k", never):
        thread = threading.Thread(target=wait)
        thread.start()
        given_up.set()
        flights.wake()
        assert left.wait(10)
        thread.join(10)
        third = threading.Event()
        waiting = threading.Thread(target=lambda: _take(flights, third))
        waiting.start()
        assert not third.wait(0.05)  # still ours
    assert third.wait(10)


def _take(flights: Flights, done: threading.Event) -> None:
    with flights.turn("k", never):
        done.set()
