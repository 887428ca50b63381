"""Uploading several files one after the other in the background, reading one again or another in its place, and saying how far it is.

Takes an opener of the App and files in memory; gives events. Knows no Streamlit.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ai_chat.app import App
from ai_chat.app.kept import keep_upload
from ai_chat.errors import AiChatError
from ai_chat.errors.sentences import sentence
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.types import DEFAULT_COLLECTION, IngestEvent
from ai_chat.ui.strings import Language, say

_SHOWN = 20
_A_FILE = 20_000  # bytes that a file counts besides its own: opening, hashing, storing
_SOONEST = 2.0  # seconds of reading before which nothing can be told

Hold = Callable[[], AbstractContextManager[App]]


@dataclass(frozen=True, slots=True)
class Upload:
    """`name` as the browser tells it: with the folders it stood in where a whole folder was chosen."""

    name: str
    data: bytes


def readable(files: Iterable[Upload]) -> list[Upload]:
    """Of a folder: nothing hidden, and no other formats than those that can be read."""
    return [each for each in files if each.name.lower().endswith(KNOWN_SUFFIXES) and not _is_hidden(each.name)]


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "~$")) for part in PurePosixPath(name).parts)


def told_apart(files: Iterable[Upload]) -> list[Upload]:
    """Files of the same name, as browsers tell those of a folder that was dropped, get numbers: none takes another's place."""
    seen: set[str] = set()
    apart = []
    for each in files:
        name, number = each.name, 1
        while name in seen:
            number += 1
            path = PurePosixPath(each.name)
            name = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
        seen.add(name)
        apart.append(replace(each, name=name))
    return apart


def upload_all(
    hold: Hold,
    files: Sequence[Upload],
    collection: str = DEFAULT_COLLECTION,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[IngestEvent]:
    """Events of each file, counted over all files, and of what stands inside it; one that is refused does not stop the others.

    A file is let go once it is read, where nobody else holds it.
    """
    left, total, number = deque(told_apart(files)), len(files), 0
    del files
    rate = _Rate(sum(_weight(each) for each in left), clock)
    while left:
        file = left.popleft()
        name = PurePosixPath(file.name).name
        yield IngestEvent(number, total, name, seconds_left=rate.left())
        for event in _followed(hold, _sending(file, collection), name, number, total):
            rate.tick(busy=event.phase in ("reading", "vectors"))
            yield replace(event, seconds_left=rate.left()) if event.phase == "reading" else event
        rate.worked(_weight(file))
        number += 1


class _Rate:
    """How long the rest takes at the pace so far; time in which others were read, or nobody, does not count."""

    def __init__(self, work: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._work = work
        self._done = 0
        self._spent = 0.0
        self._last = clock()

    def tick(self, *, busy: bool) -> None:
        now = self._clock()
        self._spent += now - self._last if busy else 0.0
        self._last = now

    def worked(self, weight: int) -> None:
        self.tick(busy=True)
        self._done += weight

    def left(self) -> float | None:
        if not self._done or self._spent < _SOONEST:
            return None
        return self._spent * (self._work - self._done) / self._done


def _weight(file: Upload) -> int:
    return _A_FILE + len(file.data)


def _sending(file: Upload, collection: str) -> Callable[[App], Iterator[IngestEvent]]:
    return lambda app: app.upload(file.name, file.data, collection)


def read_again(hold: Hold, names: Mapping[str, str], password: str | None = None) -> Iterator[IngestEvent]:
    """Documents, given by their ids with their names, once more, with a password where they need one."""
    total = len(names)
    for number, (each, name) in enumerate(names.items()):
        yield IngestEvent(number, total, name)
        yield from _followed(hold, _reading(each, password), name, number, total)


def _reading(document_id: str, password: str | None) -> Callable[[App], Iterator[IngestEvent]]:
    return lambda app: app.retry([document_id], password=password)


def put_in_place(hold: Hold, document_id: str, file: Upload, kept: Path) -> Iterator[IngestEvent]:
    """A new version of the document: another file, kept in the folder `kept`, which may have another name."""
    name = PurePosixPath(file.name).name
    yield IngestEvent(0, 1, name)

    def start(app: App) -> Iterator[IngestEvent]:
        yield from app.replace(document_id, keep_upload(kept, name, file.data))

    yield from _followed(hold, start, name, 0, 1)


def _followed(
    hold: Hold, start: Callable[[App], Iterator[IngestEvent]], name: str, done: int, total: int
) -> Iterator[IngestEvent]:
    try:
        with hold() as app:
            for event in start(app):
                told = replace(event, path=PurePosixPath(event.path).name or name)
                if event.phase != "waiting":  # where the numbers are those of others
                    told = replace(told, done=min(done + (event.outcome is not None), total), total=total)
                yield told
    except AiChatError as error:
        yield IngestEvent(done + 1, total, name, "failed", None, error.problem)


def outcome_words(event: IngestEvent, language: Language) -> str:
    """What became of a file, with the reason where it failed."""
    if event.problem is not None and event.outcome == "failed":
        told = sentence(event.problem, language)
        return told if event.path in told else f"{event.path}: {told}"
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
