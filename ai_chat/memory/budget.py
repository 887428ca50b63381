"""The budget: how many bytes of RAM the whole program may take.

Takes a Machine, what we hold already and what the user asked for, gives bytes and what must be told of them. Pure.
"""

from __future__ import annotations

from ai_chat.memory.machine import Machine
from ai_chat.memory.measure import NOTHING, Footprint
from ai_chat.sizes import MIB, show_size
from ai_chat.types import Problem

_LEAST_LEFT = 512 * MIB
_PART_LEFT = 10  # a tenth is left to all others
_KERNEL_PART = 20  # of a hard limit that part stays free: page tables and buffers count against it, too


def default_budget(machine: Machine, held: Footprint = NOTHING) -> int:
    """What is free, with what we hold of it already, less 512 MiB or a tenth."""
    free = _free(machine, held)
    return max(0, free - max(_LEAST_LEFT, free // _PART_LEFT))


def choose_budget(asked: int | None, machine: Machine, held: Footprint = NOTHING) -> tuple[int, Problem | None]:
    """What was asked for, unless the kernel would kill us for it; without a wish the default."""
    if asked is None:
        return default_budget(machine, held), None
    most = largest_budget(machine)
    if asked > most:
        told = {"asked": show_size(asked), "has": show_size(_size(machine)), "used": show_size(most)}
        return most, Problem("budget_above_machine", told)
    free = _free(machine, held)
    if asked > free:
        return asked, Problem("budget_above_free", {"asked": show_size(asked), "free": show_size(free)})
    return asked, None


def largest_budget(machine: Machine) -> int:
    """Above it the kernel would end the program."""
    return _size(machine) - _size(machine) // _KERNEL_PART


def _free(machine: Machine, held: Footprint) -> int:
    """Of the machine, which counts file pages as available even while they are mapped; and below the limit around us, in which others
    may live, too, and which counts those that were mapped in it as used."""
    free = min(machine.total, machine.available + held.anonymous)
    if machine.limit is None:
        return free
    ours = held.anonymous + min(held.file_backed, machine.mapped)
    return max(0, min(free, machine.limit - max(0, (machine.used or 0) - ours)))


def _size(machine: Machine) -> int:
    return min(machine.total, machine.limit) if machine.limit else machine.total
