"""The path of headings above a section, as a label: "Leave > Annual leave". Takes headings in reading order."""

from __future__ import annotations

_LONGEST_TITLE = 80


class Outline:
    def __init__(self) -> None:
        self._path: list[tuple[int, str]] = []

    def enter(self, level: int, title: str) -> None:
        """A heading closes those of its own and of lower rank; one that repeats the title above it replaces it."""
        while self._path and (self._path[-1][0] >= level or self._path[-1][1] == title):
            self._path.pop()
        self._path.append((level, title))

    @property
    def label(self) -> str:
        return " > ".join(title[:_LONGEST_TITLE] for _level, title in self._path)

    @property
    def above(self) -> str:
        """The label of the section that this one is part of."""
        return " > ".join(title[:_LONGEST_TITLE] for _level, title in self._path[:-1])
