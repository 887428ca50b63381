"""Small office containers written part by part, so that a test can put into them what office programs seldom write."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

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
