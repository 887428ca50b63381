"""PPTX -> a unit a slide, labelled by its title: shapes and groups in their order, tables as lines, figures of charts, notes, memos.

Footers and what the design writes on each slide stay in the unit and out of chunks. Hidden slides are read and say so in their label.
Raw offsets count within the unit as written here; embedded documents are attachments, and so are the pictures of slides without text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ai_chat.errors import InputError
from ai_chat.loaders.detect import Source
from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.ooxml.embedded import embedded, pictures
from ai_chat.loaders.ooxml.package import Package, attribute, child, children, open_package, reference
from ai_chat.loaders.ooxml.pptx_shapes import Shape, shapes, words
from ai_chat.types import Attachment, Metadata, Problem, Progress, Unit

_MOST_SLIDES = 10_000
_LONGEST_LABEL = 80
_MASTERS = frozenset(("sldNum", "dt"))
_FEET = frozenset(("ftr", "hdr"))
_HIDDEN = " (숨김 · hidden)"


def load_pptx(source: Source) -> Iterator[Unit | Metadata | Progress | Attachment | Problem]:
    with open_package(source) as package:
        yield package.about()
        slides = _slides(package)
        authors = _authors(package)
        silent: list[str] = []
        for number, slide in enumerate(slides, start=1):
            unit = _unit(package, slide, number, authors)
            if unit.text:
                yield unit
            else:
                silent.append(slide)
            yield Progress(number, len(slides))
        yield from embedded(package, slides, source)
        yield from pictures(package, silent, source)


def _slides(package: Package) -> list[str]:
    """In the order of the show; where its list is broken, all there are."""
    main = package.main
    listed = children(child(package.tree(main), "sldIdLst"), "sldId")
    found = list(dict.fromkeys(filter(None, (package.target(main, reference(each)) for each in listed))))
    slides = found or package.related(main, "slide")
    if len(slides) > _MOST_SLIDES:
        raise InputError("archive_bomb", name=package.name, found=f"{len(slides):,}", limit=f"{_MOST_SLIDES:,}")
    return slides


def _unit(package: Package, slide: str, number: int, authors: Mapping[str, str]) -> Unit:
    tree = package.tree(slide)
    content = _Content()
    for shape in shapes(package, slide, child(tree, "cSld", "spTree")):
        content.add(shape)
    if attribute(tree, "showMasterSp") not in ("0", "false"):
        content.feet += _behind(package, slide)
    for part in package.related(slide, "notesSlide"):
        for shape in shapes(package, part, child(package.tree(part), "cSld", "spTree")):
            content.add_note(shape)
    content.memos += _memos(package, slide, authors)
    hidden = _HIDDEN if attribute(tree, "show") in ("0", "false") else ""
    return content.unit(number, hidden)


def _behind(package: Package, slide: str) -> Iterator[str]:
    """What the designs that a slide is made with write on it by themselves."""
    for layout in package.related(slide, "slideLayout"):
        for part in (layout, *package.related(layout, "slideMaster")):
            drawn = shapes(package, part, child(package.tree(part), "cSld", "spTree"))
            yield from (shape.text for shape in drawn if not shape.role)


class _Content:
    """What a slide says, in the order in which it is written into the unit."""

    def __init__(self) -> None:
        self.title = ""
        self.body: list[str] = []
        self.notes: list[str] = []
        self.memos: list[str] = []
        self.feet: list[str] = []

    def add(self, shape: Shape) -> None:
        if not shape.text or shape.role in _MASTERS:
            return
        if shape.role in ("title", "ctrTitle") and not self.title:
            self.title = shape.text
        else:
            (self.feet if shape.role in _FEET else self.body).append(shape.text)

    def add_note(self, shape: Shape) -> None:
        if shape.text and shape.role not in _MASTERS:
            (self.feet if shape.role in _FEET else self.notes).append(shape.text)

    def unit(self, number: int, hidden: str) -> Unit:
        notes = (f"[notes] {text}" for text in self.notes)
        foot = normalise("\n".join(dict.fromkeys(self.feet))).text
        said = [self.title, *self.body, *notes, *self.memos]
        text, offsets = normalise("\n\n".join(filter(None, (*said, foot))) if any(said) else "")
        first = self.title or (self.body or [""])[0].split("\n", 1)[0]
        label = normalise(" ".join(first.split())[:_LONGEST_LABEL] + hidden).text.strip()
        return Unit("slide", number, label, text, offsets, ((len(text) - len(foot), len(text)),) if foot else ())


def _memos(package: Package, slide: str, authors: Mapping[str, str]) -> Iterator[str]:
    """Of both kinds of comments that PowerPoint has had."""
    for part in package.related(slide, "comments"):
        tree = package.tree(part)
        for memo in () if tree is None else tree.iter("{*}cm", "{*}reply"):
            plain = child(memo, "text")
            text = words(child(memo, "txBody")) if plain is None else (plain.text or "").strip()
            author = authors.get(attribute(memo, "authorId") or "", "")
            if text:
                yield f"[memo] {author}: {text}" if author else f"[memo] {text}"


def _authors(package: Package) -> dict[str, str]:
    main = package.main
    trees = map(package.tree, (*package.related(main, "commentAuthors"), *package.related(main, "authors")))
    return {attribute(each, "id") or "": attribute(each, "name") or "" for tree in trees for each in children(tree)}
