"""`ai-chat purge`: what goes with a document, its going, the indexes made anew, and the proof that nothing is left.

Takes Settings of a home that nobody uses, gives a Plan, then a Proof. The order lets a kill at any moment leave either the document, to
be purged again, or nothing of it: what is derived goes first, the library in one transaction, on pages that SQLite overwrites.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from ai_chat.analyzer import open_analyzer
from ai_chat.app import prepare_home
from ai_chat.app.indexes import Indexes
from ai_chat.backup.layout import PREVIOUS
from ai_chat.backup.record import RECORD
from ai_chat.backup.swap import own
from ai_chat.config import Settings
from ai_chat.embedding import EmbedderInfo, describe_embedder
from ai_chat.errors import InputError, MachineError
from ai_chat.index.lexical import LexicalIndex
from ai_chat.ingest.restore import restore_vectors
from ai_chat.purge import places
from ai_chat.purge.proof import Found, Seeker, files_of, find_strings
from ai_chat.purge.strings import Strings, strings_of, without
from ai_chat.store import DocumentRow, Store
from ai_chat.store.erase import Erased, Said
from ai_chat.store.snapshot import close_journal

Phase = Literal["purge_reading", "purge_deleting", "purge_library", "purge_words", "purge_vectors", "purge_looking"]
Tell = Callable[[Phase, int, int], None]
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """`files`: what the home keeps of them. `elsewhere`: files that were read where they lie, and stay. `backups` that hold one of them.
    `conversations`: removed ones that are to go. `undo`: whether a restore could be undone so far."""

    documents: tuple[DocumentRow, ...]
    strings: Strings
    said: Said
    files: tuple[Path, ...]
    elsewhere: tuple[str, ...]
    backups: tuple[str, ...]
    conversations: tuple[str, ...]
    undo: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """`found`: where one of `strings` strings (`patterns` with its encodings) stands, of `files` files with `bytes` bytes.
    `index`: what is wrong with the indexes."""

    strings: int
    patterns: int
    files: int
    bytes: int
    found: tuple[Found, ...]
    index: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not (self.found or self.index)


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """The home for ourselves, with its library in one file; InputError home_in_use."""
    prepare_home(settings)
    lock = own(settings.home)
    try:
        if not settings.database.is_file():
            raise InputError("purge_nothing", home=str(settings.home))
        if not close_journal(settings.database):
            raise InputError("home_in_use", home=str(settings.home), pid=0)
        yield
    finally:
        lock.release()


def plan_purge(settings: Settings, document_ids: Sequence[str], removed: bool, tell: Tell) -> Plan:
    """`removed`: also all documents and conversations that were removed. InputError: document_unknown, purge_inside, purge_shared."""
    tell("purge_reading", 0, 2)
    with closing(Store.open(settings.database)) as store:
        store.database.write_ahead()  # as it was before we looked whether anybody else has it open
        erasing = store.erasing
        wanted = [*document_ids, *(erasing.removed_documents() if removed else ())]
        documents = erasing.family(wanted)
        if shared := erasing.others_on(documents):
            ids = " ".join(each for each, _name in shared)
            raise InputError("purge_shared", names=", ".join(name for _id, name in shared), ids=ids)
        kept = chain(erasing.other_texts(documents), _own_words(settings))
        strings = strings_of(erasing.texts(documents), sorted({row.name for row in documents}), kept)
        tell("purge_reading", 1, 2)
        said = erasing.said([row.id for row in documents], strings.told_in)
        paths, inside = erasing.kept_paths(documents)
        plan = Plan(
            documents=tuple(documents),
            strings=without(strings, erasing.spoken_besides(said)),
            said=said,
            files=tuple(places.unused_files(settings.home, paths, inside)),
            elsewhere=tuple(row.path for row in documents if _lies_elsewhere(settings, row)),
            backups=tuple(places.backups_with(settings.home, [row.id for row in documents])),
            conversations=tuple(erasing.removed_conversations() if removed else ()),
            undo=(settings.home / PREVIOUS).exists(),
        )
    tell("purge_reading", 2, 2)
    return plan


def purge(settings: Settings, plan: Plan, tell: Tell) -> Erased:
    """Afterwards the home is as if the documents had never been there. MachineError: disk_full, database_damaged."""
    with closing(Store.open(settings.database)) as store:
        tell("purge_library", 0, 3)
        store.database.shrink()  # pages that were freed before, when nothing was overwritten
        going = (*places.derived(settings.home), *plan.files)
        for done, path in enumerate(going):
            tell("purge_deleting", done, len(going))
            places.delete([path])
        places.redact(settings.logs_dir, Seeker(plan.strings.all))
        tell("purge_library", 1, 3)
        erased = store.erasing.erase(plan.documents, plan.said, plan.conversations)
        tell("purge_library", 2, 3)
        store.database.shrink()
        tell("purge_library", 3, 3)
        _rebuild(settings, store, tell)
    return erased


def prove(settings: Settings, strings: Strings, tell: Tell) -> Proof:
    """Look for the strings in every file of the home, and for what is not of the library in the indexes."""
    seeker = Seeker(strings.all)
    files = files_of(settings.home)
    sizes = {path: path.stat().st_size for path in files}
    total, read = sum(sizes.values()), 0

    def looked(path: Path) -> None:
        nonlocal read
        read += sizes[path]
        tell("purge_looking", read >> 20, max(1, total >> 20))

    found = tuple(find_strings(seeker, files, looked))
    return Proof(len(strings.all), len(seeker), len(files), total, found, tuple(_index_faults(settings)))


def _own_words(settings: Settings) -> Iterator[str]:
    """What stands in the files of a home without any document, and in its settings."""
    with TemporaryDirectory() as folder:
        empty = replace(settings, home=Path(folder))
        with closing(Store.open(empty.database)) as store:
            _rebuild(empty, store, lambda _phase, _done, _total: None)
        yield from (path.read_bytes().decode("latin-1") for path in files_of(Path(folder)))
    for path in (settings.config_file, settings.home / RECORD):
        yield path.read_text("utf-8", "replace") if path.exists() else ""


def _lies_elsewhere(settings: Settings, row: DocumentRow) -> bool:
    return row.parent_id is None and not Path(row.path).is_relative_to(settings.files_dir) and Path(row.path).exists()


def _rebuild(settings: Settings, store: Store, tell: Tell) -> None:
    """Both indexes from what the library holds now; nothing is embedded anew."""
    indexes = _indexes(settings, store, owning=True)
    try:
        indexes.indexer.catch_up(lambda done, total: tell("purge_words", done, total))
        place = indexes.place("dense")
        if place is not None:
            with indexes.dense.lease() as dense:
                for done, total in restore_vectors(store, dense, place.fingerprint):
                    tell("purge_vectors", done, total)
    finally:
        indexes.close()


def _index_faults(settings: Settings) -> Iterator[str]:
    """The index keeps its words packed: opened, it must hold nothing but passages of the library, none dead, and no text."""
    with closing(Store.open(settings.database, read_only=True)) as store:
        indexes = _indexes(settings, store, owning=False)
        place = indexes.place("lexical")
        assert place is not None
        with closing(indexes.read_lexical()) as lexical:
            if lexical.dead:
                yield f"{place.folder}: {lexical.dead} removed passages still lie in it"
            if strangers := _strangers(store, lexical):
                yield f"{place.folder}: {strangers} passages are not of the library"
        yield from (f"{meta}: the index keeps texts" for meta in place.folder.rglob("meta.json") if _keeps_text(meta))


def _strangers(store: Store, lexical: LexicalIndex) -> int:
    ids = [int(each) for each in lexical.containing({})]
    known = sum(len(store.versions.spans(ids[first : first + _BATCH])) for first in range(0, len(ids), _BATCH))
    return len(ids) - known


def _keeps_text(meta: Path) -> bool:
    schema = json.loads(meta.read_text("utf-8"))["schema"]
    return any(field["options"].get("stored") for field in schema)


def _indexes(settings: Settings, store: Store, *, owning: bool) -> Indexes:
    return Indexes(
        settings.index_dir,
        store,
        open_analyzer(settings.analyzer),
        _embedder(settings),
        owning,
        lambda _problem: None,  # that they are made anew is what was asked for
    )


def _embedder(settings: Settings) -> EmbedderInfo | None:
    if settings.embedder == "none":
        return None
    try:
        return describe_embedder(settings.embedder)
    except MachineError:
        return None  # searches do without vectors as well, and say so
