"""The address of a model endpoint, as a user writes it -> where to connect, and whether that is this machine.

Takes text; asks nobody for a name and opens no socket. Raises InputError that shows no user name, password or query.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ai_chat.errors import InputError

_PASTED = re.compile(r"/(chat/completions|completions|models)$")
_VERSION = re.compile(r"/v\d+$")
_HOST = re.compile(r"[\w.:%-]+")
_PATH = re.compile(r"[\w./~:@+%-]*", re.ASCII)
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Address:
    """`root` is scheme, host, port and prefix; `api` what stands between it and /chat/completions; `place` is for people."""

    root: str
    api: str
    place: str
    remote: bool

    @property
    def url(self) -> str:
        return self.root + self.api


def parse_address(text: str) -> Address:
    """With or without /v1: where there is no path at all it is added, another path is kept as it stands."""
    parts = _split(text)
    path = _PASTED.sub("", parts.path.rstrip("/")) or "/v1"
    version = _VERSION.search(path)
    api = version.group() if version else ""
    host = parts.hostname or ""
    place = (f"[{host}]" if ":" in host else host) + (f":{parts.port}" if parts.port else "")
    return Address(f"{parts.scheme}://{place}{path.removesuffix(api)}", api, place, not is_loopback(host))


def is_loopback(host: str) -> bool:
    """Literal loopback addresses and `localhost`: decided without asking anybody for a name."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def without_secrets(text: str) -> str:
    """As it may be shown, whatever was written: no user name, no password, no query."""
    scheme, separator, rest = "".join(c for c in text if c.isprintable()).rpartition("://")
    return (scheme[:10] + separator + re.split(r"[?#]", rest)[0].rpartition("@")[2])[:_SHOWN]


def _split(text: str) -> SplitResult:
    """Checked part by part. Errors: endpoint_scheme_unknown, _userinfo, _host_missing, _port_invalid, _address_invalid."""
    text = text.strip()
    shown = without_secrets(text)
    if not text.isprintable():  # line breaks, which urlsplit would leave out
        raise InputError("endpoint_address_invalid", address=shown)
    try:
        parts = urlsplit(text)
    except ValueError as error:  # half an IPv6 address
        raise InputError("endpoint_address_invalid", address=shown) from error
    if parts.scheme not in ("http", "https") or not text.lower().startswith(f"{parts.scheme}://"):
        raise InputError("endpoint_scheme_unknown", address=shown)
    if "@" in parts.netloc:
        raise InputError("endpoint_userinfo", address=shown)
    if not parts.hostname:
        raise InputError("endpoint_host_missing", address=shown)
    if not _has_port(parts):
        raise InputError("endpoint_port_invalid", address=shown)
    if parts.query or parts.fragment or not _is_plain(parts):
        raise InputError("endpoint_address_invalid", address=shown)
    return parts


def _has_port(parts: SplitResult) -> bool:
    """One that can be connected to, or none, which means that of the scheme."""
    try:
        return parts.port != 0 and not parts.netloc.endswith(":")
    except ValueError:
        return False


def _is_plain(parts: SplitResult) -> bool:
    """Nothing that a request line or the name service would stumble over."""
    host = parts.hostname or ""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return bool(_HOST.fullmatch(host) and _PATH.fullmatch(parts.path))
