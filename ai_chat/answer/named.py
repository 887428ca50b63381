"""The document that a question names by words of its file name, title or date: "6월 생산회의록 요약", "summarise the handbook".

Takes a question and documents, gives a Named. Knows no text of a document.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ai_chat.analyzer import fold
from ai_chat.analyzer.endings import stem
from ai_chat.answer.listing import Documents
from ai_chat.search.query import narrowed, parse_query
from ai_chat.types import DocumentInfo, Scope

_LEAST = 0.6  # of the weight of the question's words
_PART = 0.9  # of a word's weight where it is part of another one
_NOWHERE = 0.5  # documents that have a word which none has
_NAMES = 5  # of documents that may be meant
_YEAR = re.compile(r"((?:19|20)\d\d)년도?")
_MONTH = re.compile(r"(\d{1,2})월")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NO_WORDS = re.compile(
    r"요약\S*|간추\S*|줄거리|핵심\S*|정리\S*|내용\S*|전체\S*|전부|모두|문서\S*|파일\S*|자료|좀|간단\S*|짧\S*|섹션별?\S*|장별\S*|쪽별\S*|이|그|저|해당|위|대한|관한"
    r"|해\S{0,4}|줘\S?|주세요|주십시오|부탁\S*|보여\S*|알려\S*|만들어\S*|작성\S*|써\S{0,3}|\S{1,2}줄로|세|두|한"
    r"|summari[sz]e|summary|overview|sum|up|tl|tldr|dr|please|can|could|would|you|give|me|us|write|make|show|get|an?|the|of|for|in|this|that|i|need|want|to"
    r"|short|brief|quick|one|page|section|by|document|documents|file|whole|all|and|its"
)


@dataclass(frozen=True, slots=True)
class Named:
    """`document` None and `others` empty: none is named; with several `others`, any of them may be meant."""

    document: DocumentInfo | None
    others: tuple[DocumentInfo, ...] = ()

    @property
    def choice(self) -> str:
        """The first few names to choose from."""
        names = [info.name for info in self.others[:_NAMES]]
        return ", ".join(names) + (", …" if len(self.others) > _NAMES else "")


def find_document(question: str, scope: Scope, library: Documents) -> Named:
    """Within the scope and the filters that the question has; the only document that they leave needs no name. InputError as there."""
    query = parse_query(question)
    documents = library.documents(narrowed(scope, query))
    if query.filters and len(documents) == 1 and documents[0].units:
        return Named(documents[0])
    return named_document(query.text, documents)


def named_document(question: str, documents: Sequence[DocumentInfo]) -> Named:
    """The one whose name, title and date have most of the question's words; the only one there is where it names none."""
    readable = [info for info in documents if info.units]
    told = (word for word in fold(question) if not _NO_WORDS.fullmatch(word))
    words = [word for word in dict.fromkeys(map(stem, told)) if not _NO_WORDS.fullmatch(word)]
    if not words:
        return Named(readable[0]) if len(readable) == 1 else Named(None, tuple(readable))
    shares = [[_share(word, info) for word in words] for info in readable]
    weights = [_weight(len(readable), sum(one[place] > 0 for one in shares)) for place in range(len(words))]
    covered = [sum(share * weight for share, weight in zip(one, weights, strict=True)) for one in shares]
    most = max(covered, default=0.0)
    if most < _LEAST * sum(weights):
        return Named(None)
    best = [info for info, own in zip(readable, covered, strict=True) if math.isclose(own, most)]
    return Named(best[0]) if len(best) == 1 else _among(best, words)


def _weight(documents: int, having: int) -> float:
    return math.log1p(documents / max(having, _NOWHERE))


def _share(word: str, info: DocumentInfo) -> float:
    """1 for a word of the name or of the date, less for a part of one."""
    if told := _YEAR.fullmatch(word) or _MONTH.fullmatch(word):
        return float(_is_dated(info, told[1])) or _PART * (told[1] in fold(_named(info)))
    if word[:3] in _MONTHS and word.isascii() and _is_dated(info, str(_MONTHS.index(word[:3]) + 1)):
        return 1.0
    words = {part for each in fold(_named(info)) for part in (each, stem(each))}
    if word in words:
        return 1.0
    return _PART * (len(word) > 1 and not word.isdigit() and word in "".join(fold(_named(info))))


def _is_dated(info: DocumentInfo, number: str) -> bool:
    """By its year, or its month."""
    year, month = info.document_date[:4], info.document_date[5:7]
    return number == year if len(number) == 4 else number.zfill(2) == month


def _named(info: DocumentInfo) -> str:
    return re.sub(r"\.\w{1,8}$", "", info.name).replace("_", " ") + f" {info.title.replace('_', ' ')}"


def _among(best: Sequence[DocumentInfo], words: Sequence[str]) -> Named:
    """The one whose name says least else; copies in other formats and folders are as good as each other."""
    rest = [len("".join(fold(_named(info)))) for info in best]
    shortest = [info for info, length in zip(best, rest, strict=True) if length == min(rest)]
    return Named(shortest[0]) if len(shortest) == 1 else Named(None, tuple(shortest))
