"""Lazy values: made once, leased, unloaded, mended."""

from __future__ import annotations

import threading
import time

from ai_chat.errors import MachineError
from ai_chat.lazy import Lazy


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
        gate.wait(10)
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
