"""A Turn and the answer cache: what an answer is kept by, what is kept of a Turn, and how it is shown again.

Takes hits, events and what was said before; gives Keys and Kepts, and writes to the turn's log. Knows no queue and no model's engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ai_chat import __version__
from ai_chat.answer.excerpt import exchange_read, passages_read
from ai_chat.answer.history import Said
from ai_chat.answer.log import TurnLog
from ai_chat.asking.normal import normal_form
from ai_chat.asking.reading import language_of
from ai_chat.cache import AnswerCache, Kept, Key
from ai_chat.cache.keys import Passage, Step, digest
from ai_chat.prompt import Exchange, Prompt, build_prompt
from ai_chat.types import AnswerKind, Event, Hit, Scope, SearchResult, UnitRef, Usage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ai_chat.embedding import Embedder
    from ai_chat.lazy import Lazy
    from ai_chat.llm.models import ModelInfo

NEARNESS = 0.90  # cosine of two questions: benchmarks/cache.py
_VECTOR_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Found:
    """`result`: the evidence of the earlier wording, to be shown in place of this question's; None where both are the same."""

    kept: Kept
    result: SearchResult | None = None


def key_of(
    question: str,
    scope: Scope,
    kind: AnswerKind,
    hits: Sequence[Hit],
    past: Sequence[Said],
    maker: str,
    sequence: int,
    vector: NDArray[np.float32] | None = None,
    space: str = "",
) -> Key:
    """`question` as it was searched for; `maker` of `maker_of`; `sequence` of the library; `vector` of what is asked without filters."""
    from ai_chat.search.query import narrowed, parse_query

    query = parse_query(question)
    return Key(
        question=question,
        asked=query.text,
        normal=normal_form(query.text),
        language=language_of(query.text),
        kind=kind,
        scope=narrowed(scope, query),
        maker=maker,
        context=context_of(past),
        passages=tuple(map(passage_of, hits)),
        words=(*(f"+{phrase}" for phrase in query.phrases), *(f"-{word}" for word in query.excluded)),
        vector=vector,
        space=space,
        sequence=sequence,
    )


def passage_of(hit: Hit) -> Passage:
    """What a model reads and a citation tells of it: its text, its version, and the names of its place."""
    place = (hit.document_id, hit.document, hit.version_id, hit.unit.kind, hit.unit.number, hit.unit.label)
    return Passage(_place(hit.version_id, hit.unit), digest([*place, hit.text]))


def context_of(past: Sequence[Said]) -> str:
    """One for what a prompt would begin with; "" at the beginning of a conversation."""
    return digest([_said(exchange) for _, exchange in past]) if past else ""


def maker_of(info: ModelInfo | None, n_ctx: int, max_tokens: int) -> str:
    """Whatever writes otherwise has another one: the model and its adapter, its prompt, its limits, this program. `info` None:
    what is made without a model."""
    if info is None:
        return digest(["none", __version__])
    try:
        changed = info.path.stat().st_mtime_ns if not info.endpoint else 0
    except OSError:
        changed = 0  # not there yet: it is told by its name and size
    model = [info.name, str(info.path), info.file_bytes, changed, info.endpoint, info.adapter_fingerprint, info.trusted]
    return digest([*model, prompt_version(info.chat_template), n_ctx, max_tokens, __version__])


@cache
def prompt_version(chat: bool) -> str:
    """A prompt of each language, with and without something before it, as one value: it changes with the prompts themselves,
    with how many passages they hold, and how much of each."""
    hits = [
        replace(_HIT, rank=rank, text=f"{rank}. {_HIT.text} stands here.\n" * 20, version_id=rank)
        for rank in range(1, 13)
    ]
    told = [(), (Exchange("질문", (hits[0],), "답 [1]"),), (Exchange("question", (hits[0],), "answer [1]"),)]
    prompts = [_prompt(question, hits, past, chat) for question in ("질문?", "question?") for past in told]
    return digest([[*map(repr, (prompt.content, prompt.stop))] for prompt in prompts])


def vector_of(embedder: Lazy[Embedder] | None, asked: str) -> NDArray[np.float32] | None:
    """The vector that the search had made; None where there is no embedder, or it has none yet. Raises MachineError as it does."""
    if embedder is None or embedder.peek() is None:
        return None
    with embedder.lease() as ready:
        return ready.embed_query(asked, _VECTOR_SECONDS)


def look(
    answers: AnswerCache, key: Key, turn_id: str, search: Callable[[str], SearchResult], *, counted: bool = True
) -> Found | None:
    """What is kept of this question, or of one that means the same; `search` finds the evidence of its earlier wording, in the same
    scope and as thoroughly."""
    seen: dict[str, SearchResult] = {}

    def retrieve(question: str) -> list[Passage]:
        seen[question] = search(question)
        return list(map(passage_of, seen[question].hits))

    kept = answers.find(key, turn_id, retrieve, counted=counted)
    return None if kept is None else Found(kept, seen.get(kept.question) if kept.again else None)


def serve(log: TurnLog, kept: Kept) -> None:
    """The answer again, behind an event that says from when it is; `done` is the caller's, with `cached_end`."""
    log.append("cached", {"made_at": kept.made_at, "saved_seconds": kept.seconds, "tier": kept.tier})
    for kind, data in kept.steps:
        log.append(kind, data)


def cached_end(kept: Kept, past: Sequence[Said], timings: Mapping[str, float | None]) -> dict[str, Any]:
    """What `done` carries; the conversation goes on from it as from the answer that was written."""
    prompt = None
    if kept.prompt is not None:
        told = len(kept.prompt["turns"])
        prompt = {**kept.prompt, "turns": [turn_id for turn_id, _ in past[len(past) - told :]]}
    return {
        "finish_reason": "stop",
        "usage": asdict(Usage()),
        "timings": dict(timings),
        "notice": None,
        "problem": None,
        "prompt": prompt,
        "cached": True,
    }


def kept_of(events: Sequence[Event], question: str, hits: Sequence[Hit], turn_id: str, made_at: str) -> Kept | None:
    """Of a Turn that is done; None where no whole answer was written and shown. `question` as it was searched for, `hits` its evidence."""
    end = events[-1].data if events and events[-1].kind == "done" else {}
    shown = _shown(events)
    if end.get("finish_reason") != "stop" or end.get("cached") or not any(kind == "delta" for kind, _ in shown):
        return None
    return Kept(
        question=question,
        steps=shown,
        cited=_cited(shown, hits),
        prompt=end.get("prompt"),
        made_at=made_at,
        seconds=_seconds(end.get("timings", {})),
        turn_id=turn_id,
        usage=end.get("usage", {}),
    )


def _shown(events: Sequence[Event]) -> tuple[Step, ...]:
    """The text as it stood at the end, then what was said of it."""
    text = ""
    notes: list[Step] = []
    for event in events:
        if event.kind == "delta":
            text += event.data["text"]
        elif event.kind == "revised":
            text = event.data["text"]
        elif event.kind in ("restarted", "evidence"):
            text, notes = "", []
        elif event.kind in ("citation", "unsupported"):
            notes.append((event.kind, event.data))
    return (("delta", {"text": text}), *notes) if text.strip() else ()


def _cited(steps: Sequence[Step], hits: Sequence[Hit]) -> tuple[str, ...]:
    cited = {_place(data["version_id"], UnitRef(**data["unit"])) for kind, data in steps if kind == "citation"}
    return tuple(dict.fromkeys(place for hit in hits if (place := _place(hit.version_id, hit.unit)) in cited))


def _place(version_id: int, unit: UnitRef) -> str:
    return f"{version_id} {unit.kind} {unit.number}"


def _seconds(timings: Mapping[str, float | None]) -> float:
    """From the evidence to the end: waiting, loading and writing."""
    total, search = timings.get("total_ms") or 0.0, timings.get("search_ms") or 0.0
    return round(max(0.0, total - search) / 1000, 3)


def _said(exchange: Exchange) -> list[Any]:
    earlier = [(number, passage_of(hit)) for number, hit in sorted(exchange.earlier.items())]
    return [exchange.question, exchange.answer, exchange.cut, [*map(passage_of, exchange.passages)], earlier]


def _prompt(question: str, hits: Sequence[Hit], past: Sequence[Exchange], chat: bool) -> Prompt:
    read = passages_read(hits, chat=chat, follow_up=bool(past))
    before = [exchange_read(exchange, chat=chat) for exchange in past]
    return build_prompt(question, read, lambda _content: 0, n_ctx=4096, max_tokens=512, chat=chat, past=before)


_HIT = Hit(1, 1.0, "document", "id", "collection", 1, UnitRef("page", 1, "label"), 1, "passage", "passage", 0, 7)
