"""Units to chunks: spans of 300-500 characters that begin and end on sentence borders and overlap by about a tenth.

Takes a unit's stored text, gives exact offsets into it (`text[start:end]` is the chunk). Pure; knows no file format,
no model and no index. A change of any border here must change FINGERPRINT, so that stored chunks are made anew.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ai_chat.types import Chunk

FINGERPRINT = "sentences-410-2"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sizes:
    """In characters. There is one set of them; others are there to be measured: benchmarks/chunking.py."""

    target: int = 410  # what a chunk takes from its unit, before the overlap
    shortest: int = 300
    longest: int = 500  # a unit up to this length is one chunk
    piece: int = 300  # a longer sentence is cut at line ends or spaces
    overlap: int = 40  # repeated from the chunk before: aimed at, in whole sentences
    overlap_limit: int = 90
    most_overlap: int = 140  # where the chunk would otherwise stay under `shortest`


SIZES = Sizes()

_TERMINATOR = re.compile(
    r"(?=[.!?…。！？①-⑳㉠-㉻])(?:"  # one look at all other characters
    r"(?<![.!?…])(?:(?<!\d)\.|(?<=\d)\.(?!\s+\d)|[!?…])"  # closed by white space
    r"[.!?…]*+[\"'”’)\]」』〉》]*+(?:\[\d{1,3}\])*+(?=\s)"
    r"|[。！？]+[”’）」』]*"  # full width: needs none
    r"|(?<=[다요죠까음함임됨])\.(?=[가-힣“‘「『①-⑳])|(?<=[가-힣])[!?]+(?=[가-힣])"  # Korean whose writer left the space out
    r"|(?<=\s)(?=[①-⑳㉠-㉻]\s))"  # items within a line
)
_NOT_AN_END = re.compile(
    r"(?:^|[\s(\[\"'“‘「])(?:\d{1,3}|[A-Za-z가나라마바사아자차카타파하]|(?:[A-Za-z]{1,2}\.)+[A-Za-z]{1,2}"
    r"|no|nos|vs|mr|mrs|ms|dr|prof|st|jr|sr|etc|fig|figs|vol|sec|ch|art|eq|al|inc|ltd|co|corp|dept|approx|pp?)\.$"
    r"|(?:^|\n)\d{1,2}(?:\.\d{1,2}){1,3}\.$",  # the number of a heading
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?<=[A-Za-z]\.)\s+[a-z]"  # an abbreviation
    r"|(?:(?<=[^다요죠까네음함임됨.…]…)|(?<=[^다요죠까네음함임됨.…]\.\.\.))\s+[가-힣a-z]"  # a pause
    r"|(?<=\.\.\.)\s+\d{1,4}[ \t]*(?=\n|$)"  # the page in a table of contents
    r"|(?<=[\"'”’」』])\s+(?:이?라(?:고|는|며|면서|던)|하고|하며|하는)(?=\s)"  # who said what is quoted
)
_MARKED_LINE = re.compile(
    r"[ \t]*(?:[-*+•·●○◦▪■□◆◇▶▷※☞#>|]|[①-⑳㉠-㉻ⅰ-ⅹⅠ-Ⅹ]"
    r"|\(?(?:\d{1,3}|[가나라마바사아자차카타파하]|[a-zA-Z])[.)](?=\s)|제\s?\d+\s?[조장절항])"
)
# each alternative begins with its mark, which is found quickly
_CELLS = re.compile(r"\t|\|(?<=\s\|)(?=\s)|\.(?<!\.\.)\.{3}\.*+\s*\d{1,4}\s*$")
_LABELLED = re.compile(r"[^\s:]{1,20}: .*[,;]\s?[^\s:]{1,20}: ")
_MAX_BACK = 16  # characters looked at before a full stop


def chunk_unit(text: str, sizes: Sizes = SIZES, skipped: Sequence[Span] = ()) -> list[Chunk]:
    """Cut one unit's text but for the spans to skip (ascending, apart); empty where there is nothing but white space."""
    chunks = []
    begin = 0
    for start, end in (*skipped, (len(text), len(text))):
        chunks += [Chunk(each.start + begin, each.end + begin, each.text) for each in _cut(text[begin:start], sizes)]
        begin = end
    return chunks


def _cut(text: str, sizes: Sizes) -> list[Chunk]:
    """Its chunks are about equally long."""
    pieces = list(_pieces(text, sizes.piece))
    chunks = []
    begin = 0
    while begin < len(pieces):
        end = _end_of_chunk(pieces, begin, sizes)
        start, stop = pieces[_overlapping(pieces, begin, pieces[end - 1][1], sizes)][0], pieces[end - 1][1]
        chunks.append(Chunk(start, stop, text[start:stop]))
        begin = end
    return chunks


def split_sentences(text: str) -> list[Span]:
    """Sentences as (start, end) without the white space around them; headings, list items and table rows are sentences too."""
    borders = sorted({*_sentence_ends(text), *_line_ends(text), len(text)})
    spans = []
    begin = 0
    for border in borders:
        span = _stripped(text, begin, border)
        if span[0] < span[1]:
            spans.append(span)
        begin = border
    return spans


def cut_span(text: str, span: Span, limit: int) -> Iterator[Span]:
    """Parts of a span, each at most `limit` long: cut at a line end, else at a space, else within a word."""
    begin, end = _stripped(text, *span)
    while end - begin > limit:
        cut = _cut_before(text, begin, begin + limit)
        part = _stripped(text, begin, cut)
        if part[0] < part[1]:
            yield part
        begin, end = _stripped(text, cut, end)
    if begin < end:
        yield begin, end


def _pieces(text: str, longest: int) -> Iterator[Span]:
    """What is not cut: sentences, and small tables whole, so that no row loses its header."""
    for is_table, lines in groupby(split_sentences(text), lambda span: _is_of_table(text[slice(*span)])):
        spans = list(lines)
        if is_table and spans[-1][1] - spans[0][0] <= longest:
            yield spans[0][0], spans[-1][1]
        else:
            for span in spans:
                yield from cut_span(text, span, longest)


def _is_of_table(line: str) -> bool:
    return line.startswith("|") or _is_row(line)


def _is_row(line: str) -> bool:
    return _CELLS.search(line) is not None or _LABELLED.match(line) is not None


def _end_of_chunk(pieces: list[Span], begin: int, sizes: Sizes) -> int:
    """The piece after the last of the chunk that begins here: what is left, shared out evenly, but never over the longest."""
    start, last = pieces[begin][0], pieces[-1][1]
    if last - start <= sizes.longest:
        return len(pieces)
    share = (last - start) / -(-(last - start) // sizes.target)
    end = begin + 1
    while pieces[end][1] - start <= sizes.longest and abs(pieces[end][1] - start - share) <= abs(
        pieces[end - 1][1] - start - share
    ):
        end += 1
    return end


def _overlapping(pieces: list[Span], begin: int, stop: int, sizes: Sizes) -> int:
    """The piece at or before `begin` with which the chunk up to `stop` starts, so that about `overlap` characters are repeated."""
    chosen = begin
    for index in range(begin - 1, 0, -1):
        repeated, length = pieces[begin][0] - pieces[index][0], stop - pieces[index][0]
        short = stop - pieces[chosen][0] < sizes.shortest
        if length > sizes.longest or repeated > (sizes.most_overlap if short else sizes.overlap_limit):
            break
        chosen = index
        if repeated >= sizes.overlap and length >= sizes.shortest:
            break
    return chosen


def _sentence_ends(text: str) -> Iterator[int]:
    for match in _TERMINATOR.finditer(text):
        head = text[max(0, match.start() - _MAX_BACK) : match.start() + 1]
        if not (head.endswith(".") and _NOT_AN_END.search(head)) and not _GOES_ON.match(text, match.end()):
            yield match.end()


def _line_ends(text: str) -> Iterator[int]:
    """Line ends that end a sentence: those of short lines, of rows, and before blank or marked lines."""
    for block_start, lines in _blocks(text):
        width = max(map(len, lines))
        position = block_start
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            position += len(line)
            if _breaks(line, following, width):
                yield position
            position += 1


def _breaks(line: str, following: str, width: int) -> bool:
    return (
        len(line) < 0.6 * width
        or not following
        or _MARKED_LINE.match(following) is not None
        or line.lstrip().startswith("#")
        or _is_row(line)
    )


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that are not blank, with the offset of the first."""
    block: list[str] = []
    start = position = 0
    for line in text.split("\n"):
        if line.strip():
            block.append(line)
        else:
            if block:
                yield start, block
            block, start = [], position + len(line) + 1
        position += len(line) + 1
    if block:
        yield start, block


def _cut_before(text: str, begin: int, limit: int) -> int:
    """Where to cut so that the part ends before `limit` and is not less than half of what is allowed."""
    least = begin + (limit - begin) // 2
    for mark in ("\n", " "):
        cut = text.rfind(mark, least, limit)
        if cut > 0:
            return cut + 1
    while limit > least and _joins(text[limit]):
        limit -= 1
    return limit


def _joins(character: str) -> bool:
    """True of characters that belong to the one before: combining marks, joiners, variation selectors."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me") or character == "\u200d"


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
