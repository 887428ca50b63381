"""What was found inside a document becomes documents of its own: put on the list with their parent, gone when it has them no more.

Takes a document and the version that it will stand on, gives the files to read next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ai_chat.ingest.file import File
from ai_chat.store import Store
from ai_chat.types import Problem

DEEPEST = 3
MARK = "!/"  # between the place of a document and what lies inside it


class Inside:
    """`files`: the folder of kept files."""

    def __init__(self, store: Store, files: Path) -> None:
        self._store = store
        self._files = files

    def put(self, parent: File, parent_id: str, version: int) -> list[File]:
        """The documents inside, as queued; what is nested too deep is refused, what is not there any more is removed."""
        found = list(self._found(parent, parent_id, version))
        there = {file.locator for file in found}
        if gone := [row.id for row in self._store.family.children(parent_id) if row.locator not in there]:
            self._store.library.remove(gone)
        deep = bool(found) and self._store.family.depth(parent_id) > DEEPEST
        for file in found:
            file.refused = Problem("too_deep", {"name": file.name, "limit": DEEPEST}) if deep else None
            self._put(file, parent_id)
        return found

    def _found(self, parent: File, parent_id: str, version: int) -> Iterator[File]:
        seen: Counter[str] = Counter()
        for name, place in self._store.versions.attachments(version):
            seen[name] += 1
            called = name if seen[name] == 1 else f"{name} ({seen[name]})"
            locator = f"{parent.locator}{MARK}{called}"
            shown = PurePosixPath(name).name
            yield File(self._files / place, parent.collection, locator, shown, parent.password, parent_id)

    def _put(self, file: File, parent_id: str) -> None:
        library = self._store.library
        known = library.find_document(file.collection, file.locator)
        document = library.put_document(file.collection, file.locator, file.name, str(file.path), parent_id)
        if file.refused:
            library.set_status(document, "failed", file.refused)
        elif known and (known.removed or known.sha256 != file.path.parent.name):
            library.set_status(document, "queued")  # a kill leaves it to `resume`
