"""Words of a question that name nothing which its passages would have to hold: those that ask, and those for the kind of answer.

Takes a word, gives yes or no. Pure.
"""

from __future__ import annotations

import re

from ai_chat.analyzer.endings import stem

_PASSING = re.compile(
    "며칠.*|몇.*|그것.*|이것.*|것[은이을들에].*|것|이와|그로|그에|이에|이는|이를|있으.*|있다.*|설명.*|서술.*|말씀.*|말해.*|알려.*|따르면|관련"
    "|관련해.*|대해서.*|인한|어느.*|어떤.*|각각.*|얼마.*|누군.*|누구.*|수|때|중에?|시|등|후|전|다|더|못|한|또는|및|그|이|저|제|내|할|된|위해|위한|따라|따른"
    "|가장|모두|의해|의한|해야|하나|하면|되면|있는|없는|하는|되는|받은|처음.*|마지막.*|새로|다시|서로|주로|함께|올해.*|내년.*|작년.*|지난|이번.*"
    "|다음|오늘.*|현재.*|지금.*|우리.*|사이.*|대신|동안"
    "|who|whom|whose|long|many|much|often|soon|far|old|can|could|i|we|you|they|he|she|my|our|your|their|his|her|it|its|there|be|been"
    "|was|were|am|has|have|had|will|would|should|must|may|do|did|does|on|at|by|from|with|and|or|that|this|these|those|as|if|than|then"
    "|into|out|up|about|any|all|not|no|so|but|after|before|during|per|get|got|give|gives|given|take|takes|make|makes|over|under|s"
)
_KIND_WORDS = (
    "연도 년도 해 시기 기간 시간 시점 날짜 날 일자 일시 나이 연령 장소 지역 위치 도시 나라 국가 지명 곳 자리 "
    "인물 사람 사람수 인원 단체 기관 조직 회사 기업 업체 부서 직책 직위 직업 신분 대표 담당 담당자 이름 제목 "
    "명칭 별명 호칭 용어 단어 낱말 말 표현 문구 이유 원인 까닭 요인 계기 근거 배경 방법 방식 수단 절차 과정 "
    "목적 목표 대상 종류 유형 분야 작품 노래 곡 책 저서 영화 문제 문제점 특징 특성 차이 차이점 장점 단점 결과 "
    "내용 의미 뜻 역할 기능 용도 행동 활동 행위 조치 때문 이전 이후 이외 이상 이하 이내 수치 숫자 개수 횟수 "
    "순서 순위 정도 크기 규모 금액 가격 비용 비율 단위 상태 상황 조건 기준 경우 사건 사실 것들 부분 요소 성분 "
    "변화 바탕 예시 사례 방안 대책 사안 사항 별개 효과 영향 관계 입장 견해 주장 구체적 중점적 "
    "형태 모습 문서 자료 규정 정보 년 월 일 병명 출생일 생일 학문 종교 정당 가수 배우 name names "
    "kind type reason reasons year date day time person people "
    "place city country company number amount purpose method title "
    "way "
)
_KINDS = frozenset(_KIND_WORDS.split())


def passes(word: str) -> bool:
    """Whether a folded word asks, joins, or says what kind of thing is asked for ("연도는", "which company")."""
    return _PASSING.fullmatch(word) is not None or stem(word) in _KINDS
