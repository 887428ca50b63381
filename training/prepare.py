"""Questions with the passages that the program's own search finds for them: what samples are made from.

    python -m training.prepare KORQUAD --out FOLDER

KORQUAD holds pages.jsonl and questions.jsonl as for `ai-chat eval`; beside it, training/texts is read. Writes
FOLDER/korquad.jsonl and FOLDER/texts.jsonl, one Prepared a line. Knows no model.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ai_chat.config import load_settings
from ai_chat.evaluation.bench import Bench
from ai_chat.evaluation.datasets import Dataset, Page, Question, read_dataset
from ai_chat.evaluation.indexed import open_indexed
from ai_chat.types import Hit
from training.records import FOUND, Found, Prepared, Turn

TEXTS = Path(__file__).parent / "texts"
DEVELOPMENT_ARTICLES = range(55, 70)
_HELD_OUT = 3  # every third document of the texts is never trained on
_SOURCE = re.compile(r"\{(\d+)\}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Find the passages that samples are made from.")
    parser.add_argument("korquad", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    korquad = read_dataset(options.korquad)
    write(options.out / "korquad.jsonl", from_questions(korquad))
    write(options.out / "texts.jsonl", from_texts(sorted(TEXTS.glob("*.jsonl"))))


def write(target: Path, prepared: Iterator[Prepared]) -> None:
    count = 0
    with target.open("w", encoding="utf-8") as out:
        for one in prepared:
            print(json.dumps(asdict(one), ensure_ascii=False), file=out)
            count += 1
    print(f"{target.name}: {count} questions", file=sys.stderr)


def from_questions(dataset: Dataset) -> Iterator[Prepared]:
    """Questions whose answer stands in a passage that search finds."""
    pages = {page.id: page for page in dataset.pages or ()}
    with open_indexed(dataset, load_settings(), ("hybrid",)) as indexed:
        for question in dataset.questions:
            (gold,) = question.relevant
            hits = found(indexed.bench, question.question)
            bearing = [
                number for number, hit in enumerate(hits, 1) if hit.page == gold and question.answers[0] in hit.text
            ]
            if not bearing:
                hits = (*hits, Found(gold, pages[gold].text))
                bearing = [len(hits)]
            article = int(gold.split("-")[0])
            yield Prepared(
                id=question.id,
                group=gold,
                kind="span",
                split="development" if article in DEVELOPMENT_ARTICLES else "train",
                question=question.question,
                answer=f"{question.answers[0]} {{{bearing[0]}}}",
                answers=question.answers,
                found=hits,
            )


def from_texts(files: Sequence[Path]) -> Iterator[Prepared]:
    """The examples of the texts; their own passages come first among what is found."""
    documents = [document for file in files for document in held_out(rows(file))]
    questions = tuple(
        Question(f"{document['id']}/{number}", example["question"], frozenset({f"{document['id']}#1"}))
        for document in documents
        for number, example in enumerate(document["examples"], 1)
    )
    pages = tuple(
        Page(f"{document['id']}#{number}", document["title"] + " " + document["id"], text)
        for document in documents
        for number, text in enumerate(document["passages"], 1)
    )
    with open_indexed(Dataset(TEXTS, pages, questions), load_settings(), ("hybrid",)) as indexed:
        for document in documents:
            for number, example in enumerate(document["examples"], 1):
                yield prepared_example(indexed.bench, document, number, example)


def held_out(documents: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, document in enumerate(documents, 1):
        yield {**document, "split": "development" if number % _HELD_OUT == 0 else "train"}


def prepared_example(bench: Bench, document: dict[str, Any], number: int, example: dict[str, Any]) -> Prepared:
    own = tuple(Found(f"{document['id']}#{place}", text) for place, text in enumerate(document["passages"], 1))
    others = (hit for hit in found(bench, example["question"]) if hit.page.split("#")[0] != document["id"])
    past = tuple(
        Turn(turn["question"], turn["answer"], tuple(turn.get("near", ()))) for turn in example.get("past", ())
    )
    answer = example["answer"]
    return Prepared(
        id=f"{document['id']}/{number}",
        group=document["id"],
        kind=example["kind"],
        split=document["split"],
        question=example["question"],
        answer=answer,
        answers=() if answer is None else (_SOURCE.sub("", answer).strip(),),
        found=(*own, *others),
        own=len(own),
        near=tuple(example.get("near", ())),
        past=past,
        never=example.get("never"),
    )


def found(bench: Bench, question: str) -> tuple[Found, ...]:
    return tuple(as_found(hit) for hit in bench.search(question, "hybrid", FOUND).hits)


def as_found(hit: Hit) -> Found:
    return Found(hit.unit.label, " ".join(hit.text.split()))


def rows(file: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip())


if __name__ == "__main__":
    main()
