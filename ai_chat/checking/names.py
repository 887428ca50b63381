"""Names in an answer: people before their titles, capitalised words, organisations, what stands in quotation marks.

Takes plain text, gives words with their places. Pure; rules of thumb, no dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from ai_chat.checking.wording import COMMON, KEPT_WORDS, WORD, joined, shares_word, stem


class Name(NamedTuple):
    """`words` are joined, `bare` all of them. `sure`: it is a name by its form, and not only a word that nothing else has."""

    start: int
    end: int
    bare: str
    words: tuple[str, ...]
    sure: bool
    kind: str = ""


_TITLE = (
    "대리|과장|차장|부장|팀장|사원|주임|본부장|이사|대표|대표이사|교수|감독|대통령|선생|박사|위원장|위원|회장|사장|의원|장관|왕후|황후|대원군|기자|작가|선수|군수|시장|구청장"
    "|실장|센터장|소장|원장|총장|국장|계장|반장|조장|매니저|담당자|변호사|의사|여사|씨|님|양|군"
)
_TITLES = frozenset(_TITLE.split("|"))
_SHORT = re.compile(r"[가-힣][은는이가을를에로도만의]")
_TITLED = re.compile(
    rf"(?<![가-힣\d])(?P<name>[가-힣]{{2,4}})\s(?:[가-힣0-9]{{1,8}}(?:팀|부|실|과|본부)\s?)?(?P<title>{_TITLE})"
    r"(?=[^가-힣]|은|는|이|가|을|를|의|에게|과|와|도|님|입|으로|께|였|$)"
)
_SURNAME = (
    "[김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민"
    "진지엄채원방공현함변염여추도소석선설마길연맹편]"
)
_APPOINTED = re.compile(  # '경상도관찰사 김세호', '대표이사 홍길동'
    rf"(?<![가-힣])[가-힣]{{0,6}}(?:{_TITLE}|관찰사|부사|훈도|판서|참판|현감|영의정|우의정|좌의정)\s"
    rf"(?P<name>{_SURNAME}[가-힣]{{2}})"
    r"(?=[(,]|은|는|이|가|을|를|의|에게|과\s|와\s|도\s|입니|이다|으로|께|였|$)"
)
_BARE_TITLE = re.compile(rf"[가-힣]{{0,4}}?(?:{_TITLE})")
_NO_NAME = re.compile(r".*(?:팀|부|실|과|본부|부서|센터|위원회|회사|상사|산업|전자)$")
_PERSON = re.compile(
    rf"(?<![가-힣])({_SURNAME}[가-힣][준민우훈호현진은연희영윤하찬빈솔람결석철혁규태환욱담늘름온린율경])"
    r"(?:은|는|이|가|을|를|에게|에게서|께서|께|의|와|과|이고|이며|입니다|이다|이라고|이었|\s씨|\s님)(?![가-힣]{3})"
)
_ORGANISATION = re.compile(
    r"(?<![가-힣])[가-힣A-Za-z]{1,10}(?:팀|본부|상사|산업|산업자재|전자|오피스|은행|대학교|대학|중학교|고등학교|초등학교|병원|공사|공단|협회|재단|위원회|연구소|주식회사|전장|안전|툴링|유압|정밀|시청|구청|교육청)(?![가-힣]{2})"
)
_QUOTED = re.compile(
    r"[‘“《「『]([^‘’“”《》「」『』\n]{2,40})[’”》」』]|(?:(?<=[\s(])|^)'(?=\S)([^'\n]{2,30})(?<=\S)'(?![A-Za-z])|\"([^\"\n]{2,40})\""
)
_LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z’'-]+(?:\s(?:(?:of|for|de|von)\s)?[A-Z][A-Za-z’'-]+)*")
_ACRONYM = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2,}(?![A-Za-z0-9])")
_PREDICATE = re.compile(
    r"\s?(?:입니다|이다|이며|이고|였|이었|(?:으로|로) (?:정|지정|분류|배정|표시|등록|기재|선정|임명)|라고 |이라고 )"
)
HANGUL = re.compile("[가-힣]")
_AUXILIARY = re.compile(r"\s?(?:않|못|말|마세|마십)")
_VERBAL = re.compile(
    r"(?:습니다|입니다|합니다|됩니다|니다|한다|된다|는다|했다|었다|았다|였다|이다|하다|되다|해요|어요|아요|세요|하여|하며|하고|되어|되며|되고|하는|되는|하면|되면|하지|되지|해야|려면|으면|면서|지만|으며|도록|거나|기에|어서|아서|해서|라고|다고|던|은데|는데"
    r"|한|된|할|될|하게|하도록|받은|받는|받을|있는|없는|같은|같이|대로|까지|부터|마다|따라|위해|대해|통해|의해|인해|않고|없이|이며|이고|인데|이지만|으로서|으로써|로서|로써|히|적인|적으로|아닌|아니|였으며|으려|려는|하기|되기|이기|보기|줄이기|스러운|시킬|다면|[^창광보사재경]고|야|므로|니까|다가|든지|러|다는|라는|려고|느라|자마자|고서|어야|아야|해도|아도|어도|이라|가며|어진|어졌|아진)$"
)  # fmt: skip
_GENERIC_TEXT = (
    "위해서 위함 나서 여기서 거기서 마찬가지 이들 그들 이곳 "
    "경우 기간 금액 비용 가격 방법 절차 내용 사항 기준 대상 직원 사람 회사 문서 규정 제도 시간 날짜 일자 시점 이유 원인 "
    "결과 목적 관련 담당 담당자 책임자 부서 업무 기한 마감 한도 최대 최소 이상 이하 미만 초과 전체 총액 합계 수량 개수 인원 "
    "규모 수준 정도 상태 상황 조건 필요 가능 불가 포함 제외 신청 제출 지급 지원 제공 사용 이용 확인 승인 처리 진행 실시 "
    "적용 변경 완료 시작 종료 작성 등록 안내 설명 질문 답변 정보 자료 참고 근거 명시 기재 규칙 조항 다음 이후 이전 이내 "
    "동안 사이 중간 처음 마지막 각각 모두 전부 일부 나머지 하나 이것 그것 여기 저기 그때 당시 현재 오늘 이번 지난 매년 매월 "
    "매일 매주 연간 월간 하루 정해 따르면 의하면 바탕 기반 위치 장소 이름 명칭 번호 제목 종류 구분 항목 목록 단위 비율 단가 "
    "값 수 것 점 때 곳 데 뿐 등 약 및 또는 그리고 그러나 하지만 따라서 또한 즉 다만 단 예 네 아니요 결국 먼저 우선 이어 "
    "이를 이는 이에 그는 그녀 그의 해당 본인 상대 양측 측 쪽 편 씩 말 뜻 의미 역할 활동 참여 사실 행동 모습 주장 생각 계획 "
    "결정 요청 요구 의견 문제 해결 조치 대응 발생 영향 효과 설치 교체 점검 관리 유지 보관 저장 삭제 복구 연락 문의 전화 "
    "메일 통보 공지 게시 발표 공개 소식 주소 연락처 회의 일정 예정 출장 휴가 근무 급여 수당 보상 벌금 세금 요금 수수료 납부 "
    "지불 결제 대금 구매 판매 거래 계약 업체 회사명 제품 상품 품목 물품 서비스 시설 장비 설비 기계 부품 수리 고장 검사 검토 "
    "평가 분석 보고 보고서 서류 증빙 증명 자격 권한 의무 책임 금지 허용 제한 예외 위반 처벌 종합 요약 정리 결론 조회 표 "
    "그림 페이지 본문 장 절 부분 단계 순서 차례 횟수 주기 빈도 간격 때문 덕분 탓 대신 기타 이외 가운데 당일 이날 그날 동일 "
    "추가 별도 직접 바로 즉시 반드시 미리 함께 서로 다시 새로 모든 여러 어느 어떤 무슨"
)
_GENERIC = frozenset(_GENERIC_TEXT.split())
_AFFIXES = frozenset("용별형식측성적화권제비료자장실부팀과신구본각전총제후")
_OPENERS_TEXT = (
    "each every all both under according after before during if when yes only please no while since upon any such per some "
    "most about between within until through over there our your they he she we you i but so then also however instead both"
)
_OPENERS = frozenset(_OPENERS_TEXT.split())
_CALENDAR_TEXT = (
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep "
    "sept oct nov dec monday tuesday wednesday thursday friday saturday sunday"
)
_CALENDAR = frozenset(_CALENDAR_TEXT.split())


def names(text: str) -> Iterator[Name]:
    """Of plain text; one word may come twice."""
    yield from _people(text)
    for found in _ORGANISATION.finditer(text):
        yield _name(found, 0, found[0][-1])
    for found in _QUOTED.finditer(text):
        yield _name(found, found.lastindex or 0, "")
    for found in _LATIN.finditer(text):
        yield from _latin(found)
    for found in _ACRONYM.finditer(text):
        yield _name(found, 0, "acronym")


def _people(text: str) -> Iterator[Name]:
    for found in _overlapping(_TITLED, text):
        name = found["name"]
        if (
            stem(name) not in _GENERIC | _TITLES
            and not _SHORT.fullmatch(name)
            and not _VERBAL.search(name)
            and not _NO_NAME.match(name)
        ):
            yield _name(found, 1, "person")
    for found in _PERSON.finditer(text):
        if found[1] not in _GENERIC and not _TITLED.match(text, found.start()):
            yield _name(found, 1, "person")
    for found in _APPOINTED.finditer(text):
        if found["name"] not in _GENERIC and not _NO_NAME.match(found["name"]):
            yield _name(found, 1, "person")


def unknown(words: Iterable[Name], known: str) -> Iterator[Name]:
    """Of these words those that nothing in the joined text `known` has, in one piece or in two."""
    for word in words:
        if not shares_word(word.bare, known) and not _is_compound(word.bare, known):
            yield word


def nouns(text: str) -> Iterator[Name]:
    """Korean words that are no verbs and not generic."""
    for found in WORD.finditer(text):
        bare = stem(found[0].lower())
        if _AUXILIARY.match(text, found.end()):
            continue  # '넘지 않다': a verb
        if (
            HANGUL.match(found[0])
            and len(bare) > 1
            and not _SHORT.fullmatch(bare)
            and not is_verbal(found[0])
            and not {bare, found[0]} & (_GENERIC | COMMON)
        ):
            yield Name(found.start(), found.start() + len(bare), bare, (bare,), False)


@lru_cache(KEPT_WORDS)
def is_verbal(word: str) -> bool:
    """It ends as a verb does, but for the copula behind a noun."""
    return _VERBAL.search(word) is not None and not word.endswith(("입니다", "이다", "이며", "이고"))


def is_title(name: Name) -> bool:
    """'팀장', '생산본부장', of nobody by name."""
    return _BARE_TITLE.fullmatch(name.bare) is not None


def is_predicate(name: Name, text: str) -> bool:
    """'... 담당자는 김하늘입니다': it is what the sentence says of its subject."""
    return _PREDICATE.match(text, name.end) is not None


def is_subject(name: Name, text: str) -> bool:
    """'김하늘이 ...': it does or is what the sentence says."""
    return re.match(r"(?:이|가|은|는)(?![가-힣])", text[name.end :]) is not None


def stands(name: Name, known: str) -> bool:
    """Whether the joined text has the name, or, of a Latin one, each of its words."""
    if name.bare.isascii():
        return all(re.search(rf"(?<![a-z]){re.escape(word)}", known) for word in name.words)
    if name.kind == "person":
        return name.bare in known
    return shares_word(name.bare, known) or _is_compound(name.bare, known)


def _name(found: re.Match[str], group: int, kind: str) -> Name:
    return Name(*found.span(group), joined(found[group]), (joined(found[group]),), True, kind)


def _latin(found: re.Match[str]) -> Iterator[Name]:
    """Without the word that opens its sentence, unless that is one of the name's own."""
    words = list(re.finditer(r"[^\s]+", found[0]))
    if _opens(found.string, found.start()) and (len(words) == 1 or words[0][0].lower() in COMMON | _OPENERS):
        words = words[1:]
    words = [word for word in words if word[0].lower().rstrip("’'s") not in _CALENDAR | COMMON and len(word[0]) > 1]
    if words:
        start, end = found.start() + words[0].start(), found.start() + words[-1].end()
        told = tuple(joined(word[0]).removesuffix("'s").removesuffix("’s").strip("'’-") for word in words)
        yield Name(start, end, "".join(told), told, True, "latin" if len(told) > 1 else "")


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Also what begins within an earlier one: '인사팀 김하늘 과장' has a name behind what looks like one."""
    found = pattern.search(text)
    while found:
        yield found
        found = pattern.search(text, found.end(1))


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins here, so that a capital says nothing."""
    before = text[:start].rstrip(" \"'“‘(*-")
    return not before or before[-1] in ".!?:\n"


def _is_compound(word: str, known: str) -> bool:
    """All of it is made of generic words and of parts that are known."""
    return any(
        all(
            (part in known and (len(part) > 1 or part in _AFFIXES)) or part in _GENERIC
            for part in (word[:cut], word[cut:])
        )
        for cut in range(1, len(word))
        if len(word) > 2
    )
