"""Small OLE compound files for tests: streams at their paths, each filled up with zeros to a length that needs no mini stream."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

_SECTOR = 512
_SHORTEST = 4096
_NOTHING, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")

Tree = dict[str, "Tree | bytes"]


def write_ole(path: Path, streams: Mapping[str, bytes]) -> Path:
    """`streams`: "folder/stream" -> content."""
    tree: Tree = {}
    for name, content in streams.items():
        *folders, last = name.split("/")
        here = tree
        for folder in folders:
            inner = here.setdefault(folder, {})
            assert isinstance(inner, dict)
            here = inner
        here[last] = content.ljust(_SHORTEST, b"\x00")
    path.write_bytes(_Writer().file(tree))
    return path


class _Writer:
    def __init__(self) -> None:
        self._sectors: list[bytes] = []
        self._next: list[int] = []
        self._entries: list[bytes] = []

    def file(self, tree: Tree) -> bytes:
        self._entries.append(b"")
        first_child = self._folder(tree)
        self._entries[0] = _entry("Root Entry", 5, _NOTHING, first_child, _END, 0)
        directory = self._put(b"".join(self._entries))
        count = 1
        while count * (_SECTOR // 4) < len(self._sectors) + count:
            count += 1
        start = len(self._sectors)
        fat = [*self._next, *[_FAT] * count]
        fat += [_NOTHING] * (count * _SECTOR // 4 - len(fat))
        places = [*range(start, start + count), *[_NOTHING] * (109 - count)]
        header = struct.pack("<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0,
                             count, directory, 0, _SHORTEST, _END, 0, _END, 0)  # fmt: skip
        return header + struct.pack("<109I", *places) + b"".join(self._sectors) + struct.pack(f"<{len(fat)}I", *fat)

    def _folder(self, tree: Tree) -> int:
        """Its entries as a chain to the right, which is a search tree, if a slow one."""
        following = _NOTHING
        for name in sorted(tree, key=lambda each: (len(each), each.upper()), reverse=True):
            content = tree[name]
            if isinstance(content, bytes):
                entry = _entry(name, 2, following, _NOTHING, self._put(content), len(content))
            else:
                entry = _entry(name, 1, following, self._folder(content), 0, 0)
            self._entries.append(entry)
            following = len(self._entries) - 1
        return following

    def _put(self, data: bytes) -> int:
        start = len(self._sectors)
        padded = data.ljust(-(-len(data) // _SECTOR) * _SECTOR, b"\x00")
        self._sectors += [padded[at : at + _SECTOR] for at in range(0, len(padded), _SECTOR)]
        self._next += [*range(start + 1, len(self._sectors)), _END]
        return start


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\x00\x00"
    return _ENTRY.pack(encoded, len(encoded), kind, 1, _NOTHING, right, child, b"", 0, 0, 0, start, size)
