"""Lazy values: made once, leased, unloaded, mended."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from ai_chat.errors import MachineError
from ai_chat.lazy import Lazy

T = TypeVar("T")


def test_nothing_is_made_before_the_first_touch() -> None:
    made: list[str] = []

    def make() -> str:
        made.append("value")
        return "value"

    lazy = Lazy(make)
    assert (lazy.state, lazy.peek(), made) == ("empty", None, [])
    with lazy.lease() as value:
        assert value == "value"
    assert lazy.state == "loaded"


def test_sixty_four_threads_make_it_once() -> None:
    made: list[object] = []

    def make() -> object:
        time.sleep(0.02)
        made.append(object())
        return made[-1]

    lazy = Lazy(make)
    seen: list[object] = []

    def touch() -> None:
        with lazy.lease() as value:
            seen.append(value)

    threads = [threading.Thread(target=touch) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert set(seen) == set(made)


def test_a_failure_reaches_all_who_waited_and_the_next_tries_again() -> None:
    attempts: list[int] = []
    gate = threading.Event()

    def make() -> str:
        attempts.append(1)
        gate.wait(60)
        if len(attempts) == 1:
            raise MachineError("child_died")
        return "second"

    lazy = Lazy(make)
    failures: list[str] = []

    def touch() -> None:
        try:
            with lazy.lease():
                pass
        except MachineError as error:
            failures.append(error.code)

    threads = [threading.Thread(target=touch) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    gate.set()
    for thread in threads:
        thread.join()
    assert failures == ["child_died"] * 8
    assert (lazy.state, len(attempts)) == ("failed", 1)
    with lazy.lease() as value:
        assert value == "second"
    assert lazy.error is None


def test_a_lease_keeps_it_and_its_end_lets_it_go() -> None:
    closed: list[str] = []
    now = [5.0]
    lazy = Lazy(lambda: "value", closed.append, clock=lambda: now[0])
    with lazy.lease():
        during = lazy.idle_since
        assert not lazy.unload()
    assert (during, lazy.idle_since) == (None, 5.0)
    assert lazy.unload()
    assert (closed, lazy.state) == (["value"], "empty")


def test_a_broken_value_is_made_anew_once() -> None:
    made: list[object] = []
    closed: list[object] = []

    def make() -> object:
        made.append(object())
        return made[-1]

    lazy = Lazy(make, closed.append)
    with lazy.lease() as value:
        lazy.discard(value)
        lazy.discard(value)
    with lazy.lease() as fresh:
        assert fresh is not value
    assert closed == [value]


def test_preload_keeps_its_error_for_whoever_looks() -> None:
    def fail() -> str:
        raise MachineError("child_died")

    lazy = Lazy(fail)
    lazy.preload().join()
    assert (lazy.state, repr(lazy.error)) == ("failed", repr(MachineError("child_died")))


def test_a_lease_that_comes_while_it_is_closed_waits_and_gets_a_new_one() -> None:
    closing, go_on = threading.Event(), threading.Event()
    alive: list[int] = []
    most: list[int] = []

    def make() -> int:
        alive.append(1)
        most.append(len(alive))
        return len(most)

    def close(_value: int) -> None:
        closing.set()
        go_on.wait(60)
        alive.pop()

    lazy = Lazy(make, close)
    with lazy.lease():
        pass
    unloading = threading.Thread(target=lazy.unload)
    unloading.start()
    closing.wait(60)
    seen: list[int] = []
    leasing = threading.Thread(target=lambda: seen.append(_leased(lazy)))
    leasing.start()
    leasing.join(0.1)
    assert (seen, lazy.peek()) == ([], None)
    go_on.set()
    leasing.join()
    unloading.join()
    assert (seen, most, lazy.loads) == ([2], [1, 1], 2)


def test_unloading_never_waits_for_a_load() -> None:
    loading, go_on = threading.Event(), threading.Event()

    def make() -> str:
        loading.set()
        go_on.wait(60)
        return "value"

    lazy = Lazy(make)
    thread = lazy.preload()
    loading.wait(60)
    assert (lazy.unload(), lazy.state) == (False, "loading")
    go_on.set()
    thread.join()
    assert lazy.unload()


def test_a_lease_of_a_discarded_value_is_none_on_its_successor() -> None:
    closed: list[object] = []
    lazy = Lazy(object, closed.append, clock=lambda: 7.0)
    with lazy.lease() as broken:
        lazy.discard(broken)
        seen = [lazy.idle_since]
        with lazy.lease() as fresh:
            pass
        seen.append(lazy.idle_since)
        assert lazy.unload()
    assert seen == [None, 7.0]
    assert closed == [broken, fresh]
    assert (lazy.state, lazy.idle_since) == ("empty", None)


def test_ended_while_loading_it_is_closed_as_soon_as_it_is_there() -> None:
    loading, go_on = threading.Event(), threading.Event()
    closed: list[str] = []

    def make() -> str:
        loading.set()
        go_on.wait(60)
        return "value"

    lazy = Lazy(make, closed.append)
    thread = lazy.preload()
    loading.wait(60)
    lazy.end()
    go_on.set()
    thread.join()
    assert (closed, lazy.state) == (["value"], "empty")
    with pytest.raises(MachineError, match="lazy_ended"):
        _leased(lazy)
    assert lazy.loads == 1


def test_ended_under_a_lease_it_is_closed_once() -> None:
    closed: list[str] = []
    lazy = Lazy(lambda: "value", closed.append)
    with lazy.lease():
        lazy.end()
        lazy.end()
    assert (closed, lazy.state) == (["value"], "empty")


def test_loading_and_unloading_by_many_threads_never_makes_two_at_once() -> None:
    alive: list[object] = []
    most: list[int] = []

    def make() -> object:
        alive.append(object())
        most.append(len(alive))
        return alive[-1]

    lazy = Lazy(make, alive.remove)

    def touch(number: int) -> None:
        for _ in range(50):
            with lazy.lease() as value:
                assert value in alive
            if number % 2:
                lazy.unload()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(touch, range(8)))
    lazy.unload()
    assert (set(most), alive) == ({1}, [])


def _leased(lazy: Lazy[T]) -> T:
    with lazy.lease() as value:
        return value
