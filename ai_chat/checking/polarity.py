"""Does a clause deny, and does it say the opposite of another: 이상 and 이하, 유급 and 무급, before and after.

Takes plain text of clauses. Pure; rules of thumb. What denies only within a description ('1년이 되지 않은 직원') or a condition
('쓰지 않으면') is no denial of the clause.
"""

from __future__ import annotations

import re

from ai_chat.checking.quantities import plain
from ai_chat.checking.wording import stemmed
from ai_chat.chunking import Span

_WITHIN = r"(?!은|는(?!다)|을|으면|으므로|던|도록|게|아(?!요)|았을|고서)"
_DENIAL = re.compile(
    rf"않{_WITHIN}|없(?!는|을|으면|으므로|던|이|도록|게|어(?!요))|아니(?!라|고|요|오)|아닙|못(?:하(?![는여므])|합|했(?!을)|한다|해요)|(?<=[가-힣]\s)못\s"
    r"|불가(?!피)|금지(?!된)|불필요|말아야|마십|마세요|지 말|(?<![가-힣(])안\s(?=[가-힣]+(?:다|니다|며|고|요)(?![가-힣]))"
    r"|\b(?:not|never|cannot|nor|neither|prohibited|forbidden|unable|nobody|none|nothing)\b|\bno\b(?![.:])|n[’']t\b",
    re.IGNORECASE,
)
_NEGATIVE_NOUN = re.compile(r"불참|결석|결근|불합격|미달|부재")
_DENIED = re.compile(
    r"(?<![가-힣])(?P<verb>[가-힣]{1,6}?)(?:하|되|시키)?지(?:는|도|를)?\s?(?:않|못|말|아니)"
    r"|(?<![가-힣])(?P<able>[가-힣]{1,6}?)(?:할|될|을|ㄹ|쓸|출)?\s수\s?(?:는|도)?\s?없"
    r"|\b(?:not|never|cannot|can't|don't|doesn't|isn't|aren't|wasn't)\s(?:be\s|been\s|to\s|yet\s)?(?P<english>[a-z]{3,})",
    re.IGNORECASE,
)
_LACKING = re.compile(r"(?<![가-힣])(?P<noun>[가-힣]{2,8}?)(?:은|는|이|가|도)?\s(?:전혀\s)?없(?:다|습|었|으며|고|어요)")
_HAVING = re.compile(r"(?<![가-힣])(?P<noun>[가-힣]{2,8}?)(?:은|는|이|가|도)?\s있(?:다|습|었|으며|고|어요)")
_ENGLISH_ENDING = re.compile(r"(?<=[a-z]{4})(?:ed|ing|able|es|s|e)$")
_TITLE = re.compile(r"[《「『“‘][^《》「」『』“”‘’]{1,40}[》」』”’]|(?<!\S)'[^'\n]{1,40}'")
_ONLY = re.compile(
    r"(?:에만|에게만|까지만|경우만|때만|[가-힣](?<![지야다])만\s)|에 한해|에 한하|외에|아니면|\b(?:only|unless|except|otherwise)\b",
    re.IGNORECASE,
)
_ANSWERED = re.compile(r"^\s*(?:예|네|아니요|아니오|아뇨|yes|no)[.,]\s", re.IGNORECASE)
_CONNECTIVE = (
    r"(?<=[가-힣\s])(?:하고|되고|이고|않고|없고|있고|받고|하며|되며|이며|으며|가며|지며|하지만|지만|으나|었고|았고|했고|되었고|었으나|았으나|했으나|인데|는데|은데|고),?\s"
    r"(?!있|싶)|(?<=며)\s|;\s|\sand\s(?=(?:the|a|an|no|it|they|he|she)\s)|,\s(?:and|but|while|whereas|so)\s"
    r"|\s(?:but|that|because|which|who|whereas|although)\s|\s\|\s"
)
_CLAUSE = re.compile(_CONNECTIVE, re.IGNORECASE)
_PART = re.compile(rf"{_CONNECTIVE}|(?<=[하되]여)\s|\d\s?[가-힣%]{{1,2}}[와과]\s|,\s(?!\d{{3}})|\sand\s", re.IGNORECASE)
_OPPOSITES = (
    (r"유급", r"무급"),
    (r"유상|유료|chargeable|charged\b", r"무상|무료|free\b"),
    (r"\bpaid\b", r"\bunpaid\b"),
    (r"증가|늘어|늘었|늘린|상승|올라|올랐|오른|높아|\bincreas|\brose\b|\brais",
     r"감소|줄어|줄었|줄인|하락|내려|내렸|낮아|낮췄|\bdecreas|\bfell\b|\breduc"),
    (r"(?<!불)가능|할 수 있|될 수 있|쓸 수 있|받을 수 있", r"불가능|수 없"),
    (r"찬성", r"반대"),
    (r"최대|최고|가장 높|가장 큰|가장 많|\bmaximum\b|\bhighest\b|\blargest\b",
     r"최소|최저|가장 낮|가장 작|가장 적|\bminimum\b|\blowest\b|\bsmallest\b"),
    (r"(?<![가-힣])켜|켠", r"(?<![가-힣])끄|끈 |(?<![가-힣])꺼"),
    (r"(?<![가-힣])포함(?!하지|되지)", r"제외|(?<![가-힣])별도|(?<![가-힣])따로"),
    (r"유지", r"줄이|줄인|늘리|늘린|중단|폐지|해지|없애"),
    (r"회사(?:가|는|에서)\s", r"(?:직원|본인|개인)(?:이|은|가|는)\s"),
    (r"임대인", r"임차인"),
    (r"판매자|매도인", r"구매자|매수인"),
    (r"수입(?:하|한|품|량|액)", r"수출"),
    (r"흑자", r"적자"),
    (r"상반기", r"하반기"),
    (r"입사", r"퇴사|퇴직"),
    (r"출발", r"도착"),
    (r"(?<!비)공개", r"비공개"),
    (r"해외|\babroad\b", r"국내|\bdomestic\b"),
    (r"합격|급제", r"낙제|탈락|불합격"),
    (r"승인(?:했|하였|되었|됐)", r"반려|거부|기각|부결"),
    (r"\baccepted\b|\bapproved\b", r"\brejected\b|\brefused\b|\bdeclined\b"),
    (r"\bsucce", r"\bfail"),
    (r"성공", r"실패"),
    (r"\binclud", r"\bexclud|\bwithout\b"),
    (r"\bdone\b|\bcarried out\b|\bperformed\b", r"\bskipped\b|\bomitted\b"),
    (r"\bfirst\b", r"\blast\b"),
    (r"\bbefore\b", r"\bafter\b"),
    (r"\bless than\b", r"\bmore than\b"),
    (r"의무|필수", r"선택"),
)  # fmt: skip
_PAIRS = tuple((re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE)) for one, other in _OPPOSITES)
_LIMITS = (
    ("least", r"이상|\bor more\b", r"at least|minimum(?: of)?|no less than|not less than"),
    ("over", r"초과|(?:[을를이가]\s)?넘|\bor older\b", r"more than|over|above|exceed(?:s|ing)?|longer than"),
    ("most", r"이하|이내|안에|\bor less\b|\bor fewer\b|내에", r"up to|at most|no more than|within|limited to|not more than"),
    ("under", r"미만", r"less than|under|below|fewer than|shorter than"),
    ("before", r"전(?:까지|에|\s|$)|이전|before|ahead|earlier|in advance", r"before|until|prior to|no later than"),
    ("after", r"후|이후|뒤|later", r"after|since|following"),
)  # fmt: skip
_BOUNDS = tuple(
    (name, re.compile(korean), re.compile(rf"(?:{leading})\s(?:the\s)?$")) for name, korean, leading in _LIMITS
)
_OPPOSED = frozenset(
    frozenset(pair.split())
    for pair in ("least most", "least under", "over most", "over under", "before after", "least over", "most under")
)
_UNDONE = re.compile(r"넘지\s?(?:않|못)|초과하지|not\s(?:more|less|exceed)|no\s(?:more|less)")
_LIMITING = frozenset(["넘", "초과", "미치", "more", "less", "exceed"])
_REACH = 7
_BEFORE = 20


def without_answer(text: str) -> str:
    """Spaces where a yes or no stood in front."""
    found = _ANSWERED.match(text)
    return " " * found.end() + text[found.end() :] if found else text


def clauses(text: str) -> list[Span]:
    """The text at its connectives, in order and without gaps."""
    return _cut(text, _CLAUSE)


def parts(text: str) -> list[Span]:
    """As `clauses`, and at the commas of a list."""
    found: list[Span] = []
    for start, end in _cut(text, _PART):
        if found and not stemmed(text[start:end]):
            found[-1] = (found[-1][0], end)  # '07:10 and 08:20': more of the same
        else:
            found.append((start, end))
    return found


def denials(text: str) -> list[Span]:
    bare = _TITLE.sub(lambda title: " " * len(title[0]), text)
    return [found.span() for found in _DENIAL.finditer(bare)]


def can_be_denied(text: str) -> bool:
    """'불참': the same is told with a denial ('참석하지 않았다') and without one ('빠졌다')."""
    return _NEGATIVE_NOUN.search(text) is not None


def denied(text: str) -> dict[str, Span]:
    """What is denied, as the beginnings of words: '깎지 않는다' -> 깎."""
    found = {
        _ENGLISH_ENDING.sub("", match[match.lastgroup or 0].lower()): match.span() for match in _DENIED.finditer(text)
    }
    return {word: span for word, span in found.items() if word not in _LIMITING}


def existing(text: str) -> tuple[dict[str, Span], dict[str, Span]]:
    """Nouns of which the text tells that there are some, and that there are none: '증거는 없다' -> 증거."""
    having, lacking = (
        {found["noun"]: found.span() for found in pattern.finditer(text)} for pattern in (_HAVING, _LACKING)
    )
    return having, lacking


def affirms(word: str, text: str) -> bool:
    """Whether the text has a word that begins so, and does not deny it."""
    found = re.search(rf"(?<![가-힣a-z]){re.escape(word)}(?!지\s?(?:않|못|말))", text.lower())
    return found is not None and not any(other.startswith(word) or word.startswith(other) for other in denied(text))


def is_bound_to_condition(text: str) -> bool:
    """'만', 'unless': denying there can say the same as affirming elsewhere."""
    return _ONLY.search(text) is not None


def opposite(told: str, known: str, around: str) -> Span | None:
    """Where `told` says one of two opposites of which `known` says the other alone, and `around` that has not this one either."""
    for pair in _PAIRS:
        for mine, other in (pair, pair[::-1]):
            found = mine.search(told)
            if found and not other.search(told) and other.search(known) and not mine.search(around):
                return found.span()
    return None


def bounds(text: str, span: Span) -> frozenset[str]:
    """Whether a value at `span` is told as a limit, and which: 'least', 'over', 'most', 'under', 'before', 'after'."""
    behind = plain(text[span[1] : span[1] + _REACH])
    before = plain(text[max(0, span[0] - _BEFORE) : span[0]]).lower()
    if _UNDONE.search(plain(text[span[1] : span[1] + 2 * _REACH])) or _UNDONE.search(before):
        return frozenset()
    nearest = {name: found.start() for name, korean, _ in _BOUNDS if (found := korean.search(behind))}
    nearest |= {name: 0 for name, _, leading in _BOUNDS if leading.search(before)}
    first = min(nearest.values(), default=0)
    return frozenset(name for name, at in nearest.items() if at == first)


def contradict(told: frozenset[str], known: frozenset[str]) -> bool:
    """Both are told, none is shared, and some pair excludes each other."""
    return bool(told and known and not told & known) and any(
        frozenset((one, other)) in _OPPOSED for one in told for other in known
    )


def _cut(text: str, at: re.Pattern[str]) -> list[Span]:
    borders = [found.end() for found in at.finditer(text)]
    return [(start, end) for start, end in zip([0, *borders], [*borders, len(text)], strict=True) if start < end]
