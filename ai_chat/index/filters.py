"""Which chunks a tantivy query may find: of these versions, of these ids, with these terms.

Takes a schema, a query and a filter, gives a query with the same scores; and what share of all a filter leaves.
"""

from __future__ import annotations

import re

import numpy as np
import tantivy
from numpy.typing import NDArray

from ai_chat.index import ANY_END, Chunks, Versions


def term_or_beginning(schema: tantivy.Schema, field: str, term: str) -> tantivy.Query:
    """A term, or with ANY_END behind it all terms that begin so."""
    if term.endswith(ANY_END):
        return tantivy.Query.regex_query(schema, field, re.escape(term.removesuffix(ANY_END)) + ".*")
    return tantivy.Query.term_query(schema, field, term, index_option="basic")


def among(schema: tantivy.Schema, query: tantivy.Query, versions: Versions | None) -> tantivy.Query:
    """The same scores, of these versions alone."""
    if versions is None or (versions.exclude and not versions.versions):
        return query
    these = tantivy.Query.term_set_query(schema, "version", sorted(versions.versions))
    if versions.exclude:
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, these)])
    return required(query, these)


def any_chunk(schema: tantivy.Schema, chunk_ids: NDArray[np.int64]) -> tantivy.Query:
    """Single look-ups: a set of terms would be found by walking all chunk ids there are."""
    each = (tantivy.Query.term_query(schema, "chunk", number, index_option="basic") for number in chunk_ids.tolist())
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in each])


def required(query: tantivy.Query, other: tantivy.Query) -> tantivy.Query:
    """The scores of `query` where `other` holds, too."""
    unscored = tantivy.Query.const_score_query(other, 0.0)
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, unscored)])


def share_of_chunks(chunks: Chunks | None, total: int) -> float:
    """Of all that there are; never 0."""
    if chunks is None:
        return 1.0
    return max(1, total - len(chunks.ids) if chunks.exclude else len(chunks.ids)) / max(1, total, len(chunks.ids))


def share_of_versions(versions: Versions | None) -> float:
    """By the largest id, as they are numbered one after the other: not above what it is."""
    if versions is None or not versions.versions:
        return 1.0
    share = min(1.0, len(versions.versions) / max(1, *versions.versions))
    return max(1.0 - share, 0.01) if versions.exclude else share
