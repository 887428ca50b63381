"""`ai-chat cache stats|clear`: what the answer cache holds and has saved, and emptying it.

Takes flags, gives a few lines or JSON. The owner of the home is asked where there is one.
"""

from __future__ import annotations

from typing import Annotated

import typer

from ai_chat.cli.session import open_session
from ai_chat.cli.words import Language
from ai_chat.shapes import Json
from ai_chat.sizes import show_size
from ai_chat.types import CacheStats

_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]

_LINES: dict[str, tuple[str, str]] = {
    "held": ("{entries} answers are kept, in {size}.", "답변 {entries}개를 {size}에 보관하고 있습니다."),
    "asked": (
        "Of {asked} questions {hits} were answered from the cache ({rate}): {exact} asked before, {semantic} in other words.",
        "질문 {asked}개 가운데 {hits}개를 캐시에서 답했습니다({rate}): 같은 질문 {exact}개, 다른 말로 한 질문 {semantic}개.",
    ),
    "none_asked": ("Nothing has been asked since it was made.", "캐시를 만든 뒤 받은 질문이 없습니다."),
    "stale": (
        "{stale} times an answer was there and was not served, since the documents had changed.",
        "답변이 있었지만 문서가 바뀌어 쓰지 않은 것이 {stale}번입니다.",
    ),
    "saved": ("{seconds} s of waiting were saved.", "기다리는 시간 {seconds}초를 아꼈습니다."),
    "cleared": ("Dropped {count} answers.", "보관한 답변 {count}개를 비웠습니다."),
}


def show_stats(as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with session.app("read") as app:
        stats = app.cache_stats()
    if as_json:
        session.print_json({"cache": cache_json(stats)})
    else:
        print("\n".join(stats_lines(stats, session.language)))
    return 0


def clear(as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with session.app("write") as app:
        count = app.clear_cache()
    if as_json:
        session.print_json({"dropped": count})
    else:
        print(_line("cleared", session.language, count=count))
    return 0


def cache_json(stats: CacheStats) -> Json:
    return {
        "entries": stats.entries,
        "bytes": stats.bytes,
        "hits": stats.hits,
        "exact": stats.exact,
        "semantic": stats.hits - stats.exact,
        "misses": stats.misses,
        "stale": stats.stale,
        "hit_rate": round(stats.hit_rate, 3),
        "saved_seconds": stats.saved_seconds,
    }


def stats_lines(stats: CacheStats, language: Language) -> list[str]:
    lines = [_line("held", language, entries=stats.entries, size=show_size(stats.bytes))]
    asked = stats.hits + stats.misses
    if not asked:
        return [*lines, _line("none_asked", language)]
    counts = {"asked": asked, "hits": stats.hits, "exact": stats.exact, "semantic": stats.hits - stats.exact}
    lines.append(_line("asked", language, rate=f"{stats.hit_rate:.0%}", **counts))
    if stats.stale:
        lines.append(_line("stale", language, stale=stats.stale))
    return [*lines, _line("saved", language, seconds=round(stats.saved_seconds, 1))]


def _line(name: str, language: Language, /, **values: object) -> str:
    english, korean = _LINES[name]
    return (korean if language == "ko" else english).format(**values)
