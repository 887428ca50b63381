"""The rows of the table of sentences, a file a subject: code -> Sentence. Blanks are `str.format` fields named like the values."""

from __future__ import annotations

from typing import NamedTuple


class Sentence(NamedTuple):
    """What happened, with the value found; what to do next, where there is something to add."""

    en: str
    ko: str
    hint_en: str = ""
    hint_ko: str = ""
