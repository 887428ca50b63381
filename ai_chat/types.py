"""The frozen nouns that flow through AI-CHAT.

Takes nothing, gives dataclasses. Knows no storage, no model and no page: every other room may import it.
Offsets everywhere are code points in the unit's stored, normalised text, end exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

UnitKind = Literal["page", "slide", "sheet", "section"]
Mode = Literal["hybrid", "lexical", "dense"]
Status = Literal["queued", "parsing", "searchable", "complete", "needs_ocr", "needs_password", "failed"]
Outcome = Literal["added", "unchanged", "updated", "failed"]
FinishReason = Literal[
    "stop", "length", "withheld", "no_model", "no_evidence", "not_found", "skipped", "cancelled", "error"
]
AnswerKind = Literal["answer", "search", "table", "list", "summary"]
IndexKind = Literal["lexical", "dense"]
IndexStep = Literal["check_library", "check_chunks", "check_search", "fill_lexical", "fill_dense", "drop_vectors"]
EventKind = Literal[
    "searching",
    "evidence",
    "cached",
    "queued",
    "loading",
    "thinking",
    "restarted",
    "progress",
    "delta",
    "revised",
    "citation",
    "unsupported",
    "done",
]

DEFAULT_COLLECTION = "documents"
SAMPLES_COLLECTION = "samples"
PRIVATE = "@"
"""How the name of a collection begins that belongs to one conversation."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose question this is and what it may see.

    `collections` None means the default: all but private ones, and the samples only while there is nothing else. `also` are seen
    besides, if they are there: the private one of a conversation. `filters` are pairs of a key and a value (`ai_chat.filters`).
    """

    principal: str = "local"
    collections: tuple[str, ...] | None = None
    filters: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()


class WordBox(NamedTuple):
    """Where text[start:end] of a unit stands on its picture: fractions of width and height, from the left and from the top."""

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Unit:
    """A citable part of a document: `number` counts from 1 within its kind.

    `offsets` maps normalised to raw text: ascending pairs (normalised, raw), each valid until the next.
    `skipped`: spans that are kept here and out of chunks, such as the running head of each page; ascending, apart.
    `ocr`: None where the file holds the text itself, else the mean confidence of reading it off a picture, 0 to 1; `boxes` its words.
    """

    kind: UnitKind
    number: int
    label: str
    text: str
    offsets: tuple[tuple[int, int], ...] = ((0, 0),)
    skipped: tuple[tuple[int, int], ...] = ()
    ocr: float | None = None
    boxes: tuple[WordBox, ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file tells of itself, "" where it does not; `created` as it is written there."""

    title: str = ""
    author: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file found inside another: its bytes lie at `path` while that one is being read, and belong to whoever takes them."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of one file is, in its own pages."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class UnitRef:
    """Names a unit without its text. `ocr`: it was read off a picture."""

    kind: UnitKind
    number: int
    label: str
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """A searchable span of one unit's text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as the store knows it, with everything needed to show where it stands."""

    chunk_id: int
    version_id: int
    document_id: str
    document: str
    collection: str
    unit: UnitRef
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands, too."""

    document: str
    document_id: str
    unit: UnitRef


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `start` and `end` locate `sentence` in the unit's text; `lexical` and `dense` are the raw leg scores.

    `text` is the passage to read, neighbouring chunks joined; `duplicates` are places that say nearly the same.
    """

    rank: int
    score: float
    document: str
    document_id: str
    collection: str
    version_id: int
    unit: UnitRef
    page: int | None
    text: str
    sentence: str
    start: int
    end: int
    lexical: float | None = None
    dense: float | None = None
    duplicates: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether hits answer their question: `score` is a calibrated chance from 0 to 1, `missing` names what no hit speaks of."""

    score: float
    answerable: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`mode` is what was done, which may be less than what was asked for; `notices` are message codes saying why.

    `unfiltered`: where filters left nothing, how many hits there are without them. `judgement` None: there was nothing to judge by.
    """

    query: str
    mode: Mode
    hits: tuple[Hit, ...]
    milliseconds: float
    notices: tuple[str, ...] = ()
    unfiltered: int | None = None
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer's marker [n] points: `quote` stands at start:end of the unit's text of that version."""

    marker: int
    document: str
    document_id: str
    version_id: int
    unit: UnitRef
    page: int | None
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sentence of an answer that no passage bears out, at start:end of it; `wrong` are spans of the answer that passages contradict."""

    sentence: str
    start: int
    end: int
    wrong: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of an answer. `kind` None: as the question shows; `fresh`: not from the cache; `background`: behind all others.

    `replaces`: the turn of the same conversation whose place this one takes.
    """

    use_llm: bool = True
    kind: AnswerKind | None = None
    fresh: bool = False
    background: bool = False
    replaces: str | None = None


ANSWERED = Wish()


@dataclass(frozen=True, slots=True)
class Rating:
    """What somebody thought of an answer: thumb up or down and a note. `rated_at` in UTC."""

    turn_id: str
    question: str
    good: bool
    note: str
    rated_at: str


@dataclass(frozen=True, slots=True)
class CacheStats:
    """Of the answer cache since it was made: `hits` are `exact` and by meaning; `stale` were there and not served, since documents changed.

    `saved_seconds`: what writing the served answers had taken.
    """

    entries: int
    bytes: int
    hits: int
    exact: int
    misses: int
    stale: int
    saved_seconds: float

    @property
    def hit_rate(self) -> float:
        """0 to 1; 0 before the first question."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else 0.0


@dataclass(frozen=True, slots=True)
class Usage:
    """`cached_tokens` of the prompt's were in the KV cache and were not read again."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a Turn: `seq` counts from 1 and never repeats, so that a reader may resume after any of them."""

    seq: int
    kind: EventKind
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a Turn came to. `answer` None: the evidence stands alone, and `notice` says why by its code, `problem` with its values.

    `searched_for`: the whole question where that is another than was typed. `made_at`: of a cached answer, when it was written (UTC);
    `saved_seconds` is what writing it took then.
    """

    question: str
    evidence: tuple[Hit, ...]
    answer: str | None
    citations: tuple[Citation, ...]
    finish_reason: FinishReason
    usage: Usage
    timings: Mapping[str, float | None]
    cached: bool = False
    notice: str | None = None
    problem: Problem | None = None
    kind: AnswerKind = "answer"
    searched_for: str | None = None
    judgement: Judgement | None = None
    doubts: tuple[Doubt, ...] = ()
    made_at: str | None = None
    saved_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """An error or warning as a value: its sentence is made at the border from `code` and `values`."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """`document_date` is a day, `modified_at` and `added_at` are times in UTC; "" where they are not known.

    `parent_id`, `parent_name`: the document that this one was found in. `ocr_pages` were read off pictures, `unread_pages` wait for OCR.
    """

    id: str
    name: str
    path: str
    collection: str
    status: Status
    units: int
    chunks: int
    warnings: tuple[Problem, ...] = ()
    error: Problem | None = None
    document_date: str = ""
    modified_at: str = ""
    added_at: str = ""
    title: str = ""
    author: str = ""
    parent_id: str | None = None
    ocr_pages: int = 0
    unread_pages: int = 0
    parent_name: str = ""


DocumentOrder = Literal["name", "added", "modified", "dated", "size", "status"]
"""`size`: how much text was read, in chunks."""


@dataclass(frozen=True, slots=True)
class DocumentQuery:
    """Which documents of a Scope a page of the library shows: `words` in the name, one of `statuses` (any, if empty), in which order."""

    words: str = ""
    statuses: tuple[Status, ...] = ()
    order: DocumentOrder = "name"
    descending: bool = False
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """`total` documents fit the query; `by_status` counts those that fit all of it but its statuses."""

    documents: tuple[DocumentInfo, ...]
    total: int
    by_status: Mapping[Status, int]


@dataclass(frozen=True, slots=True)
class DocumentDetail:
    info: DocumentInfo
    version_id: int | None
    sha256: str | None
    parser: str | None
    units: Sequence[Unit] = ()


@dataclass(frozen=True, slots=True)
class IngestEvent:
    """Progress: `done` of `total` files, then of texts given vectors; `outcome` None while a file is being read. A `problem` without an
    outcome is a notice about the whole. In the phase `waiting` others are before us: `done` of `total` and `path` are theirs.

    `pages` tells how far a long file is; `seconds_left` an estimate for all that is left, None until one can be made.
    """

    done: int
    total: int
    path: str
    outcome: Outcome | None = None
    document_id: str | None = None
    problem: Problem | None = None
    phase: Literal["reading", "vectors", "waiting", "paused"] = "reading"
    pages: Progress | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A unit to look at: `media_type` image/png or text/html (UTF-8, self-contained, without scripts).

    `marked`: how many of the asked-for places were found on it.
    """

    media_type: str
    data: bytes
    marked: int
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """One of the two indexes against the library: `chunks` it holds of `expected` live ones, `dead` it still carries.

    `state`: level, behind or ahead (by sequence), missing, damaged, off; `problem` says why or what failed last.
    """

    kind: IndexKind
    state: Literal["level", "behind", "ahead", "missing", "damaged", "off"]
    fingerprint: str
    path: str
    sequence: int
    chunks: int
    expected: int
    dead: int
    bytes: int
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class KeptVectors:
    """How many vectors of an embedder the library keeps, and in how many bytes."""

    embedder: str
    count: int
    bytes: int


@dataclass(frozen=True, slots=True)
class IndexReport:
    """`sequence` is the library's. `present` and `missing` count the different texts of live documents by whether they have a vector."""

    sequence: int
    indexes: tuple[IndexStatus, ...]
    embedder: str | None
    present: int
    missing: int
    others: tuple[KeptVectors, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexEvent:
    """Progress of work on the indexes: `done` of `total` of this `step`. `problem` is something found; `saved` bytes given back."""

    step: IndexStep
    done: int
    total: int
    problem: Problem | None = None
    saved: int | None = None
