"""What the end of a Turn tells of how long it took, given to a Meter. Knows no Turn, only what its `done` carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ai_chat.metrics import Meter
from ai_chat.types import Problem, Wish

_FEWEST_TOKENS = 8  # fewer tell no speed


def measure_turn(meter: Meter, done: Mapping[str, Any], wish: Wish, *, has_model: bool) -> None:
    """What was asked in the background makes nobody wait: only its failures count. Without a model its absence is no failure."""
    reason, problem = done.get("finish_reason"), done.get("problem")
    if problem and (reason == "error" or (reason == "no_model" and has_model)):
        meter.fail(Problem(problem["code"], problem["values"]))
    if wish.background:
        return
    meter.count("questions")
    timings = done.get("timings") or {}
    meter.observe("search_ms", timings.get("search_ms"))
    if reason == "cancelled":
        return
    meter.observe("total_ms", timings.get("total_ms"))
    meter.observe("queue_ms", timings.get("queue_ms"))
    if done.get("cached"):
        meter.count("from_cache")
    elif timings.get("first_token_ms") is not None:
        meter.count("written")
        meter.observe("first_token_ms", timings["first_token_ms"])
        meter.observe("tokens_per_second", _speed(done))


def _speed(done: Mapping[str, Any]) -> float | None:
    """Of writing alone, from the first token on; None where it was too short to tell."""
    timings, tokens = done["timings"], (done.get("usage") or {}).get("completion_tokens", 0)
    seconds = ((timings.get("total_ms") or 0.0) - timings["first_token_ms"]) / 1000
    return (tokens - 1) / seconds if tokens >= _FEWEST_TOKENS and seconds > 0 else None
