"""The nouns as JSON, with the keys that other programs rely on. Pure.

Takes dataclasses of ai_chat.types, gives dicts. `document` is a file's name, `page` a number or null, offsets are code
points in the unit's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from ai_chat.errors.sentences import hint, sentence
from ai_chat.types import (
    Answer,
    Citation,
    DocumentDetail,
    DocumentInfo,
    Doubt,
    Hit,
    Judgement,
    Problem,
    SearchResult,
    Unit,
    UnitRef,
)

Json = dict[str, Any]
Language = Literal["ko", "en"]


def problem_json(problem: Problem, language: Language, document_id: str | None = None) -> Json:
    return {
        "code": problem.code,
        "message": sentence(problem, language),
        "hint": hint(problem, language, document_id),
    }


def unit_json(unit: UnitRef | Unit) -> Json:
    """`ocr`: whether it was read off a picture."""
    read_off = unit.ocr if isinstance(unit, UnitRef) else unit.ocr is not None
    return {"kind": unit.kind, "number": unit.number, "label": unit.label, "ocr": read_off}


def hit_json(hit: Hit) -> Json:
    return {
        "rank": hit.rank,
        "score": hit.score,
        "document": hit.document,
        "document_id": hit.document_id,
        "collection": hit.collection,
        "unit": unit_json(hit.unit),
        "page": hit.page,
        "text": hit.text,
        "sentence": hit.sentence,
        "start": hit.start,
        "end": hit.end,
        "duplicates": [
            {"document": place.document, "document_id": place.document_id, "unit": unit_json(place.unit)}
            for place in hit.duplicates
        ],
    }


def search_json(result: SearchResult, language: Language) -> Json:
    return {
        "query": result.query,
        "mode": result.mode,
        "hits": [hit_json(hit) for hit in result.hits],
        "notices": problems_json(notices_of(result), language),
        "unfiltered": result.unfiltered,
        "judgement": judgement_json(result.judgement),
    }


def notices_of(result: SearchResult) -> list[Problem]:
    return [Problem(code, {"count": result.unfiltered or 0}) for code in result.notices]


def citation_json(citation: Citation) -> Json:
    return {
        "marker": citation.marker,
        "document": citation.document,
        "document_id": citation.document_id,
        "unit": unit_json(citation.unit),
        "page": citation.page,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
    }


def answer_json(answer: Answer, language: Language) -> Json:
    return {
        "question": answer.question,
        "evidence": [hit_json(hit) for hit in answer.evidence],
        "answer": answer.answer,
        "citations": [citation_json(citation) for citation in answer.citations],
        "finish_reason": answer.finish_reason,
        "usage": {
            "prompt_tokens": answer.usage.prompt_tokens,
            "completion_tokens": answer.usage.completion_tokens,
            "cached_tokens": answer.usage.cached_tokens,
        },
        "timings": {name: answer.timings.get(name) for name in ("search_ms", "first_token_ms", "total_ms")},
        "cached": answer.cached,
        "notice": problem_json(answer.problem, language) if answer.problem else None,
        "kind": answer.kind,
        "searched_for": answer.searched_for,
        "judgement": judgement_json(answer.judgement),
        "doubts": [doubt_json(doubt, answer.answer or "") for doubt in answer.doubts],
        "made_at": answer.made_at,
        "saved_seconds": answer.saved_seconds,
    }


def judgement_json(judgement: Judgement | None) -> Json | None:
    """`score` is a chance from 0 to 1; null where nothing was judged."""
    if judgement is None:
        return None
    return {"score": judgement.score, "answerable": judgement.answerable, "missing": list(judgement.missing)}


def doubt_json(doubt: Doubt, answer: str) -> Json:
    """Offsets are code points in the answer; `wrong` are the values in it that the evidence contradicts."""
    wrong = [{"text": answer[start:end], "start": start, "end": end} for start, end in doubt.wrong]
    return {"sentence": doubt.sentence, "start": doubt.start, "end": doubt.end, "wrong": wrong}


def document_json(info: DocumentInfo, language: Language) -> Json:
    return {
        "id": info.id,
        "name": info.name,
        "path": info.path,
        "collection": info.collection,
        "status": info.status,
        "units": info.units,
        "chunks": info.chunks,
        "document_date": info.document_date or None,
        "modified_at": info.modified_at or None,
        "added_at": info.added_at or None,
        "title": info.title or None,
        "author": info.author or None,
        "parent_id": info.parent_id,
        "ocr_pages": info.ocr_pages,
        "unread_pages": info.unread_pages,
        "warnings": problems_json(info.warnings, language),
        "error": problem_json(info.error, language, info.id) if info.error else None,
    }


def detail_json(detail: DocumentDetail, language: Language, only: Sequence[Unit] | None = None) -> Json:
    """A document and the text of its units, one by one."""
    about = {**document_json(detail.info, language), "sha256": detail.sha256, "parser": detail.parser}
    return {"document": about, "units": [{**unit_json(unit), "text": unit.text} for unit in only or detail.units]}


def problems_json(problems: Sequence[Problem], language: Language) -> list[Json]:
    return [problem_json(problem, language) for problem in problems]
