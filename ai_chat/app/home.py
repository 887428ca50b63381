"""What a LocalApp stands on: the parts of the moment, the ownership of the home, its threads, and indexes kept level with it.

A reader may become the owner while it lives: a server that started during a command takes over when that lets it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from ai_chat.answer.filling import Asker
from ai_chat.answer.frequent import Refresh
from ai_chat.answer.work import Search
from ai_chat.app.memory import Memory
from ai_chat.app.ownership import POLL_SECONDS, Ownership
from ai_chat.app.parts import Parts
from ai_chat.app.retention import expire
from ai_chat.config import Settings
from ai_chat.errors import AiChatError, MachineError
from ai_chat.index import IndexDamaged
from ai_chat.ingest import Line
from ai_chat.metrics import Meter
from ai_chat.owner import OwnerLock
from ai_chat.search.selfcheck import check_legs
from ai_chat.types import SAMPLES_COLLECTION, IngestEvent, Problem

_CLOSE_SECONDS = 5.0
_LOOK_SECONDS = 10.0
_OCR_SECONDS = 60.0  # how often it is looked whether tesseract has come, while something waits for it
_EXPIRE_SECONDS = 3600.0
_LEVEL_SECONDS = 5.0  # how long a question without any hit waits for an index that is being filled
SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "documents"

PAUSED = "paused"
_MUCH, _SHARE = 1000, 0.1  # dead chunks, and of all


class Asked(Search, Asker, Protocol):
    """What an App has of a Turn's two ends."""


class _Closing(Exception):
    """Work in the background is given up."""


class Home:
    """`lock` None reads only. `app` serves the turns and takes questions; `tell` hears what nobody else is there to hear."""

    def __init__(self, settings: Settings, lock: OwnerLock | None, tell: Callable[[Problem], None], app: Asked) -> None:
        self.settings = settings
        self.own = Ownership(settings, lock, tell)
        self.serving = False
        self._tell = tell
        self._asking = app
        self.line = Line()
        self._closing = threading.Event()
        self._background: list[threading.Thread] = []
        self._beginning = threading.Lock()  # guards `_background`
        self._level = threading.Event()
        self._leveling = threading.Lock()
        self._compacting = threading.Lock()
        self._retired: list[Parts] = []
        self.memory = Memory(settings, lambda: self.parts)
        self.meter = Meter()
        self.parts = Parts(settings, lock is not None, tell, app, self.line, self.memory, self.meter)
        self.line.pause(self.parts.store.family.is_on(PAUSED))
        if lock:
            self.parts.turns.recover()
        self.memory.monitor.start()

    def close(self) -> None:
        self._closing.set()
        self.memory.monitor.stop()
        for thread in self._background:
            thread.join(_CLOSE_SECONDS)
        for parts in (*self._retired, self.parts):
            parts.close()
        self.own.release()

    # -- the server's -----------------------------------------------------------

    def begin_background_work(self) -> None:
        """Finish what a killed process left, put the samples into a new library, load the model (unless it would be let go at once),
        fill in vectors."""
        self.serving = True
        if self.parts.model and self.settings.keep_alive:
            self.parts.model.preload()
        self._begin(self._catch_up_all)
        self._begin(self._await_ocr)
        self._begin(self._refresh_answers)
        if self.settings.keep_days:
            self._begin(self._expire)

    def take_over_when_free(self, address: str, key: str) -> None:
        """Read only until the command that owns the home has finished, or lets us go first."""
        self.own.expect()
        self._begin(lambda: self._take_over(address, key))

    def _take_over(self, address: str, key: str) -> None:
        try:
            if lock := self.own.come(address, key, self._closing.wait):
                self._become_owner(lock)
                self.begin_background_work()
        finally:
            self.own.give_up()

    def _become_owner(self, lock: OwnerLock) -> None:
        """New parts that may write; the old ones stay for whoever still reads through them, and hold nothing after that."""
        try:
            parts = Parts(self.settings, True, self._tell, self._asking, self.line, self.memory, self.meter)
        except AiChatError:
            lock.release()
            raise
        old, self.parts = self.parts, parts
        self._retired.append(old)
        self._begin(lambda: self._retire(old))
        self.own.take(lock)
        self.parts.turns.recover()

    def _retire(self, parts: Parts) -> None:
        while not parts.let_go() and not self._closing.wait(POLL_SECONDS):
            pass

    def _begin(self, work: Callable[[], None]) -> None:
        """In a thread that `close` waits for; its error is told, as nobody else hears of it."""

        def run() -> None:
            try:
                work()
            except AiChatError as error:
                self._tell(error.problem)

        thread = threading.Thread(target=run, name="background", daemon=True)
        thread.start()
        with self._beginning:
            self._background = [each for each in self._background if each.is_alive()] + [thread]

    def _catch_up_all(self) -> None:
        self._resume()
        self._make_level()
        self.tidy()
        self._check_legs()

    def _expire(self) -> None:
        """What is older than the user wants it kept goes, now and every hour."""
        while True:
            expire(self.parts, self.settings, time.time())
            if self._closing.wait(_EXPIRE_SECONDS):
                return

    def _refresh_answers(self) -> None:
        """Answers that are asked for often are made anew after their documents changed, while the model is loaded and nobody asks."""
        Refresh(
            self._asking,
            lambda sequence, most: self.parts.answers.frequent_stale(sequence, most),
            lambda: self.parts.store.library.sequence(),
            self._is_idle,
            wait=self._closing.wait,
            clock=time.monotonic,
        ).run()

    def _is_idle(self) -> bool:
        model = self.parts.model
        return model is not None and model.state == "loaded" and not self.parts.turns.busy

    def _resume(self) -> None:
        with self.parts.ingestion() as ingestion:
            self._read_all(ingestion.resume())

    def _await_ocr(self) -> None:
        """Scans are read when tesseract has been installed, without a new start."""
        waited = False
        while not self._closing.wait(_OCR_SECONDS):
            waits = self.parts.waits_for_ocr()
            if waited and not waits:
                with self.parts.ingestion() as ingestion:
                    self._read_all(ingestion.read_scans())
            waited = waits

    def pause(self, paused: bool) -> None:
        """No further file is read; kept over a restart. What was left is read when it goes on."""
        self.parts.store.family.turn(PAUSED, paused)
        self.line.pause(paused)
        if not paused:
            self._begin(self._resume)

    def _is_worth_compacting(self) -> bool:
        """What is dead takes space and counts in the statistics of terms."""
        try:
            with self.parts.indexes.lexical.lease() as lexical:
                return lexical.dead > max(_MUCH, _SHARE * len(lexical))
        except IndexDamaged:
            return False  # the next search mends it

    def _compact_words(self) -> None:
        if self._compacting.acquire(blocking=False):
            try:
                self.parts.indexes.indexer.compact(self._go_on)
            except _Closing:
                return
            finally:
                self._compacting.release()

    def _go_on(self, _done: int, _total: int) -> None:
        if self._closing.is_set():
            raise _Closing

    def _check_legs(self) -> None:
        """When vectors have been made: a leg that is blind for these documents is told with each result from then on."""
        backfill = self.parts.backfill
        if backfill is None or not backfill.pending():
            return
        while backfill.pending():
            if self._closing.wait(_LOOK_SECONDS):
                return
        for _checked in check_legs(self.parts.searcher):
            if self._closing.is_set():
                return

    def is_level(self) -> bool:
        """Whether the keyword index is there and holds every change of the library, the samples of a new one included."""
        if self.own.held and not self._level.is_set():
            return False
        try:
            return self.parts.indexes.indexer.is_level()
        except IndexDamaged:
            return False

    def await_level(self) -> bool:
        """Nothing was found: give an index that is being filled for the first time, or again, a while."""
        deadline = time.monotonic() + _LEVEL_SECONDS
        if self.own.held and not self._level.wait(_LEVEL_SECONDS):
            return False
        while not self.is_level() and self.parts.indexes.is_empty() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            if not self.own.held:
                self.parts.indexes.reopen()
        return self.is_level()

    def prepare_question(self) -> None:
        """A command waits for its index to be level; a server answers from what there is and catches up behind."""
        if self.own.held and not self.serving:
            self._make_level()

    def _make_level(self) -> None:
        """Apply what the index lacks, once; a library that never held a document gets the samples."""
        with self._leveling:
            if self._level.is_set():
                return
            if self.parts.store.library.is_new() and SAMPLES.is_dir():
                self._add_samples()
            self.parts.indexes.indexer.catch_up()
            self._level.set()

    def _add_samples(self) -> None:
        with self.parts.ingestion() as ingestion:
            self._read_all(ingestion.run([SAMPLES], SAMPLES_COLLECTION))

    def _read_all(self, events: Iterator[IngestEvent]) -> None:
        """Until the App is closed; the document list shows what came of each."""
        for _event in events:
            if self._closing.is_set():
                return

    def tidy(self) -> None:
        """After changes: a server makes vectors and compacts behind; a command only takes out the vectors of what was removed."""
        if not self.serving:
            self.parts.drop_removed_vectors()
        elif not self._closing.is_set():
            if self.parts.backfill:
                self.parts.backfill.wake()
            if self._is_worth_compacting():
                self._begin(self._compact_words)

    def mend(self, error: IndexDamaged, seen: int) -> None:
        """Damage that shows only when the index is read: fill a new one from the library, at most a while before we answer."""
        if not self.own.held and not self._may_mend():
            return
        self._level.clear()
        self.parts.indexes.renew(error, seen)
        if self.serving:
            self._begin(self._make_level)
            self._level.wait(_LEVEL_SECONDS)
        else:
            self._make_level()
        self.tidy()

    def _may_mend(self) -> bool:
        """As the owner, if there is none; else False once the owner has mended it, or MachineError index_busy."""
        deadline = time.monotonic() + _LEVEL_SECONDS
        while time.monotonic() < deadline:
            if lock := self.own.seize():
                self._become_owner(lock)
                return True
            self.parts.indexes.reopen()
            if self.parts.indexes.can_be_read():
                return False
            time.sleep(POLL_SECONDS)
        raise MachineError("index_busy", path=str(self.settings.index_dir))

    def fill_vectors(self, wait: bool) -> Iterator[IngestEvent]:
        if self.parts.backfill is None or not wait:
            self.tidy()
            return
        for done, total in self.parts.backfill.followed():
            yield IngestEvent(done, total, "", phase="vectors")
