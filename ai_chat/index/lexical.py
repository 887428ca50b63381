"""The lexical index: BM25 over fields of ready-made terms, by tantivy (k1 1.2, b 0.75).

Takes Entries and query terms, gives Rankings. It does not analyse: a term is any text without white space, the analyzer's
business. One process writes (tantivy's lock is taken at the first change); others read and see a commit at their next search.
Each `replace_all` starts a new generation, a folder of its own: tantivy cannot be told to merge.
"""

from __future__ import annotations

import heapq
import math
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from ai_chat.errors import MachineError
from ai_chat.index import Chunks, Entry, IndexDamaged, Ranking, Versions
from ai_chat.index.filters import (
    among,
    any_chunk,
    required,
    share_of_chunks,
    share_of_versions,
    term_or_beginning,
)
from ai_chat.index.hits import best, left, ranking_of
from ai_chat.index.segments import (
    Committed,
    count_dead,
    create,
    foreign_errors,
    generation_folder,
    open_newest,
    read,
    save,
)
from ai_chat.index.state import stamp

MAX_QUERY_TERMS = 256  # a field's rarest terms beyond these are not looked up
_WRITER_HEAP = 60_000_000  # bytes, some 6,000 chunks of what is not committed: larger segments need less merging
_NO_VERSION = 2**64 - 1
_FEW_CHUNKS = 300  # up to these are looked up by id at once
_MANY_CHUNKS = 1500  # and up to these where ranking a little deeper does not do
_SHALLOW = 4  # times the hits wanted: hardly slower than these alone


class LexicalIndex:
    """Made by `open`. `sequence` is that of the last commit seen. Safe to search from many threads."""

    def __init__(self, folder: Path, fields: Mapping[str, float], writable: bool) -> None:
        self._folder = folder
        self._fields = fields
        self._writable = writable
        self._schema = _schema(fields)
        self._writer: tantivy.IndexWriter | None = None
        self._closed = False
        self._writing = threading.RLock()  # who closes may be another thread than who writes
        self._lock = threading.Lock()
        self._stamp = stamp(folder)
        self._committed, self._index = open_newest(folder, _names(fields))

    @classmethod
    def open(cls, folder: Path, fields: Mapping[str, float], *, writable: bool) -> LexicalIndex:
        """Open what is there; a missing folder is made when `writable`. `fields` maps each field to its weight.

        Raises IndexDamaged for a folder that is missing (to a reader), broken, or of other fields.
        """
        if writable and not folder.exists():
            create(folder, 0, _schema(fields))
            save(folder, Committed(0, 0, _names(fields)))
        return cls(folder, fields, writable)

    @property
    def sequence(self) -> int:
        return self._committed.sequence

    @property
    def dead(self) -> int:
        """Chunks that were removed and still take space and count in the statistics; merges drop some, `replace_all` all."""
        self._catch_up()
        return count_dead(self._folder, self._committed.generation)

    def __len__(self) -> int:
        """Chunks that a search can find."""
        return self._searcher().num_docs

    def add(self, entries: Iterable[Entry]) -> None:
        """Add chunks; searches see them after `commit`. Remove their versions first when they may be there already."""
        with self._writing, foreign_errors(self._folder):
            writer = self._open_writer()
            for entry in entries:
                writer.add_document(_document(entry))

    def remove(self, version_ids: Iterable[int]) -> None:
        """Take out all chunks of these versions that were added before."""
        with self._writing, foreign_errors(self._folder):
            writer = self._open_writer()
            for version_id in version_ids:  # a set of one costs as much to make as a hundred single ones
                writer.delete_documents_by_query(self._term("version", version_id))

    def commit(self, sequence: int) -> None:
        """Make all changes visible and lasting; `sequence` is written after them, so replaying them is the worst that can be."""
        with self._writing, foreign_errors(self._folder):
            self._require_open()
            if self._writer is not None:
                self._writer.commit()
            save(self._folder, replace(self._committed, sequence=sequence))
        self._catch_up()

    def replace_all(self, entries: Iterable[Entry], sequence: int) -> None:
        """Hold these entries and nothing else, without dead ones: searches see the old ones until all new ones are there."""
        self._open_writer()
        old = self._committed
        new = replace(old, sequence=sequence, generation=old.generation + 1)
        left = new  # that of the two which nobody will need
        try:
            with foreign_errors(self._folder):
                _fill(create(self._folder, new.generation, self._schema), entries)
                save(self._folder, new)
            left = old
            self._end_writer()
            self._catch_up()
        finally:
            shutil.rmtree(generation_folder(self._folder, left.generation), ignore_errors=True)

    def search(
        self,
        terms: Mapping[str, Sequence[str]],
        top_k: int,
        versions: Versions | None = None,
        chunks: Chunks | None = None,
    ) -> Ranking:
        """The best chunks by the weighted sum of each field's BM25; a field's rarest MAX_QUERY_TERMS terms count."""
        searcher = self._searcher()
        with foreign_errors(self._folder):
            query = self._query(searcher, terms)
            if query is None or top_k < 1:
                return ranking_of([], [])
            return self._best_among(searcher, query, top_k, versions, chunks)

    def containing(self, terms: Mapping[str, Sequence[str]], versions: Versions | None = None) -> NDArray[np.int64]:
        """Ids, ascending, of all chunks with every one of these terms; without terms all chunks. `x*`: any that begins with x."""
        searcher = self._searcher()
        each = [
            (tantivy.Occur.Must, term_or_beginning(self._schema, field, term))
            for field, some in terms.items()
            for term in dict.fromkeys(some)
        ]
        with foreign_errors(self._folder):
            every = tantivy.Query.boolean_query(each) if each else tantivy.Query.all_query()
            query = among(self._schema, tantivy.Query.const_score_query(every, 1.0), versions)
            hits = searcher.search(query, max(1, searcher.num_docs), count=False, order_by_field="chunk").hits
        return np.sort(np.fromiter((chunk_id for chunk_id, _ in hits), np.int64, len(hits)))

    def rarity(self, terms: Mapping[str, Sequence[str]]) -> float:
        """BM25's inverse document frequency times the field's weight, summed over the terms: about the best score there can be.

        A term that occurs nowhere is as rare as can be. A field's rarest MAX_QUERY_TERMS that occur come first.
        """
        searcher = self._searcher()
        with foreign_errors(self._folder):
            return sum(
                weight * _summed_rarity(searcher, field, terms.get(field, ())) for field, weight in self._fields.items()
            )

    def close(self) -> None:
        """Let running merges end and give the writer's lock back; what was not committed is dropped.

        Who still writes then meets IndexDamaged index_missing: another one may have been made in this folder.
        """
        with self._writing:
            self._closed = True
            self._end_writer()

    def _end_writer(self) -> None:
        with self._writing, foreign_errors(self._folder):
            writer, self._writer = self._writer, None
            if writer is not None:
                writer.wait_merging_threads()  # a rollback would waste what they did, and leave their files

    def _best_among(
        self,
        searcher: tantivy.Searcher,
        query: tantivy.Query,
        top_k: int,
        versions: Versions | None,
        chunks: Chunks | None,
    ) -> Ranking:
        """By whichever is the least work: looking up what is allowed, or ranking deeper and leaving out what is not."""
        depth = math.ceil(1.2 * top_k / (share_of_versions(versions) * share_of_chunks(chunks, searcher.num_docs)))
        listed = math.inf if chunks is None or chunks.exclude else len(chunks.ids)
        if versions is not None and not versions.exclude and len(versions.versions) < depth:
            query, versions = among(self._schema, query, versions), None
        if versions is None and chunks is None:
            return best(searcher, query, top_k)
        if listed > _FEW_CHUNKS:
            first = depth if chunks is None else min(depth, _SHALLOW * top_k)  # a phrase of the question filters little
            ranking = left(searcher, query, top_k, first, versions, chunks)
            if ranking is not None:
                return ranking
        query = among(self._schema, query, versions)
        if chunks is not None and listed <= _MANY_CHUNKS:
            query, chunks = required(query, any_chunk(self._schema, chunks.ids)), None
        if chunks is None:
            return best(searcher, query, top_k)
        while (ranking := left(searcher, query, top_k, depth, None, chunks)) is None:
            depth *= 4
        return ranking

    def _query(self, searcher: tantivy.Searcher, terms: Mapping[str, Sequence[str]]) -> tantivy.Query | None:
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(self._term(field, term), weight))
            for field, weight in self._fields.items()
            for term in _looked_up(searcher, field, terms.get(field, ()))
        ]
        return tantivy.Query.boolean_query(wanted) if wanted else None

    def _term(self, field: str, term: str | int) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, term, index_option="freq")

    def _searcher(self) -> tantivy.Searcher:
        self._catch_up()
        return self._index.searcher()

    def _open_writer(self) -> tantivy.IndexWriter:
        if not self._writable:
            raise MachineError("index_read_only", path=str(self._folder))
        with self._writing, foreign_errors(self._folder):
            self._require_open()
            if self._writer is None:
                self._writer = self._begun(self._index.writer(_WRITER_HEAP, 1))
            return self._writer

    def _require_open(self) -> None:
        if self._closed:
            raise IndexDamaged("index_missing", path=str(self._folder))

    def _begun(self, writer: tantivy.IndexWriter) -> tantivy.IndexWriter:
        """After a kill two things would go wrong, as the stamps of a writer's operations go on from the last commit's own.

        A killed commit may have left a file of deletions with a stamp that is given again, which tantivy refuses to write.
        The first operation has the last commit's stamp: a merge takes it for done where that commit deleted something,
        and forgets it, so let it be one that takes out nothing.
        """
        writer.garbage_collect_files()
        writer.delete_documents_by_query(self._term("version", _NO_VERSION))
        return writer

    def _catch_up(self) -> None:
        """Reload when somebody, maybe another process, has committed since."""
        with self._lock:
            found = stamp(self._folder)
            if found == self._stamp:
                return
            committed = read(self._folder, self._committed.fields)
            if committed.generation == self._committed.generation:
                with foreign_errors(self._folder):
                    self._index.reload()
                self._committed = committed
            else:
                self._committed, self._index = open_newest(self._folder, committed.fields)
            self._stamp = found


def _names(fields: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(fields))


def _schema(fields: Mapping[str, float]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("chunk", indexed=True, fast=True)
    builder.add_unsigned_field("version", indexed=True, fast=True)
    for field in sorted(fields):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _fill(index: tantivy.Index, entries: Iterable[Entry]) -> None:
    writer = index.writer(_WRITER_HEAP, 1)
    try:
        for entry in entries:
            writer.add_document(_document(entry))
        writer.commit()
        writer.wait_merging_threads()
    finally:
        del writer  # which ends its threads, so that nothing is written any more


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("chunk", entry.chunk_id)
    document.add_unsigned("version", entry.version_id)
    for field, terms in entry.terms.items():
        document.add_text(field, " ".join(terms))
    return document


def _looked_up(searcher: tantivy.Searcher, field: str, terms: Sequence[str]) -> Iterable[str]:
    """The distinct terms, of too many the rarest: an unlimited question costs limited work."""
    distinct = dict.fromkeys(terms)
    return distinct if len(distinct) <= MAX_QUERY_TERMS else _rarest(searcher, field, terms)


def _rarest(searcher: tantivy.Searcher, field: str, terms: Sequence[str]) -> dict[str, int]:
    """In how many chunks the distinct terms occur that occur at all, at most MAX_QUERY_TERMS of them."""
    counted = [(searcher.doc_freq(field, term), term) for term in dict.fromkeys(terms)]
    known = [pair for pair in counted if pair[0]]
    return {term: containing for containing, term in heapq.nsmallest(MAX_QUERY_TERMS, known)}


def _summed_rarity(searcher: tantivy.Searcher, field: str, terms: Sequence[str]) -> float:
    known = _rarest(searcher, field, terms)
    missing = max(0, min(len(set(terms)), MAX_QUERY_TERMS) - len(known))
    total = searcher.num_docs
    return sum(_inverse_frequency(n, total) for n in known.values()) + missing * _inverse_frequency(0, total)


def _inverse_frequency(containing: int, total: int) -> float:
    """As in BM25; deleted documents are counted until a merge, so `containing` may exceed `total`."""
    return math.log1p((max(total - containing, 0) + 0.5) / (containing + 0.5))
