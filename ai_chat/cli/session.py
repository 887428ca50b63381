"""What every command has: the settings, the language of its sentences, whether a program reads along, the App.

Takes nothing but the environment; opens the App late, so that a wrong line costs nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ai_chat.cli.terminal import Progress, note, print_json
from ai_chat.cli.words import Language, word
from ai_chat.config import Settings, load_settings, sentence_language
from ai_chat.errors.sentences import hint, sentence
from ai_chat.types import Problem, Scope

if TYPE_CHECKING:
    from ai_chat.app import App


@dataclass(frozen=True, slots=True)
class Session:
    settings: Settings
    language: Language
    as_json: bool

    @contextmanager
    def app(self, need: Literal["read", "write"]) -> Iterator[App]:
        """The App for the length of a command; a wait for another process is said on stderr."""
        from ai_chat.app import open_app

        progress = Progress()
        app = open_app(self.settings, need, on_wait=lambda problem: self._tell_waiting(progress, problem))
        progress.close()
        try:
            yield app
        finally:
            app.close()

    def _tell_waiting(self, progress: Progress, problem: Problem) -> None:
        """How far the one before us is moves on one line of a terminal, and is said nowhere else."""
        if problem.code == "owner_progress":
            progress.step(problem.values["done"], problem.values["total"], self.sentence(problem))
        else:
            self.tell(problem)

    def word(self, name: str, /, **values: object) -> str:
        return word(name, self.language, **values)

    def say(self, name: str, /, **values: object) -> None:
        """A line beside the data."""
        note(self.word(name, **values))

    def tell(self, problem: Problem, document_id: str | None = None) -> None:
        """A notice beside the data, with what to do about it."""
        note(self.sentence(problem))
        if next_step := self.hint(problem, document_id):
            note(f"{self.word('hint')}: {next_step}")

    def sentence(self, problem: Problem) -> str:
        return sentence(problem, self.language)

    def hint(self, problem: Problem, document_id: str | None = None) -> str:
        return hint(problem, self.language, document_id)

    def print_json(self, document: Mapping[str, Any]) -> None:
        print_json(document)


def open_session(as_json: bool = False, flags: Mapping[str, Any] | None = None) -> Session:
    settings = load_settings(flags)
    return Session(settings, sentence_language(settings), as_json)


def scope_of(collections: Sequence[str] | None) -> Scope:
    """The given collections, or the default scope."""
    return Scope(collections=tuple(collections) or None) if collections else Scope()


def read_text(session: Session, word: str) -> str:
    """A text argument; `-` reads it from stdin, where there is no limit to its length."""
    if word != "-":
        return _decoded(word.encode("utf-8", "surrogateescape"))
    session.say("reading_stdin")
    return _decoded(sys.stdin.buffer.read())


def _decoded(data: bytes) -> str:
    """What is not UTF-8 is read as CP949, as an older Korean terminal sends it."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp949", "replace")
