"""The child that opens files to show their pages: takes page frames, gives picture and error frames.

Errors of ours and of the file system become error frames; anything else ends the process with its traceback, which `client` reports.
"""

from __future__ import annotations

from ai_chat.errors import InputError
from ai_chat.loaders.wire import error_frame
from ai_chat.process import Frame, open_channel
from ai_chat.rendering import wire


def main() -> None:
    channel = open_channel()
    channel.send(wire.READY)
    for frame in channel:
        channel.send(_answer(wire.page_of(frame)))


def _answer(page: wire.Page) -> Frame:
    from ai_chat.rendering.picture import draw

    try:
        return wire.picture_frame(draw(page))
    except InputError as error:
        return error_frame(error.code, error.values, "input")
    except MemoryError:
        reason = "out of memory"
    except OSError as error:
        reason = error.strerror or str(error)
    return error_frame("picture_failed", {"name": page.name, "number": page.number, "reason": reason}, "input")


if __name__ == "__main__":
    main()
