"""Something that is told piece by piece in a thread of its own, sent as it comes; who goes away is not waited for.

Takes a maker of an iterator, gives an asynchronous one. A thread that waits for its next piece cannot be ended: it is left to itself, and
`left` may end what it waits for.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import CancelledError, Future
from typing import Generic, TypeVar

T = TypeVar("T")

_AHEAD = 64  # pieces that wait to be sent


def _nobody() -> None:
    """Nothing is to be ended."""


async def followed(make: Callable[[], Iterator[T]], left: Callable[[], None] = _nobody) -> AsyncIterator[T]:
    """What `make` gives, in order, and its error. `left` is called in a thread as soon as nobody follows any more before the end."""
    line = _Line(make, asyncio.get_running_loop())
    threading.Thread(target=contextvars.copy_context().run, args=(line.run,), name="told", daemon=True).start()
    whole = False
    try:
        while (piece := await line.pieces.get()) is not None:
            yield piece[0]
        whole = True
        if line.error is not None:
            raise line.error
    finally:
        line.leave()
        if not whole:
            threading.Thread(target=contextvars.copy_context().run, args=(left,), name="left", daemon=True).start()


async def with_pauses(items: AsyncIterator[T], seconds: float) -> AsyncIterator[T | None]:
    """The items, and None each time that none came for so long."""
    waiting: asyncio.Task[T] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(anext(items))
            done, _ = await asyncio.wait({waiting}, timeout=seconds)
            if not done:
                yield None
                continue
            try:
                item = waiting.result()
            except StopAsyncIteration:
                return
            finally:
                waiting = None
            yield item
    finally:
        if waiting is not None:
            waiting.cancel()


class _Line(Generic[T]):
    """Between the thread that tells and the loop that sends; None is the end."""

    def __init__(self, make: Callable[[], Iterator[T]], loop: asyncio.AbstractEventLoop) -> None:
        self._make = make
        self._loop = loop
        self._gone = threading.Event()
        self._putting: Future[None] | None = None
        self.pieces: asyncio.Queue[tuple[T] | None] = asyncio.Queue(_AHEAD)
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            for piece in self._make():
                if not self._put((piece,)):
                    return
        except BaseException as error:  # noqa: BLE001 - it is raised where the pieces are awaited
            self.error = error
        self._put(None)

    def leave(self) -> None:
        """A piece that waits to be sent waits no longer."""
        self._gone.set()
        if self._putting is not None:
            self._putting.cancel()

    def _put(self, piece: tuple[T] | None) -> bool:
        """False when nobody follows any more."""
        if self._gone.is_set() or self._loop.is_closed():
            return False
        self._putting = asyncio.run_coroutine_threadsafe(self.pieces.put(piece), self._loop)
        if self._gone.is_set():
            self._putting.cancel()
        try:
            self._putting.result()
        except CancelledError:
            return False
        return not self._gone.is_set()
