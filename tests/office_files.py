"""Small office containers written part by part, so that a test can put into them what office programs seldom write."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_NAMES = ("office", "style", "text", "table", "drawing", "presentation", "meta", "manifest")
NAMESPACES = " ".join(
    [f'xmlns:{"draw" if name == "drawing" else name}="{_ODF}:{name}:1.0"' for name in _NAMES]
    + ['xmlns:dc="http://purl.org/dc/elements/1.1/"', 'xmlns:svg="http://www.w3.org/2000/svg"']
)
FORMATS = ("General", "0.0%", "#,##0", "yyyy-mm-dd", '#,##0"원"', "yyyy-mm-dd h:mm", "000-0000-0000")


def write_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def cell(reference: str, value: str | float, style: int = 0) -> str:
    """Text is written into the cell itself; `style` counts in FORMATS."""
    if isinstance(value, str):
        return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{reference}" s="{style}"><v>{value!r}</v></c>'


def row(number: int, values: Sequence[str | float], first: str = "A") -> str:
    cells = [cell(f"{chr(ord(first) + at)}{number}", value) for at, value in enumerate(values) if value != ""]
    return f'<row r="{number}">{"".join(cells)}</row>'


def sheet(rows: str, behind: str = "") -> str:
    return f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{behind}</worksheet>'


def relations(*targets: tuple[str, str]) -> str:
    """(kind, target), named rId1, rId2 and so on."""
    found = [
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    ]
    return f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}">{"".join(found)}</Relationships>'


def write_xlsx(
    path: Path, sheets: Mapping[str, str], extra: Mapping[str, str] | None = None, hidden: Sequence[str] = ()
) -> Path:
    """`sheets`: by name what `sheet` gives; `extra`: more parts."""
    named = [
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}" state="{"hidden" if name in hidden else "visible"}"/>'
        for n, name in enumerate(sheets, 1)
    ]
    formats = [f'<numFmt numFmtId="{200 + n}" formatCode="{escape(code)}"/>' for n, code in enumerate(FORMATS)]
    styles = [f'<xf numFmtId="{200 + n}"/>' for n in range(len(FORMATS))]
    parts = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types/>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{"".join(named)}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            *(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)), ("styles", "styles.xml")
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts>{"".join(formats)}</numFmts>'
        f"<cellXfs>{''.join(styles)}</cellXfs></styleSheet>",
        **{f"xl/worksheets/sheet{n}.xml": content for n, content in enumerate(sheets.values(), 1)},
    }
    return write_zip(path, {**parts, **(extra or {})})


def write_opendocument(
    path: Path,
    kind: str,
    body: str,
    styles: str = "",
    automatic: str = "",
    extra: Mapping[str, str | bytes] | None = None,
) -> Path:
    """`kind`: text, spreadsheet or presentation; `styles`: what master pages hold."""
    content = (
        f'<?xml version="1.0"?><office:document-content {NAMESPACES}><office:automatic-styles>{automatic}'
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    master = f'<style:master-page style:name="Standard">{styles}</style:master-page>'
    parts: dict[str, str | bytes] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": content,
        "styles.xml": f"<office:document-styles {NAMESPACES}><office:master-styles>{master}</office:master-styles>"
        "</office:document-styles>",
        "meta.xml": f"<office:document-meta {NAMESPACES}><office:meta><dc:title>제목</dc:title>"
        "<meta:creation-date>2026-03-05T10:00:00</meta:creation-date></office:meta></office:document-meta>",
    }
    return write_zip(path, {**parts, **(extra or {})})


def write_xls(path: Path, sheet_name: str, rows: Sequence[Sequence[str | float]], password: str = "") -> Path:
    """A workbook of Excel 97: a container of one stream of records. Numbers from 40,000 on are dates; `password` locks it by RC4."""
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 1997, 0, 6))
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                words = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                body += _record(0x204, struct.pack("<HHH", number, column, 0) + words)
            else:
                body += _record(0x203, struct.pack("<HHHd", number, column, int(value >= 40_000), value))
    body += _record(0x0A, b"")
    salt = bytes(range(16))
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 0x5, 0, 1997, 0, 6))
    head += _record(0x2F, _lock(password, salt)) if password else b""
    head += b"".join(_record(0xE0, struct.pack("<HH16x", 0, number)) for number in (0, 14))
    name = struct.pack("<BB", len(sheet_name), 1) + sheet_name.encode("utf-16-le")
    start = len(head) + 4 + 6 + len(name) + 4
    records = head + _record(0x85, struct.pack("<IH", start, 0) + name) + _record(0x0A, b"") + body
    records += _record(0x1C1, bytes(-len(records) % 4))  # so that what fills the last sector reads as empty records
    path.write_bytes(_container(_locked(records, password, salt) if password else records))
    return path


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _container(stream: bytes) -> bytes:
    """A compound file: header, one table of sectors, a directory of two entries, the stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    assert count <= 126
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6xII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1)
    header += struct.pack("<IIIIIII", 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack(
        "<109I", 0, *[0xFFFFFFFF] * 108
    )
    entries = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    return header + table + entries.ljust(512, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    words = name.encode("utf-16-le")
    return (
        words.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(words) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def _lock(password: str, salt: bytes) -> bytes:
    """The record that names the way of encryption and lets a password be checked."""
    verifier = bytes(range(16, 32))
    checked = _rc4(verifier + hashlib.md5(verifier).digest(), password, salt, 0)
    return struct.pack("<HHH", 1, 1, 1) + salt + checked


def _locked(records: bytes, password: str, salt: bytes) -> bytes:
    """Under a new key each 1,024 bytes; heads of records, their first kinds and places of sheets stay plain."""
    garbled = b"".join(_rc4(records[at : at + 1024], password, salt, at // 1024) for at in range(0, len(records), 1024))
    found, at = bytearray(records), 0
    while at < len(records):
        kind, size = struct.unpack_from("<HH", records, at)
        first = at + 4 + (4 if kind == 0x85 else 0)
        if kind not in (0x809, 0x2F):
            found[first : at + 4 + size] = garbled[first : at + 4 + size]
        at += 4 + size
    return bytes(found)


def _rc4(data: bytes, password: str, salt: bytes, block: int) -> bytes:
    inner = hashlib.md5((hashlib.md5(password.encode("utf-16-le")).digest()[:5] + salt) * 16).digest()[:5]
    key = hashlib.md5(inner + struct.pack("<I", block)).digest()
    return Cipher(ARC4(key), mode=None).encryptor().update(data)


def write_xlsb(path: Path, sheet_name: str, rows: Sequence[Sequence[str | float]]) -> Path:
    """A workbook whose parts are records instead of XML."""
    book = _binary(0x83) + _binary(0x8F) + _binary(0x9C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(sheet_name))
    book += _binary(0x90) + _binary(0x9D, bytes(26)) + _binary(0x84)
    body = _binary(0x81) + _binary(0x94, struct.pack("<IIII", 0, len(rows) - 1, 0, len(rows[0]) - 1)) + _binary(0x91)
    for number, row in enumerate(rows):
        body += _binary(0, struct.pack("<I", number) + bytes(21))
        for column, value in enumerate(row):
            kind, shown = (6, _wide(value)) if isinstance(value, str) else (5, struct.pack("<d", value))
            body += _binary(kind, struct.pack("<II", column, 0) + shown)
    parts: dict[str, str | bytes] = {
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": relations(("worksheet", "worksheets/sheet1.bin")),
        "xl/worksheets/sheet1.bin": body + _binary(0x92) + _binary(0x82),
    }
    return write_zip(path, parts)


def _binary(kind: int, data: bytes = b"") -> bytes:
    """A record of less than 16 KB."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(data) & 0x7F | 0x80, len(data) >> 7]) + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
