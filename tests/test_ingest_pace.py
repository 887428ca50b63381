"""How long the rest will take: counted down between two files, and longer for pictures."""

from __future__ import annotations

from pathlib import Path

from ai_chat.ingest.file import File
from ai_chat.ingest.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def file(name: str) -> File:
    return File(Path("/none", name), "documents", name, name)


def left_after(clock: Clock, pace: Pace, of: File, seconds: float) -> float | None:
    clock.now += seconds
    return pace.event(of).seconds_left


def test_nothing_is_told_before_a_file_is_finished() -> None:
    clock, files = Clock(), [file("a.txt"), file("b.txt")]
    pace = Pace(files, clock=clock)
    assert left_after(clock, pace, files[0], 10.0) is None


def test_while_one_file_takes_long_the_time_left_does_not_grow() -> None:
    clock, files = Clock(), [file(f"{number}.txt") for number in range(4)]
    pace = Pace(files, clock=clock)
    clock.now = 4.0
    assert pace.finished(files[0], "added", None, None).seconds_left == 12.0
    assert [left_after(clock, pace, files[1], 5.0) for _ in range(3)] == [7.0, 2.0, None]


def test_pictures_are_expected_to_take_longer() -> None:
    clock, files = Clock(), [file("a.txt"), file("b.jpg")]
    pace = Pace(files, clock=clock)
    clock.now = 2.0
    left = pace.finished(files[0], "added", None, None).seconds_left
    assert left is not None and left > 100
