"""The process-wide App that every visit of the page shares: the one allowed global, set by the server's lifespan.

The App opens in the background; the page asks `state()` and paints what it can meanwhile.
"""

from __future__ import annotations

import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from ai_chat.app import App
from ai_chat.app.configuration import Configuration
from ai_chat.config import Settings
from ai_chat.lazy import Lazy, State
from ai_chat.ui.follow import Followers
from ai_chat.ui.glances import Glances

_TRY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Session:
    """`painted` is set when a browser has drawn the page for the first time, so that opening stores does not delay it."""

    configuration: Configuration
    opening: Lazy[App]
    followers: Followers = field(default_factory=Followers)
    glances: Glances = field(default_factory=Glances)
    painted: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Event = field(default_factory=threading.Event)

    @property
    def settings(self) -> Settings:
        return self.configuration.settings

    def reopen(self, *, force: bool = False) -> None:
        """Open the App anew under the settings of now: at once where nobody works with it or `force` ends that work as at a stop, else as
        soon as that has finished, which `waiting` tells."""
        self.waiting.clear()
        opened = self.opening.peek()
        if force and opened is not None:
            self.opening.discard(opened)
        if not self._reopened():
            self.waiting.set()
            threading.Thread(target=self._reopen_when_free, name="reopen", daemon=True).start()

    def _reopen_when_free(self) -> None:
        while self.waiting.is_set() and not self._reopened():
            time.sleep(_TRY_SECONDS)
        self.waiting.clear()

    def _reopened(self) -> bool:
        if not self.opening.unload():
            return False
        self.glances.forget()
        self.opening.preload()
        return True

    def state(self) -> State:
        return self.opening.state

    def app(self) -> AbstractContextManager[App]:
        """Hold the App, opening it where that has not happened; AiChatError when it cannot be opened."""
        return self.opening.lease()


_current: Session | None = None


def install(session: Session | None) -> None:
    """Called by the server at start, and with None at its end."""
    global _current
    _current = session


def current() -> Session:
    if _current is None:
        raise RuntimeError("the page was run without the server's lifespan")
    return _current
