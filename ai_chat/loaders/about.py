"""What a file tells of itself, as short clean lines.

Takes words as a format has them, gives Metadata. Names that programs give by themselves are left out.
"""

from __future__ import annotations

import re

from ai_chat.loaders.normalise import normalise
from ai_chat.types import Metadata

_LONGEST = 200
_MADE_BY_PROGRAMS = re.compile(
    r"^(?:microsoft (?:word|powerpoint|excel) - |untitled\b.*$|제목 ?없음.*$|powerpoint 프레젠테이션$)", re.I
)
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_PAIR = re.compile(r"^(title|author|authors|date|created)[ \t]*:[ \t]*(\S.*?)[ \t\r]*$", re.MULTILINE | re.IGNORECASE)


def metadata(title: str = "", author: str = "", created: str = "") -> Metadata:
    return Metadata(_MADE_BY_PROGRAMS.sub("", _line(title)), _line(author), _line(created))


def front_matter(text: str) -> Metadata:
    """Of the lines between --- and --- that Markdown may begin with."""
    block = _FRONT_MATTER.match(text)
    found = {name.lower(): value.strip("\"'[]") for name, value in _PAIR.findall(block[1])} if block else {}
    author, created = found.get("author") or found.get("authors", ""), found.get("date") or found.get("created", "")
    return metadata(found.get("title", ""), author, created)


def _line(text: str) -> str:
    return " ".join(normalise(text[: 10 * _LONGEST]).text.split())[:_LONGEST]
