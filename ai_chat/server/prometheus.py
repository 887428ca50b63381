"""What the program measures of itself, in Prometheus' text format 0.0.4.

Takes the values that the App tells, gives text. Names, kinds and labels are written by one small writer. Tells no document and no question.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from ai_chat.memory.report import MemoryReport
    from ai_chat.metrics import Metrics, Spread
    from ai_chat.server.limits import Traffic
    from ai_chat.types import CacheStats

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "ai_chat_"
_LEVELS = ("ok", "tight", "critical")
_STATES = ("absent", "empty", "loading", "loaded", "failed")
_SPREADS: tuple[tuple[str, str, float, str], ...] = (
    ("search_ms", "search_seconds", 1000, "From a question to its first evidence"),
    ("first_token_ms", "first_token_seconds", 1000, "From a question to the first token of its answer"),
    ("total_ms", "answer_seconds", 1000, "From a question to the end of its answer"),
    ("queue_ms", "queue_seconds", 1000, "Waiting for the model's turn"),
    ("tokens_per_second", "tokens_per_second", 1, "Tokens a second of written answers"),
)
_COUNTERS: tuple[tuple[str, str, str], ...] = (
    ("questions", "questions_total", "Questions asked"),
    ("written", "answers_written_total", "Answers that the model wrote"),
    ("from_cache", "answers_from_cache_total", "Answers that the cache gave"),
    ("documents", "documents_read_total", "Documents read"),
    ("chunks", "passages_total", "Passages made of them"),
    ("vectors", "vectors_total", "Vectors made"),
)

Labels = Mapping[str, str]
Sample = tuple[str, Labels, float]
Kind = Literal["counter", "gauge", "summary"]


@dataclass(frozen=True, slots=True)
class Family:
    """One metric with its samples: (what comes behind the name, labels, value)."""

    name: str
    kind: Kind
    about: str
    samples: tuple[Sample, ...]


def exposition(families: Iterable[Family]) -> str:
    return "".join(f"{line}\n" for family in families for line in _lines(family))


def families_of(
    metrics: Metrics, memory: MemoryReport, cache: CacheStats, status: Mapping[str, Any], traffic: Traffic
) -> Iterator[Family]:
    yield from _measured(metrics)
    yield from _questions(metrics, cache)
    yield from _memory(memory)
    yield from _documents(metrics, status)
    yield from _parts(status)
    yield from _traffic(traffic)


def _measured(metrics: Metrics) -> Iterator[Family]:
    yield _gauge("start_time_seconds", "When measuring began, seconds since 1970", metrics.since)
    for measure, name, divisor, about in _SPREADS:
        spread = metrics.spreads.get(measure)  # type: ignore[call-overload]
        if spread is not None:
            yield _summary(name, f"{about}; quantiles of the last hour", spread, divisor)
    for counter, name, about in _COUNTERS:
        yield _counter(name, about, metrics.counts.get(counter, 0))  # type: ignore[call-overload]
    failures = tuple(("", {"code": code}, float(each.count)) for code, each in sorted(metrics.failures.items()))
    yield Family("failures_total", "counter", "What went wrong, by code", failures)


def _questions(metrics: Metrics, cache: CacheStats) -> Iterator[Family]:
    yield _gauge("answers_being_written", "Answers that the model writes now", metrics.queue.written)
    yield _gauge("questions_waiting", "Questions that wait for the model", metrics.queue.waiting)
    yield _gauge("questions_behind", "Questions that wait until nobody else does", metrics.queue.behind)
    yield _gauge("cache_entries", "Answers that are kept", cache.entries)
    yield _gauge("cache_bytes", "What they take on the disk", cache.bytes)
    yield _gauge("cache_hit_ratio", "Share of questions that the cache answered, since it was made", cache.hit_rate)
    yield _gauge("cache_hits", "Questions that the cache answered, since it was made", cache.hits)
    yield _gauge("cache_misses", "Questions that it did not answer", cache.misses)
    yield _gauge("cache_stale", "Answers kept and not given, as documents had changed", cache.stale)
    yield _gauge("cache_saved_seconds", "What writing the answers given had taken", cache.saved_seconds)


def _memory(memory: MemoryReport) -> Iterator[Family]:
    yield _gauge("memory_budget_bytes", "What the whole program may hold", memory.budget)
    yield _gauge("memory_predicted_bytes", "What the ledger predicts that it may come to hold", memory.predicted)
    yield _gauge("memory_measured_bytes", "What it holds (PSS)", memory.measured)
    yield _gauge("memory_anonymous_bytes", "Of that, what is in no file", memory.anonymous)
    parts = [({"part": each.name}, each) for each in memory.tenants]
    predicted = tuple(("", labels, float(each.predicted)) for labels, each in parts)
    measured = tuple(("", labels, float(each.measured)) for labels, each in parts)
    yield Family("memory_part_predicted_bytes", "gauge", "What the ledger predicts of a part", predicted)
    yield Family("memory_part_measured_bytes", "gauge", "What a part holds (PSS)", measured)
    yield _one_of("memory_pressure", "How pressed memory is: 1 at the level of now", "level", _LEVELS, memory.pressure)
    yield _counter("memory_evictions_total", "Parts that were let go", memory.evicted)
    yield _counter("model_loads_total", "How often the model was loaded", memory.loads)


def _documents(metrics: Metrics, status: Mapping[str, Any]) -> Iterator[Family]:
    library, ingest = status["library"], status["ingest"]
    yield _gauge("library_documents", "Documents in the library", library["documents"])
    yield _gauge("library_passages", "Passages of them", library["chunks"])
    yield _gauge("library_changes", "The number of the library's last change", library["sequence"])
    lag = tuple(("", {"index": kind}, float(behind)) for kind, behind in sorted(metrics.lag.items()))
    yield Family("index_lag_changes", "gauge", "Changes that an index has not got yet; -1: it cannot be read", lag)
    yield _gauge("vectors_pending", "Texts that wait for their vector", status["embedder"]["pending"])
    yield _gauge("ingest_paused", "1 while no file is read at somebody's wish", bool(ingest["paused"]))
    yield _gauge("ingest_reading", "1 while a file is read", ingest["reading"] is not None)
    yield _gauge("ingest_waiting", "Files that wait to be read", ingest["waiting"])


def _parts(status: Mapping[str, Any]) -> Iterator[Family]:
    for part in ("model", "embedder"):
        state = status[part]["state"]
        yield _one_of(f"{part}_state", f"1 at the state of the {part} now", "state", _STATES, state)


def _traffic(traffic: Traffic) -> Iterator[Family]:
    yield _gauge("http_requests_in_flight", "Requests being answered", traffic.in_flight)
    answered = tuple(("", {"status": kind}, float(n)) for kind, n in sorted(traffic.answered.items()))
    yield Family("http_requests_total", "counter", "Requests answered, by the class of their status", answered)
    refused = tuple(("", {"why": why}, float(n)) for why, n in sorted(traffic.refused.items()))
    yield Family("http_refused_total", "counter", "Requests ended by a limit", refused)


def _gauge(name: str, about: str, value: float) -> Family:
    return Family(name, "gauge", about, (("", {}, float(value)),))


def _counter(name: str, about: str, value: float) -> Family:
    return Family(name, "counter", about, (("", {}, float(value)),))


def _one_of(name: str, about: str, label: str, choices: Iterable[str], now: str) -> Family:
    return Family(name, "gauge", about, tuple(("", {label: each}, float(each == now)) for each in choices))


def _summary(name: str, about: str, spread: Spread, divisor: float) -> Family:
    """Without a quantile where nothing was measured in the last hour."""
    quantiles = (("0.5", spread.p50), ("0.95", spread.p95)) if spread.count else ()
    told = tuple(("", {"quantile": at}, value / divisor) for at, value in quantiles)
    ends: tuple[Sample, ...] = (("_sum", {}, spread.all_sum / divisor), ("_count", {}, float(spread.all_count)))
    return Family(name, "summary", about, (*told, *ends))


def _lines(family: Family) -> Iterator[str]:
    name = _PREFIX + family.name
    yield f"# HELP {name} {_escaped(family.about)}"
    yield f"# TYPE {name} {family.kind}"
    for end, labels, value in family.samples:
        told = ",".join(f'{key}="{_quoted(text)}"' for key, text in labels.items())
        yield f"{name}{end}{{{told}}} {_number(value)}" if told else f"{name}{end} {_number(value)}"


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')
