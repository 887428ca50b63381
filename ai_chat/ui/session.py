"""The process-wide App that every visit of the page shares: the one allowed global, set by the server's lifespan.

The App opens in the background; the page asks `state()` and paints what it can meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from ai_chat.app import App
from ai_chat.app.configuration import Configuration
from ai_chat.app.guarded import GuardedOpening
from ai_chat.config import Settings
from ai_chat.errors import RefusedError
from ai_chat.lazy import Lazy, State
from ai_chat.ui.follow import Followers
from ai_chat.ui.glances import Glances
from ai_chat.users.door import Door
from ai_chat.users.principal import LOCAL, Principal

_TRY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Session:
    """`door` knows the users, by the cookie of this name. `painted` is set when a browser has drawn the page for the first time, so that
    opening stores does not delay it."""

    configuration: Configuration
    opening: Lazy[App]
    followers: Followers = field(default_factory=Followers)
    glances: Glances = field(default_factory=Glances)
    door: Door | None = None
    cookie: str = ""
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
        """Hold the App as this visitor has it, opening it where that has not happened; AiChatError when it cannot be opened.

        Only where the page is drawn: what goes on behind it takes `hold`.
        """
        return self._held(self.visitor)

    def hold(self) -> Callable[[], AbstractContextManager[App]]:
        """For work in the background: the App as this visitor has it, and as he may have it then."""
        try:
            visitor = self.visitor()
        except RefusedError as error:
            refusal = error  # told where the App is wanted

            def refuse() -> Principal:
                raise refusal

            return lambda: self._held(refuse)
        return lambda: self._held(lambda: self.door.fresh(visitor) if self.door else visitor)

    def visitor(self) -> Principal:
        """Who looks at the page that is being drawn. RefusedError signed_out where he is signed in no more."""
        if self.door is None or not self.door.guards():
            return LOCAL
        import streamlit as st

        found = self.door.by_cookie(st.context.cookies.get(self.cookie) or "")
        if found is None:
            raise RefusedError("signed_out")
        return found

    def _held(self, who: Callable[[], Principal]) -> AbstractContextManager[App]:
        if self.door is None:
            return self.opening.lease()
        return GuardedOpening(self.opening, self.door, who).lease()


_current: Session | None = None


def install(session: Session | None) -> None:
    """Called by the server at start, and with None at its end."""
    global _current
    _current = session


def current() -> Session:
    if _current is None:
        raise RuntimeError("the page was run without the server's lifespan")
    return _current
