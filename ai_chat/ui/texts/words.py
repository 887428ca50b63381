"""One text in both languages."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    en: str
    ko: str
