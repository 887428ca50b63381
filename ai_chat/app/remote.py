"""RemoteApp: the App's methods over the loopback API of the process that owns the home.

Takes an address and a key; gives the same typed values and raises the same errors as the LocalApp there.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from pydantic import TypeAdapter

from ai_chat.errors import AiChatError, InputError, MachineError, UsageError
from ai_chat.memory.report import Eviction, MemoryReport
from ai_chat.metrics import Metrics
from ai_chat.store import Conversation, TurnRecord
from ai_chat.types import (
    ANSWERED,
    DEFAULT_COLLECTION,
    CacheStats,
    DocumentDetail,
    DocumentInfo,
    DocumentPage,
    DocumentQuery,
    Event,
    IndexEvent,
    IndexReport,
    IngestEvent,
    Mode,
    Problem,
    Rating,
    Rendered,
    Scope,
    SearchResult,
    UnitKind,
    Wish,
)

T = TypeVar("T")
_CONNECT_SECONDS = 5.0
_NO_HEADERS: Mapping[str, str] = {}
_ERRORS: dict[int, type[AiChatError]] = {1: InputError, 2: UsageError, 3: MachineError}


class RemoteApp:
    """A connection a call; streams are lines of JSON."""

    def __init__(self, address: str, key: str, pid: int) -> None:
        self._address = address
        self._key = key
        self._pid = pid

    def search(self, query: str, scope: Scope, *, top_k: int = 5, mode: Mode = "hybrid") -> SearchResult:
        body = {"query": query, "scope": asdict(scope), "top_k": top_k, "mode": mode}
        return self._read(SearchResult, "POST", "/search", body)

    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str:
        body = {
            "question": question,
            "scope": asdict(scope),
            "conversation_id": conversation_id,
            "wish": asdict(wish),
        }
        return self._read(dict[str, str], "POST", "/ask", body)["turn_id"]

    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]:
        return self._stream(Event, "GET", f"/turns/{quote(turn_id)}/events?after={after}")

    def stop(self, turn_id: str) -> None:
        self._call("POST", f"/turns/{quote(turn_id)}/stop")

    def conversations(self, scope: Scope, *, words: str = "") -> Sequence[Conversation]:
        return self._read(list[Conversation], "GET", f"/conversations?{urlencode({'words': words})}")

    def rename_conversation(self, conversation_id: str, title: str) -> None:
        self._call("POST", f"/conversations/{quote(conversation_id, safe='')}/rename", {"title": title})

    def remove_conversations(self, conversation_ids: Sequence[str]) -> None:
        self._call("POST", "/conversations/remove", {"ids": list(conversation_ids)})

    def restore_conversations(self, conversation_ids: Sequence[str]) -> None:
        self._call("POST", "/conversations/restore", {"ids": list(conversation_ids)})

    def export_conversation(self, conversation_id: str, language: Literal["ko", "en"]) -> str:
        path = f"/conversations/{quote(conversation_id, safe='')}/export?{urlencode({'language': language})}"
        return self._read(dict[str, str], "GET", path)["markdown"]

    def rate(self, turn_id: str, good: bool | None, note: str = "") -> Rating | None:
        body = {"good": good, "note": note}
        return self._read(dict[str, Rating | None], "POST", f"/turns/{quote(turn_id, safe='')}/rating", body)["rating"]

    def ratings(self, conversation_id: str | None = None) -> Sequence[Rating]:
        chosen = f"?{urlencode({'conversation_id': conversation_id})}" if conversation_id else ""
        return self._read(list[Rating], "GET", f"/ratings{chosen}")

    def turns(self, conversation_id: str) -> Sequence[TurnRecord]:
        return self._read(list[TurnRecord], "GET", f"/conversations/{quote(conversation_id)}/turns")

    def cache_stats(self) -> CacheStats:
        return self._read(CacheStats, "GET", "/cache")

    def clear_cache(self) -> int:
        return self._read(dict[str, int], "POST", "/cache/clear")["count"]

    def forget_answer(self, turn_id: str) -> bool:
        return self._read(dict[str, bool], "POST", f"/turns/{quote(turn_id)}/forget")["forgotten"]

    def ingest(
        self,
        paths: Sequence[Path],
        collection: str = DEFAULT_COLLECTION,
        *,
        dense: bool = True,
        wait: bool = False,
        password: str | None = None,
    ) -> Iterator[IngestEvent]:
        places = [_absolute(path) for path in paths]
        body = {"paths": places, "collection": collection, "dense": dense, "wait": wait, "password": password}
        return self._stream(IngestEvent, "POST", "/ingest", body)

    def upload(
        self, name: str, data: bytes, collection: str = DEFAULT_COLLECTION, *, password: str | None = None
    ) -> Iterator[IngestEvent]:
        path = f"/documents?{urlencode({'name': name, 'collection': collection})}"
        secret = {"X-Password": quote(password, safe="")} if password else {}
        return self._stream(IngestEvent, "POST", path, data, secret)

    def retry(self, document_ids: Sequence[str], *, password: str | None = None) -> Iterator[IngestEvent]:
        body = {"ids": list(document_ids), "password": password}
        return self._stream(IngestEvent, "POST", "/documents/retry", body)

    def replace(self, document_id: str, path: Path) -> Iterator[IngestEvent]:
        return self._stream(IngestEvent, "POST", f"/documents/{quote(document_id)}/replace", {"path": _absolute(path)})

    def relocate(self, document_id: str, path: Path) -> None:
        self._call("POST", f"/documents/{quote(document_id)}/relocate", {"path": _absolute(path)})

    def pause_ingest(self, paused: bool) -> None:
        self._call("POST", "/ingest/pause", {"paused": paused})

    def documents(self, scope: Scope) -> Sequence[DocumentInfo]:
        return self._read(list[DocumentInfo], "POST", "/documents/list", {"scope": asdict(scope)})

    def document_page(self, scope: Scope, query: DocumentQuery) -> DocumentPage:
        return self._read(DocumentPage, "POST", "/documents/page", {"scope": asdict(scope), "query": asdict(query)})

    def move_documents(self, document_ids: Sequence[str], collection: str) -> None:
        self._call("POST", "/documents/move", {"ids": list(document_ids), "collection": collection})

    def document(self, document_id: str) -> DocumentDetail:
        return self._read(DocumentDetail, "GET", f"/documents/{quote(document_id)}")

    def original(self, document_id: str) -> Path:
        return Path(self._read(dict[str, str], "GET", f"/documents/{quote(document_id)}/original")["path"])

    def render(
        self,
        document_id: str,
        kind: UnitKind,
        number: int,
        *,
        marks: Sequence[tuple[int, int]] = (),
        sentence: str = "",
        password: str | None = None,
    ) -> Rendered:
        place = {"kind": kind, "number": number, "marks": list(marks), "sentence": sentence, "password": password}
        found = json.loads(self._call("POST", f"/documents/{quote(document_id)}/render", place))
        warnings = tuple(Problem(each["code"], each["values"]) for each in found["warnings"])
        return Rendered(found["media_type"], b64decode(found["data"]), found["marked"], warnings)

    def collections(self) -> Sequence[str]:
        return self._read(list[str], "GET", "/collections")

    def remove(self, document_ids: Sequence[str]) -> None:
        self._call("POST", "/documents/remove", {"ids": list(document_ids)})

    def restore(self, document_ids: Sequence[str]) -> None:
        self._call("POST", "/documents/restore", {"ids": list(document_ids)})

    def index_status(self) -> IndexReport:
        return self._read(IndexReport, "GET", "/index")

    def index_verify(self, *, thorough: bool = False) -> Iterator[IndexEvent]:
        return self._stream(IndexEvent, "POST", f"/index/verify?{urlencode({'thorough': thorough})}")

    def index_rebuild(self, *, vectors: bool = False) -> Iterator[IndexEvent]:
        return self._stream(IndexEvent, "POST", f"/index/rebuild?{urlencode({'vectors': vectors})}")

    def index_compact(self, *, drop_vectors: bool = False) -> Iterator[IndexEvent]:
        return self._stream(IndexEvent, "POST", f"/index/compact?{urlencode({'drop_vectors': drop_vectors})}")

    def status(self) -> dict[str, Any]:
        return self._read(dict[str, Any], "GET", "/status")

    def memory_report(self, history: bool = False) -> MemoryReport:
        return self._read(MemoryReport, "GET", f"/memory?{urlencode({'history': history})}")

    def optimize_memory(self) -> tuple[Eviction, ...]:
        return tuple(self._read(list[Eviction], "POST", "/memory/optimize"))

    def metrics(self) -> Metrics:
        return self._read(Metrics, "GET", "/metrics")

    def load_model(self, tenant: str = "model") -> None:
        self._call("POST", f"/memory/load?{urlencode({'tenant': tenant})}")

    def unload(self, tenant: str) -> Eviction | None:
        path = f"/memory/unload?{urlencode({'tenant': tenant})}"
        return self._read(dict[str, Eviction | None], "POST", path)["eviction"]

    def close(self) -> None:
        """Each call has closed its own connection."""

    def _read(self, kind: type[T], method: str, path: str, body: Any = None) -> T:
        return TypeAdapter(kind).validate_json(self._call(method, path, body))

    def _call(self, method: str, path: str, body: Any = None) -> bytes:
        connection, response = self._open(method, path, body)
        try:
            return response.read()
        except (OSError, HTTPException) as error:
            raise self._unreachable(error) from error
        finally:
            connection.close()

    def _stream(
        self, kind: type[T], method: str, path: str, body: Any = None, headers: Mapping[str, str] = _NO_HEADERS
    ) -> Iterator[T]:
        """Values as they come; a line {"error": ...} at the end is raised."""
        adapter = TypeAdapter(kind)
        connection, response = self._open(method, path, body, headers)
        try:
            for line in response:
                if line.startswith(b'{"error":'):
                    raise _error(json.loads(line))
                yield adapter.validate_json(line)
        except (OSError, HTTPException) as error:
            raise self._unreachable(error) from error
        finally:
            connection.close()

    def _open(
        self, method: str, path: str, body: Any, more: Mapping[str, str] = _NO_HEADERS
    ) -> tuple[HTTPConnection, HTTPResponse]:
        where = urlsplit(self._address)
        connection = HTTPConnection(where.hostname or "127.0.0.1", where.port, timeout=_CONNECT_SECONDS)
        is_file = isinstance(body, bytes)
        content_type = "application/octet-stream" if is_file else "application/json"
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": content_type, **more}
        data = body if is_file or body is None else json.dumps(body)
        try:
            connection.connect()
            connection.sock.settimeout(None)  # an answer may take as long as its model does
            connection.request(method, f"/api{path}", data, headers)
            response = connection.getresponse()
        except (OSError, HTTPException) as error:
            connection.close()
            raise self._unreachable(error) from error
        if response.status >= 400:
            content = response.read()
            connection.close()
            raise self._refused(response.status, content)
        return connection, response

    def _refused(self, status: int, content: bytes) -> AiChatError:
        try:
            return _error(json.loads(content))
        except (ValueError, KeyError, TypeError):
            return self._unreachable(f"HTTP {status}")

    def _unreachable(self, reason: object) -> MachineError:
        return MachineError("owner_unreachable", address=self._address, pid=self._pid, reason=str(reason))


def _absolute(path: Path) -> str:
    return str(path.expanduser().absolute())


def _error(document: dict[str, Any]) -> AiChatError:
    found = document["error"]
    return _ERRORS[found["exit_code"]](found["code"], **found["values"])
