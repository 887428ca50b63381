"""The rows of a vector index, mapped at the first look, for as long as somebody looks at them, and let go when asked.

Takes a folder and its state; a reader's follows what another process commits. Gives leases on Rows. Writes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ai_chat.index.rows import Rows
from ai_chat.index.state import stamp
from ai_chat.index.vector_files import State, damaged, load_state, map_rows
from ai_chat.lazy import Lazy


class _Mapped(NamedTuple):
    """Rows and the state that they are of."""

    of: State
    rows: Rows


class LazyRows:
    """`state` is the one that counts now; rows of an older one stay with those who began to look at them."""

    def __init__(self, folder: Path, state: State, *, follow: bool) -> None:
        self.state = state
        self._folder = folder
        self._follow = follow
        self._lock = threading.Lock()  # guards `state` and `_stamp`
        self._stamp = stamp(folder)
        self.lazy: Lazy[_Mapped] = Lazy(self._map)

    @contextmanager
    def lease(self) -> Iterator[Rows]:
        """The rows of the newest state, mapped where that has not happened. IndexDamaged."""
        while True:
            self._catch_up()
            with self.lazy.lease() as mapped:
                if mapped.of is self.state:
                    yield mapped.rows
                    return
            self.lazy.discard(mapped)

    def turn_to(self, state: State) -> None:
        """From now on this state counts."""
        with self._lock:
            self.state = state
        self.lazy.unload()

    def _catch_up(self) -> None:
        if self._follow:
            with self._lock:
                if (found := stamp(self._folder)) != self._stamp:
                    self.state, self._stamp = load_state(self._folder), found

    def _map(self) -> _Mapped:
        while True:
            state = self.state
            try:
                return _Mapped(state, map_rows(self._folder, state))
            except FileNotFoundError as error:
                self._require_other(state, error)

    def _require_other(self, state: State, error: FileNotFoundError) -> None:
        """The files of this state are gone: compacted between our two looks, or IndexDamaged."""
        with self._lock:
            if self.state is state:
                found = load_state(self._folder)
                if found.generation == state.generation:
                    raise damaged(self._folder, str(error)) from error
                self.state = found
