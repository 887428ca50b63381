"""The sentence of a passage that answers best: rare terms of the question, the form of its answer, what a heading says.

Takes text and the terms' rarities, gives a span. Pure; knows no index and no document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ai_chat.analyzer import Analyzer
from ai_chat.chunking import Span, cut_span, split_sentences

MAX_SENTENCE = 300
MAX_HEADING = 40
HEADING_SHARE = 0.5
FORM_WEIGHT = 0.3  # measured with HEADING_SHARE: docs/retrieval.md

Terms = Mapping[str, Sequence[str]]
Rarity = Mapping[str, Mapping[str, float]]


def best_sentence(text: str, analyzer: Analyzer, rarity: Rarity, form: re.Pattern[str] | None = None) -> Span:
    """The sentence with the most rare terms of the question in it, at most MAX_SENTENCE long; the first where none has any.

    One that has the `form` of an answer counts FORM_WEIGHT of the best more; a heading gives most of its weight to what
    stands under it.
    """
    spans = list(_sentences(text))
    if not spans:
        return 0, min(len(text), MAX_SENTENCE)
    own = [_weight(analyzer.terms(text[start:end]), rarity) for start, end in spans]
    most = max(own)
    weights = [0.0] * len(spans)
    is_short = [_is_short_line(text[start:end]) for start, end in spans]
    for row, (start, end) in enumerate(spans):
        weights[row] += own[row]
        if row + 1 < len(spans) and is_short[row] and not is_short[row + 1]:
            weights[row] -= HEADING_SHARE * own[row]
            weights[row + 1] += HEADING_SHARE * own[row]
        if form and most and form.search(text, start, end):
            weights[row] += FORM_WEIGHT * most
    return spans[max(range(len(spans)), key=weights.__getitem__)]


def _weight(terms: Terms, rarity: Rarity) -> float:
    found = {field: weights.keys() & set(terms.get(field, ())) for field, weights in rarity.items()}
    return sum(rarity[field][term] for field in found for term in found[field])


def _is_short_line(sentence: str) -> bool:
    """As a heading is, or a row of a table."""
    return len(sentence) <= MAX_HEADING and not sentence.rstrip("\"')]”’").endswith(
        (".", "?", "!", "다", "요", "음", "함")
    )


def _sentences(text: str) -> Iterator[Span]:
    for span in split_sentences(text):
        yield from cut_span(text, span, MAX_SENTENCE)
