"""A model hub on loopback that speaks the protocol of the real one, with faults by script.

Takes repositories with their files, answers what huggingface_hub asks, and remembers each request.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_BLOCK = 64 << 10


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Script:
    """`statuses` are answered first, one a request; of `break_after` each GET takes one: so many bytes, then the line is cut.

    `sent` replaces what the files hold when they are sent; `announced` is the size told before. `storage` is another server
    that files are to be fetched from. `pause` lies between blocks, in seconds.
    """

    statuses: list[int] = field(default_factory=list)
    break_after: list[int] = field(default_factory=list)
    gated: bool = False
    ranges: bool = True
    hashed: bool = True
    html: bool = False
    announced: int | None = None
    sent: bytes | None = None
    storage: str | None = None
    pause: float = 0.0


@dataclass
class Hub:
    address: str
    files: Mapping[str, bytes]
    script: Script = field(default_factory=Script)
    asked: list[Asked] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        return {"HF_ENDPOINT": self.address}

    def ranges(self) -> list[str]:
        """The Range headers of the requests for content, in order."""
        return [asked.headers.get("range", "") for asked in self.asked if asked.method == "GET"]


@contextmanager
def serve_hub(files: Mapping[str, bytes]) -> Iterator[Hub]:
    """`files`: "OWNER/REPO/NAME" -> content."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    hub = Hub(f"http://127.0.0.1:{server.server_address[1]}", files)
    server.hub = hub  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def _hub(self) -> Hub:
        hub: Hub = self.server.hub  # type: ignore[attr-defined]
        return hub

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are kept, not printed."""

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._hub.asked.append(Asked(self.command, path, headers))
        script = self._hub.script
        if script.statuses:
            self._refuse(script.statuses.pop(0))
        elif script.html:
            self._send(200, b"<html>Please log in to the guest network.</html>", {"Content-Type": "text/html"})
        elif path.startswith("/api/models/"):
            self._list(path.removeprefix("/api/models/"))
        elif "/resolve/" in path:
            self._resolve(*path.lstrip("/").split("/resolve/", 1))
        else:
            self._refuse(404)

    def _list(self, path: str) -> None:
        repository = "/".join(path.split("/")[:2])
        names = self._names(repository)
        if not names:
            self._refuse(404, "RepoNotFound")
            return
        rows = [{"type": "file", "path": name, "size": 1, "oid": COMMIT} for name in names]
        self._send(200, json.dumps(rows).encode(), {"Content-Type": "application/json"})

    def _resolve(self, repository: str, place: str) -> None:
        name = place.split("/", 1)[1]
        if not self._names(repository):
            self._refuse(404, "RepoNotFound")
        elif self._hub.script.gated:
            self._refuse(403, "GatedRepo")
        elif name not in self._names(repository):
            self._refuse(404, "EntryNotFound")
        else:
            self._send_file(self._hub.files[f"{repository}/{name}"])

    def _names(self, repository: str) -> list[str]:
        start = f"{repository}/"
        return [path.removeprefix(start) for path in self._hub.files if path.startswith(start)]

    def _send_file(self, content: bytes) -> None:
        script = self._hub.script
        digest = sha256(content).hexdigest() if script.hashed else "no-hash"
        about = {
            "X-Repo-Commit": COMMIT,
            "X-Linked-Etag": f'"{digest}"',
            "X-Linked-Size": str(script.announced or len(content)),
            "Accept-Ranges": "bytes",
            "X-Xet-Hash": "a" * 64,  # as the real hub offers: never to be followed
            "X-Xet-Refresh-Route": "/api/never/asked",
        }
        if script.storage:
            self._send(302, b"", {**about, "Location": script.storage + self.path})
        else:
            self._send_range(script.sent if script.sent is not None else content, about)

    def _send_range(self, content: bytes, about: dict[str, str]) -> None:
        asked = self.headers.get("Range", "")
        start = int(asked.removeprefix("bytes=").split("-")[0]) if asked and self._hub.script.ranges else 0
        if asked and start >= len(content):
            self._refuse(416)
        elif asked and self._hub.script.ranges:
            place = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
            self._send(206, content[start:], {**about, **place})
        else:
            self._send(200, content, about)

    def _refuse(self, status: int, code: str = "") -> None:
        self._send(status, b"{}", {"X-Error-Code": code} if code else {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._write(body, is_file=status in (200, 206) and "X-Repo-Commit" in headers)

    def _write(self, body: bytes, is_file: bool) -> None:
        script = self._hub.script
        cut = script.break_after.pop(0) if is_file and script.break_after else None
        for start in range(0, len(body[:cut]), _BLOCK):
            try:
                self.wfile.write(body[:cut][start : start + _BLOCK])
            except (BrokenPipeError, ConnectionResetError):
                break  # the client has had enough
            time.sleep(script.pause)
        if cut is not None:
            self.close_connection = True
