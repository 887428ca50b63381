"""The child that reads files: takes parse frames, gives unit, about, warning, error and done frames.

Errors of ours and of the file system become error frames; anything else ends the process with its traceback, which
`client` reports. Memory is bounded by the limit that the parent set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ai_chat.errors import InputError
from ai_chat.loaders import Item, load, wire
from ai_chat.memory.measure import Footprint, measure
from ai_chat.process import Channel, Frame, open_channel
from ai_chat.types import Metadata, Problem


def main() -> None:
    channel = open_channel()
    frames = iter(channel)
    channel.send(wire.READY)
    for frame in frames:
        if frame["op"] == "parse":
            _answer(channel, frames, Path(frame["path"]), frame["name"])


def _answer(channel: Channel, frames: Iterator[Frame], path: Path, name: str) -> None:
    """One file; every answer ends with an error or a done frame."""
    try:
        _send_all(channel, frames, load(path, name))
        last = wire.done_frame(_resident_bytes())
    except InputError as error:
        last = wire.error_frame(error.code, error.values, "input")
    except MemoryError:
        last = wire.error_frame("parser_out_of_memory", {"name": name}, "input")
    except UnicodeDecodeError:  # it was valid when its encoding was chosen
        last = wire.error_frame("file_changing", {"path": str(path)}, "input")
    except FileNotFoundError:
        last = wire.error_frame("file_vanished", {"path": str(path)}, "input")
    except OSError as error:
        last = wire.error_frame("file_unreadable", {"path": str(path), "reason": error.strerror}, "input")
    channel.send(last)


def _send_all(channel: Channel, frames: Iterator[Frame], items: Iterator[Item]) -> None:
    ahead = 0
    for item in items:
        if isinstance(item, Problem):
            channel.send(wire.warning_frame(item))
            continue
        if isinstance(item, Metadata):
            channel.send(wire.about_frame(item))
            continue
        channel.send(wire.unit_frame(item))
        ahead += 1
        while ahead >= wire.WINDOW:
            next(frames)  # a credit; a closed pipe ends the process here
            ahead -= 1


def _resident_bytes() -> int:
    own = os.getpid()
    return measure([own]).get(own, Footprint()).rss


if __name__ == "__main__":
    main()
