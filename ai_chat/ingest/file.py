"""One file on its way into the library. Takes where it lies and what it is called; gathers what is known of it on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from ai_chat.ingest.ahead import Reading
from ai_chat.ingest.files import Stamp
from ai_chat.store import DocumentRow
from ai_chat.types import Problem


@dataclass(slots=True, eq=False)
class File:
    """`locator`: where the document lives for the user. `digest` is the sha256 that `reading` is a reading of; `inside` what was found;
    `hashed`: the sha256 that it had when it had this stamp; `refused`: why it is not read at all."""

    path: Path
    collection: str
    locator: str
    name: str
    password: str | None = field(default=None, repr=False)
    parent_id: str | None = None
    digest: str = ""
    hashed: tuple[Stamp, str] | None = None
    reading: Reading | None = None
    refused: Problem | None = None
    inside: list[File] = field(default_factory=list)

    @classmethod
    def of(cls, row: DocumentRow, password: str | None = None) -> Self:
        return cls(Path(row.path), row.collection, row.locator, row.name, password, row.parent_id)

    @property
    def shown(self) -> str:
        """What progress calls it."""
        return self.locator if self.parent_id else str(self.path)

    def take_reading(self, digest: str) -> Reading | None:
        """The reading of this content, if there is one; one of another content is given up."""
        reading, self.reading = self.reading, None
        if reading and self.digest != digest:
            reading.close()
            return None
        return reading

    def close(self) -> None:
        reading, self.reading = self.reading, None
        if reading:
            reading.close()
