"""A mail, however it was stored -> sections: who, to whom, when and about what, then the text; its attachments into the spool.

Takes a Letter and the bytes of what hangs on it; gives items. Knows neither MIME nor Outlook's properties.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from ai_chat.loaders.about import metadata
from ai_chat.loaders.detect import Source
from ai_chat.loaders.enclosed import MOST, enclose, too_many
from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.text import stretches
from ai_chat.types import Attachment, Metadata, Problem, Unit

_NAMES_IN_A_LINE = 50
_LONGEST_LABEL = 120
_LOGO = 20_000  # bytes of a picture in the text that says nothing


@dataclass(frozen=True, slots=True)
class Letter:
    """`date` as it was written where no calendar has it."""

    subject: str = ""
    sender: str = ""
    to: Sequence[str] = ()
    cc: Sequence[str] = ()
    date: datetime.datetime | str = ""
    body: str = ""
    attached: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file in a mail. `shown`: it stands in the text, as a logo or a screenshot does."""

    name: str
    data: bytes
    kind: str = ""
    shown: bool = False


def letter_items(letter: Letter, source: Source) -> Iterator[Unit | Metadata]:
    created = letter.date.isoformat() if isinstance(letter.date, datetime.datetime) else letter.date
    yield metadata(letter.subject, letter.sender, created)
    text = "\n".join(_head(letter)) + "\n\n" + letter.body.strip()
    label = (letter.subject or PurePath(source.name).stem)[:_LONGEST_LABEL]
    for number, stretch in enumerate(stretches(iter((text,))), start=1):
        yield Unit("section", number, normalise(label).text, *normalise(stretch.text))


def enclosures(files: Iterator[Enclosure], source: Source) -> Iterator[Attachment | Problem]:
    """What can be read of them, one after the other, each below the spool."""
    count = 0
    for file in files:
        if file.shown and file.kind.startswith("image/") and len(file.data) < _LOGO:
            continue
        count += 1
        if count <= MOST:
            yield enclose(file.name, file.data, source)
    if count > MOST:
        yield too_many(count, MOST, source)


def html_text(html: str, source: Source) -> str:
    """The text of a web page as its readers see it."""
    from ai_chat.loaders.html import load_html

    with tempfile.NamedTemporaryFile(dir=source.spool, suffix=".html") as file:
        file.write(html.encode("utf-8", "replace"))
        file.flush()
        page = Source(Path(file.name), source.name, "html", "utf-8", options=source.options)
        return "\n\n".join(item.text for item in load_html(page) if isinstance(item, Unit))


def is_better(plain: str, html: str) -> bool:
    """Of two texts of the same mail, the plain one unless it is a mere notice or has lost the tables."""
    return len(plain.split()) >= 0.5 * len(html.split()) and " | " not in html


def _head(letter: Letter) -> Iterator[str]:
    date = f"{letter.date:%Y-%m-%d %H:%M}" if isinstance(letter.date, datetime.datetime) else letter.date
    fields = [
        ("Subject", letter.subject),
        ("From", letter.sender),
        ("To", _listed(letter.to)),
        ("Cc", _listed(letter.cc)),
    ]
    fields += [("Date", date), ("Attachments", _listed(letter.attached))]
    yield from (f"**{name}:** {value}" for name, value in fields if value)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_IN_A_LINE
    return ", ".join(names[:_NAMES_IN_A_LINE]) + (f", … (+{more})" if more > 0 else "")
