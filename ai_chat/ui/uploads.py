"""Uploading several files one after the other in the background, reading one again, and saying what became of each.

Takes an opener of the App and files in memory; gives a Follower over their events. Knows no Streamlit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import PurePath

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.errors.sentences import sentence
from ai_chat.types import DocumentInfo, IngestEvent
from ai_chat.ui.strings import Language, say

UPLOAD_LIMIT_MB = 200
_SHOWN = 20

Hold = Callable[[], AbstractContextManager[App]]


@dataclass(frozen=True, slots=True)
class Upload:
    """`name` is the file's own, without folders."""

    name: str
    data: bytes


def upload_all(hold: Hold, files: Sequence[Upload]) -> Iterator[IngestEvent]:
    """Events of each file, counted over all files, and of what stands inside it; one that is refused does not stop the others."""
    for number, file in enumerate(files):
        name = PurePath(file.name).name
        yield IngestEvent(number, len(files), name)
        yield from _followed(hold, _sending(file), name, number, len(files))


def _sending(file: Upload) -> Callable[[App], Iterator[IngestEvent]]:
    return lambda app: app.upload(PurePath(file.name).name, file.data)


def read_again(hold: Hold, document: DocumentInfo, password: str | None) -> Iterator[IngestEvent]:
    """Once more, with a password where it needs one."""
    yield IngestEvent(0, 1, document.name)
    yield from _followed(hold, lambda app: app.retry([document.id], password=password), document.name, 0, 1)


def _followed(
    hold: Hold, start: Callable[[App], Iterator[IngestEvent]], name: str, done: int, total: int
) -> Iterator[IngestEvent]:
    try:
        with hold() as app:
            for event in start(app):
                told = replace(event, path=PurePath(event.path).name or name)
                if event.phase != "waiting":  # where the numbers are those of others
                    told = replace(told, done=min(done + (event.outcome is not None), total), total=total)
                yield told
    except AiChatError as error:
        yield IngestEvent(done + 1, total, name, "failed", None, error.problem)


def outcome_words(event: IngestEvent, language: Language) -> str:
    """What became of a file, with the reason where it failed."""
    if event.problem is not None and event.outcome == "failed":
        return f"{event.path}: {sentence(event.problem, language)}"
    words = say(language, str(event.outcome), name=event.path)
    return f"{words} {sentence(event.problem, language)}" if event.problem else words


def progress_words(event: IngestEvent, language: Language) -> str:
    """What is being read, how far it is, and how long the rest takes."""
    values = {"name": event.path, "done": event.done, "total": event.total}
    if event.phase == "waiting":
        return say(language, "waiting_turn", **values)
    if event.phase == "paused":
        return say(language, "paused", **values)
    words = say(language, "adding", **values)
    if event.pages:
        words = say(language, "adding_pages", **values, page=event.pages.done, pages=event.pages.total)
    return f"{words} · {left_words(event.seconds_left, language)}" if event.seconds_left else words


def left_words(seconds: float, language: Language) -> str:
    if seconds >= 90:
        return say(language, "left_minutes", left=round(seconds / 60))
    return say(language, "left_seconds", left=max(1, round(seconds)))


def outcomes_told(events: Sequence[IngestEvent], language: Language) -> list[str]:
    """Failures first; of many only the first, and how many more there are."""
    finished = sorted((event for event in events if event.outcome), key=lambda event: event.outcome != "failed")
    lines = [outcome_words(event, language) for event in finished[:_SHOWN]]
    more = len(finished) - _SHOWN
    return [*lines, say(language, "more_files", count=more)] if more > 0 else lines
