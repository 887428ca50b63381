"""Looking for strings in the bytes of files: UTF-8, UTF-16 both ways, CP949, as JSON escapes them, and in lower case.

Takes strings and a folder, gives where one was found. Reads every file whole, a block at a time; what is a ZIP is unpacked, too.
"""

from __future__ import annotations

import json
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ai_chat.purge.strings import SHORTEST

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BLOCK = 8 << 20
_PAIRS = SHORTEST // 2  # 16-bit numbers at the start of each pattern that are compared at once
_WEIGHTS = (".gguf", ".safetensors", ".onnx")  # of models: fetched, never written by us
_UNPACKED = 1 << 30  # bytes of one entry that are looked through


@dataclass(frozen=True, slots=True)
class Found:
    """`text` stands in the file at `path`, in this encoding."""

    path: Path
    text: str
    encoding: str


class Seeker:
    """Made of strings of at least SHORTEST bytes each."""

    def __init__(self, strings: Iterable[str]) -> None:
        self._patterns = dict(_patterns(strings))
        self._longest = max(map(len, self._patterns), default=1)
        self._starts: dict[bytes, list[bytes]] = {}
        for pattern in self._patterns:
            self._starts.setdefault(pattern[:SHORTEST], []).append(pattern)
        self._tables = _tables(self._patterns)

    def __len__(self) -> int:
        return len(self._patterns)

    def in_file(self, path: Path) -> list[Found]:
        """Each string once. OSError."""
        with path.open("rb") as file:
            found = self.in_stream(file)
        if zipfile.is_zipfile(path):
            found |= self._in_zip(path)
        return [Found(path, *self._patterns[pattern]) for pattern in sorted(found)]

    def in_name(self, path: Path) -> list[Found]:
        """As `in_file`, of what the file is called."""
        name = unicodedata.normalize("NFC", path.name).encode("utf-8", "surrogateescape")
        return [Found(path, *self._patterns[pattern]) for pattern in sorted(self.in_bytes(name))]

    def in_line(self, line: bytes) -> bool:
        return bool(self.in_bytes(line))

    def in_bytes(self, data: bytes) -> set[bytes]:
        """The patterns that stand in it."""
        found: set[bytes] = set()
        for place in _places(data, self._tables):
            for pattern in self._starts.get(data[place : place + SHORTEST], ()):
                if data.startswith(pattern, place):
                    found.add(pattern)
        return found

    def in_stream(self, file: IO[bytes], most: int | None = None) -> set[bytes]:
        """As `in_bytes`, of the first `most` bytes or of all."""
        found: set[bytes] = set()
        before, read = b"", 0
        while (block := file.read(_BLOCK)) and (most is None or read < most):
            found |= self.in_bytes(before + block)
            before, read = block[-self._longest :], read + len(block)
        return found

    def _in_zip(self, path: Path) -> set[bytes]:
        found: set[bytes] = set()
        try:
            with zipfile.ZipFile(path) as packed:
                for entry in packed.infolist():
                    if not entry.flag_bits & 1:  # else it is encrypted
                        with packed.open(entry) as file:
                            found |= self.in_stream(file, _UNPACKED)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
            return found  # what cannot be unpacked says nothing; its bytes have been looked at
        return found


def files_of(home: Path) -> list[Path]:
    """All that lie below it but weights of models, links not followed."""
    return sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink() and not _is_model(path))


def find_strings(seeker: Seeker, files: Iterable[Path], looked: Callable[[Path], None]) -> Iterator[Found]:
    """A file that goes meanwhile holds nothing; `looked` hears of each that was read."""
    for path in files:
        try:
            yield from (*seeker.in_name(path), *seeker.in_file(path))
        except FileNotFoundError:
            continue
        looked(path)


def _is_model(path: Path) -> bool:
    return path.suffix.lower() in _WEIGHTS


def _patterns(strings: Iterable[str]) -> Iterator[tuple[bytes, tuple[str, str]]]:
    for text in strings:
        for form in {text, text.casefold()}:
            for encoding, data in _encoded(form):
                if len(data) >= SHORTEST:
                    yield data, (text, encoding)


def _encoded(text: str) -> Iterator[tuple[str, bytes]]:
    """UTF-8 last, so that what is the same in two encodings is called that."""
    yield "JSON", json.dumps(text)[1:-1].encode()
    for encoding in ("utf-16-le", "utf-16-be", "cp949", "utf-8"):
        try:
            yield encoding, text.encode(encoding)
        except UnicodeEncodeError:
            continue


def _tables(patterns: Iterable[bytes]) -> list[NDArray[np.bool_]]:
    """For each pair of bytes at the start whether some pattern has it there."""
    import numpy as np

    tables = [np.zeros(1 << 16, np.bool_) for _ in range(_PAIRS)]
    for pattern in patterns:
        for number, table in enumerate(tables):
            table[pattern[2 * number] | pattern[2 * number + 1] << 8] = True
    return tables


def _places(data: bytes, tables: list[NDArray[np.bool_]]) -> list[int]:
    """Where all of the first pairs may be those of a pattern."""
    import numpy as np

    if len(data) < SHORTEST:
        return []
    singles = np.frombuffer(data, np.uint8)
    pairs = singles[:-1].astype(np.uint16) | (singles[1:].astype(np.uint16) << 8)
    length = len(data) - SHORTEST + 1
    places: NDArray[np.intp] = np.flatnonzero(tables[0][pairs[:length]])
    for number, table in enumerate(tables[1:], start=1):
        places = places[table[pairs[places + 2 * number]]]
    return [int(place) for place in places]
