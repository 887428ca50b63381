"""One sentence of an answer against some passages: is it borne out, and which of its values are not?

Takes a sentence without its markers, the question and evidence. Pure. A value has to stand where the passages speak of what the
sentence speaks of: another part of them that shares more of its words, and has another value of that kind, contradicts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from ai_chat.checking.binding import Binding, Term, is_in_range
from ai_chat.checking.cells import cell_competes, cell_holds, names_label
from ai_chat.checking.computed import is_computed
from ai_chat.checking.denying import Denying
from ai_chat.checking.evidence import Evidence, Part, Sentence
from ai_chat.checking.moments import Day
from ai_chat.checking.names import (
    HANGUL,
    Name,
    is_predicate,
    is_subject,
    is_title,
    is_verbal,
    names,
    nouns,
    stands,
    unknown,
)
from ai_chat.checking.polarity import (
    bounds,
    contradict,
    parts,
    without_answer,
)
from ai_chat.checking.quantities import Amount, plain
from ai_chat.checking.ranking import contradicted
from ai_chat.checking.slots import fits, slots
from ai_chat.checking.superseded import is_superseded
from ai_chat.checking.values import Value, Values, compete, holds, is_unit, is_weak, values_of
from ai_chat.checking.wording import Stemmed, has_word, joined, stemmed
from ai_chat.chunking import Span

COVERED = 0.4  # part of a sentence's words, by their rarity, that the passages or the question have
ASTRAY_ROW = 0.1  # ... where both are rows, and that of the contradicting one has all that the other has
ASTRAY = 0.27  # so much more of the claim has the part that contradicts a value than any that bears it out
NEARER = 0.08  # ... of what the claim has around a value stands around another one of its kind
_SENTENCE = 0.6  # what a word counts that stands in another part of the same sentence
_AROUND = 0.35  # ... only beside it
_ELSEWHERE = 0.5  # ... that the claim has in another part
_ASKED = 0.35  # ... that only the question has
_BARE = 0.8  # ... of which the claim repeats less than half
_VERB = 0.35  # ... that is a verb, for which there are many words
_ACTION = 0.8  # ... that is a verb made of a noun
_TIED = 0.9
_LONG = 30  # characters of a sentence that says the same where it stands letter by letter
_UNIT = 0.2  # what '하루', '1박' counts: that for which a price is told

_WHOLE = re.compile(
    r"[개건명통회대\s]?\s?(?:가운데|중에서?\s|중\s)|\sof\s(?:the|which)\b"
)  # of which something else is told
_TELLING = re.compile(  # what a passage does, and what every limit and span is told with
    r"(?:적혀|적힌|쓰여|쓰인|나와|나온|나옵|명시|기재|언급|날부터|날까지|안에)|(?:listed|stated|mentioned|labelled|according|says|states)\b",
    re.IGNORECASE,
)
_QUESTION_TEXT = (
    "언제 누구 누가 어디 어느 얼마 무엇 무슨 어떻 어떤 며칠 사람 이유 방법 알려 how what when where which who whom whose why "
    "many much long often there"
)
_QUESTION = frozenset(_QUESTION_TEXT.split())


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wrong` are spans of the sentence; `covered` and `nearness` are from 0 to 1."""

    covered: float
    nearness: float
    wrong: tuple[Span, ...]
    nearest: Sentence | None

    @property
    def supported(self) -> bool:
        return self.covered >= COVERED and not self.wrong


class Claimed:
    """What a sentence says; `judge` it against as many sets of passages as wanted."""

    def __init__(self, text: str, question: str, evidence: Evidence) -> None:
        self.text = without_answer(plain(text))
        self._close = joined(self.text).strip(" .")
        self._asked_text = plain(question)
        self._asked_close = joined(question)
        self._evidence = evidence
        self._question = question
        self._values = values_of(self.text)
        self._asked = values_of(question)
        self._names = [name for name in names(self.text) if not _overlaps(name, self._values.found)]
        self._words = [each for each in stemmed(self.text) if not _overlaps(each, self._values.found)]
        self._parts = parts(self.text)
        self._terms = [
            *self._word_terms(),
            *(
                Term(value.start, _UNIT if is_unit(value, self._values) else 1.0, "", value)
                for value in self._values.found
            ),
        ]
        self._binding = Binding(self.text, self._terms, self._values, self._names, evidence)
        self._denying = Denying(self.text, self._words, self._values.found, evidence)
        self._shares: dict[tuple[int, int], float] = {}
        self._held: dict[tuple[int, int], bool] = {}
        self._lacking: dict[int, int] = {}
        self._verdicts: dict[frozenset[int], Verdict] = {}

    @property
    def says_something(self) -> bool:
        """There is something in it that could be wrong."""
        return self.has_values or len(self._words) > 1

    @property
    def has_values(self) -> bool:
        return bool(self._values.found or self._names)

    def judge(self, passages: Sequence[int]) -> Verdict:
        """Once a set of passages."""
        chosen = frozenset(passages)
        if chosen not in self._verdicts:
            self._verdicts[chosen] = self._judged(chosen)
        return self._verdicts[chosen]

    def _judged(self, chosen: Set[int]) -> Verdict:
        within = [part for part in self._evidence.parts if part.sentence.passage in chosen]
        copied = next((part.sentence for part in within if self._close in part.sentence.close), None)
        if copied and len(self._close) >= _LONG:
            return Verdict(1.0, 1.0, (), copied)
        scored = [(self._score(part), part) for part in within]
        nearness, nearest = max(scored, key=lambda each: each[0], default=(0.0, None))
        near = [part.sentence for score, part in scored if score >= _TIED * nearness]
        wrong = {
            *self._wrong_values(within),
            *self._wrong_names(chosen, within, near),
            *self._denying.spans(within, near),
        }
        return Verdict(self._covered(chosen), nearness, tuple(sorted(wrong)), nearest.sentence if nearest else None)

    def _covered(self, passages: Set[int]) -> float:
        chosen = [part for part in self._evidence.parts if part.sentence.passage in passages]
        found = float(sum(any(self._holds(value, part) for part in chosen) for value in self._values.found))
        total = float(len(self._values.found))
        for each in self._words:
            weight = self._weight(each)
            total += weight
            if has_word(each.stem, self._asked_close) or self._evidence.has(each.stem, passages):
                found += weight
        return found / total if total else 1.0

    def _weight(self, each: Stemmed) -> float:
        if _TELLING.match(each.word):
            return 0.0
        bent = each.word[len(each.stem) :]
        verbal = 1.0 if not is_verbal(each.word) else _ACTION if bent[:1] in "하했한할합되됐된될됩" else _VERB
        return self._evidence.weight(each.stem) * verbal

    def _word_terms(self) -> Iterator[Term]:
        told = joined(self.text)
        for each in self._words:
            yield Term(each.start, self._weight(each), each.stem)
        asked = {each.stem: each for each in stemmed(self._asked_text) if each.stem not in _QUESTION}
        repeated = sum(has_word(word, told) for word in asked)
        share = _BARE if repeated * 2 < len(asked) else _ASKED
        for each in asked.values():
            if not has_word(each.stem, told):
                yield Term(-1, self._weight(each) * share, each.stem)

    def _score(self, part: Part, near: Span | None = None, but: Span = (-3, -2), *, asked: bool = True) -> float:
        """The weighted share of the terms that a part has, 0 to 1, but for those in `but`; less of those outside `near`."""
        total = found = 0.0
        for number, term in enumerate(self._terms):
            if but[0] <= term.start < but[1] or (term.start < 0 and not asked):
                continue
            inside = near is None or term.start < 0 or near[0] <= term.start < near[1]
            weight = term.weight * (1.0 if inside else _ELSEWHERE)
            total += weight
            found += weight * self._share(number, term, part)
        return found / total if total else 0.0

    def _share(self, number: int, term: Term, part: Part) -> float:
        key = number, id(part)
        if key not in self._shares:
            self._shares[key] = self._share_of(term.value, part) if term.value else _share(term.word, part)
        return self._shares[key]

    def _share_of(self, value: Value, part: Part) -> float:
        if self._holds(value, part):
            return 1.0
        sentence = part.sentence
        years = self._evidence.years[sentence.passage]
        return _SENTENCE if not sentence.is_row and holds(value, sentence.values, self.text, years) else 0.0

    def _holds(self, value: Value, part: Part) -> bool:
        key = value.start, id(part)
        if key not in self._held:
            self._held[key] = holds(value, part.values, self.text, self._evidence.years[part.sentence.passage])
        return self._held[key]

    def _wrong_values(self, within: Sequence[Part]) -> Iterator[Span]:
        """Those that no part has, that only parts about something else have, and limits turned round."""
        for value in self._values.found:
            holders = [part for part in within if self._holds(value, part)]
            if holds(value, self._asked, self.text):
                rows = bool(holders) and all(part.sentence.is_row for part in holders)
                if rows and not is_weak(value, self.text) and self._binding.margin(value, within) > NEARER:
                    yield value.start, value.end
            elif not holders:
                if not (is_weak(value, self.text) or self._is_written(value, within) or self._follows(value, within)):
                    yield value.start, value.end
            elif (
                is_unit(value, self._values)
                or _WHOLE.match(self.text, value.end)
                or "각각" in self.text
                or "respectively" in self.text
                or self._is_counted(value, within)
            ):
                continue
            elif (
                self._astray(value, holders, within)
                or self._turned(value, holders)
                or is_superseded(value, self.text, self._question, holders)
            ):
                yield value.start, value.end
        sentences = list({id(part.sentence): part.sentence for part in within}.values())
        for value in contradicted(self._values.found, self.text, self._question, sentences):
            yield value.start, value.end

    def _is_counted(self, value: Value, within: Sequence[Part]) -> bool:
        """'Four actions', which the passage has four of and besides numbers."""
        is_word = (
            isinstance(value, Amount) and value.unit in ("", "count") and self.text[value.start : value.end].isalpha()
        )
        return is_word and self._follows(value, within)

    def _follows(self, value: Value, within: Sequence[Part]) -> bool:
        if not isinstance(value, Amount):
            return False
        borne = [each for each in self._values.found if any(self._holds(each, part) for part in within)]
        sentences = list({id(part.sentence): part.sentence for part in within}.values())
        return any(is_in_range(value, sentence) for sentence in sentences) or is_computed(
            value, self.text, self._values, borne, sentences
        )

    def _is_written(self, value: Value, within: Sequence[Part]) -> bool:
        """A number without a unit, such as the first of '6~7월', stands there letter by letter; or a year where none is told."""
        if isinstance(value, Day):
            years = self._evidence.years
            return (value.month, value.day) == (None, None) and not any(years[part.sentence.passage] for part in within)
        if not isinstance(value, Amount) or value.unit:
            return False
        number = re.compile(rf"(?<![\d.,]){re.escape(self.text[value.start : value.end])}(?![.,]?\d)")
        return any(number.search(part.sentence.text) for part in within)

    def _astray(self, what: Value | Name, holders: Sequence[Part], within: Sequence[Part]) -> bool:
        """Whether a part that has more of the claim than each of the holders says something else."""
        near = next(span for span in self._parts if span[0] <= what.start < span[1])
        but = (what.start, what.end)
        borne = max(holders, key=lambda part: self._score(part, near, but))
        if borne.sentence.is_row and self._in_other_cell(what, borne.sentence, near):
            return True
        if self._binding.margin(what, within) > NEARER:
            return True
        held = {id(part) for part in holders}
        return any(
            id(part) not in held and self._is_ahead(part, borne, near, but) and self._competes(what, part, borne)
            for part in within
        )

    def _is_ahead(self, part: Part, borne: Part, near: Span, but: Span) -> bool:
        """By how much depends: rows exclude each other; within a sentence only the claim's own words decide."""
        asked = part.sentence is not borne.sentence
        more = self._score(part, near, but, asked=asked) - self._score(borne, near, but, asked=asked)
        both = part.sentence.is_row and borne.sentence.is_row
        return more >= (ASTRAY_ROW if both and self._has_all(part, borne, but) else ASTRAY)

    def _has_all(self, part: Part, borne: Part, but: Span) -> bool:
        terms = [(number, term) for number, term in enumerate(self._terms) if not but[0] <= term.start < but[1]]
        return all(self._share(*each, part) == 1.0 for each in terms if self._share(*each, borne) == 1.0)

    def _competes(self, what: Value | Name, part: Part, borne: Part) -> bool:
        """Whether a part has another value of this kind, and none that the claim tells as well."""
        if part.sentence.is_row and borne.sentence.is_row:
            if isinstance(what, Name) and what.bare == borne.sentence.key and part.sentence.key in joined(self.text):
                return False  # of both rows the claim tells what they are about
            own = {label for label, content in borne.sentence.cells if cell_holds(what, content, "")} - {""}
            return not own or any(
                label in own and not self._tells_all(values_of(content)) for label, content in part.sentence.cells
            )
        if isinstance(what, Name):
            told = joined(self.text)
            return bool(what.kind) and any(
                name.kind == what.kind and not stands(name, told) for name in part.sentence.names
            )
        return any(compete(what, value) and not self._tells(value, part) for value in part.values.found)

    def _tells_all(self, known: Values) -> bool:
        """There are values, and the claim tells each."""
        return bool(known.found) and all(
            any(holds(own, Values((value,), known.scale), self.text) for own in self._values.found)
            for value in known.found
        )

    def _tells(self, value: Value, part: Part) -> bool:
        one = Values((value,), part.values.scale)
        return any(
            holds(own, one, self.text, self._evidence.years[part.sentence.passage]) for own in self._values.found
        )

    def _in_other_cell(self, what: Value | Name, row: Sentence, near: Span) -> bool:
        """The claim names the label of another cell of the row, which has another value of this kind, and not the cell's own."""
        told = joined(self.text[near[0] : near[1]])
        own = [label for label, content in row.cells if cell_holds(what, content, self.text)]
        if not own or any(not label or names_label(label, told) for label in own):
            return False
        return any(
            label
            and label not in own
            and names_label(label, told)
            and cell_competes(what, content)
            and not any(cell_holds(value, content, self.text) for value in self._values.found)
            for label, content in row.cells
        )

    def _turned(self, value: Value, holders: Sequence[Part]) -> bool:
        """'30일 이상' of what is '30일 이하' wherever it stands."""
        told = bounds(self.text, (value.start, value.end))
        if not told or not isinstance(value, Amount):
            return False
        known = [
            bounds(part.sentence.text, (other.start - part.sentence.span[0], other.end - part.sentence.span[0]))
            for part in holders
            for other in part.values.found
            if holds(value, Values((other,), part.values.scale), self.text, self._evidence.years[part.sentence.passage])
        ]
        return bool(known) and all(contradict(told, limit) for limit in known)

    def _wrong_names(self, passages: Set[int], within: Sequence[Part], near: Sequence[Sentence]) -> Iterator[Span]:
        closes = [self._evidence.closes[passage] for passage in passages]
        known = self._asked_close + " ".join(closes)
        korean = [HANGUL.search(close) is not None for close in closes]
        if len(HANGUL.findall(self.text)) * 4 > len(self.text) or not all(
            korean
        ):  # else names are written in other letters
            yield from self._wrong_sure_names(known, within)
        if any(korean):
            yield from self._wrong_words(known, within, near)

    def _wrong_sure_names(self, known: str, within: Sequence[Part]) -> Iterator[Span]:
        for name in self._names:
            if not stands(name, known):
                yield name.start, name.end
            elif not stands(name, self._asked_close):
                holders = [part for part in within if stands(name, part.close)]
                if holders and self._astray(name, holders, within):
                    yield name.start, name.end

    def _wrong_words(self, known: str, within: Sequence[Part], near: Sequence[Sentence]) -> Iterator[Span]:
        loose = [word for word in nouns(self.text) if not _overlaps(word, self._values.found)]
        for word in unknown(loose, known):
            is_known = not (is_predicate(word, self.text) or is_title(word))
            if not is_known or self._replaces(word, near, alone=True) or self._is_twin(word, near):
                yield word.start, word.end
        for word in loose:
            if word.bare in self._asked_close or not has_word(word.bare, known):
                continue
            holders = [part for part in within if part.sentence.is_row and word.bare in part.close]
            told = _is_told(word, self.text) or self._labelled(word, holders)
            moved = told and holders and self._in_other_row(word, holders, within)
            if moved or self._replaces(word, near, alone=False):
                yield word.start, word.end

    def _is_twin(self, word: Name, near: Sequence[Sentence]) -> bool:
        """The nearest sentences have a word that one syllable tells from it: 이지훈, 이지원."""
        told = joined(self.text)
        others = {other for sentence in near for other in sentence.words if other not in told}
        return len(word.bare) > 2 and any(_differ_in_one(word.bare, other) for other in others)

    def _labelled(self, word: Name, holders: Sequence[Part]) -> bool:
        """The claim names the column in which the word stands."""
        told = joined(self.text)
        return any(
            word.bare in content and names_label(label, told)
            for part in holders
            for label, content in part.sentence.cells
        )

    def _in_other_row(self, word: Name, holders: Sequence[Part], within: Sequence[Part]) -> bool:
        """It stands in rows alone, and in another one than the rest of the claim."""
        elsewhere = any(word.bare in part.close for part in within if not part.sentence.is_row)
        label = any(word.bare in cell for part in holders for cell, _ in part.sentence.cells)
        return not elsewhere and not label and self._astray(word, holders, within)

    def _replaces(self, word: Name, near: Sequence[Sentence], *, alone: bool) -> bool:
        """Whether the nearest sentences have another word between the same neighbours, or beside one of them where that is enough."""
        near = [sentence for sentence in near if self._lacks(sentence) <= (1 if alone else 2)]
        if any(has_word(word.bare, sentence.close) for sentence in near):
            return False
        place = next(slot for slot in slots(self.text) if slot.start == word.start)
        text = joined(self.text)
        prose = [sentence for sentence in near if not sentence.is_row]
        return any(fits(place, slot, text, alone) for sentence in prose for slot in slots(sentence.text))

    def _lacks(self, sentence: Sentence) -> int:
        """How many words of the claim, verbs left out, a sentence has not."""
        if id(sentence) not in self._lacking:
            plain_words = (each.stem for each in self._words if not is_verbal(each.word))
            lacking = sum(not has_word(word, sentence.close) and word not in sentence.around for word in plain_words)
            self._lacking[id(sentence)] = lacking
        return self._lacking[id(sentence)]


def _differ_in_one(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(mine != its for mine, its in zip(one, other, strict=True)) == 1


def _share(word: str, part: Part) -> float:
    if has_word(word, part.close):
        return 1.0
    if not part.sentence.is_row and has_word(word, part.sentence.close):
        return _SENTENCE
    return _AROUND if word in part.sentence.around else 0.0


def _overlaps(each: Stemmed | Name, values: Sequence[Value]) -> bool:
    return any(value.start < each.end and each.start < value.end for value in values)


def _is_told(word: Name, text: str) -> bool:
    return is_subject(word, text) or is_predicate(word, text)
