"""What the page says while files are taken in: progress, time left, what became of each, and of what stands inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from sys import getrefcount
from typing import cast

from ai_chat.app import App
from ai_chat.errors import InputError
from ai_chat.types import IngestEvent, Problem, Progress
from ai_chat.ui.follow import Follower, Followers
from ai_chat.ui.summary import counts_words, summary_html
from ai_chat.ui.uploads import (
    Upload,
    outcomes_told,
    progress_words,
    put_in_place,
    read_again,
    readable,
    told_apart,
    upload_all,
)

LOCKED = {"d1": "급여.hwp"}


class Reading:
    """Takes mail with one attachment; opens what is locked with the right password."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.collections: list[str] = []

    def upload(self, name: str, _data: bytes, collection: str) -> Iterator[IngestEvent]:
        self.collections.append(collection)
        if name == "bad.txt":
            raise InputError("file_empty", name=name)
        yield IngestEvent(3, 9, "/home/others/big.pdf", phase="waiting")
        yield IngestEvent(1, 1, f"/files/ab/{name}", "added", "d1")
        yield IngestEvent(2, 2, f"/files/ab/{name}!/표.xlsx", "added", "d2")

    def retry(self, ids: list[str], *, password: str | None) -> Iterator[IngestEvent]:
        self.asked.append((ids[0], password))
        yield IngestEvent(1, 1, "/files/cd/급여.hwp", "updated", ids[0])

    def replace(self, document_id: str, path: Path) -> Iterator[IngestEvent]:
        self.asked.append((document_id, path.read_text("utf-8")))
        yield IngestEvent(1, 1, str(path), "updated", document_id)

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


def test_files_go_where_they_are_wanted() -> None:
    reading = Reading()
    list(upload_all(reading.hold, [Upload("메일.eml", b"x")], "계약"))
    list(upload_all(reading.hold, [Upload("메일.eml", b"x")]))
    assert reading.collections == ["계약", "documents"]


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
    assert told[0] == "b is empty (0 bytes)."
    assert len(told) == 21
    assert told[-1] == "and 10 more files"


def test_a_newer_file_is_kept_and_takes_the_documents_place(tmp_path: Path) -> None:
    reading = Reading()
    events = list(put_in_place(reading.hold, "d1", Upload("새 판/규정.txt", "닷새".encode()), tmp_path))
    assert reading.asked == [("d1", "닷새")]
    assert [(event.path, event.outcome) for event in events] == [("규정.txt", None), ("규정.txt", "updated")]


def test_of_a_folder_only_what_can_be_read_is_taken() -> None:
    names = ["보고/가.txt", "보고/.git/b.txt", "보고/~$다.docx", "보고/라.exe", "보고/마.HWP"]
    assert [each.name for each in readable(Upload(name, b"") for name in names)] == ["보고/가.txt", "보고/마.HWP"]


def test_files_of_one_name_are_told_apart() -> None:
    files = [Upload(name, b"") for name in ("a.txt", "a.txt", "b/a.txt", "a.txt", "a (2).txt")]
    names = [each.name for each in told_apart(files)]
    assert names == ["a.txt", "a (2).txt", "b/a.txt", "a (3).txt", "a (2) (2).txt"]


def test_time_left_counts_the_bytes_of_all_files() -> None:
    """By a clock that goes on by a second at each look."""
    ticks = count()
    files = [Upload(f"{n}.txt", b"x" * 30_000) for n in range(4)]
    events = list(upload_all(Reading().hold, files, clock=lambda: float(next(ticks))))
    begins = [event.seconds_left for event in events if event.outcome is None and event.phase == "reading"]
    assert begins[0] is None
    assert begins[1:] == [9.0, 6.0, 3.0]


def test_a_file_is_let_go_once_it_is_read() -> None:
    data = [f"text {n}".encode() for n in range(3)]
    held = [getrefcount(each) for each in data]
    hold = Reading().hold
    events = upload_all(hold, [Upload(f"{n}.txt", each) for n, each in enumerate(data)])
    while next(events).path != "1.txt":
        pass
    now = [getrefcount(each) for each in data]
    assert [after > before for before, after in zip(held, now, strict=True)] == [False, True, True]


def test_a_follower_holds_nothing_of_a_finished_upload_but_its_events() -> None:
    data = b"some text of a file"
    held = getrefcount(data)
    followers, hold = Followers(), Reading().hold

    def begin() -> None:
        files = [Upload("a.txt", data)]
        followers.of("library 1", lambda: upload_all(hold, files))

    begin()
    events: Follower[IngestEvent] = followers.of("library 1", lambda: iter(()))
    assert events.wait(lambda _items: False, 10)[-1].outcome == "added"
    assert getrefcount(data) == held
    assert followers.names("library ") == ["library 1"]
    followers.forget("library ")
    assert followers.names("library ") == []


def test_a_summary_counts_and_gives_every_reason() -> None:
    problem = Problem("file_empty", {"name": "<b>.txt"})
    good = [IngestEvent(n, 200, f"{n}.txt", "added") for n in range(180)]
    bad = [IngestEvent(n, 200, "<b>.txt", "failed", None, problem) for n in range(20)]
    assert counts_words([*good, *bad], "ko") == "180개 등록 · 20개 읽지 못함"
    html = summary_html([*good, *bad], "en")
    assert "180 added · 20 could not be read" in html
    assert html.count("<li>") == 20 and "<b>" not in html
    assert summary_html(good[:1], "en") == "<p>0.txt: added</p>"
    assert summary_html([], "en") == ""
