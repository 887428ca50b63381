"""The line of those who read files: one at a time, in the order of asking, the running one seen by who waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.app import App, open_app
from ai_chat.config import Settings
from ai_chat.ingest import Line
from ai_chat.types import IngestEvent


def test_turns_come_in_the_order_of_asking() -> None:
    line, order = Line(), list[str]()
    first = line.join(IngestEvent(0, 1, "first"))
    assert first.take(0)
    threads = []
    for name in ("second", "third", "fourth"):
        waiting = line.join(IngestEvent(0, 1, name))

        def wait(waiting: object = waiting, name: str = name) -> None:
            assert waiting.take(20)  # type: ignore[attr-defined]
            order.append(name)
            waiting.leave()  # type: ignore[attr-defined]

        threads.append(threading.Thread(target=wait))
        threads[-1].start()
        while not waiting.waiting:
            threading.Event().wait(0.01)
    first.leave()
    for thread in threads:
        thread.join()
    assert order == ["second", "third", "fourth"]


def test_who_waits_sees_what_is_being_read() -> None:
    line = Line()
    reading, waiting = line.join(IngestEvent(3, 9, "a.pdf")), line.join(IngestEvent(0, 1, "b.pdf"))
    assert reading.take(0) and not waiting.take(0)
    assert waiting.ahead() == IngestEvent(3, 9, "a.pdf", phase="waiting")
    reading.leave()
    assert waiting.take(0)


def test_who_does_not_wait_is_passed_by_and_keeps_the_place() -> None:
    line = Line()
    asleep, awake = line.join(IngestEvent(0, 1, "a")), line.join(IngestEvent(0, 1, "b"))
    assert awake.take(0)
    assert not asleep.take(0)  # never two at once
    awake.leave()
    assert asleep.take(0)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.txt").write_text(f"문서 {number}", "utf-8")
    return folder


def test_an_upload_does_not_wait_for_a_long_ingest(home: Settings, many: Path) -> None:
    app: App = open_app(home, "write")
    try:
        ingest = app.ingest([many], dense=False)
        begun = next(event for event in ingest if event.outcome)
        (uploaded,) = [event for event in app.upload("new.txt", "새 글 PPR-7777".encode()) if event.outcome]
        assert (begun.done, uploaded.outcome) == (1, "added")
        assert sum(event.outcome == "added" for event in ingest) == 39
    finally:
        app.close()


def test_two_ingests_take_turns(home: Settings, many: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for number in range(5):
        (other / f"other-{number}.txt").write_text(f"다른 문서 {number}", "utf-8")
    app = open_app(home, "write")
    read: list[str] = []
    moved = threading.Semaphore(0)

    def read_other(events: Iterator[IngestEvent]) -> None:
        for event in events:
            if event.outcome:
                read.append(Path(event.path).name)
                moved.release()

    try:
        first = app.ingest([many], dense=False)
        outcomes = (event for event in first if event.outcome)
        next(outcomes)
        thread = threading.Thread(target=read_other, args=(app.ingest([other], dense=False),))
        thread.start()
        for _ in range(5):
            assert moved.acquire(timeout=60)  # the other goes on while the first is in its midst
            read.append(Path(next(outcomes).path).name)
        read.extend(Path(event.path).name for event in outcomes)
        thread.join()
    finally:
        app.close()
    assert len(read) == 44
    assert read.index("other-4.txt") < 10  # not behind all of the forty
