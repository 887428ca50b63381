"""Questions of a preloading that came to nothing, so that one that was stopped does not ask them again.

Takes a file of the home and what the questions depend on, gives which were tried. A line each as it goes, so that a killed process loses
none; another library, model or limit makes it begin anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ai_chat.asking.normal import normal_form

if TYPE_CHECKING:
    from ai_chat.answer.filling import Wanted


class Tried:
    """`about`: whatever changes what a question comes to. A file that cannot be read or written is as none: they are asked again."""

    def __init__(self, path: Path, about: Sequence[object]) -> None:
        self._path = path
        self._head = _digest(about)
        head, *rest = _lines(path) or [""]
        self._known = set(rest) if head == self._head else set()

    def has(self, wanted: Wanted) -> bool:
        return _name(wanted) in self._known

    def add(self, wanted: Wanted) -> None:
        """OSError."""
        fresh = not self._known
        self._known.add(_name(wanted))
        with self._path.open("w" if fresh else "a", encoding="ascii") as file:
            file.write(f"{self._head}\n{_name(wanted)}\n" if fresh else f"{_name(wanted)}\n")

    def clear(self) -> None:
        """OSError."""
        self._known.clear()
        self._path.unlink(missing_ok=True)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("ascii", "replace").splitlines()
    except OSError:
        return []


def _name(wanted: Wanted) -> str:
    scope = wanted.scope
    return _digest([normal_form(wanted.question), scope.principal, scope.collections, scope.filters])


def _digest(values: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()
