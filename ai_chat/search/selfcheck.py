"""Whether each leg finds what is known to be there: pieces of stored passages, asked as questions of one leg alone.

Takes a Searcher, gives progress and, for a leg that finds far too few, a Problem. Stop taking to cancel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ai_chat.chunking import split_sentences
from ai_chat.search.duplicates import holds
from ai_chat.search.legs import Seen
from ai_chat.search.searcher import Searcher
from ai_chat.store import Store
from ai_chat.types import Mode, Passage, Problem, Scope

MOST_QUESTIONS = 30  # a leg
FEWEST_QUESTIONS = 10  # from fewer nothing is concluded
FEWEST_CHUNKS = 40
LEGS: tuple[Mode, ...] = ("lexical", "dense")
BLIND = 0.5  # of what is asked: a leg that finds less; measured: docs/retrieval.md
_DEPTH = 10
_CHANCE = 20  # a leg that gives anything finds at most one in so many
_SHORTEST, _LONGEST = 20, 160  # characters of a sentence to ask with
_FRAGMENT = 24
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A sentence of a stored passage: asked whole by meaning, a fragment of it by words."""

    chunk_id: int
    sentence: str
    fragment: str

    def question(self, leg: Mode) -> str:
        return self.sentence if leg == "dense" else self.fragment


@dataclass(frozen=True, slots=True)
class Checked:
    """One question of `total`, asked of a leg; with the last of a leg its `problem`, if it has one."""

    done: int
    total: int
    leg: Mode
    found: bool
    problem: Problem | None = None


def check_legs(searcher: Searcher) -> Iterator[Checked]:
    """Both legs over everything live; the searcher's results say from then on what came out."""
    scope = Scope()
    chunks = searcher.store.library.counts(scope)["chunks"]
    items = known_items(_sample(searcher.store, scope)) if chunks >= FEWEST_CHUNKS else []
    asked = {leg: _askable(searcher, items, leg) for leg in LEGS}
    total, done, blind = sum(map(len, asked.values())), 0, []
    for leg, some in asked.items():
        found = 0
        for number, item in enumerate(some, 1):
            is_found = _finds(searcher, item, leg, min(_DEPTH, chunks // _CHANCE))
            found, done = found + is_found, done + 1
            problem = judged(leg, found, number) if number == len(some) else None
            if problem:
                blind.append(leg)
            yield Checked(done, total, leg, is_found, problem)
    searcher.blind = frozenset(blind)


def known_items(passages: Sequence[Passage]) -> list[KnownItem]:
    """From each passage its longest sentence of a length that people ask in, where it has one."""
    items = []
    for passage in passages:
        sentences = [passage.text[start:end] for start, end in split_sentences(passage.text)]
        fitting = [each for each in sentences if _SHORTEST <= len(each) <= _LONGEST and any(map(str.isalpha, each))]
        if fitting:
            longest = max(fitting, key=len)
            items.append(KnownItem(passage.chunk_id, longest, fragment(longest)))
    return items[:MOST_QUESTIONS]


def fragment(sentence: str) -> str:
    """Whole words from its middle, or where words are not set apart the characters there."""
    first, last = _middle(sentence, _FRAGMENT)
    words = [word[0] for word in _WORD.finditer(sentence) if first <= word.start() and word.end() <= last]
    if len(words) > 1:
        return " ".join(words)
    first, last = _middle(sentence, _FRAGMENT // 2)
    return sentence[first:last].strip()


def judged(leg: Mode, found: int, asked: int) -> Problem | None:
    if asked < FEWEST_QUESTIONS or found >= BLIND * asked:
        return None
    return Problem(f"{leg}_blind", {"found": found, "asked": asked})


def _middle(text: str, length: int) -> tuple[int, int]:
    first = max(0, (len(text) - length) // 2)
    return first, first + length


def _sample(store: Store, scope: Scope) -> list[Passage]:
    """Evenly from all chunks ever stored; those that are not live any more fall out."""
    ids = store.versions.spread(4 * MOST_QUESTIONS)
    passages = store.library.passages(ids, scope)
    step = max(1, len(passages) // (MOST_QUESTIONS + MOST_QUESTIONS // 2))
    return list(passages.values())[::step]


def _askable(searcher: Searcher, items: Sequence[KnownItem], leg: Mode) -> list[KnownItem]:
    known = searcher.legs.holds(leg, [item.chunk_id for item in items])
    return [item for item, there in zip(items, known, strict=True) if there]


def _finds(searcher: Searcher, item: KnownItem, leg: Mode, depth: int) -> bool:
    """Whether one of the first `depth` passages has the sentence."""
    asked, _notices = searcher.asked(item.question(leg), leg, None)
    library = searcher.store.library
    best = searcher.legs.candidates(asked, depth, Seen(library.version_filter(Scope()))).chunk_ids[:depth]
    return any(holds(text, item.sentence) for _, text in library.texts(best.tolist()))
