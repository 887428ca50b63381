"""Uploading several files one after the other in the background, and saying what became of each.

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
from ai_chat.types import IngestEvent
from ai_chat.ui.strings import Language, say

UPLOAD_LIMIT_MB = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """`name` is the file's own, without folders."""

    name: str
    data: bytes


def upload_all(hold: Callable[[], AbstractContextManager[App]], files: Sequence[Upload]) -> Iterator[IngestEvent]:
    """Events of each file, counted over all files, and what it waits for; a file that is refused does not stop the others."""
    for number, file in enumerate(files):
        name = PurePath(file.name).name
        yield IngestEvent(number, len(files), name)
        last: IngestEvent | None = None
        try:
            with hold() as app:
                for event in app.upload(name, file.data):
                    if event.phase == "waiting":
                        yield replace(event, path=PurePath(event.path).name)
                    last = event if event.outcome is not None else last
        except AiChatError as error:
            yield IngestEvent(number + 1, len(files), name, "failed", None, error.problem)
            continue
        if last is not None:
            yield IngestEvent(number + 1, len(files), name, last.outcome, last.document_id, last.problem)


def outcome_words(event: IngestEvent, language: Language) -> str:
    """What became of a file, with the reason where it failed."""
    if event.problem is not None and event.outcome == "failed":
        return f"{event.path}: {sentence(event.problem, language)}"
    words = say(language, str(event.outcome), name=event.path)
    return f"{words} {sentence(event.problem, language)}" if event.problem else words
