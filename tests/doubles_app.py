"""A double of the App protocol for the page and the server: documents in a dict, answers told letter by letter."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from ai_chat.answer.export import conversation_markdown
from ai_chat.answer.fold import answer_of
from ai_chat.app import App
from ai_chat.errors import InputError
from ai_chat.memory.machine import Machine
from ai_chat.memory.report import Eviction, MemoryReport
from ai_chat.metrics import Meter, Metrics
from ai_chat.rendering import render_unit
from ai_chat.store import Conversation, TurnRecord
from ai_chat.types import (
    ANSWERED,
    DEFAULT_COLLECTION,
    SAMPLES_COLLECTION,
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
    Unit,
    UnitKind,
    Wish,
)

PASSAGE = (
    "제12조(연차휴가) 입사 1년 차 직원은 한 달 개근할 때마다 1일의 유급휴가를 받는다. "
    "1년간 80퍼센트 이상 출근한 직원에게는 15일의 연차휴가를 준다. 남은 휴가는 다음 해로 넘기지 않는다."
)
SENTENCE = "1년간 80퍼센트 이상 출근한 직원에게는 15일의 연차휴가를 준다."
HOSTILE = "<img src=x onerror=document.title='hacked'> [click](http://example.invalid) $x$ :red[red]"
ANSWER = "1년간 80퍼센트 이상 출근하면 **15일**의 연차휴가를 받습니다 [1].\n- 남은 휴가는 넘기지 않습니다 [1]."


class DoubleApp:
    """`pause` is the time between two pieces of an answer."""

    def __init__(self, pause: float = 0.02, answer: str = ANSWER) -> None:
        self._pause = pause
        self._answer = answer
        self._events: dict[str, list[Event]] = {}
        self._turns: dict[str, TurnRecord] = {}
        self._stopped: set[str] = set()
        self._changed = threading.Condition()
        self._documents: dict[str, DocumentInfo] = {
            "s1": DocumentInfo("s1", "취업규칙.pdf", "취업규칙.pdf", SAMPLES_COLLECTION, "complete", 12, 40),
            "s2": DocumentInfo("s2", HOSTILE + ".txt", "", SAMPLES_COLLECTION, "searchable", 1, 3),
        }
        self._removed: dict[str, DocumentInfo] = {}
        self._titles: dict[str, str] = {}
        self._gone: set[str] = set()
        self._replaced: set[str] = set()
        self._rated: dict[str, Rating] = {}
        self.closed = False
        self.paused = False

    def search(self, query: str, scope: Scope, *, top_k: int = 5, mode: Mode = "hybrid") -> SearchResult:
        return SearchResult(query, mode, (), 1.0)

    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str:
        if not question.strip():
            raise InputError("question_empty")
        turn_id = f"t{len(self._turns) + 1:015d}"
        if wish.replaces:
            self._replaced.add(wish.replaces)
        self._turns[turn_id] = TurnRecord(
            turn_id, conversation_id or "c", question, False, "2026-01-01T00:00:00Z", scope
        )
        self._events[turn_id] = []
        threading.Thread(target=self._tell, args=(turn_id,), daemon=True).start()
        return turn_id

    def cache_stats(self) -> CacheStats:
        return CacheStats(0, 0, 0, 0, 0, 0, 0.0)

    def clear_cache(self) -> int:
        return 0

    def forget_answer(self, turn_id: str) -> bool:
        return False

    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]:
        told = after
        while True:
            with self._changed:
                while not self.closed and len(self._events[turn_id]) == told:
                    self._changed.wait()
                new = self._events[turn_id][told:]
            yield from new
            told += len(new)
            if self.closed or (new and new[-1].kind == "done"):
                return

    def stop(self, turn_id: str) -> None:
        self._stopped.add(turn_id)

    def conversations(self, scope: Scope, *, words: str = "") -> Sequence[Conversation]:
        first = {turn.conversation_id: turn for turn in reversed(self._turns.values())}
        found = [
            Conversation(name, self._titles.get(name, turn.question), turn.created_at, turn.created_at)
            for name, turn in first.items()
            if name not in self._gone
        ]
        return [each for each in found if words in each.title]

    def rename_conversation(self, conversation_id: str, title: str) -> None:
        if not title.strip():
            raise InputError("title_empty")
        self._titles[conversation_id] = title

    def remove_conversations(self, conversation_ids: Sequence[str]) -> None:
        self._gone |= set(conversation_ids)

    def restore_conversations(self, conversation_ids: Sequence[str]) -> None:
        self._gone -= set(conversation_ids)

    def export_conversation(self, conversation_id: str, language: Literal["ko", "en"]) -> str:
        told = [answer_of(turn.question, self._events[turn.id]) for turn in self.turns(conversation_id)]
        return conversation_markdown(self._titles.get(conversation_id, "대화"), told, language)

    def rate(self, turn_id: str, good: bool | None, note: str = "") -> Rating | None:
        self._rated.pop(turn_id, None)
        if good is not None:
            self._rated[turn_id] = Rating(turn_id, self._turns[turn_id].question, good, note, "2026-01-01T00:00:00Z")
        return self._rated.get(turn_id)

    def ratings(self, conversation_id: str | None = None) -> Sequence[Rating]:
        return [
            each
            for each in self._rated.values()
            if conversation_id in (None, self._turns[each.turn_id].conversation_id)
        ]

    def turns(self, conversation_id: str) -> Sequence[TurnRecord]:
        return [
            turn
            for turn in self._turns.values()
            if turn.conversation_id == conversation_id and turn.id not in self._replaced
        ]

    def ingest(
        self,
        paths: Sequence[Path],
        collection: str = DEFAULT_COLLECTION,
        *,
        dense: bool = True,
        wait: bool = False,
        password: str | None = None,
    ) -> Iterator[IngestEvent]:
        yield from ()

    def retry(self, document_ids: Sequence[str], *, password: str | None = None) -> Iterator[IngestEvent]:
        """A document that needs a password opens with "열려라"."""
        for done, each in enumerate(document_ids, start=1):
            document = self._documents[each]
            if document.status == "needs_password" and password != "열려라":
                problem = Problem("password_wrong", {"name": document.name})
                yield IngestEvent(done, len(document_ids), document.name, "failed", each, problem)
            else:
                self._documents[each] = replace(document, status="complete", error=None)
                yield IngestEvent(done, len(document_ids), document.name, "updated", each)

    def replace(self, document_id: str, path: Path) -> Iterator[IngestEvent]:
        yield IngestEvent(1, 1, str(path), "updated", document_id)

    def relocate(self, document_id: str, path: Path) -> None:
        self._documents[document_id] = replace(self._documents[document_id], name=path.name, path=str(path))

    def pause_ingest(self, paused: bool) -> None:
        self.paused = paused

    def upload(
        self, name: str, data: bytes, collection: str = DEFAULT_COLLECTION, *, password: str | None = None
    ) -> Iterator[IngestEvent]:
        yield IngestEvent(0, 1, name)
        if not data:
            raise InputError("file_empty", path=name)
        document_id = f"d{len(self._documents)}"
        self._documents[document_id] = DocumentInfo(document_id, name, name, collection, "complete", 1, 1)
        yield IngestEvent(1, 1, name, "added", document_id)

    def documents(self, scope: Scope) -> Sequence[DocumentInfo]:
        chosen = scope.collections
        return [each for each in self._documents.values() if chosen is None or each.collection in chosen]

    def document_page(self, scope: Scope, query: DocumentQuery) -> DocumentPage:
        """As the store has it, but for the order, which is that of names."""
        named = [each for each in self.documents(scope) if all(word in each.name for word in query.words.split())]
        found = [each for each in named if not query.statuses or each.status in query.statuses]
        ordered = sorted(found, key=lambda each: each.name, reverse=query.descending)
        shown = ordered[query.offset : query.offset + query.limit]
        return DocumentPage(tuple(shown), len(found), Counter(each.status for each in named))

    def move_documents(self, document_ids: Sequence[str], collection: str) -> None:
        for each in document_ids:
            self._documents[each] = replace(self._documents[each], collection=collection)

    def document(self, document_id: str) -> DocumentDetail:
        if document_id not in self._documents:
            raise InputError("document_unknown", id=document_id)
        units = [Unit("page", number, str(number), PASSAGE) for number in (1, 2, 3)]
        return DocumentDetail(self._documents[document_id], 1, None, None, units)

    def original(self, document_id: str) -> Path:
        return Path(self._documents[document_id].path)

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
        """Its one passage, as text."""
        unit = Unit(kind, number, str(number), PASSAGE)
        return render_unit(unit, self._documents[document_id].name, marks, sentence, None)

    def collections(self) -> Sequence[str]:
        return [DEFAULT_COLLECTION, SAMPLES_COLLECTION]

    def remove(self, document_ids: Sequence[str]) -> None:
        for each in document_ids:
            self._removed[each] = self._documents.pop(each)

    def restore(self, document_ids: Sequence[str]) -> None:
        for each in document_ids:
            self._documents[each] = self._removed.pop(each)

    def index_status(self) -> IndexReport:
        return IndexReport(0, (), None, 0, 0)

    def index_verify(self, *, thorough: bool = False) -> Iterator[IndexEvent]:
        yield from ()

    def index_rebuild(self, *, vectors: bool = False) -> Iterator[IndexEvent]:
        yield from ()

    def index_compact(self, *, drop_vectors: bool = False) -> Iterator[IndexEvent]:
        yield from ()

    def status(self) -> dict[str, Any]:
        return {
            "memory": {
                "parts": {"page": 71 << 20, "model": 480 << 20},
                "measured": 551 << 20,
                "budget": 6 << 30,
                "budget_set": True,
                "pressure": "ok",
                "unload_in": {"model": 170.0},
                "available": 8 << 30,
            },
            "model": {"state": "loaded", "name": "double", "problem": None, "progress": None, "endpoint": ""},
            "embedder": {"state": "loaded", "pending": 12, "problem": None},
        }

    def memory_report(self, history: bool = False) -> MemoryReport:
        machine = Machine(16 << 30, 8 << 30, 4)
        return MemoryReport(True, 6 << 30, True, "ok", 0, 551 << 20, 0, 0, 0, 1, 0, 0, (), (), machine)

    def optimize_memory(self) -> tuple[Eviction, ...]:
        return ()

    def metrics(self) -> Metrics:
        return Meter().metrics()

    def load_model(self, tenant: str = "model") -> None:
        """It is loaded already."""

    def unload(self, tenant: str) -> Eviction | None:
        return None

    def close(self) -> None:
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def _tell(self, turn_id: str) -> None:
        self._add(turn_id, "searching", {})
        self._add(turn_id, "evidence", {"hits": [_hit(1, PASSAGE, SENTENCE), _hit(2, HOSTILE * 3, HOSTILE)]})
        for piece in self._answer:
            if turn_id in self._stopped or self.closed:
                self._add(turn_id, "done", {"finish_reason": "cancelled"})
                return
            self._add(turn_id, "delta", {"text": piece})
            time.sleep(self._pause)
        self._add(turn_id, "done", {"finish_reason": "stop"})

    def _add(self, turn_id: str, kind: Any, data: dict[str, Any]) -> None:
        with self._changed:
            self._events[turn_id].append(Event(len(self._events[turn_id]) + 1, kind, data))
            if kind == "done":
                self._turns[turn_id] = replace(self._turns[turn_id], finished=True)
            self._changed.notify_all()


def _hit(rank: int, text: str, sentence: str) -> dict[str, Any]:
    return {
        "rank": rank,
        "score": 1.0 / rank,
        "document": "취업규칙.pdf" if rank == 1 else HOSTILE,
        "document_id": f"s{rank}",
        "collection": SAMPLES_COLLECTION,
        "version_id": rank,
        "unit": {"kind": "page", "number": rank, "label": str(rank)},
        "page": rank,
        "text": text,
        "sentence": sentence,
        "start": 0,
        "end": len(sentence),
    }


def _check(app: DoubleApp) -> App:
    return app
