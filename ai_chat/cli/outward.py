"""Writes down every address outside this machine that a process asks for, and by which module, from its start on.

Takes the file to write to, which all processes of a check share. Sees what Python does, by an audit hook: sockets that a library in C
opens by itself are not seen. Hinders nothing. Knows no command; a `sitecustomize` that `offline` makes starts it before anything else.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

_NAMES = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_ADDRESSES = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_FAMILIES = (socket.AF_INET, socket.AF_INET6)
_LOCAL_NAMES = ("", "localhost", "ip6-localhost")


def watch(log: str) -> None:
    """From here on; an audit hook is never taken away again."""
    _write(log, {"process": process_name()})

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if (event in _NAMES or event in _ADDRESSES) and (address := outside(event, arguments)):
            modules = list(dict.fromkeys(_modules(sys._getframe(1))))
            _write(log, {"process": process_name(), "address": address, "modules": modules})

    sys.addaudithook(hook)


def outside(event: str, arguments: tuple[Any, ...]) -> str | None:
    """The name or address that is no part of this machine; None for loopback, for sockets in files, and for a number that is only read."""
    if event in _NAMES:
        host = _text(arguments[0])
        return None if host in _LOCAL_NAMES or _number(host) else host
    channel, address = arguments
    if channel.family not in _FAMILIES or not address:
        return None
    host, port = _text(address[0]), address[1]
    number = _number(host)
    local = number is not None and (number.is_loopback or number.is_unspecified)
    return None if local or host in _LOCAL_NAMES else f"{host}:{port}"


def process_name() -> str:
    """As it was started: the module, and of the program itself the command."""
    words = sys.orig_argv[1:]
    if "-m" not in words[:-1]:
        return words[0] if words else "python"
    module, *rest = words[words.index("-m") + 1 :]
    return " ".join((module, *rest[:1])) if module == "ai_chat" else module


def _modules(frame: FrameType | None) -> Iterator[str]:
    """Whose call it was, nearest first, without Python's own library."""
    while frame is not None:
        spec = frame.f_globals.get("__spec__")
        name = spec.name if spec is not None else str(frame.f_globals.get("__name__"))
        if name.partition(".")[0] not in sys.stdlib_module_names and name != __name__:
            yield name
        frame = frame.f_back


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(number, "ipv4_mapped", None) or number


def _text(host: str | bytes | None) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else host or ""


def _write(log: str, line: dict[str, object]) -> None:
    """In one call, so that lines of several processes do not mix."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, (json.dumps(line) + "\n").encode())
    finally:
        os.close(descriptor)
