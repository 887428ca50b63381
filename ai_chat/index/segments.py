"""The folder of a lexical index: a state beside its newest generation, each generation a tantivy index of its own.

Takes a folder and a schema, gives open tantivy indexes and what is committed. Knows no query and no term; what tantivy raises
is told apart here.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tantivy

from ai_chat.errors import MachineError
from ai_chat.index import IndexDamaged
from ai_chat.index.state import read_state, write_state

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Committed:
    """`sequence` of the store that is held; `generation` grows when all is replaced."""

    sequence: int
    generation: int
    fields: tuple[str, ...]


def generation_folder(folder: Path, generation: int) -> Path:
    return folder / f"segments-{generation}"


def create(folder: Path, generation: int, schema: tantivy.Schema) -> tantivy.Index:
    """An empty generation; nobody sees it before it is committed."""
    path = generation_folder(folder, generation)
    shutil.rmtree(path, ignore_errors=True)  # what a crash may have left
    path.mkdir(parents=True)
    with foreign_errors(folder):
        return tantivy.Index(schema, str(path))


def save(folder: Path, committed: Committed) -> None:
    values = {"sequence": committed.sequence, "generation": committed.generation, "fields": committed.fields}
    write_state(folder, {"format": FORMAT, **values})


def read(folder: Path, fields: tuple[str, ...]) -> Committed:
    """What is committed; IndexDamaged for an index of another kind."""
    state = read_state(folder)
    if state.get("format") != FORMAT or state.get("fields") != list(fields):
        reason = f"it has format {state.get('format')} and fields {state.get('fields')}"
        raise IndexDamaged("index_damaged", path=str(folder), reason=reason)
    try:
        return Committed(int(state["sequence"]), int(state["generation"]), fields)
    except (KeyError, TypeError, ValueError) as error:
        raise IndexDamaged("index_damaged", path=str(folder), reason=repr(error)) from error


def open_newest(folder: Path, fields: tuple[str, ...]) -> tuple[Committed, tantivy.Index]:
    committed = read(folder, fields)
    while True:
        try:
            return committed, _open(folder, committed.generation)
        except IndexDamaged:
            before, committed = committed, read(folder, fields)
            if committed.generation == before.generation:  # otherwise it was replaced between our two looks
                raise


def count_dead(folder: Path, generation: int) -> int:
    """Removed documents that no merge has dropped yet."""
    with foreign_errors(folder):
        meta = json.loads((generation_folder(folder, generation) / "meta.json").read_text("utf-8"))
    return sum(segment["deletes"]["num_deleted_docs"] for segment in meta["segments"] if segment["deletes"])


def _open(folder: Path, generation: int) -> tantivy.Index:
    with foreign_errors(folder):
        index = tantivy.Index.open(str(generation_folder(folder, generation)))
        index.config_reader("manual")  # no thread that watches the folder
        index.reload()
    return index


@contextmanager
def foreign_errors(folder: Path) -> Iterator[None]:
    """tantivy raises ValueError for everything: told apart here, once."""
    try:
        yield
    except (ValueError, OSError) as error:
        reason = str(error)
        if "No space left" in reason:
            raise MachineError("disk_full", path=str(folder)) from error
        if "LockBusy" in reason:
            raise MachineError("index_busy", path=str(folder)) from error
        if "Permission denied" in reason or "Read-only file system" in reason:
            raise MachineError("index_unwritable", path=str(folder), reason=reason) from error
        raise IndexDamaged("index_damaged", path=str(folder), reason=reason) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, which no module exports: a file that ends too early
            raise
        raise IndexDamaged("index_damaged", path=str(folder), reason=str(error)) from error
