"""Whose request is being answered: set by the door, read where the App is held. Every handler inherits it, in threads too."""

from __future__ import annotations

from contextvars import ContextVar

from ai_chat.errors import RefusedError
from ai_chat.users import Principal

_ASKING: ContextVar[Principal | None] = ContextVar("asking", default=None)


def let_in(principal: Principal) -> None:
    """For the rest of this request."""
    _ASKING.set(principal)


def asking() -> Principal:
    """RefusedError signed_out where nobody was let in."""
    principal = _ASKING.get()
    if principal is None:
        raise RefusedError("signed_out")
    return principal
