"""Small HWP 5 and HWPX documents for tests, written byte by byte as the published formats have it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
PARAGRAPH, TEXT, CONTROL, LIST, TABLE = 66, 67, 71, 72, 77
COMPRESSED = 1

Records = Sequence[tuple[int, int, bytes]]
_NAMESPACES = (
    'xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" '
    'xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"'
)


def record(tag: int, level: int, data: bytes = b"") -> bytes:
    if len(data) < 0xFFF:
        return struct.pack("<I", tag | level << 10 | len(data) << 20) + data
    return struct.pack("<II", tag | level << 10 | 0xFFF << 20, len(data)) + data


def pack(records: Records) -> bytes:
    return b"".join(record(*each) for each in records)


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def extended(code: int, control: str) -> bytes:
    """A control character that has a control of its own, eight places long."""
    return struct.pack("<H", code) + control.encode()[::-1] + bytes(8) + struct.pack("<H", code)


def paragraph(level: int, text: str | bytes, shape: int = 0) -> list[tuple[int, int, bytes]]:
    data = utf16(text) if isinstance(text, str) else text
    head = struct.pack("<IIHBBHHHI", len(data) // 2 + 1, 0, shape, 0, 0, 1, 0, 1, 0)
    return [(PARAGRAPH, level, head), (TEXT, level + 1, data + utf16("\r"))]


def control(level: int, kind: str, data: bytes = b"") -> tuple[int, int, bytes]:
    return CONTROL, level, kind.encode()[::-1] + data


def cell(level: int, row: int, column: int, text: str, rows: int = 1, columns: int = 1, title: bool = False) -> Records:
    place = struct.pack("<iI4H", 1, title << 18, column, row, columns, rows)
    return [(LIST, level, place), *paragraph(level, text)]


def table(level: int, rows: Sequence[Sequence[str]], caption: str = "") -> Records:
    """Anchored in the paragraph of the level above."""
    before = [(LIST, level + 1, bytes(16)), *paragraph(level + 1, caption)] if caption else []
    size = struct.pack("<IHH", 0, len(rows), len(rows[0]))
    cells = [
        each for at, row in enumerate(rows) for to, text in enumerate(row) for each in cell(level + 1, at, to, text)
    ]
    return [control(level, "tbl "), *before, (TABLE, level + 1, size), *cells]


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def header(flags: int = COMPRESSED) -> bytes:
    return b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05010000, flags) + bytes(216)


def write_hwp(path: Path, sections: Sequence[Records], shapes: Records = (), flags: int = COMPRESSED) -> Path:
    streams = {f"BodyText/Section{number}": pack(each) for number, each in enumerate(sections)}
    streams["DocInfo"] = pack(shapes)
    packed = {name: deflated(data) if flags & COMPRESSED else data for name, data in streams.items()}
    path.write_bytes(compound_file({"FileHeader": header(flags), **packed}))
    return path


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """An OLE file of version 3; names are "stream" or "storage/stream"."""
    folders = sorted({name.partition("/")[0] for name in streams if "/" in name})
    body, mini = bytearray(), bytearray()
    fat: list[int] = []
    mini_fat: list[int] = []
    starts = {}
    for name, data in streams.items():
        small = len(data) < CUTOFF
        starts[name] = _append(mini, mini_fat, data, MINI) if small else _append(body, fat, data, SECTOR)
    mini_start = _append(body, fat, bytes(mini), SECTOR) if mini else END
    mini_fat_start = _append(body, fat, struct.pack(f"<{len(mini_fat)}I", *mini_fat), SECTOR, b"\xff")
    entries = _entries(streams, folders, starts, (mini_start, len(mini)))
    directory_start = _append(body, fat, entries, SECTOR)
    fat_sectors = 1
    while (len(fat) + fat_sectors) * 4 > fat_sectors * SECTOR:
        fat_sectors += 1
    first = len(fat)
    fat += [FAT] * fat_sectors
    fat += [FREE] * (fat_sectors * SECTOR // 4 - len(fat))
    body += struct.pack(f"<{len(fat)}I", *fat)
    mini_sectors = -(-len(mini_fat) * 4 // SECTOR)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<10I", 0, fat_sectors, directory_start, 0, CUTOFF, mini_fat_start, mini_sectors, END, 0, first)
    places = [*range(first + 1, first + fat_sectors), *[FREE] * 109][:108]
    return head + struct.pack("<108I", *places) + bytes(body)


def _append(body: bytearray, fat: list[int], data: bytes, size: int, filler: bytes = b"\0") -> int:
    """Where the data begin, in sectors."""
    start, count = len(fat), max(1, -(-len(data) // size))
    body += data.ljust(count * size, filler)
    fat += [*range(start + 1, start + count), END]
    return start


def _entries(
    streams: Mapping[str, bytes], folders: Sequence[str], starts: Mapping[str, int], mini: tuple[int, int]
) -> bytes:
    names = ["", *folders, *streams]
    above = {name: names.index(name.partition("/")[0]) if "/" in name else 0 for name in [*folders, *streams]}
    packed = b""
    for at, name in enumerate(names):
        inside = [
            index
            for index, each in enumerate(names)
            if index and above[each] == at and (index > len(folders) or not at)
        ]
        beside = [index for index, each in enumerate(names) if index > at > 0 and above[each] == above[name]]
        kind = 5 if not at else 1 if at <= len(folders) else 2
        start, size = mini if not at else (starts.get(name, 0), len(streams.get(name, b"")))
        label = utf16(name.rpartition("/")[2] or "Root Entry")
        packed += label.ljust(64, b"\0") + struct.pack("<HBB", len(label) + 2, kind, 1)
        packed += struct.pack("<3I", FREE, min(beside, default=FREE), min(inside, default=FREE)) + bytes(36)
        packed += struct.pack("<IQ", start, size)
    return packed


def hp(tag: str, inner: str = "", **attributes: object) -> str:
    """An element of a paragraph."""
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<hp:{tag}{written}>{inner}</hp:{tag}>"


def line(text: str, *more: str, shape: int = 0) -> str:
    """A paragraph of an HWPX section; `more` are the elements of a run of their own."""
    other = hp("run", "".join(more)) if more else ""
    return hp("p", hp("run", hp("t", escape(text))) + other, paraPrIDRef=shape)


def grid(rows: Sequence[Sequence[str]]) -> str:
    """A table of an HWPX section: each cell is what stands in it, as lines."""
    written = ""
    for at, row in enumerate(rows):
        cells = (
            hp(
                "tc",
                hp("subList", inner) + hp("cellAddr", colAddr=to, rowAddr=at) + hp("cellSpan", colSpan=1, rowSpan=1),
            )
            for to, inner in enumerate(row)
        )
        written += hp("tr", "".join(cells))
    return hp("tbl", written)


def write_hwpx(path: Path, sections: Sequence[str], head: str = "", members: Mapping[str, bytes] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/hwp+zip", zipfile.ZIP_STORED)
        archive.writestr("Contents/header.xml", f"<hh:head {_NAMESPACES}>{head}</hh:head>")
        for number, section in enumerate(sections):
            archive.writestr(f"Contents/section{number}.xml", section_xml(section))
        for name, data in (members or {}).items():
            archive.writestr(name, data)
    return path


def section_xml(body: str) -> bytes:
    return f"<hs:sec {_NAMESPACES}>{body}</hs:sec>".encode()
