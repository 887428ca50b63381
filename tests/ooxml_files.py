"""OOXML packages made in a test: parts as strings of XML, relations between them, as office programs write them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
    }.items()
)

Relations = Sequence[tuple[str, str, str]]  # id, kind, target


def part(root: str, inside: str, attributes: str = "") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} {NAMESPACES} {attributes}>{inside}</{root}>'


def relations(found: Relations) -> str:
    listed = "".join(f'<Relationship Id="{id}" Type="{TYPE}{kind}" Target="{target}"/>' for id, kind, target in found)
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{listed}</Relationships>'


def write_package(path: Path, main: str, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", relations([("rId1", "officeDocument", main)]))
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def write_docx(
    folder: Path, body: str, related: Relations = (), parts: Mapping[str, str | bytes] | None = None
) -> Path:
    """`related` to the main part, by targets below word/; `parts` by their full names."""
    inside = {"word/document.xml": part("w:document", f"<w:body>{body}</w:body>")}
    inside["word/_rels/document.xml.rels"] = relations(related)
    return write_package(folder / "a.docx", "word/document.xml", {**inside, **(parts or {})})


def write_pptx(folder: Path, slides: Sequence[str], parts: Mapping[str, str | bytes] | None = None) -> Path:
    """`slides`: the shapes of each, or the whole part where it begins with <?xml."""
    numbers = range(1, len(slides) + 1)
    listed = "".join(f'<p:sldId id="{255 + each}" r:id="rId{each}"/>' for each in numbers)
    inside = {"ppt/presentation.xml": part("p:presentation", f"<p:sldIdLst>{listed}</p:sldIdLst>")}
    inside["ppt/_rels/presentation.xml.rels"] = relations(
        [(f"rId{n}", "slide", f"slides/slide{n}.xml") for n in numbers]
    )
    for number, slide in zip(numbers, slides, strict=True):
        whole = slide if slide.startswith("<?xml") else slide_part(slide)
        inside[f"ppt/slides/slide{number}.xml"] = whole
    return write_package(folder / "a.pptx", "ppt/presentation.xml", {**inside, **(parts or {})})


def slide_part(shapes: str, attributes: str = "") -> str:
    return part("p:sld", f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>", attributes)
