"""What the page says while files are taken in: progress, time left, what became of each, and of what stands inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from ai_chat.app import App
from ai_chat.errors import InputError
from ai_chat.types import DocumentInfo, IngestEvent, Problem, Progress
from ai_chat.ui.uploads import Upload, outcomes_told, progress_words, read_again, upload_all

LOCKED = DocumentInfo("d1", "급여.hwp", "급여.hwp", "documents", "needs_password", 0, 0)


class Reading:
    """Takes mail with one attachment; opens what is locked with the right password."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []

    def upload(self, name: str, _data: bytes) -> Iterator[IngestEvent]:
        if name == "bad.txt":
            raise InputError("file_empty", name=name)
        yield IngestEvent(3, 9, "/home/others/big.pdf", phase="waiting")
        yield IngestEvent(1, 1, f"/files/ab/{name}", "added", "d1")
        yield IngestEvent(2, 2, f"/files/ab/{name}!/표.xlsx", "added", "d2")

    def retry(self, ids: list[str], *, password: str | None) -> Iterator[IngestEvent]:
        self.asked.append((ids[0], password))
        yield IngestEvent(1, 1, "/files/cd/급여.hwp", "updated", ids[0])

    @contextmanager
    def hold(self) -> Iterator[App]:
        yield cast(App, self)


def test_each_file_and_what_stands_inside_it_is_told_and_one_that_is_refused_stops_nothing() -> None:
    files = [Upload("bad.txt", b""), Upload("메일.eml", b"x")]
    events = list(upload_all(Reading().hold, files))
    assert [(event.path, event.outcome) for event in events if event.outcome] == [
        ("bad.txt", "failed"),
        ("메일.eml", "added"),
        ("표.xlsx", "added"),
    ]
    assert all(event.done <= event.total == 2 for event in events if event.phase == "reading")
    assert [(event.done, event.total, event.path) for event in events if event.phase == "waiting"] == [
        (3, 9, "big.pdf")
    ]


def test_a_locked_document_is_read_again_with_its_password() -> None:
    reading = Reading()
    events = list(read_again(reading.hold, LOCKED, "1234"))
    assert reading.asked == [("d1", "1234")]
    assert events[-1].outcome == "updated"
    assert "1234" not in repr(events)


def test_progress_says_page_and_time_left() -> None:
    event = IngestEvent(2, 5, "규정.pdf", pages=Progress(3, 40), seconds_left=200.0)
    assert progress_words(event, "ko") == "규정.pdf 등록 중 (2/5), 40쪽 중 3쪽 · 약 3분 남음"
    assert progress_words(IngestEvent(2, 5, "a.txt", seconds_left=12.4), "en").endswith("about 12 s left")
    assert progress_words(IngestEvent(2, 5, "a.txt", phase="paused"), "en") == "Paused; a.txt is next"


def test_of_many_files_the_failures_are_told_first_and_the_rest_counted() -> None:
    problem = Problem("file_empty", {"name": "b"})
    events = [IngestEvent(n, 30, f"{n}.txt", "added") for n in range(29)] + [
        IngestEvent(30, 30, "b", "failed", None, problem)
    ]
    told = outcomes_told(events, "en")
    assert told[0].startswith("b: ")
    assert len(told) == 21
    assert told[-1] == "and 10 more files"
