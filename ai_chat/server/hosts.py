"""Which Host and Origin headers are ours: pure text against the address the server is bound to.

Stops pages of other sites from reaching a server on loopback by DNS tricks or by cross-site requests.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_WILDCARDS = frozenset({"0.0.0.0", "::", ""})


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Bound:
    """Where the server listens. Bound to every address, any numeric address and the machine's own name are ours."""

    host: str
    port: int

    @property
    def address(self) -> str:
        """The URL without a path, as this machine's browser reaches it."""
        host = "127.0.0.1" if self.host in _WILDCARDS else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def cookie(self) -> str:
        """The name of our cookie: browsers share cookies between the ports of a host."""
        return f"ai-chat-{self.port}"

    def accepts_host(self, header: str) -> bool:
        """Whether a Host header names this server."""
        try:
            parts = urlsplit(f"//{header}")
            name, port = (parts.hostname or "").lower().rstrip("."), parts.port or 80
        except ValueError:
            return False
        if parts.username or parts.path or not name:
            return False
        if self.host in _WILDCARDS:  # a container's published port differs from ours
            return _is_number(name) or name in _LOOPBACK_NAMES or name == socket.gethostname().lower()
        return port == self.port and (name in _LOOPBACK_NAMES or name == self.host.lower())

    @staticmethod
    def accepts_origin(origin: str, host_header: str) -> bool:
        """Whether a request comes from a page of this very server."""
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and parts.netloc.lower() == host_header.lower()


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
