"""The child that reads files: takes parse frames, gives unit, about, warning, error and done frames.

Errors of ours and of the file system become error frames; anything else ends the process with its traceback, which
`client` reports. Memory is bounded by the limit that the parent set.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from ai_chat.errors import InputError
from ai_chat.loaders import Item, load, wire
from ai_chat.memory.measure import Footprint, measure
from ai_chat.process import Channel, Frame, open_channel
from ai_chat.types import Attachment, Metadata, Problem, Progress, Unit


def main() -> None:
    channel = open_channel()
    frames = iter(channel)
    channel.send(wire.READY)
    for frame in frames:
        if frame["op"] == "parse":
            _answer(channel, frames, frame)


def _answer(channel: Channel, frames: Iterator[Frame], asked: Frame) -> None:
    """One file; every answer ends with an error or a done frame."""
    path, name = Path(asked["path"]), asked["name"]
    try:
        _send_all(channel, frames, load(path, name, wire.options_of(asked)))
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
        last = disk_trouble(error, path, wire.options_of(asked).spool)
    channel.send(last)


def disk_trouble(error: OSError, path: Path, spool: Path | None) -> Frame:
    """Of the file, or of the disk that it is unpacked on."""
    if error.errno == errno.ENOSPC:
        return wire.error_frame("disk_full", {"path": str(spool or path)}, "machine")
    return wire.error_frame("file_unreadable", {"path": str(path), "reason": error.strerror or str(error)}, "input")


def _send_all(channel: Channel, frames: Iterator[Frame], items: Iterator[Item]) -> None:
    ahead = 0
    for item in items:
        channel.send(_frame(item))
        if not isinstance(item, Unit | Attachment):
            continue
        ahead += 1
        while ahead >= wire.WINDOW or (ahead and isinstance(item, Attachment)):  # whose bytes are taken before we go on
            next(frames)  # a credit; a closed pipe ends the process here
            ahead -= 1


def _frame(item: Item) -> Frame:
    match item:
        case Problem():
            return wire.warning_frame(item)
        case Metadata():
            return wire.about_frame(item)
        case Progress():
            return wire.progress_frame(item)
        case Attachment():
            return wire.attachment_frame(item)
        case Unit():
            return wire.unit_frame(item)


def _resident_bytes() -> int:
    own = os.getpid()
    return measure([own]).get(own, Footprint()).rss


if __name__ == "__main__":
    main()
