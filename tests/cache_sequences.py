"""Documents that are added, changed, deleted and put back in any order, with questions in between that the answer cache may serve.

A real store, real indexes and search, the real cache; what "writes" says exactly which passages it read. What is wrong is told
against a plain dictionary of what the documents say now, which knows nothing of versions and of the cache.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ai_chat.answer.cached import kept_of, key_of, look
from ai_chat.asking.sameness import same_question
from ai_chat.cache import AnswerCache
from ai_chat.types import Event, Scope, SearchResult
from tests.doubles_search import Library, open_library

TOPICS = ("연차휴가", "병가", "출장비")
WORDINGS = (
    "{}는 얼마인가요?",
    "{}는 얼마예요",
    "{} 금액은 얼마입니까?",
    "{} 금액을 알려주세요.",
    "{}는 언제부터 얼마인가요?",
)
SCOPES = (Scope(), Scope(collections=("documents",)), Scope(filters=(("document", "규정0"),)))
TOP = 3
NEARNESS = 0.4  # for vectors of letters: as many answers as can be are to be served


@dataclass
class Tally:
    asked: int = 0
    served: int = 0
    exact: int = 0
    again: int = 0


class Sequence:
    """One library and its cache, played with by chance."""

    def __init__(self, library: Library, answers: AnswerCache, chance: random.Random) -> None:
        self._library = library
        self._answers = answers
        self._chance = chance
        self._searcher = library.searcher()
        self._ids: dict[str, str] = {}
        self._texts: dict[str, str] = {}  # what the living documents say
        self._removed: dict[str, str] = {}
        self._turns = 0
        self._about = TOPICS[0], SCOPES[0]
        self.tally = Tally()
        self._publish("규정0")  # a scope names only collections that are there

    def step(self) -> str | None:
        """Do something; what was wrong, where something was."""
        action = self._chance.choice(("add", "change", "delete", "restore", *["ask"] * 12))
        if action == "ask":
            return self._ask()
        if action in ("add", "change"):
            self._publish(f"규정{self._chance.randrange(4)}")
        elif action == "delete" and self._texts:
            name = self._chance.choice(sorted(self._texts))
            self._library.store.library.remove([self._ids[name]])
            self._removed[name] = self._texts.pop(name)
        elif action == "restore" and self._removed:
            name = self._chance.choice(sorted(self._removed))
            self._library.store.library.restore([self._ids[name]])
            self._texts[name] = self._removed.pop(name)
        return None

    def _publish(self, name: str) -> None:
        """A new document, or another version of an old one; some say the same again as one that was there before."""
        if name in self._removed:
            return
        topic, amount = self._chance.choice(TOPICS), self._chance.randrange(1, 4)
        text = f"{topic}는 {amount}만 원이다. {self._chance.choice(TOPICS)}는 따로 정한다."
        if self._texts.get(name) == text:
            return
        self._ids[name] = self._library.add(name, text)
        self._texts[name] = text

    def _ask(self) -> str | None:
        self._turns += 1
        self.tally.asked += 1
        if self._chance.random() < 0.3:  # else once more about the same
            self._about = self._chance.choice(TOPICS), self._chance.choice(SCOPES)
        topic, scope = self._about
        question = self._chance.choice(WORDINGS).format(topic)
        result = self._search(question, scope)
        if not result.hits:
            return None
        vector = self._library.embedder.embed_query(question)
        sequence = self._library.store.library.sequence()
        key = key_of(question, scope, "answer", result.hits, (), "writer", sequence, vector, "hashing")
        found = look(self._answers, key, f"turn{self._turns}", lambda earlier: self._search(earlier, scope))
        if found is None:
            kept = kept_of(_written(result), question, result.hits, f"turn{self._turns}", "now")
            assert kept is not None
            self._answers.keep(key, kept)
            return None
        self.tally.served += 1
        self.tally.exact += found.kept.tier == "exact"
        self.tally.again += found.result is not None
        return self._fault(question, str(found.kept.steps[0][1]["text"]), found.result or result)

    def _search(self, question: str, scope: Scope) -> SearchResult:
        return self._searcher.search(question, scope, top_k=TOP)

    def _fault(self, question: str, served: str, result: SearchResult) -> str | None:
        lines = served.splitlines()
        if lines != [_line(hit.document, hit.text) for hit in result.hits]:
            return f"{question}: {lines} is not what is shown"
        alive = {_line(name, text) for name, text in self._texts.items()}
        if dead := [line for line in lines if line not in alive]:
            return f"{question}: {dead} is said no more"
        return None


@contextmanager
def open_sequence(folder: Path, seed: int) -> Iterator[Sequence]:
    folder.mkdir(parents=True, exist_ok=True)
    answers = AnswerCache(folder / "cache.db", clock=lambda: 0.0, agree=same_question, nearness=NEARNESS)
    with open_library(folder) as library:
        try:
            yield Sequence(library, answers, random.Random(seed))
        finally:
            answers.close()


def _line(document: str, text: str) -> str:
    return f"{document}: {text}"


def _written(result: SearchResult) -> list[Event]:
    text = "\n".join(_line(hit.document, hit.text) for hit in result.hits)
    done = {"finish_reason": "stop", "timings": {"total_ms": 1000.0, "search_ms": 1.0}, "prompt": None}
    return [Event(1, "delta", {"text": text}), Event(2, "done", done)]
