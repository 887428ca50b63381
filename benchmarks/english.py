"""English: our keyword search and hybrid against tantivy's own English default, on the documentation inside Python.

    python benchmarks/english.py [--lexical] [--json]

Pages are the docstrings of the standard library that runs this, questions those of benchmarks/sets/stdlib.jsonl. tantivy
gets the same texts, whole or in our chunks, with the module's name in front as our own index has it: tokenizer `en_stem`,
its BM25, any word of the question. Differences are paired, with 95 % intervals.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import tantivy

from ai_chat.chunking import chunk_unit
from ai_chat.config import load_settings
from ai_chat.evaluation.datasets import Dataset, Page, read_questions
from ai_chat.evaluation.measures import DEPTH, Scores, gains, interval, means, scores
from ai_chat.evaluation.report import LEGS
from ai_chat.evaluation.run import evaluate_dataset
from ai_chat.types import Mode

SETS = Path(__file__).resolve().parent / "sets"
_MODULES = """argparse base64 bisect calendar collections concurrent.futures configparser contextlib copy csv datetime decimal
difflib enum fileinput fnmatch fractions functools getpass gettext glob gzip hashlib heapq hmac html http.cookies http.server
imaplib inspect io ipaddress itertools json linecache locale logging mailbox mimetypes multiprocessing operator os pathlib
pickle platform pprint queue random re sched secrets selectors shelve shlex shutil signal smtplib socket socketserver sqlite3
statistics string struct subprocess tarfile tempfile textwrap threading time timeit tokenize traceback types typing
unicodedata unittest urllib.parse urllib.request uuid warnings wave weakref webbrowser zipfile zlib"""
SHORTEST = 200  # characters of a docstring that is a page
COMPARED = ("recall@1", "recall@5", "ndcg@10")
MANY = 300  # chunks asked of tantivy, so that ten pages are among them


def pages() -> Iterator[Page]:
    """One of each module, function and class that says enough; of equal texts the first."""
    seen: set[str] = set()
    for name in _MODULES.split():
        module = importlib.import_module(name)
        for label, item in [(name, module), *_members(module)]:
            text = inspect.getdoc(item) or ""
            if len(text) >= SHORTEST and text not in seen:
                seen.add(text)
                yield Page(label, name, f"{label}\n\n{text}")


def dataset() -> Dataset:
    """Questions about what this Python does not have are left out, and said so."""
    found = tuple(pages())
    known = {page.id for page in found}
    asked = read_questions(SETS / "stdlib.jsonl")
    kept = tuple(question for question in asked if question.relevant <= known)
    if len(kept) < len(asked):
        print(f"{len(asked) - len(kept)} questions left out: this Python has no such pages", file=sys.stderr)
    return Dataset(SETS / "stdlib.jsonl", found, kept)


def tantivy_scores(data: Dataset, whole: bool) -> Scores:
    """Its default for English over the same pages; a page ranks by its best chunk."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("page", stored=True, tokenizer_name="raw")
    builder.add_text_field("text", tokenizer_name="en_stem")
    index = tantivy.Index(builder.build())
    writer = index.writer()
    for page in data.pages or ():
        for text in [page.text] if whole else [chunk.text for chunk in chunk_unit(page.text)]:
            writer.add_document(tantivy.Document(page=page.id, text=f"{page.document}\n{text}"))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return scores([(_ranking(index, one.question), one.relevant) for one in data.answerable])


def _ranking(index: tantivy.Index, question: str) -> list[str]:
    query, _faults = index.parse_query_lenient(question, ["text"])
    searcher = index.searcher()
    found = (searcher.doc(address)["page"][0] for _score, address in searcher.search(query, MANY).hits)
    return list(dict.fromkeys(found))[:DEPTH]


def _members(module: ModuleType) -> Iterator[tuple[str, object]]:
    """Public functions and classes that the module itself defines."""
    name = module.__name__
    for label, item in sorted(vars(module).items()):
        own = getattr(item, "__module__", None) in (name, f"_{name}")
        alias = getattr(item, "__name__", label) != label
        if own and not alias and not label.startswith("_") and (inspect.isclass(item) or inspect.isroutine(item)):
            yield f"{name}.{label}", item


def compared(ours: Scores, theirs: Scores) -> dict[str, Any]:
    result = {}
    for figure in COMPARED:
        values = gains(ours[figure], theirs[figure])
        result[figure] = {"found": round(sum(values) / len(values), 4), "interval": interval(values)}
    return result


def show(measured: Mapping[str, Scores], pairs: Mapping[str, Mapping[str, Any]]) -> None:
    for name, found in measured.items():
        print(
            f"{name:26}",
            "  ".join(f"{one} {means(found)[one]:6.3f} {_range(interval(found[one]))}" for one in COMPARED),
        )
    for pair, row in pairs.items():
        print(
            f"{pair:26}",
            "  ".join(f"{one} {what['found']:+.3f} {_range(what['interval'])}" for one, what in row.items()),
        )


def _range(bounds: tuple[float, float]) -> str:
    return f"[{bounds[0]:+.3f}, {bounds[1]:+.3f}]"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lexical", action="store_true", help="without vectors")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    data = dataset()
    modes: Sequence[Mode] = ("lexical",) if asked.lexical else LEGS
    ours: dict[str, Scores] = dict(evaluate_dataset(data, load_settings(), modes).scores.items())
    theirs = {f"tantivy {name}": tantivy_scores(data, name == "pages") for name in ("pages", "chunks")}
    pairs = {
        f"{leg} - {name}": compared(ours[leg], baseline)
        for leg in ("lexical", "hybrid")
        if leg in ours
        for name, baseline in theirs.items()
    }
    if asked.json:
        counts = {"schema": 1, "pages": len(data.pages or ()), "questions": len(data.questions)}
        figures = {name: means(found) for name, found in {**ours, **theirs}.items()}
        print(json.dumps({**counts, "figures": figures, "compared": pairs}, indent=2))
    else:
        print(f"{len(data.pages or ())} pages, {len(data.questions)} questions")
        show({**ours, **theirs}, pairs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
