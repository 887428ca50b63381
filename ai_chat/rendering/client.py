"""Pages as pictures, made in a child process that is fenced in time and memory and replaced when it fails.

Takes a Page, gives a Picture; raises InputError with the reason. Several threads may ask: they wait for each other. Imports no parser.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ai_chat.errors import InputError
from ai_chat.loaders.wire import error_of
from ai_chat.process import Child, ChildDied, ChildStalled, Frame, Limits
from ai_chat.rendering import wire

_START_SECONDS = 60.0
_ENVIRON = {"MALLOC_ARENA_MAX": "1"}
MAY_HOLD = 64 << 20
"""Bytes of the warm child: 58 MB after pages of all kinds of the samples, scans included."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What one picture may cost."""

    seconds: float = 30.0
    address_space: int = 2 << 30


class Renderer:
    """`close` may be called from another thread: a picture that is being made then fails."""

    def __init__(self, fence: Fence | None = None) -> None:
        self._fence = fence or Fence()
        self._asking = threading.Lock()
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        """The warm child, None when there is none."""
        child = self._child
        return child.pid if child else None

    def draw(self, page: wire.Page) -> wire.Picture:
        """Raises InputError: picture_failed, or what is wrong with the file."""
        with self._asking:
            frame = self._ask(page)
        if frame["op"] == "error":
            raise error_of(frame)
        return wire.picture_of(frame)

    def close(self) -> None:
        child, self._child = self._child, None
        if child:
            child.kill()
            child.close()

    def _ask(self, page: wire.Page) -> Frame:
        child = self._warm_child()
        try:
            child.send(wire.page_frame(page))
            return child.receive(self._fence.seconds)
        except ChildStalled:
            self.close()
            raise _failed(page, f"> {self._fence.seconds:.0f} s") from None
        except ChildDied as error:
            self.close()
            raise _failed(page, error.values["reason"] or "-") from error

    def _warm_child(self) -> Child:
        if self._child is None or not self._child.alive:
            self.close()
            child = Child.spawn(wire.WORKER, environ=_ENVIRON, limits=Limits(address_space=self._fence.address_space))
            self._child = child
            child.receive(_START_SECONDS)
        return self._child


def _failed(page: wire.Page, reason: str) -> InputError:
    return InputError("picture_failed", name=page.name, number=page.number, reason=reason)
