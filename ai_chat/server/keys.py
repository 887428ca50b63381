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


def _kept_token(run_dir: Path) -> str:
    run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = run_dir / "token"
    kept = path.read_text("ascii").strip() if path.exists() else ""
    if len(kept) >= _TOKEN_BYTES and path.stat().st_mode & 0o077 == 0:
        return kept
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")
    return token


def _same(offered: str, expected: str) -> bool:
    return hmac.compare_digest(offered.encode(), expected.encode())
