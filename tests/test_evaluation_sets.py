"""The questions kept in benchmarks/sets: well formed, about pages that exist, in words that are not the pages' own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from english import dataset

from ai_chat.evaluation.datasets import Dataset, read_dataset, read_joint, read_questions
from ai_chat.evaluation.measures import quotes, shared_words

ROOT = Path(__file__).resolve().parents[1]
SETS = ROOT / "benchmarks" / "sets"
PAGES = ROOT.parent / "shared" / "eval"
CORPORA = ("autorag-ko", "korquad")


def joint(name: str) -> Dataset:
    folders = [PAGES / corpus for corpus in CORPORA]
    if not all(folder.is_dir() for folder in folders):
        pytest.skip(f"needs the pages of {' and '.join(CORPORA)} in {PAGES}")
    return read_joint(SETS / f"{name}.jsonl", folders)


def overlap(dataset: Dataset) -> float:
    """Mean share of a question's words that begin a word of its pages."""
    texts = {page.id: page.text for page in dataset.pages or ()}
    shares = [
        shared_words(question.question, " ".join(texts[page] for page in question.relevant))
        for question in dataset.answerable
    ]
    return sum(shares) / len(shares)


@pytest.mark.parametrize(("name", "count"), [("paraphrase", 60), ("english", 40), ("held-out", 36)])
def test_every_question_names_pages_and_answers_that_stand_in_them(name: str, count: int) -> None:
    dataset = joint(name)
    texts = {page.id: page.text for page in dataset.pages or ()}
    assert len({question.id for question in dataset.questions}) == len(dataset.questions) == count
    for question in dataset.questions:
        assert question.answers and quotes([texts[page] for page in question.relevant], question.answers), question.id


@pytest.mark.parametrize("name", ["paraphrase", "english"])
def test_half_of_the_questions_are_about_each_corpus(name: str) -> None:
    dataset = joint(name)
    corpora = Counter(
        "korquad" if min(question.relevant)[0].isdigit() else "autorag-ko" for question in dataset.questions
    )
    assert len(set(corpora.values())) == 1 and set(corpora) == set(CORPORA)


def test_paraphrases_share_few_words_with_their_pages() -> None:
    assert overlap(joint("paraphrase")) < 0.2
    for corpus in CORPORA:
        assert overlap(read_dataset(PAGES / corpus)) > 0.6


def test_the_english_questions_are_about_the_documentation_of_this_python() -> None:
    data = dataset()
    asked = read_questions(SETS / "stdlib.jsonl")
    assert len(asked) >= 60 and len(data.pages or ()) >= 150
    assert len(data.questions) >= 0.8 * len(asked)  # another Python may lack some pages
