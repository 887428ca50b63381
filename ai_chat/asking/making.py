"""Questions by rule from passages, for measuring and calibrating: what they tell is asked for, and what they do not.

Takes passages, gives questions with their answer and its place. A cloze asks with the sentence itself, its value taken out
("연차휴가는 며칠 주어지나요?"), a keyword question with its rarest words ("연차휴가 입사 며칠?"). One that nothing answers has
its rarest word from another document. Pure: the same seed gives the same questions.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from ai_chat.analyzer import telling_words
from ai_chat.analyzer.endings import stem, whole
from ai_chat.asking.targets import Target, targets
from ai_chat.chunking import Span, split_sentences
from ai_chat.types import Passage

MadeKind = Literal["cloze", "keyword"]
_SHORTEST, _LONGEST = 15, 120  # characters of a sentence that is asked with
_FEWEST_WORDS = 3  # that a question has besides what it asks for
_KEYWORDS = 4
_NAMES = 40  # of a document, to be swapped in
_MOST_A_PASSAGE = 2
_SWAPS_TRIED = 8
_HANGUL = re.compile("[가-힣]")
_CELLS = re.compile(r"[|\t]|\.{4}|\s{3}|: .*: ")
_WORD = re.compile(r"[^\W_](?:[\w.&'’-]*[^\W_])?")
_BEHIND_WHEN = re.compile(r"^(?:\([월화수목금토일]\))?(?:자로|자|에는|에)?(?=[\s,.]|부터|까지|$)")
_BEHIND_VOWEL = {"을": "를", "은": "는", "이": "가", "과": "와", "으로": "로"}
_AGREEING = re.compile(r"^(?:을|은|이|과|으로)(?=[\s,.])")
_LEADING = re.compile(
    r"^(?:[\s·•●○■□▶※*#>:–-]|\(?(?:\d{1,2}|[가-하a-z])[.)]\s|제\s?\d+\s?[조항](?:\([^)]*\))?"
    r"|(?:그러나|그리고|다만|또한|한편|이에|따라서|However|Moreover|Therefore),?\s)*"
)
_PREDICATE = re.compile(
    "(?:다|[하되][고며면여는지기]|하[였]|되어|면서|있는|없는|[았었였했됐][으던고]?|으나|지만|도록|니까|[가-힣]해|한|된|될|할)$"
)
_END = re.compile(r"[\s.!?。…\"'”’)]+$")
_COMMON = 0.2  # a word of so many passages tells nothing of one
_FINALS, _N, _B, _BASE = 28, 4, 17, ord("가")  # of a Hangul syllable: how many there are, ㄴ and ㅂ among them


@dataclass(frozen=True, slots=True)
class Made:
    """`answer` stands in `sentence`, at start:end of the unit; a question that the passages do not answer has none.

    `passage` is where it was made from; of an unanswerable question that is what it resembles.
    """

    question: str
    answer: str | None
    kind: MadeKind
    passage: Passage
    sentence: str
    start: int
    end: int

    @property
    def answerable(self) -> bool:
        return self.answer is not None


def make_questions(passages: Sequence[Passage], count: int, seed: int, unanswerable: float = 0.0) -> list[Made]:
    """At most `count`, fewer where the passages tell too little; of these a share `unanswerable`, 0 to 1.

    Evenly from all documents, at most two a passage.
    """
    dice = random.Random(seed)
    known = _Words(passages)
    wanted_swaps = round(count * unanswerable)
    asked: list[Made] = []
    swapped: list[Made] = []
    for made in _in_turn(passages, known, dice):
        wants_swap = len(swapped) < wanted_swaps and len(swapped) < len(asked) * unanswerable
        if wants_swap and (other := _swapped(made, known, dice)):
            swapped.append(other)
        elif len(asked) < count - wanted_swaps:
            asked.append(made)
        if len(asked) + len(swapped) >= count:
            break
    return [*asked, *swapped]


class _Words:
    """The telling words of the passages: which stand where, and in how many."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.of_passage = {
            each.chunk_id: frozenset(map(_stem, telling_words(f"{each.document} {each.unit.label} {each.text}")))
            for each in passages
        }
        self.count = Counter(word for words in self.of_passage.values() for word in words)
        self.of_document: dict[str, set[str]] = {}
        for each in passages:
            self.of_document.setdefault(each.document_id, set()).update(self.of_passage[each.chunk_id])
        self._rare: dict[str, list[str]] = {}

    def is_telling(self, word: str) -> bool:
        """Rare enough to name something, and no bare number."""
        own = _stem(word)
        return len(own) > 1 and not own.isdigit() and self.count[own] <= max(2, _COMMON * len(self.of_passage))

    def rarest(self, words: Sequence[str], most: int) -> list[str]:
        """In their order."""
        distinct = dict.fromkeys(words)
        chosen = sorted(distinct, key=lambda word: (_is_predicate(word), self.count[_stem(word)], -len(word)))[:most]
        return [word for word in dict.fromkeys(words) if word in chosen]

    def together(self, words: Set[str]) -> bool:
        """Whether a passage holds all of them."""
        return any(words <= held for held in self.of_passage.values())

    def names(self, document_id: str) -> list[str]:
        """Words of one document that no other has, longest first."""
        if document_id not in self._rare:
            own = self.of_document[document_id]
            others = [words for other, words in self.of_document.items() if other != document_id]
            alone = [word for word in own if _names(word) and not any(word in words for words in others)]
            self._rare[document_id] = sorted(alone, key=lambda word: (-len(word), word))[:_NAMES]
        return self._rare[document_id]


def _in_turn(passages: Sequence[Passage], known: _Words, dice: random.Random) -> Iterator[Made]:
    """A question of each document, then another of each, until none has one left."""
    by_document: dict[str, list[Passage]] = {}
    for passage in passages:
        by_document.setdefault(passage.document_id, []).append(passage)
    sources = [_of_document(dice.sample(some, len(some)), known, dice) for some in by_document.values()]
    dice.shuffle(sources)
    while sources:
        left = []
        for source in sources:
            if made := next(source, None):
                left.append(source)
                yield made
        sources = left


def _of_document(passages: Sequence[Passage], known: _Words, dice: random.Random) -> Iterator[Made]:
    said: set[str] = set()
    for passage in passages:
        made = [one for one in _of_passage(passage, known, dice) if one.sentence not in said]
        for one in dice.sample(made, min(_MOST_A_PASSAGE, len(made))):
            said.add(one.sentence)
            yield one


def _of_passage(passage: Passage, known: _Words, dice: random.Random) -> list[Made]:
    """One question a sentence that tells something."""
    found = []
    for start, end in split_sentences(passage.text):
        sentence = passage.text[start:end]
        told = targets(sentence) if _SHORTEST <= end - start <= _LONGEST else []
        if told and (made := _asked(passage, (start, end), dice.choice(told), known, dice)):
            found.append(made)
    return found


def _asked(passage: Passage, span: Span, target: Target, known: _Words, dice: random.Random) -> Made | None:
    sentence = " ".join(passage.text[slice(*span)].split("\n"))
    before, answer, after = sentence[: target.start], sentence[target.start : target.end], sentence[target.end :]
    words = [word for word in _words(f"{before} {after}") if known.is_telling(word) and word not in answer]
    if len(words) < _FEWEST_WORDS:
        return None
    kind: MadeKind = "keyword" if _CELLS.search(sentence) or dice.random() < 0.5 else "cloze"
    question = _cloze(before, after, target) if kind == "cloze" else _keywords(words, target, sentence, known)
    start = passage.start + span[0]
    return Made(question, answer, kind, passage, sentence, start, start + len(sentence))


def _keywords(words: Sequence[str], target: Target, sentence: str, known: _Words) -> str:
    chosen = " ".join(_bare(word) for word in known.rarest(words, _KEYWORDS))
    return f"{chosen} {target.korean}?" if _HANGUL.search(sentence) else f"{chosen} {target.english}?"


def _cloze(before: str, after: str, target: Target) -> str:
    before = _LEADING.sub("", before)
    if not _HANGUL.search(before + after):
        return f"{before}{target.english}{_END.sub('', after)}?"
    after = _BEHIND_WHEN.sub("", after) if target.kind == "date" else after
    if not _final(target.korean[-1]):
        after = _AGREEING.sub(lambda found: _BEHIND_VOWEL[found[0]], after)
    return f"{before}{target.korean}{_questioning(_END.sub('', after))}?"


def _questioning(told: str) -> str:
    """ "주어진다" -> "주어지나요", "있습니다" -> "있나요", "이다" -> "인가요"; what ends in a noun stays."""
    for ending in ("이다", "입니다"):
        if told.endswith(ending):
            return f"{told.removesuffix(ending)}인가요"
    for ending in ("습니다", "는다"):
        if told.endswith(ending):
            return f"{told.removesuffix(ending)}나요"
    if told.endswith("니다") and _final(told[-3:-2]) == _B:
        return f"{told[:-3]}{_open(told[-3])}나요"
    if told.endswith("다") and len(told) > 1 and _HANGUL.match(told[-2]):
        return f"{told[:-2]}{_open(told[-2]) if _final(told[-2]) == _N else told[-2]}나요"
    return told


def _final(syllable: str) -> int:
    return (ord(syllable) - _BASE) % _FINALS if _HANGUL.fullmatch(syllable) else 0


def _open(syllable: str) -> str:
    """Without its final."""
    return chr(ord(syllable) - _final(syllable))


def _swapped(made: Made, known: _Words, dice: random.Random) -> Made | None:
    """The rarest word in the question from another document, where no passage holds all of it then."""
    words = [word for word in _words(made.question) if known.count[_stem(word)] and known.is_telling(word)]
    documents = [other for other in known.of_document if other != made.passage.document_id]
    if not words or not documents:
        return None
    out = known.rarest(words, 1)[0]
    rest = {_stem(word) for word in words if word != out}
    for other in dice.sample(documents, min(_SWAPS_TRIED, len(documents))):
        fitting = [name for name in known.names(other) if bool(_HANGUL.match(name)) == bool(_HANGUL.match(out))]
        if fitting and not known.together(rest | {chosen := dice.choice(fitting)}):
            question = made.question.replace(_bare(out), chosen, 1)
            return replace(made, question=question, answer=None)
    return None


def _words(text: str) -> list[str]:
    """As they are written, without those that only ask."""
    telling: Mapping[str, None] = dict.fromkeys(telling_words(text))
    return [word for word in _WORD.findall(text) if word.casefold() in telling or any(map(str.isupper, word))]


def _bare(word: str) -> str:
    """As it is shown: what may be part of a noun stays."""
    return whole(word, stem(word))


def _stem(word: str) -> str:
    return stem(word.casefold())


def _is_predicate(word: str) -> bool:
    return _PREDICATE.search(word) is not None


def _names(word: str) -> bool:
    """Whether it may be what something is called: letters, and no verb."""
    return len(word) > 2 and word.isalpha() and not _is_predicate(word)
