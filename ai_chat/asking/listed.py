"""A question for a list of documents -> which documents, in which order, how many: "2024년 PDF 문서 목록", "최근 회의록 5개".

Takes a question and today's date, gives a Listed. What is not understood as a condition on documents stays in `words`, and then
the question is about what documents say. Pure; knows no store.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ai_chat.asking.periods import Period, periods
from ai_chat.filters import AUTHOR, COLLECTION, TYPE
from ai_chat.types import Status

Order = Literal["newest", "oldest", "name"]
Pairs = tuple[tuple[str, str], ...]

_BASES = {
    "": ("after", "before"),
    "added": ("added_after", "added_before"),
    "modified": ("modified_after", "modified_before"),
}
_ENDINGS = (
    "은|는|이|가|을|를|의|에|에는|에서|도|만|과|와|로|으로|들|들은|들이|들을|들의|중|중에|중에서|가운데|인|이나|까지|부터|동안|랑|하고"
    "|that|are|is|were"
)
_TYPES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\b(?:pdfs?|피디에프)(?![a-z])", ("pdf",)),
    (r"한글(?=\s*(?:문서|파일|자료|$))|\b(?:hwpx?|hwps)(?![a-z])", ("hwp",)),
    (r"워드(?!\w*클라우드)|\bword(?=\s+(?:documents?|files?))|\bdocx?(?![a-z])", ("word",)),
    (r"엑셀|스프레드시트|\bexcel(?:\s+(?:sheets?|files?))?|\bspreadsheets?|\bxlsx?(?![a-z])", ("excel",)),
    (r"파워포인트|피피티|발표\s?자료|슬라이드|\bpowerpoints?|\bpptx?(?![a-z])|\bslides\b|\bpresentations?\b", ("powerpoint",)),
    (r"텍스트(?=\s*(?:문서|파일))|\b(?:txt|text)(?=\s*(?:문서|파일|files?|documents?|목록|$))", ("txt",)),
    (r"\bcsvs?(?![a-z])", ("csv",)),
    (r"웹\s?(?:문서|페이지)|\bhtml(?![a-z])|\bweb pages?", ("html",)),
    (r"마크다운|\bmarkdown|\bmd(?![a-z])", ("md",)),
    (r"(?:전자\s?|이)?메일|\be-?mails?|\beml(?![a-z])", ("eml", "msg")),
)  # fmt: skip
_KINDS = re.compile(
    "회의록|보고서|계약서|견적서|공문|공지사항|공지|규정|지침서?|매뉴얼|설명서|제안서|계획서|신청서|요청서|명세서|안내서|논문|단가표"
    r"|\b(?:reports?|contracts?|agreements?|manuals?|handbooks?|invoices?|policies|policy|meeting minutes)\b",
    re.IGNORECASE,
)
_DOCUMENTS = re.compile(
    r"문서(?!\s?번호)|파일(?!\s?이름)|자료(?!실)|도큐먼트|\b(?:documents?|files?|docs)\b", re.IGNORECASE
)
_LIST = re.compile(r"목록|리스트|나열|\blist(?:ing)?\b", re.IGNORECASE)
_COUNT = re.compile(
    r"몇\s?(?:개|건|편|권|가지)(?:야|인가요|입니까|이야|예요|이에요|인지|나|가|이|를)?|개수|갯수|\bhow many\b|\bnumber of\b|\bcount\b",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"(?:보여|알려|찾아|뽑아|나열해|정리해|골라|출력해|가르쳐)(?:\s?(?:줘요?|주세요|주시겠어요|주십시오|줄래요?|봐|달라|주실래요))?"
    r"|해\s?(?:줘요?|주세요|주십시오)|주세요|부탁해요?|부탁(?:드립니다|합니다)"
    r"|\b(?:show|find|give|tell|get|display|print|me|us|please|can you|could you|i want|i need)\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"(?:어떤|무슨|어느)(?:\s?것들?(?:이|은)?)?|뭐(?:가|야|예요|들)?|무엇(?:이|인가요|입니까)?"
    r"|있(?:나요|어요?|습니까|는지|을까요|는|니|냐)|\b(?:which|what|there|do i have|do we have|have|are|is)\b",
    re.IGNORECASE,
)
_FILLING = re.compile(
    r"모든|모두|전부|전체|다\b|각|좀|현재|지금|여기|우리|저희|내\b|제\b|가지고|보유(?:한|하고)?|저장된|저장한|총|혹시|이\s?시스템에?|라이브러리(?:에|의|안의)?"
    r"|쓰인|작성된|만들어진|만든|발행된|발행한|나온|날짜가|날짜의|작성일이|형식의|형식|포맷의?|종류의"
    r"|\b(?:all|every|each|of|the|a|an|my|our|in|on|from|with|dated|written|created|published|that|were|was|currently|now|here|type|format|sorted|ordered|stored|available)\b",
    re.IGNORECASE,
)
_ADDED = re.compile(
    r"(?:새로\s?)?(?:등록(?:한|된|하신)|추가(?:한|된|하신)|올린|올라온|업로드(?:한|된)|들어온|넣은)"
    r"|\b(?:recently )?(?:added|uploaded|ingested|imported)\b",
    re.IGNORECASE,
)
_MODIFIED = re.compile(
    r"수정(?:한|된)|바뀐|변경(?:한|된)|고친|개정(?:한|된)|갱신(?:한|된)|\b(?:changed|modified|updated|edited)\b",
    re.IGNORECASE,
)
_STATUSES: tuple[tuple[re.Pattern[str], tuple[Status, ...]], ...] = (
    (re.compile(r"(?:읽기에?\s?)?실패한|읽지\s?못한|오류(?:가|\s)?\s?난|\bfailed\b", re.IGNORECASE), ("failed",)),
    (
        re.compile(r"(?:암호|비밀번호)(?:가|로)?\s?(?:걸린|잠긴|필요한|있는)|\bpassword[- ]protected\b", re.IGNORECASE),
        ("needs_password",),
    ),
    (re.compile(r"(?:ocr|글자\s?인식)(?:이|가)?\s?필요한|\bneed(?:ing)? ocr\b", re.IGNORECASE), ("needs_ocr",)),
    (re.compile(r"(?:대기|처리)\s?중인|\bqueued\b|\bbeing read\b", re.IGNORECASE), ("queued", "parsing")),
)
_ORDERS: tuple[tuple[re.Pattern[str], Order], ...] = (
    (re.compile(r"이름\s?순(?:으로|서로)?|가나다\s?순(?:으로)?|\bby (?:name|title)\b|\balphabetical(?:ly)?\b", re.IGNORECASE), "name"),
    (re.compile(r"(?:가장\s?|제일\s?)?오래된(?:\s?순(?:으로|서로)?)?|\boldest(?: first)?\b", re.IGNORECASE), "oldest"),
    (
        re.compile(
            r"(?:가장\s?|제일\s?)?최(?:근|신)(?:\s?순(?:으로|서로)?|에)?|날짜\s?순(?:으로|서로)?|새로운"
            r"|\b(?:most recent(?:ly)?|recent(?:ly)?|newest(?: first)?|latest|by date)\b",
            re.IGNORECASE,
        ),
        "newest",
    ),
)  # fmt: skip
_MOST = re.compile(
    r"(?:상위\s?|앞에서\s?|처음\s?)?(?<!\d)(\d{1,3})\s?(?:개|건|편|권)(?:만|씩|를|을)?(?![가-힣])"
    r"|\b(?:top|first|last)\s+(\d{1,3})\b(?!\s*(?:days?|weeks?|months?|years?))"
    r"|(?<![\d.,-])\b(\d{1,2})\b(?=\s+(?:documents?|files?|pdfs?|most|newest|latest|oldest|recent)\b)",
    re.IGNORECASE,
)
_NAME = "[가-힣]{2,4}?|(?<![A-Za-z])[A-Za-z][A-Za-z.'’-]{1,40}(?: [A-Z][A-Za-z.'’-]{1,40}){0,3}"
_POSITION = r"(?:\s?(?:님|씨|과장|대리|차장|부장|팀장|사원|주임|본부장|이사|대표))?"
_AUTHOR = re.compile(
    rf"(?:작성자|저자|글쓴이)(?:가|는|이)?\s?[:：]?\s?(?P<named>{_NAME}){_POSITION}(?:인|의)?(?=\s|$)"
    rf"|(?<![가-힣])(?P<wrote>{_NAME}){_POSITION}(?:이|가|께서)\s?(?:쓴|작성한|만든|보낸|작성하신)(?=\s|$)"
    r"|\b(?:written by|authored by|sent by|by)\s+(?P<by>[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3})"
)
_COLLECTION = re.compile(
    r"(?P<ko>(?<!\S)[^\s'\"]{1,60}?|'[^']+'|\"[^\"]+\")\s?컬렉션(?:에서|에 있는|에|의|안의)?"
    r"|\b(?:the )?collection (?P<en>[\w-]{1,60})|(?<![\w-])(?P<of>[\w-]{1,60}) collection\b",
    re.IGNORECASE,
)
_NO_AUTHOR = frozenset(("누가", "내가", "제가", "우리가", "회사", "팀", "직원", "사람"))
_ALONE = re.compile(rf"(?:{_ENDINGS})", re.IGNORECASE)
_TAIL = re.compile(r"(?<=[가-힣A-Za-z])(?:은|는|이|가|을|를|의|에|에서|도|만|과|와|들)$")
_LETTERS = re.compile(r"[^\W_]+(?:[-._][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Listed:
    """`filters` as Scope.filters has them; `kinds` and `words` stand in a document's name or title.

    `asks`: there is a word that asks for a list, `names`: one that means documents; `words`: what was not understood.
    """

    filters: Pairs = ()
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    order: Order = "newest"
    by_added: bool = False
    most: int | None = None
    counts: bool = False
    asks: bool = False
    names: bool = False

    @property
    def is_list(self) -> bool:
        """Whether nothing but documents is asked for."""
        named = self.names or bool(self.kinds and self.asks)
        told = self.filters or self.statuses or self.most or self.by_added
        return named and not self.words and bool(self.asks or told)


@dataclass(slots=True)
class _Reading:
    """What is left of the question while its conditions are taken out."""

    left: str
    filters: list[tuple[str, str]] = field(default_factory=list)

    def take(self, pattern: re.Pattern[str], wanted: Callable[[str], bool] = bool) -> list[str]:
        """Cut out all that matches and is `wanted`; gives of each the first group that is there, or the whole."""
        found: list[str] = []

        def cut(match: re.Match[str]) -> str:
            told = next(filter(None, match.groups()), match[0])
            if not wanted(told):
                return match[0]
            found.append(told)
            return " "

        self.left = pattern.sub(cut, self.left)
        return found


def listed(question: str, today: datetime.date) -> Listed:
    """All conditions that a question puts on documents; `is_list` says whether that is all it asks."""
    reading = _Reading(" ".join(question.split()).rstrip("?!.。 "))
    statuses = _statuses(reading)
    _take_collection(reading)
    found, reading.left = periods(reading.left, today)
    by_added, by_modified = bool(reading.take(_ADDED)), bool(reading.take(_MODIFIED))
    reading.filters += _dated(found, "added" if by_added else "modified" if by_modified else "")
    order = _order(reading)
    most = _most(reading)
    _take_author(reading)
    typed = _take_types(reading)
    counts = bool(reading.take(_COUNT))
    asks = bool(reading.take(_LIST))
    named = bool(reading.take(_DOCUMENTS)) or typed
    kinds = [kind.casefold() for kind in reading.take(_KINDS)]
    asked = reading.take(_REQUEST) + reading.take(_WHICH)
    reading.take(_FILLING)
    return Listed(
        filters=tuple(dict.fromkeys(reading.filters)),
        kinds=tuple(dict.fromkeys(kinds)),
        words=_words(reading.left),
        statuses=statuses,
        order=order or "newest",
        by_added=by_added,
        most=most,
        counts=counts,
        asks=asks or counts or (bool(asked) and named),
        names=named,
    )  # fmt: skip


def _dated(found: list[Period], base: str) -> Pairs:
    after, before = _BASES[base]
    pairs: list[tuple[str, str]] = []
    for period in found:
        if period.first:
            pairs.append((after, period.first.isoformat()))
        if period.end:
            pairs.append((before, period.end.isoformat()))
    return tuple(pairs)


def _statuses(reading: _Reading) -> tuple[Status, ...]:
    return tuple(status for pattern, statuses in _STATUSES if reading.take(pattern) for status in statuses)


def _order(reading: _Reading) -> Order | None:
    found = [order for pattern, order in _ORDERS if reading.take(pattern)]
    return found[0] if found else None


def _most(reading: _Reading) -> int | None:
    found = reading.take(_MOST)
    return max(1, int(found[0])) if found else None


def _take_types(reading: _Reading) -> bool:
    """Whether one was named."""
    before = len(reading.filters)
    for pattern, types in _TYPES:
        if reading.take(re.compile(pattern, re.IGNORECASE)):
            reading.filters += [(TYPE, kind) for kind in types]
    return len(reading.filters) > before


def _take_author(reading: _Reading) -> None:
    reading.filters += [(AUTHOR, name) for name in reading.take(_AUTHOR, lambda name: name not in _NO_AUTHOR)]


def _take_collection(reading: _Reading) -> None:
    reading.filters += [(COLLECTION, name.strip("'\"")) for name in reading.take(_COLLECTION)]


def _words(left: str) -> tuple[str, ...]:
    """What else the question names, without lone particles."""
    found = (word for word in _LETTERS.findall(left) if not _ALONE.fullmatch(word))
    bare = (_TAIL.sub("", word) if len(word) > 2 else word for word in found)
    return tuple(dict.fromkeys(bare))
