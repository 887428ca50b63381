"""`ai-chat ingest --watch`: folders into the library, and every change in them from then on, until Ctrl-C.

Takes folders, tells each change on a line of its own. The App is opened for the time of a change only, so that other commands and
the page come to their turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ai_chat.cli.session import Session
from ai_chat.cli.terminal import Progress, one_line
from ai_chat.errors import AiChatError, InputError, UsageError
from ai_chat.ingest.files import Stamp
from ai_chat.ingest.watch import Changes, Known, Look, compare, find_moved, look_at, out_of_reach, pause_after
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.types import IngestEvent, Problem, Scope

if TYPE_CHECKING:
    from ai_chat.app import App


def watch(
    session: Session,
    folders: Sequence[Path],
    collection: str,
    *,
    dense: bool = True,
    password: str | None = None,
    rest: Callable[[float], None] = time.sleep,
) -> int:
    """Returns when it is interrupted; InputError path_missing for a folder that is not there and never was."""
    watcher = _Watcher(session, [folder.expanduser().absolute() for folder in folders], collection, dense, password)
    watcher.begin()
    try:
        while True:
            began = time.monotonic()
            watcher.step()
            rest(pause_after(time.monotonic() - began))
    except KeyboardInterrupt:
        session.tell(Problem("watch_ended"))
    return 0


class _Watcher:
    """What was seen when, and what to do about it."""

    def __init__(
        self, session: Session, folders: Sequence[Path], collection: str, dense: bool, password: str | None
    ) -> None:
        self._session = session
        self._folders = folders
        self._collection = collection
        self._dense = dense
        self._password = password
        self._known: dict[Path, Known] = {}
        self._seen: dict[Path, Stamp] = {}
        self._before: Look | None = None
        self._told: Problem | None = None
        self._taken: set[str] = set()  # ids that were removed here: who restores one without its file wants to keep it
        self._away: frozenset[Path] = frozenset()

    def begin(self) -> None:
        with self._session.app("read") as app:
            self._known = self._listed(app, Look())
        for folder in self._folders:
            if folder.is_file():
                raise UsageError(
                    "usage_wrong", reason=f"--watch takes folders; {folder} is a file", command="ai-chat ingest"
                )
            if not folder.is_dir() and not any(path.is_relative_to(folder) for path in self._known):
                raise InputError("path_missing", path=str(folder))
        self._session.tell(Problem("watch_started", {"paths": ", ".join(map(str, self._folders))}))

    def step(self) -> None:
        """One look, and what it comes to."""
        look = look_at(self._folders, KNOWN_SUFFIXES)
        away = out_of_reach(self._folders, self._known, look)
        self._tell_reach(away)
        now = Look(look.files, look.blind | away)
        try:
            if self._before and (changes := compare(self._known, self._seen, self._before, now)):
                self._act(changes, now)
            self._told = None
        except AiChatError as error:  # of the library: it is tried again, and said once
            if error.problem != self._told:
                self._session.tell(error.problem)
            self._told = error.problem
        self._before = now
        for path, stamp in now.files.items():
            if path in self._known and self._known[path].modified_at == stamp.modified_at:
                self._seen.setdefault(path, stamp)

    def _tell_reach(self, away: frozenset[Path]) -> None:
        for folder in self._folders:
            if folder in away and folder not in self._away:
                self._session.tell(Problem("watch_offline", {"path": str(folder)}))
            elif folder in self._away and folder not in away:
                self._session.tell(Problem("watch_online", {"path": str(folder)}))
        self._away = away

    def _act(self, changes: Changes, now: Look) -> None:
        with self._session.app("write") as app:
            self._known = self._listed(app, now)
            gone = tuple(path for path in changes.gone if path in self._known)
            still = Changes(changes.written, tuple(pair for pair in changes.moved if pair[0] in self._known), gone)
            found = find_moved(still, self._known, lambda document_id: app.document(document_id).sha256)
            lost = [old for old, new in found.moved if not self._move(app, old, new)]
            self._remove(app, [*found.gone, *lost])
            came = [new for old, new in found.moved if old in lost]
            self._read(app, [*found.written, *came])
            self._known = self._listed(app, now)
        for path in (*found.written, *(new for _old, new in found.moved)):
            self._seen[path] = now.files[path]

    def _move(self, app: App, old: Path, new: Path) -> bool:
        """False where another document stands at the new place already: then one is removed and the other read."""
        try:
            app.relocate(self._known[old].document_id, new)
        except InputError:
            return False
        self._seen.pop(old, None)
        self._print(Problem("watch_moved", {"old": str(old), "new": str(new)}))
        return True

    def _remove(self, app: App, paths: Sequence[Path]) -> None:
        if paths:
            app.remove([self._known[path].document_id for path in paths])
        for path in paths:
            self._seen.pop(path, None)
            self._taken.add(self._known[path].document_id)
            self._print(Problem("watch_gone", {"path": str(path), "id": self._known[path].document_id}))

    def _read(self, app: App, paths: Sequence[Path]) -> None:
        if not paths:
            return
        progress = Progress()
        events = app.ingest(paths, self._collection, dense=self._dense, password=self._password)
        with closing(cast("Generator[IngestEvent, None, None]", events)):
            for event in events:
                progress.step(event.done, event.total, event.path)
                if event.outcome and event.outcome != "unchanged":
                    progress.close()
                    self._print_outcome(event)
        progress.close()

    def _listed(self, app: App, now: Look) -> dict[Path, Known]:
        """The documents of our folders, without those found inside others."""
        there = self._collection in app.collections()
        documents = app.documents(Scope(collections=(self._collection,))) if there else ()
        return {
            path: Known(each.id, each.modified_at)
            for each in documents
            if each.parent_id is None
            and any((path := Path(each.path)).is_relative_to(folder) for folder in self._folders)
            and (each.id not in self._taken or path in now.files)
        }

    def _print(self, problem: Problem) -> None:
        print(one_line(self._session.sentence(problem)), flush=True)

    def _print_outcome(self, event: IngestEvent) -> None:
        reason = f": {self._session.sentence(event.problem)}" if event.problem else ""
        print(one_line(f"{self._session.word(event.outcome or '')}  {event.path}{reason}"), flush=True)
