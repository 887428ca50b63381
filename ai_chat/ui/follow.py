"""Following what runs in the background: one reading thread a running turn or upload, however many pages look at it.

Takes iterators that block; gives snapshots that do not, so that a page is drawn in milliseconds and can be stopped.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from ai_chat.errors import AiChatError

T = TypeVar("T")
_KEPT = 64


class Follower(Generic[T]):
    """Everything an iterator has given so far; `error` is what ended it early."""

    def __init__(self, source: Callable[[], Iterable[T]]) -> None:
        self._source = source
        self._items: list[T] = []
        self._changed = threading.Condition()
        self._finished = False
        self.error: AiChatError | None = None
        self._thread = threading.Thread(target=self._read, name="follow", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def finished(self) -> bool:
        return self._finished

    def items(self) -> list[T]:
        with self._changed:
            return list(self._items)

    def wait(self, until: Callable[[list[T]], bool], timeout: float) -> list[T]:
        """The items once `until` holds of them, the source has ended, or `timeout` seconds have passed."""
        with self._changed:
            self._changed.wait_for(lambda: self._finished or until(self._items), timeout)
            return list(self._items)

    def _read(self) -> None:
        try:
            items = iter(self._source())
            del self._source  # and with it what only the iterator needs by now, such as the files of an upload
            for item in items:
                with self._changed:
                    self._items.append(item)
                    self._changed.notify_all()
        except AiChatError as error:
            self.error = error
        finally:
            with self._changed:
                self._finished = True
                self._changed.notify_all()


class Followers:
    """Followers by name; the finished ones are forgotten, oldest first, beyond a few dozen."""

    def __init__(self) -> None:
        self._by_name: OrderedDict[str, Follower[object]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, name: str, source: Callable[[], Iterable[T]]) -> Follower[T]:
        """The follower of that name, started when it is new."""
        with self._lock:
            follower = self._by_name.get(name)
            if follower is None:
                follower = self._by_name[name] = Follower(source)
                follower.start()
                self._forget()
            self._by_name.move_to_end(name)
            return follower  # type: ignore[return-value]  # a name always stands for one type of source

    def names(self, prefix: str) -> list[str]:
        """Also of the finished ones that are still remembered."""
        with self._lock:
            return [name for name in self._by_name if name.startswith(prefix)]

    def forget(self, prefix: str) -> None:
        """The finished ones; nobody looks at them any more."""
        with self._lock:
            for name in [name for name, each in self._by_name.items() if name.startswith(prefix) and each.finished]:
                del self._by_name[name]

    def _forget(self) -> None:
        finished = [name for name, each in self._by_name.items() if each.finished]
        for name in finished[: max(0, len(self._by_name) - _KEPT)]:
            del self._by_name[name]
