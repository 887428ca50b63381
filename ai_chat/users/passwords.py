"""Passwords as they lie on the disk: argon2id, imported with the first of them.

Takes a password, gives a hash; says whether one fits the other. Knows no user.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ai_chat.errors import InputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 8, 256  # characters
_KIB, _TIMES = 19_456, 3
"""OWASP's memory for argon2id (19 MiB) and one pass more than it asks for: 0.04 CPU seconds here."""


def hashed(password: str) -> str:
    """InputError user_password_short, user_password_long."""
    if len(password) < LEAST:
        raise InputError("user_password_short", least=LEAST)
    if len(password) > MOST:
        raise InputError("user_password_long", most=MOST)
    return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """None, for nobody, takes as long as a wrong password."""
    from argon2.exceptions import InvalidHashError, VerificationError

    decoy = _decoy()
    try:
        return _hasher().verify(kept or decoy, password[: MOST + 1]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=_TIMES, memory_cost=_KIB, parallelism=1)


@cache
def _decoy() -> str:
    """Made with the first comparison, whoever it is of."""
    return _hasher().hash("nobody")
