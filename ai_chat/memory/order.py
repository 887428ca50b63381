"""Who is to be let go: the idle, by their time; under pressure one after another, in the order that they stand in.

Takes the entries of a ledger, gives some of them. Remembers whom it is of no use to ask again. Lets nothing go itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ai_chat.memory.ledger import Entry

JUST_USED_SECONDS = 5.0  # who has just been used is about to be used again: kept while memory is only tight
AGAIN_SECONDS = 60.0  # until who had nothing to let go, or failed to, is asked again


class Order:
    """Nobody who is in use is named, and nobody twice for the same time of idleness, unless it did not let go: then later."""

    def __init__(self, keep_alive: int) -> None:
        self._keep_alive = keep_alive
        self._asked: dict[str, tuple[float, float]] = {}  # idle since when, and when to ask again

    def idle(self, entries: Sequence[Entry], now: float) -> list[Entry]:
        """Those whose time is over; the last of the order first, for it may take others with it."""
        if self._keep_alive < 0:
            return []
        waiting = [each for each in entries if self._may_be_asked(each, now, self._keep_alive)]
        return sorted(waiting, key=_place, reverse=True)

    def pressed(self, entries: Sequence[Entry], now: float, *, critical: bool) -> list[Entry]:
        """In the order of freeing; the first that lets go is enough for one look."""
        rest = 0.0 if critical else JUST_USED_SECONDS
        waiting = [each for each in entries if each.order is not None and self._may_be_asked(each, now, rest)]
        return sorted(waiting, key=_place)

    def asked(self, entry: Entry, now: float, *, did: bool) -> None:
        if entry.idle_since is not None:
            self._asked[entry.name] = (entry.idle_since, math.inf if did else now + AGAIN_SECONDS)

    def _may_be_asked(self, entry: Entry, now: float, rest: float) -> bool:
        since = entry.idle_since
        if since is None or now - since < rest:
            return False
        asked_since, again = self._asked.get(entry.name, (None, 0.0))
        return asked_since != since or now >= again


def _place(entry: Entry) -> float:
    return math.inf if entry.order is None else entry.order
