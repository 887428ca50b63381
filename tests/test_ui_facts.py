"""The facts of the sidebar in words: memory of the budget, what the model is doing, vectors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ai_chat.types import CacheStats, Problem
from ai_chat.ui.facts import fact_rows, facts_html
from ai_chat.ui.strings import Language

NEW = CacheStats(0, 0, 0, 0, 0, 0, 0.0)


def status(pressure: str = "ok", unload_in: float | None = None, **model: Any) -> dict[str, Any]:
    return {
        "memory": {
            "measured": 1536 << 20,
            "budget": 6 << 30,
            "pressure": pressure,
            "unload_in": {} if unload_in is None else {"model": unload_in},
        },
        "model": {"state": "empty", "name": "qwen", "problem": None, "progress": None, "endpoint": "", **model},
        "embedder": {"state": "loaded", "pending": 12, "problem": None},
    }


def model_words(language: Language, found: dict[str, Any]) -> str:
    return dict(fact_rows(found, NEW, language))["모델" if language == "ko" else "Model"]


def test_memory_is_told_as_a_share_of_the_budget() -> None:
    html = facts_html(status(), NEW, "ko")
    assert "6.00 GiB 중 1.50 GiB" in html
    assert f'value="{1536 << 20}" max="{6 << 30}"' in html
    assert "<p>" not in html


@pytest.mark.parametrize(("pressure", "words"), [("tight", "is let go"), ("critical", "no new work is begun")])
def test_pressure_is_told_in_words(pressure: str, words: str) -> None:
    html = facts_html(status(pressure), NEW, "en")
    assert f'class="{pressure}"' in html and words in html


def test_the_model_tells_what_it_is_doing() -> None:
    assert model_words("ko", status(state="loading", progress=0.404)) == "qwen · 불러오는 중 40%"
    assert model_words("en", status(state="loaded", unload_in=170.0)) == "qwen · ready, let go in 3 min if not used"
    assert model_words("ko", status(state="loaded", unload_in=41.2)) == "qwen · 준비됨, 쓰지 않으면 41초 뒤 내림"
    assert model_words("en", status(state="loaded")) == "qwen · ready"
    assert model_words("en", status(endpoint="http://127.0.0.1:1")) == "qwen · another server answers"


def test_what_is_refused_says_why_and_what_to_do() -> None:
    words = model_words("ko", status(state="failed", problem=Problem("starter_missing")))
    assert "pip install" in words or "./run" in words


def test_a_name_cannot_leave_its_place() -> None:
    html = facts_html(status(name="<img src=x>"), NEW, "en")
    assert "<img" not in html


@pytest.mark.parametrize(
    ("stats", "ko", "en"),
    [
        (NEW, "아직 질문 없음", "nothing asked yet"),
        (replace(NEW, misses=4), "질문 4개 중 아직 없음", "none of 4 from it yet"),
        (
            replace(NEW, hits=8, exact=5, misses=11, saved_seconds=200.0),
            "질문 19개 중 42% · 3분 절약",
            "42 % of 19 from it · 3 min saved",
        ),
    ],
)
def test_the_answer_cache_tells_its_hit_rate_and_what_it_saved(stats: CacheStats, ko: str, en: str) -> None:
    assert dict(fact_rows(status(), stats, "ko"))["답변 캐시"] == ko
    assert dict(fact_rows(status(), stats, "en"))["Answer cache"] == en
    assert en in facts_html(status(), stats, "en")
