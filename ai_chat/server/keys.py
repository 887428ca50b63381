"""What opens the door: the token in the opened URL, the password, the API key, and the cookie made of them.

Takes the run folder and the password; gives constant-time answers. Knows no HTTP.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

_TOKEN_BYTES = 24
_PASSWORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class Keys:
    """With a password the token opens nothing; `api_key` is the owner's, for the JSON API alone."""

    token: str = field(repr=False)
    password: str | None = field(repr=False)
    api_key: str = field(repr=False)

    def opens(self, offered: str) -> bool:
        """Whether this is the token, or the password where there is one."""
        return _same(offered, self.password or self.token)

    def is_api_key(self, offered: str) -> bool:
        return _same(offered, self.api_key)

    def cookie(self) -> str:
        """What a browser keeps: it proves the token or password without being it, and ends when either changes."""
        secret = f"{self.token}\n{self.password or ''}".encode()
        return hmac.new(secret, b"ai-chat page", hashlib.sha256).hexdigest()

    def is_cookie(self, offered: str) -> bool:
        return _same(offered, self.cookie())


def open_keys(run_dir: Path, password: str | None) -> Keys:
    """Read the token kept from earlier starts, or make one (mode 0600); the API key is new at each start."""
    return Keys(_kept_token(run_dir), password, secrets.token_urlsafe(_TOKEN_BYTES))


def made_password(run_dir: Path) -> tuple[str, bool]:
    """A password kept from earlier starts, or a new one (mode 0600), and whether it is new."""
    return _kept(run_dir / "password", _PASSWORD_BYTES)


def _kept_token(run_dir: Path) -> str:
    return _kept(run_dir / "token", _TOKEN_BYTES)[0]


def _kept(path: Path, size: int) -> tuple[str, bool]:
    """A secret of `size` random bytes or more that only its owner can read, and whether it was made now."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = path.read_text("ascii").strip() if path.exists() else ""
    if len(kept) >= size and path.stat().st_mode & 0o077 == 0:
        return kept, False
    secret = secrets.token_urlsafe(size)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret + "\n")
    return secret, True


def _same(offered: str, expected: str) -> bool:
    return hmac.compare_digest(offered.encode(), expected.encode())
