"""What a search found, as an event of a Turn tells it, and what there is to say where it found nothing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ai_chat.types import Hit, Problem, SearchResult


def why_nothing(result: SearchResult) -> Problem:
    """Why there would be no evidence."""
    if "filter_matches_nothing" in result.notices:
        return Problem("filter_matches_nothing", {"count": result.unfiltered or 0})
    return Problem("no_evidence")


def evidence_data(result: SearchResult) -> dict[str, Any]:
    return {
        "hits": [{**asdict(hit), "duplicates": list(map(asdict, hit.duplicates))} for hit in result.hits],
        "mode": result.mode,
        "notices": list(result.notices),
        "unfiltered": result.unfiltered,
        "judgement": asdict(result.judgement) if result.judgement else None,
        "search_ms": round(result.milliseconds, 1),
    }


def places(hits: Sequence[Hit]) -> list[tuple[int, int, int]]:
    return [(hit.version_id, hit.start, hit.end) for hit in hits]
