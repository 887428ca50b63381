"""Tenant: a part of the program that holds memory and can let it go. The monitor knows tenants by this alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Tenant(Protocol):
    """`predicted`: bytes by part of what it holds when in use ({"weights": ..., "kv_cache": ...}), whether it is loaded or not;
    what another tenant tells is left out.

    `pids`: the processes that it lives in, () while it is not loaded. Several may live in one: the process is counted once, as the
    first tenant's that names it, so the page stands before what it holds.
    `idle_since`: monotonic seconds since which nobody uses it, None while in use or not loaded; it moves with every use.
    `release()` lets go what can be let go now: True when it did; it never interrupts work. `order`: place in the order of freeing
    under pressure, None: never asked for pressure's sake.
    """

    @property
    def name(self) -> str: ...
    @property
    def order(self) -> int | None: ...
    @property
    def predicted(self) -> dict[str, int]: ...
    @property
    def pids(self) -> tuple[int, ...]: ...
    @property
    def idle_since(self) -> float | None: ...
    def release(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class PlainTenant:
    """A Tenant from functions."""

    name: str
    order: int | None
    look_predicted: Callable[[], dict[str, int]]
    look_pids: Callable[[], tuple[int, ...]]
    look_idle_since: Callable[[], float | None]
    let_go: Callable[[], bool]

    @property
    def predicted(self) -> dict[str, int]:
        return self.look_predicted()

    @property
    def pids(self) -> tuple[int, ...]:
        return self.look_pids()

    @property
    def idle_since(self) -> float | None:
        return self.look_idle_since()

    def release(self) -> bool:
        return self.let_go()
