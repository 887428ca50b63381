"""What the check finds of values and names that were exchanged for others of their kind from the same passages.

    python benchmarks/exchanged.py [SET.jsonl ...] [--each 5] [--samples ../shared/samples] [--misses]

Each right answer of the sets gives up to `--each` wrong ones by rule: a value or a name that its question does not have becomes another
one that a cited passage tells and the answer does not, in a table the content of another row's cell. What comes of it is not looked
through, and happens to be true now and then, so no share of 1.0 is to be expected.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import checker

from ai_chat.checking.claims import Claim, claims
from ai_chat.checking.evidence import Sentence, evidence_of
from ai_chat.checking.moments import Day
from ai_chat.checking.names import names, nouns, stands
from ai_chat.checking.quantities import plain
from ai_chat.checking.values import Value, Values, compete, holds, values_of
from ai_chat.checking.wording import joined

SETS = (checker.SET, checker.SET.with_name("checker-held-back.jsonl"))
SEED = 7
_PARTICLES = ("은는", "이가", "을를", "과와")  # behind a closed and behind an open syllable
_PARTICLE = re.compile(r"[은는이가을를과와](?![가-힣])")
_WORD = re.compile("[가-힣]{2,}")


class Exchange(NamedTuple):
    """`start` and `end` in the answer of what becomes `other`."""

    kind: str
    start: int
    end: int
    other: str


def exchanges(row: checker.Row) -> Iterator[Exchange]:
    sentences = evidence_of(row.passages).sentences
    for claim in claims(row.answer):
        cited = [marker - 1 for marker in claim.markers] or range(len(row.passages))
        yield from _of_values(row, claim, [row.passages[place].text for place in cited])
        near = [sentence for sentence in sentences if sentence.passage in cited]
        yield from _of_names(row, claim, near)
        yield from _of_cells(row, claim, near)


def _of_values(row: checker.Row, claim: Claim, passages: Iterable[str]) -> Iterator[Exchange]:
    text = plain(claim.bare_in_place)
    asked, told = values_of(row.question), values_of(plain(re.sub(r"\[\d+\]", "   ", row.answer)))
    for value in values_of(text).found:
        if holds(value, asked, text):
            continue
        for passage in passages:
            known = values_of(passage)
            for other in known.found:
                alone = Values((other,), known.scale)
                if (
                    type(other) is type(value)
                    and compete(value, other)
                    and _is_as_full(value, other)
                    and not any(holds(each, alone, text) for each in (*told.found, *asked.found))
                ):
                    yield _exchange(
                        type(value).__name__, claim, value.start, value.end, passage[other.start : other.end]
                    )


def _is_as_full(value: Value, other: Value) -> bool:
    """Two days tell a year, or neither does; and a day."""
    if not isinstance(value, Day) or not isinstance(other, Day):
        return True
    return (value.year is None) == (other.year is None) and (value.day is None) == (other.day is None)


def _of_names(row: checker.Row, claim: Claim, sentences: Iterable[Sentence]) -> Iterator[Exchange]:
    asked, told = joined(row.question), joined(row.answer)
    own = [name for name in names(plain(claim.bare_in_place)) if name.kind and not stands(name, asked)]
    for sentence in sentences:
        for other in sentence.names:
            for name in own:
                if (
                    other.kind == name.kind
                    and other.bare not in told
                    and other.bare not in asked
                    and name.bare not in other.bare
                ):
                    yield _exchange("name", claim, name.start, name.end, sentence.text[other.start : other.end])


def _of_cells(row: checker.Row, claim: Claim, sentences: Sequence[Sentence]) -> Iterator[Exchange]:
    asked, told = joined(row.question), joined(row.answer)
    rows = [sentence for sentence in sentences if sentence.is_row]
    for noun in nouns(plain(claim.bare_in_place)):
        if noun.bare in asked:
            continue
        labels = {label for each in rows for label, content in each.cells if content == noun.bare} - {""}
        for each in rows:
            for label, content in each.cells:
                if label in labels and content not in told and _WORD.fullmatch(content):
                    yield _exchange("cell", claim, noun.start, noun.end, content)


def _exchange(kind: str, claim: Claim, start: int, end: int, other: str) -> Exchange:
    return Exchange(kind, claim.start + start, claim.start + end, other)


def exchanged(answer: str, what: Exchange) -> str:
    """The particle behind it follows the last syllable."""
    rest = answer[what.end :]
    particle = _PARTICLE.match(rest)
    if particle:
        closed = "가" <= what.other[-1] <= "힣" and (ord(what.other[-1]) - ord("가")) % 28 > 0
        pair = next(pair for pair in _PARTICLES if particle[0] in pair)
        rest = pair[0 if closed else 1] + rest[1:]
    return answer[: what.start] + what.other + rest


def rows_of(right: Iterable[checker.Row], each: int) -> Iterator[checker.Row]:
    chance = random.Random(SEED)
    for row in right:
        found = list(dict.fromkeys(exchanges(row)))
        chance.shuffle(found)
        for what in found[:each]:
            yield checker.Row(row.question, exchanged(row.answer, what), row.passages, what.kind)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the check finds of exchanged values and names.")
    parser.add_argument("sets", type=Path, nargs="*", default=SETS)
    parser.add_argument("--each", type=int, default=5, help="wrong answers made of a right one, at most")
    parser.add_argument("--samples", type=Path, default=checker.SAMPLES)
    parser.add_argument("--misses", action="store_true", help="print those that were not found")
    options = parser.parse_args()
    rows = [row for path in options.sets for row in checker.read_rows(path, options.samples)[0] if row.changed is None]
    if not rows:
        print(f"skipped: none of the sets' documents is in {options.samples}", file=sys.stderr)
        return
    found = sorted(checker.outcomes(rows_of(rows, options.each)), key=lambda outcome: outcome.row.changed or "")
    if options.misses:
        checker.tell_misses(found)
    for kind, of_kind in groupby(found, key=lambda outcome: outcome.row.changed):
        listed = list(of_kind)
        print(f"{kind:8} {checker.share(listed):.3f} of {len(listed)}")
    print(f"{'all':8} {checker.share(found):.3f} of {len(found)}")


if __name__ == "__main__":
    main()
