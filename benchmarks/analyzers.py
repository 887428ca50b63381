"""What each part of the analyzer is worth: keyword search alone, with paired intervals, and what it costs.

    python benchmarks/analyzers.py [--sets DIR] [--every N] [--json]

Every variant is indexed by tantivy and asked the questions of autorag-ko and korquad (of that every Nth), of identifiers written
into pages of korquad, and of benchmarks/english.py; pages rank by their best chunk. Differences are those of nDCG@10 to the
first row, the analyzer before this one. "chosen" is the variant that is best on four fifths of
the questions of both sets, measured on the fifth that did not choose: what choosing among so many is really worth.
English stemming and Kiwi are measured where snowballstemmer and kiwipiepy are installed.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import itertools
import json
import random
import re
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import english

from ai_chat.analyzer import WORDS, Analyzer, fold, open_analyzer, telling_words
from ai_chat.analyzer.endings import stem
from ai_chat.analyzer.kiwi import MORPHEMES
from ai_chat.analyzer.words import mended
from ai_chat.chunking import chunk_unit
from ai_chat.evaluation.datasets import Dataset, Question, read_dataset
from ai_chat.evaluation.measures import DEPTH, Scores, gains, interval, means, scores
from ai_chat.index import Entry
from ai_chat.index.lexical import LexicalIndex
from ai_chat.loaders.normalise import normalise

ROOT = Path(__file__).resolve().parents[1]
CORPORA = ("autorag-ko", "korquad")
FIGURES = ("recall@1", "recall@5", "ndcg@10")
CHOOSING = CORPORA  # the sets that a variant is chosen by
IDENTIFIERS = 200
FOLDS = 5
LEG_DEPTH = 100
GRAMS, NAMES = "grams", "names"
_HANGUL = re.compile("(?=([가-힣]{2}))")
_LATIN = re.compile("[a-z]{3,}")

Terms = dict[str, list[str]]
Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class Variant:
    """`text` of a passage and its title, `question`: to terms by field."""

    name: str
    text: Callable[[str, str], Terms]
    question: Callable[[str], Terms]
    fields: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Corpus:
    """`chunks` with the row of their page and their document's name."""

    name: str
    chunks: tuple[tuple[str, int, str], ...]
    pages: tuple[str, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    scores: Scores
    terms: float
    query_ms: float
    chunks_per_s: float
    bytes_per_chunk: float


def bordered(length: int, words: Words) -> list[str]:
    """n-grams over words joined by a border mark."""
    line = "▁" + "▁".join(words) + "▁"
    return [line[start : start + length] for start in range(len(line) - length + 1)]


def beginnings(words: Words) -> list[str]:
    """Of 2-4 characters, the first one of words of one or two, whole words of more than four."""
    return [term for word in words for term in _beginnings(word)]


def _beginnings(word: str) -> Iterator[str]:
    yield from (word[:length] for length in (2, 3, 4) if length <= len(word))
    if len(word) < 3:
        yield word[0]
    if len(word) > 4:
        yield word


def joined(words: Words, ending: Callable[[str], str] = stem) -> list[str]:
    return [one + other for one, other in itertools.pairwise(map(ending, words)) if len(one + other) <= 20]


def within(words: Words, ending: Callable[[str], str] = stem) -> list[str]:
    return [found[1] for word in words for found in _HANGUL.finditer(ending(word), 1)]


def grams_only(length: int, text: str, title: str) -> Terms:
    return {GRAMS: bordered(length, fold(f"{title}\n{text}"))}


def before(text: str, _title: str) -> Terms:
    return {GRAMS: bordered(3, fold(text)), WORDS: beginnings(fold(text) + mended(text))}


def asked_before(question: str) -> Terms:
    words = telling_words(question)
    return {GRAMS: bordered(3, words), WORDS: beginnings(words)}


def stems_and(
    more: Sequence[Callable[[Words], list[str]]], ending: Callable[[str], str], text: str, title: str = ""
) -> Terms:
    words = fold(f"{title}\n{text}")
    own = beginnings([ending(word) for word in words + mended(text)])
    return {WORDS: own + [term for part in more for term in part(words)]}


def asked_stems(more: Sequence[Callable[[Words], list[str]]], ending: Callable[[str], str], question: str) -> Terms:
    words = telling_words(question)
    return {WORDS: beginnings(list(map(ending, words))) + [term for part in more for term in part(words)]}


def title_apart(text: str, title: str) -> Terms:
    return {**Analyzer().terms(text), NAMES: Analyzer().terms(title)[WORDS]}


def asked_apart(question: str) -> Terms:
    terms = Analyzer().query_terms(question)[WORDS]
    return {WORDS: terms, NAMES: terms}


def with_grams(length: int, text: str, title: str) -> Terms:
    return {**Analyzer().terms(text, title), GRAMS: bordered(length, fold(f"{title}\n{text}"))}


def asked_with_grams(length: int, question: str) -> Terms:
    return {**Analyzer().query_terms(question), GRAMS: bordered(length, telling_words(question))}


def asked_whole(question: str) -> Terms:
    """The words that only ask, too."""
    words = fold(question)
    return {WORDS: beginnings(list(map(stem, words))) + joined(words)}


def stemmed(stemmer: Any, text: str) -> str:
    return _LATIN.sub(lambda found: stemmer.stemWord(found[0]), text.casefold())


def variants() -> Iterator[Variant]:
    """The first is what the others are compared to."""
    one = {WORDS: 1.0}
    both = {GRAMS: 1.0, WORDS: 1.0}
    yield Variant("trigrams + beginnings (before)", before, asked_before, both)
    yield Variant("whole words", lambda text, title: {WORDS: fold(f"{title}\n{text}")}, _whole, one)
    for length, name in ((2, "bigrams"), (3, "trigrams")):
        asked = partial(_asked_grams, length)
        yield Variant(f"{name} with borders", partial(grams_only, length), asked, {GRAMS: 1.0})
    steps: tuple[tuple[str, Callable[[str], str], tuple[Callable[[Words], list[str]], ...]], ...] = (
        ("beginnings of words", str, ()),
        ("beginnings of stems", stem, ()),
        ("... and joined neighbours", stem, (joined,)),
    )
    for name, ending, more in steps:
        yield Variant(name, partial(stems_and, more, ending), partial(asked_stems, more, ending), one)
    yield Variant(
        "... and pairs within compounds",
        partial(stems_and, (joined, within), stem),
        partial(asked_stems, (joined,), stem),
        one,
    )
    ours = Analyzer()
    yield Variant("used (... + whole where it may be a noun)", ours.terms, ours.query_terms, one)
    yield Variant("used, no title", lambda text, _title: ours.terms(text), ours.query_terms, one)
    for weight in (0.25, 0.5, 1.0):
        yield Variant(f"used, title apart x {weight}", title_apart, asked_apart, {WORDS: 1.0, NAMES: weight})
    kept = (partial(joined, ending=str), partial(within, ending=str))
    yield Variant("used, endings kept", partial(stems_and, kept, str), partial(asked_stems, kept[:1], str), one)
    yield Variant("used, asking words kept", ours.terms, asked_whole, one)
    for length, weight in ((2, 0.5), (3, 0.25), (3, 0.5)):
        fields = {WORDS: 1.0, GRAMS: weight}
        name = f"used + {length}-grams x {weight}"
        yield Variant(name, partial(with_grams, length), partial(asked_with_grams, length), fields)
    yield from _optional(ours)


def _whole(question: str) -> Terms:
    return {WORDS: telling_words(question)}


def _asked_grams(length: int, question: str) -> Terms:
    return {GRAMS: bordered(length, telling_words(question))}


def _optional(ours: Analyzer) -> Iterator[Variant]:
    if importlib.util.find_spec("snowballstemmer"):
        english = importlib.import_module("snowballstemmer").stemmer("english")
        yield Variant(
            "used, English stemmed",
            lambda text, title: ours.terms(stemmed(english, text), stemmed(english, title)),
            lambda question: ours.query_terms(stemmed(english, question)),
            ours.fields,
        )
    if importlib.util.find_spec("kiwipiepy"):
        both = open_analyzer("kiwi")
        yield Variant("Kiwi alone", partial(_kiwi_text, both), partial(_kiwi_asked, both), {MORPHEMES: 1.0})
        yield Variant("used + Kiwi (AI_CHAT_ANALYZER=kiwi)", both.terms, both.query_terms, both.fields)


def _kiwi_text(kiwi: Analyzer, text: str, title: str) -> Terms:
    return {MORPHEMES: _with_neighbours(kiwi.terms(text, title)[MORPHEMES])}


def _kiwi_asked(kiwi: Analyzer, question: str) -> Terms:
    return {MORPHEMES: _with_neighbours(kiwi.query_terms(question)[MORPHEMES])}


def _with_neighbours(found: Words) -> list[str]:
    return [*found, *(one + other for one, other in itertools.pairwise(found))]


def corpora(sets: Path, every: int) -> Iterator[Corpus]:
    """The sets that are there, each as (chunks, questions); identifiers stand in the pages of korquad."""
    for name in CORPORA:
        if (sets / name).is_dir():
            dataset = read_dataset(sets / name)
            yield corpus_of(name, dataset, every if name == "korquad" else 1)
            if name == "korquad":
                yield corpus_of("identifiers", with_identifiers(dataset), 1)
    yield corpus_of("stdlib", english.dataset(), 1)


def with_identifiers(dataset: Dataset) -> Dataset:
    """Each of the first pages gets one identifier, near to those of others; the questions ask for it."""
    pages = list((dataset.pages or ())[: 2 * IDENTIFIERS])
    rng = random.Random(1)
    asked = []
    for row, place in enumerate(rng.sample(range(len(pages)), IDENTIFIERS)):
        page, identifier = pages[place], _identifier(row)
        pages[place] = replace(page, text=f"{page.text}\n담당 부서는 {identifier}을 기준으로 처리한다.")
        asked.append(Question(identifier, f"{identifier}의 담당 부서는?", frozenset({page.id})))
    return replace(dataset, pages=tuple(pages), questions=tuple(asked))


def _identifier(row: int) -> str:
    """Of eight kinds; those of one kind differ in one or two places."""
    one, other = divmod(row // 8, 5)
    return (
        f"PPR-90{one}{other}",
        f"202{other}년 {one + 1}월",
        f"{one + 1},{other}00만원",
        f"N_CTX_{'ABCDE'[other]}{one}",
        f"v{one}.{other}.{one + other}",
        f"{('kim', 'lee', 'park', 'choi', 'jung')[other]}{one}@abc.co.kr",
        f"02-312-45{one}{other}",
        f"제{one + 1}조 제{other + 1}항",
    )[row % 8]


def corpus_of(name: str, dataset: Dataset, every: int) -> Corpus:
    pages = dataset.pages or ()
    chunks = tuple(
        (chunk.text, row, re.sub(r"\.[A-Za-z]\w{0,4}$", "", page.document))
        for row, page in enumerate(pages)
        for chunk in chunk_unit(normalise(page.text)[0])
    )
    return Corpus(name, chunks, tuple(page.id for page in pages), dataset.answerable[::every])


def measure(variant: Variant, corpus: Corpus) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        index = LexicalIndex.open(Path(folder) / "index", variant.fields, writable=True)
        started = time.process_time()
        index.add(
            Entry(number, row, variant.text(text, title)) for number, (text, row, title) in enumerate(corpus.chunks)
        )
        index.commit(1)
        taken = time.process_time() - started
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        asked = [variant.question(question.question) for question in corpus.questions]
        started = time.process_time()
        found = [index.search(terms, LEG_DEPTH).chunk_ids.tolist() for terms in asked]
        asking = time.process_time() - started
        index.close()
    rankings = [
        (_pages(corpus, chunks), question.relevant) for chunks, question in zip(found, corpus.questions, strict=True)
    ]
    return Measured(
        scores(rankings),
        sum(len(set(some)) for terms in asked for some in terms.values()) / len(asked),
        asking / len(asked) * 1000,
        len(corpus.chunks) / taken,
        size / len(corpus.chunks),
    )


def _pages(corpus: Corpus, chunks: Sequence[int]) -> list[str]:
    return list(dict.fromkeys(corpus.pages[corpus.chunks[chunk][1]] for chunk in chunks))[:DEPTH]


def chosen(found: Mapping[str, Mapping[str, Measured]], sets: Sequence[Corpus]) -> tuple[dict[str, Scores], list[str]]:
    """Each set by the variants that the other folds chose; and their names."""
    folds = {corpus.name: [zlib.crc32(one.id.encode()) % FOLDS for one in corpus.questions] for corpus in sets}
    best = [max(found, key=lambda name: _elsewhere(found[name], folds, fold)) for fold in range(FOLDS)]
    held_out: dict[str, Scores] = {
        corpus.name: {
            figure: [found[best[fold]][corpus.name].scores[figure][row] for row, fold in enumerate(folds[corpus.name])]
            for figure in FIGURES
        }
        for corpus in sets
    }
    return held_out, best


def _elsewhere(measured: Mapping[str, Measured], folds: Mapping[str, Sequence[int]], fold: int) -> float:
    """Mean nDCG of all other folds, each set the same."""
    total = 0.0
    for name, some in folds.items():
        values = [value for value, own in zip(measured[name].scores["ndcg@10"], some, strict=True) if own != fold]
        total += sum(values) / max(1, len(values))
    return total


def row(measured: Scores, first: Scores) -> dict[str, Any]:
    difference = gains(measured["ndcg@10"], first["ndcg@10"])
    return {
        **{figure: round(means({figure: measured[figure]})[figure], 3) for figure in FIGURES},
        "ndcg_gain": round(sum(difference) / len(difference), 4),
        "ndcg_gain_95": interval(difference),
    }


def report(sets: Sequence[Corpus]) -> dict[str, Any]:
    found: dict[str, dict[str, Measured]] = {}
    for variant in variants():
        print(variant.name, file=sys.stderr)
        found[variant.name] = {corpus.name: measure(variant, corpus) for corpus in sets}
    first = next(iter(found.values()))
    table = {
        name: {
            corpus: {
                **row(one.scores, first[corpus].scores),
                "terms": round(one.terms, 1),
                "query_ms": round(one.query_ms, 2),
                "chunks_per_s": round(one.chunks_per_s),
                "bytes_per_chunk": round(one.bytes_per_chunk),
            }
            for corpus, one in measured.items()
        }
        for name, measured in found.items()
    }
    held_out, best = chosen(found, [corpus for corpus in sets if corpus.name in CHOOSING])
    fold_table = {name: row(values, first[name].scores) for name, values in held_out.items()}
    return {"schema": 1, "variants": table, "chosen": fold_table, "chosen_names": best}


def show(found: Mapping[str, Any], sets: Sequence[Corpus]) -> None:
    for corpus in sets:
        print(f"\n{corpus.name}: {len(corpus.questions)} questions, {len(corpus.chunks)} chunks")
        print(f"{'':40s} R@1   R@5   nDCG    gain [95 %]             terms   ms  chunks/s bytes/chunk")
        for name, rows in [*found["variants"].items(), ("chosen on the other folds", found["chosen"])]:
            if corpus.name not in rows:
                continue
            one = rows[corpus.name]
            low, high = one["ndcg_gain_95"]
            line = f"{name:40s} {one['recall@1']:.3f} {one['recall@5']:.3f} {one['ndcg@10']:.3f}"
            line += f"  {one['ndcg_gain']:+.3f} [{low:+.3f}, {high:+.3f}]"
            if "terms" in one:
                line += (
                    f"  {one['terms']:6.1f} {one['query_ms']:5.2f} {one['chunks_per_s']:7d} {one['bytes_per_chunk']:7d}"
                )
            print(line)
    print("\nchosen:", ", ".join(sorted(set(found["chosen_names"]))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--every", type=int, default=1, help="of korquad every Nth question only")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    sets = list(corpora(given.sets, given.every))
    found = report(sets)
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        show(found, sets)


if __name__ == "__main__":
    main()
