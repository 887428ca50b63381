"""The monitor over real parts: a Lazy value that threads use, a child process, and this machine."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest

from ai_chat.lazy import Lazy
from ai_chat.memory.machine import read_machine
from ai_chat.memory.monitor import Monitor
from ai_chat.memory.tenants import PlainTenant, Tenant
from ai_chat.process import Child

BUDGET = 64 << 30


class Value:
    closed = False

    def close(self) -> None:
        self.closed = True


def monitor_of(*tenants: Tenant) -> Monitor:
    return Monitor(BUDGET, lambda: tenants, machine=lambda: read_machine(gpus=lambda: ()), keep_alive=0)


def test_a_lazy_value_is_let_go_again_and_again_and_never_while_it_is_held() -> None:
    lazy: Lazy[Value] = Lazy(Value, Value.close)
    tenant = PlainTenant("value", 1, dict, lambda: (os.getpid(),), lambda: lazy.idle_since, lazy.unload)
    monitor, torn = monitor_of(tenant), list[bool]()

    def use() -> None:
        for _ in range(200):
            with lazy.lease() as value:
                torn.append(value.closed)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        monitor.sample()
    for thread in threads:
        thread.join()
    monitor.sample()
    assert (lazy.state, any(torn), len(torn)) == ("empty", False, 800)


@pytest.fixture
def child() -> Iterator[Child]:
    spawned = Child.spawn("tests.children")
    yield spawned
    spawned.close()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_child_that_is_let_go_frees_what_was_measured(child: Child) -> None:
    def end() -> bool:
        child.close()
        return True

    tenant = PlainTenant(
        "child", 1, dict, lambda: (child.pid,) if child.alive else (), lambda: 0.0 if child.alive else None, end
    )
    monitor = monitor_of(tenant)
    monitor.sample()
    report = monitor.report()
    assert report.measured == 0
    assert [each.tenant for each in report.evictions] == ["child"]
    assert report.evictions[0].freed > 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_child_that_was_killed_is_told_as_not_there(child: Child) -> None:
    tenant = PlainTenant("child", 1, dict, lambda: (child.pid,), lambda: None, lambda: False)
    monitor = monitor_of(tenant)
    assert monitor.sample().measured > 0
    child.kill()
    assert monitor.sample().measured == 0
    assert monitor.admit() is None
