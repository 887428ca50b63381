"""The lexical index: BM25 over fields of ready-made terms, by tantivy (k1 1.2, b 0.75).

Takes Entries and query terms, gives Rankings. It does not analyse: a term is any text without white space, the analyzer's
business. One process writes (tantivy's lock is taken at the first change); others read and see a commit at their next search.
"""

from __future__ import annotations

import heapq
import math
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tantivy

from ai_chat.errors import MachineError
from ai_chat.index import Entry, IndexDamaged, Ranking, Versions
from ai_chat.index.state import read_state, stamp, write_state

FORMAT = 1
MAX_QUERY_TERMS = 256  # a field's rarest terms beyond these are not looked up
_WRITER_HEAP = 30_000_000  # bytes; tantivy's least is 15 MB


class LexicalIndex:
    """Made by `open`. `sequence` is that of the last commit seen. Safe to search from many threads."""

    def __init__(
        self, folder: Path, index: tantivy.Index, schema: tantivy.Schema, fields: Mapping[str, float], writable: bool
    ) -> None:
        self._folder = folder
        self._index = index
        self._schema = schema
        self._fields = fields
        self._writable = writable
        self._writer: tantivy.IndexWriter | None = None
        self._lock = threading.Lock()
        self._stamp = stamp(folder)
        self._sequence = int(read_state(folder)["sequence"])

    @classmethod
    def open(cls, folder: Path, fields: Mapping[str, float], *, writable: bool) -> LexicalIndex:
        """Open what is there; a missing folder is made when `writable`. `fields` maps each field to its weight.

        Raises IndexDamaged for a folder that is missing (to a reader), broken, or of other fields.
        """
        schema = _schema(fields)
        if writable and not folder.exists():
            _create(folder, schema, fields)
        state = read_state(folder)
        if state.get("format") != FORMAT or state.get("fields") != sorted(fields) or "sequence" not in state:
            raise IndexDamaged(
                "index_damaged", path=str(folder), reason=f"it was made for fields {state.get('fields')}"
            )
        with _foreign_errors(folder):
            index = tantivy.Index.open(str(folder))
            index.config_reader("manual")  # no thread that watches the folder
            index.reload()
        return cls(folder, index, schema, fields, writable)

    @property
    def sequence(self) -> int:
        return self._sequence

    def add(self, entries: Iterable[Entry]) -> None:
        """Add chunks; searches see them after `commit`. Remove their versions first when they may be there already."""
        writer = self._open_writer()
        with _foreign_errors(self._folder):
            for entry in entries:
                writer.add_document(_document(entry))

    def remove(self, version_ids: Iterable[int]) -> None:
        """Take out all chunks of these versions that were added before."""
        writer = self._open_writer()
        with _foreign_errors(self._folder):
            writer.delete_documents_by_query(tantivy.Query.term_set_query(self._schema, "version", list(version_ids)))

    def commit(self, sequence: int) -> None:
        """Make all changes visible and lasting; `sequence` is written after them, so replaying them is the worst that can be."""
        with _foreign_errors(self._folder):
            if self._writer is not None:
                self._writer.commit()
            write_state(self._folder, {"format": FORMAT, "sequence": sequence, "fields": sorted(self._fields)})
        self._catch_up()

    def search(self, terms: Mapping[str, Sequence[str]], top_k: int, versions: Versions | None = None) -> Ranking:
        """The best chunks by the weighted sum of each field's BM25; a field's rarest MAX_QUERY_TERMS terms count."""
        self._catch_up()
        with _foreign_errors(self._folder):
            searcher = self._index.searcher()
            query = self._query(searcher, terms, versions)
            if query is None or top_k < 1:
                return _ranking([], [])
            hits = searcher.search(query, min(top_k, max(1, searcher.num_docs)), count=False).hits
            chunk_ids = searcher.fast_field_values("chunk", [address for _, address in hits])
        return _ranking(chunk_ids, [score for score, _ in hits])

    def rarity(self, terms: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
        """BM25's inverse document frequency, times the field's weight, of each term that occurs at all."""
        self._catch_up()
        with _foreign_errors(self._folder):
            searcher = self._index.searcher()
            return {
                field: {
                    term: weight * _inverse_frequency(searcher.doc_freq(field, term), searcher.num_docs)
                    for term in _rarest(searcher, field, terms.get(field, ()))
                }
                for field, weight in self._fields.items()
            }

    def close(self) -> None:
        """Let running merges end and give the writer's lock back; what was not committed is dropped."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with _foreign_errors(self._folder):
                writer.rollback()
                writer.wait_merging_threads()

    def _query(
        self, searcher: tantivy.Searcher, terms: Mapping[str, Sequence[str]], versions: Versions | None
    ) -> tantivy.Query | None:
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(self._term(field, term), weight))
            for field, weight in self._fields.items()
            for term in _rarest(searcher, field, terms.get(field, ()))
        ]
        if not wanted or (versions is not None and not versions.exclude and not versions.versions):
            return None
        query = tantivy.Query.boolean_query(wanted)
        if versions is None or not versions.versions:
            return query
        among = tantivy.Query.term_set_query(self._schema, "version", sorted(versions.versions))
        if versions.exclude:
            return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, among)])
        unscored = tantivy.Query.const_score_query(among, 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, unscored)])

    def _term(self, field: str, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, term, index_option="freq")

    def _open_writer(self) -> tantivy.IndexWriter:
        if not self._writable:
            raise MachineError("index_read_only", path=str(self._folder))
        if self._writer is None:
            with _foreign_errors(self._folder):
                self._writer = self._index.writer(_WRITER_HEAP, 1)
        return self._writer

    def _catch_up(self) -> None:
        """Reload when somebody, maybe another process, has committed since."""
        with self._lock:
            found = stamp(self._folder)
            if found == self._stamp:
                return
            with _foreign_errors(self._folder):
                self._index.reload()
            self._sequence = int(read_state(self._folder)["sequence"])
            self._stamp = found


def _schema(fields: Mapping[str, float]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("chunk", fast=True)
    builder.add_unsigned_field("version", indexed=True)
    for field in sorted(fields):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _create(folder: Path, schema: tantivy.Schema, fields: Mapping[str, float]) -> None:
    folder.mkdir(parents=True)
    with _foreign_errors(folder):
        tantivy.Index(schema, str(folder))
    write_state(folder, {"format": FORMAT, "sequence": 0, "fields": sorted(fields)})


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("chunk", entry.chunk_id)
    document.add_unsigned("version", entry.version_id)
    for field, terms in entry.terms.items():
        document.add_text(field, " ".join(terms))
    return document


def _rarest(searcher: tantivy.Searcher, field: str, terms: Sequence[str]) -> list[str]:
    """The distinct terms that occur at all, at most MAX_QUERY_TERMS of them: an unlimited question costs limited work."""
    counted = [(searcher.doc_freq(field, term), term) for term in dict.fromkeys(terms)]
    known = [pair for pair in counted if pair[0]]
    return [term for _, term in heapq.nsmallest(MAX_QUERY_TERMS, known)]


def _inverse_frequency(containing: int, total: int) -> float:
    """As in BM25; deleted documents are counted until a merge, so `containing` may exceed `total`."""
    return math.log1p((max(total - containing, 0) + 0.5) / (containing + 0.5))


def _ranking(chunk_ids: Sequence[object], scores: Sequence[float]) -> Ranking:
    ids, values = np.asarray(chunk_ids, np.int64), np.asarray(scores, np.float32)
    order = np.lexsort((ids, -values))
    return Ranking(ids[order], values[order])


@contextmanager
def _foreign_errors(folder: Path) -> Iterator[None]:
    """tantivy raises ValueError for everything: told apart here, once."""
    try:
        yield
    except (ValueError, OSError) as error:
        reason = str(error)
        if "No space left" in reason:
            raise MachineError("disk_full", path=str(folder)) from error
        if "LockBusy" in reason:
            raise MachineError("index_busy", path=str(folder)) from error
        raise IndexDamaged("index_damaged", path=str(folder), reason=reason) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, which no module exports: a file that ends too early
            raise
        raise IndexDamaged("index_damaged", path=str(folder), reason=str(error)) from error
