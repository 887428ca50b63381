"""The process-wide App that every visit of the page shares: the one allowed global, set by the server's lifespan.

The App opens in the background; the page asks `state()` and paints what it can meanwhile.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from ai_chat.app import App
from ai_chat.config import Settings
from ai_chat.lazy import Lazy, State
from ai_chat.ui.follow import Followers


@dataclass(frozen=True, slots=True)
class Session:
    """`painted` is set when a browser has drawn the page for the first time, so that opening stores does not delay it."""

    settings: Settings
    opening: Lazy[App]
    followers: Followers = field(default_factory=Followers)
    painted: threading.Event = field(default_factory=threading.Event)

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
