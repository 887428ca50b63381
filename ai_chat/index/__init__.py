"""Terms and vectors to rankings. Takes numbers and terms, gives chunk ids with scores, best first; never sees text.

Both engines (`lexical`, `vectors`) carry the store's sequence number that they hold, so that the caller can catch them up
or delete and rebuild them. They know no documents: only chunk ids and the version ids that these belong to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ai_chat.errors import MachineError

if TYPE_CHECKING:  # numpy takes 60 ms to import: only the engines do
    import numpy as np
    from numpy.typing import NDArray

ANY_END = "*"  # behind a term that stands for all that begin so; no term of an analyzer holds it


class IndexDamaged(MachineError):
    """The folder holds no usable index: the caller deletes it and rebuilds it from the store."""


class Versions(Protocol):
    """Which versions a search may see: these alone, or with `exclude` all but these."""

    @property
    def versions(self) -> frozenset[int]: ...

    @property
    def exclude(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A chunk for the lexical index: its terms by field."""

    chunk_id: int
    version_id: int
    terms: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Chunks:
    """Which chunks a search may see: these alone, or with `exclude` all but these. `ids`: int64, ascending, distinct."""

    ids: NDArray[np.int64]
    exclude: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """Chunk ids (int64) and their scores (float32), best first, ties by chunk id."""

    chunk_ids: NDArray[np.int64]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.chunk_ids)
