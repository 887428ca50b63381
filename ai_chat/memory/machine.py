"""Machine: what memory there is. The probe takes the places to look at as parameters, so that tests give their own."""

from __future__ import annotations

from dataclasses import dataclass

from ai_chat.types import Problem


@dataclass(frozen=True, slots=True)
class Gpu:
    """Bytes of one device."""

    name: str
    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Machine:
    """Bytes. `limit` and `used`: of the tightest cgroup around us, None without one; `used` is what the kernel could not drop
    (file pages that are inactive and clean apart). `problems`: what could not be read, as notices."""

    total: int
    available: int
    cores: int
    limit: int | None = None
    used: int | None = None
    gpus: tuple[Gpu, ...] = ()
    problems: tuple[Problem, ...] = ()
