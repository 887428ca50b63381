"""Words of questions that mean the same, as tables: what is asked for, how much of it, and the vocabulary of offices.

Data alone. What stands in no table means only itself.
"""

from __future__ import annotations

import re

_Pattern = tuple[str, str]


def _compiled(rows: tuple[_Pattern, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), meaning) for pattern, meaning in rows)


# What is looked for before words are: each is taken out and leaves its concepts. "?" marks what is asked for.
KOREAN_REWRITES = _compiled(
    (
        (r"출장\s*경비", "출장비"),
        (r"(?:내|제|자기|개인)\s*(?:차량|차)(?=[로를는가\s])", "자가용"),
        (r"집에서\s*(?:일하는|근무하는|하는)\s*(?:것|근무|일)?", "재택근무"),
        (r"불이?\s*(?:나면|났을|난|나는)", "화재 발생"),
        (r"수신(?=하|한|했)", "받"),
        (r"고장\s*(?:나면|났을|난|나는|이\s*나면)", "고장 발생"),
        (r"어떻게\s*(?=되|됩|돼)", "무엇 "),
    )
)
ENGLISH_REWRITES = _compiled(
    (
        (r"\b(how many|number of) ((?:\w+ ){1,2})(days|weeks|months|years|hours)\b", r"\2\1 \3"),
        (r"\bwhen (must|do(?:es)? .{2,40} (?:have|need) to|should)\b", r"by when \1"),
        (r"\b(?:work(?:ing)?) (?:remotely|at home|from home)\b", "workfromhome"),
    )
)
KOREAN_PHRASES = _compiled(
    (
        (r"(?:에\s*)?(?:대해|대하여|관해|대한|관한)(?:서)?", ""),
        (
            r"(?:매년|연간|해마다|한\s*해(?:에|\s*동안)?|(?<!\d)1년(?:에|간|\s*동안|마다)?(?=[\s에]|$)|년마다\s*1)",
            "per:year",
        ),
        (
            r"(?:매주|주당|한\s*주(?:에|\s*동안)?|(?:일|1)주일?(?:에|\s*동안|간)?(?=\s|$)|(?<![가-힣])주(?=\s*(?:며칠|\d)))",
            "per:week",
        ),
        (r"(?:매월|매달|월간|한\s*달(?:에|\s*동안)?|(?<!\d)1개월(?:에|마다)?(?=\s|$))", "per:month"),
        (r"(?:매일|하루(?:에)?|(?<!\d)1일(?:에|당)(?=\s|$))", "per:day"),
        (r"(?:(?<!\d)1\s*)?(?:킬로미터|km)\s*(?:당|에)(?=\s|$)", "per:km"),
        (r"(?:왜|무엇\s*때문에|뭐\s*때문에|무슨\s*이유로|어째서)", "?why"),
        (r"이유|(?<![\d만억천백])원인|까닭", "?why"),
        (r"언제부터\s*언제까지|언제\s*시작해서?\s*언제\s*끝나", "?duration"),
        (r"언제\s*까지|기한|마감(?:일)?|시한", "?until"),
        (r"언제\s*부터|시작일|개시일", "?from"),
        (r"얼마나\s*자주|얼마\s*만에(?:\s*한\s*번씩?)?|주기|간격", "?every"),
        (r"며칠에\s*한\s*번씩?|며칠마다", "?every unit:일"),
        (r"몇\s*(년|개월|달|주|일|시간|분)(?:마다|에\s*한\s*번씩?|에\s*1번)", r"?every unit:\1"),
        (r"(?:며칠|몇\s*일)\s*(?:안에|이내에?|내에|내로)", "?until unit:일"),
        (r"몇\s*(년|개월|달|주|시간|분)\s*(?:안에|이내에?|내에|내로)", r"?until unit:\1"),
        (r"(?:며칠|몇\s*일)\s*전", "?ahead unit:일"),
        (r"얼마\s*전", "?ahead"),
        (r"몇\s*(년|개월|달|주|시간|분)\s*전", r"?ahead unit:\1"),
        (r"며칠\s*만에|며칠이?\s*걸리|며칠이?\s*걸립", "?duration unit:일"),
        (r"(?:얼마나|얼마)\s*(?:동안|오래)|소요\s*(?:기간|시간)|기간", "?duration"),
        (r"며칠(?:이나|간|\s*동안)?|몇\s*일(?:간|\s*동안)?(?!\s*자)|\s*일수(?=[가는은이를\s]|$)", "?duration unit:일"),
        (r"몇\s*시(?!\s*간)", "?when unit:시"),
        (r"몇\s*(년|개월|달|주|시간|분)(?:간|\s*동안)?", r"?duration unit:\1"),
        (r"몇\s*(?:퍼센트|프로|%)", "?rate ?amount"),
        (r"몇\s*(?:자|글자)|글자\s*수|(?<=최소\s)길이|(?<=최대\s)길이|길이는\s*몇\s*자|길이", "?count unit:자"),
        (r"몇\s*(?:명|사람|분이)|인원(?:수)?|(?<=직원|사원)\s*수(?=[가는은\s]|$)", "?count unit:명"),
        (r"몇\s*(?:번|회|차례)", "?times"),
        (r"몇\s*(개|대|건|권|장|부|종|곳|리터|도|원|층|호|등)", r"?count unit:\1"),
        (r"수량|개수|갯수", "?count"),
        (r"(?<=[가-힣])\s수(?=[가는은를의]?(?:[\s?]|$))(?!\S*\s*(?:있|없))", " ?count"),
        (r"(?<=[가-힣]{2})량(?=[은는이을의\s]|$)", " ?count"),
        (r"(?:얼마나|얼마)까지", "?amount max"),
        (r"얼마나|얼마", "?amount"),
        (r"총액|합계\s*(?:금액|액)|총\s*(?:금액|액)|합계|(?<![가-힣])총(?=\s)", "total ?amount"),
        (r"(?:(?<!수)상한|한도|최고)\s*(?:금액|액)?|상한선", "limit ?amount"),
        (r"(?<=[가-힣])율(?=[은는이을의\s]|$)|(?<=[가-힣])률(?=[은는이을의\s]|$)|비율", " ?rate ?amount"),
        (r"(?<=구매|지급|지원|매출|청구|계약)\s*(?:금액|액)|금액|액수", " ?amount"),
        (r"(?:최대|최장)(?:한|로)?", "max"),
        (r"(?:최소|최단|적어도)(?:한|로)?", "min"),
        (r"(?<=[\d가-힣])\s*(?:이상)", " min"),
        (r"이하|이내", "atmost"),
        (r"초과(?:하는|하면|한|할|시)?|넘(?:으면|는|을|은)|웃도는", "over"),
        (r"미만", "under"),
        (r"언제|시기|날짜|일자|(?<=제출)일(?=[은는이\s]|$)|하는\s*날(?=[은는이\s])|되는\s*때(?=[은는])", "?when"),
        (r"어디(?:에서|서)", " ?where unit:에서"),
        (r"어디로", " ?where unit:로"),
        (r"어디(?:에다|에)?|장소|위치(?:해)?|주소|(?:하는|열리는|되는)\s*곳|(?<=연락)처", " ?where"),
        (r"누구(?:에게|한테|께)|(?:받는|당한|당하는)\s*사람", "?whom"),
        (r"누구를", "?whom unit:를"),
        (r"누구의(?!\s*(?:승인|허가|결재|동의|서명|허락))", "?whose"),
        (r"누구의?|누가|(?:하는|한)\s*사람|이름|명단", "?who"),
        (r"(?<=승인|참석|신청|작성|결재|제출|주재|불참|발표|서명)자(?=[는은가를의\s]|$)", " ?who"),
        (r"어떻게|방법|절차|대처법?|할\s*일", "?how"),
        (r"무엇|뭐|뭔가|무슨|어떤|어느|알려|궁금", "?what"),
    )
)
ENGLISH_PHRASES = _compiled(
    (
        (r"\b(?:per|each|every|a|in a)\s+(year|month|week|day|quarter)\b(?!\s+(?:off|of))", r"per:\1"),
        (r"\b(?:annually|yearly)\b", "per:year"),
        (r"\bhow often\b|\b(?:at )?(?:what|which) intervals?\b|\bintervals?\b|\bfrequency\b", "?every"),
        (r"\b(?:in|on|at) (?:which|what) (?:place|location)\b|\bwhere\b|\blocation\b", "?where"),
        (r"\b(?:by when|how soon|until when)\b|\bdeadlines?\b|\bdue date\b", "?until"),
        (r"\b(?:on|at|in) (?:what|which) (?:date|day|time)\b|\bwhen\b|\bdate\b", "?when"),
        (r"\b(?:for )?how long\b|\blength of time\b|\blength\b|\bduration\b|\bperiod\b", "?duration"),
        (r"\bhow many (days|weeks|months|years|hours|minutes)\b(?=.*\bin advance\b)", r"?ahead unit:\1"),
        (r"\b(?:how many|number of) (days|weeks|months|years|hours|minutes)\b", r"?duration unit:\1"),
        (r"\bhow many times\b", "?times"),
        (r"\b(?:how many|the number of)\b", "?count"),
        (r"\bhow much(?: higher| more)?\b|\bhow high\b|\bwhat amount\b|\bamount\b", "?amount"),
        (r"\bwho (?=(?:is|are|was|were|gets?|has been|be) \w+(?:ed|id|en)\b)|(?<!by )\bwhom\b", "?whom"),
        (r"\bwhose\b(?! (?:approval|permission|consent|authori\w+|signature))", "?whose"),
        (r"\b(?:by whom|whose|who)\b", "?who"),
        (r"\b(?:why|reasons?|causes?|caused)\b", "?why"),
        (r"\bhow\b|\b(?:what )?steps\b|\bwhat do i do\b|\bprocedure\b|\bway\b", "?how"),
        (r"\b(?:maximum|max|highest|upper)\b(?: limit)?|\bup to\b|\bat most\b", "max"),
        (r"\blimit\b", "max"),
        (r"\b(?:minimum|min|lowest|at least)\b", "min"),
        (r"\b(?:over|exceed(?:s|ing)?|more than|above)\b", "over"),
        (r"\b(?:under|less than|below)\b", "under"),
        (r"\b(?:what|which)\b", "?what"),
    )
)

KOREAN_NEGATION = re.compile(
    r"(?<![가-힣])(?:안(?=[\s하되돼됩해했될])|못)|않|없|아닌|아니|말아야|마라|(?:금지|불가|제외)|(?<![가-힣])말(?:고|아)|면\s*안\s"
)
ENGLISH_NEGATION = re.compile(r"\b(?:not|no|never|without|cannot|except|exclud\w+|neither|nor)\b|n't\b")
KOREAN_MUST = re.compile(r"[가-힣]야\s*(?:하|합|되|됩|돼|할|한)|의무|필수|반드시")
KOREAN_CAN = re.compile(r"수\s*있|가능|허용|(?:해|어|아)도\s*(?:되|됩|돼)")
ENGLISH_MUST = re.compile(r"\b(?:must|have to|has to|need to|needs to|required|obliged|mandatory)\b")
ENGLISH_CAN = re.compile(r"\b(?:can|could|may|allowed|possible|permitted|able)\b")
KOREAN_TIMELESS = re.compile(
    r"(?:누구|무엇|뭐|어디|언제|얼마|며칠|[가-힣]\s?이?)(?:인가요|인지|입니까|이에요|예요|야|죠)[?？.\s]*$|알려|궁금|[^요까지가니다?？.\s][?？.\s]*$"
)
KOREAN_PASSIVE = re.compile("되|됩|된|돼|될|됐|받|열리|열립|나오|나옵|주어")
KOREAN_PAST = re.compile(r"[았었였했됐갔왔췄겼났렸졌](?:나요|습니까|어요|어|는지|던|을|니|지|죠)|[가-힣]된\s|였")
ENGLISH_PAST = re.compile(r"\b(?:was|were|did|had)\b")

# Words of one row mean the same in a question of an office.
_KOREAN_ROWS = """
연차휴가 연차 연가 유급휴가
패스워드 비밀번호 암호
변경 바꾸 바꿔 바꿉 바꿀 바뀌 교체 교환
이메일 메일 전자우편
의심스러운 수상한 의심되는 의심
멈췄 멈춘 멈추 멈 정지 중단
화재 불이나 불이 불나
발생 나면 나 생기 생기면 났
본인 자기
결혼 혼인
사용 이용 쓰 쓸 써 쓰면 씁
지급 주나 줍 줘 줘요 주 주는 주어지 주어집 나오 나오나 나옵 줄 지원 지원해
받 받나 받을 받는 받은 받아 받습 수령
정산 정산하
출장비 출장경비 경비
자가용 내차 자기차 자차 개인차량
설치 깔
참석 참가 참여
구매 구입
구매요청서 구매요청
제출 내야
수리 수선
고장 고장나 고장났
문의 연락
발급 발급받
등록
필요 구비 제출해
서류 문서
직원 임직원 사원들
실시 진행 열리
닫 종료 끝나 마치
생산 생산하
야근 야간근무
재택근무 집에서일 재택
초과근무 시간외근무 연장근무
본사 본점
지체상금 지연배상금
육아휴직
동호회 사내동호회
시험성적서
회사 당사
"""
_ENGLISH_ROWS = """
employee staff worker colleague
get receive obtain given
annual yearly
abroad foreign overseas
expire expiry end ends
start begin commence
document paper
need require necessary
application apply
reset
find keep kept
take held hold
revenue sales turnover
approve approval
report reporting
calibrate calibration
probation
"""


def _table(rows: str) -> dict[str, str]:
    return {word: line.split()[0] for line in rows.strip().splitlines() for word in line.split()}


KOREAN_WORDS = _table(_KOREAN_ROWS)
ENGLISH_WORDS = _table(_ENGLISH_ROWS)

# Words that say nothing about what is asked for.
_KOREAN_LIGHT = """
하 하면 하나 하는 한 할 해 해야 했 합 함 하기 하려면 하여 하고 하죠 되 되나 되면 되는 된 될 됩 돼 됐 되었 되어 있 있나 있는 있을 있습
수 것 때 시 경우 중 등 및 좀 저 제 제가 우리 저희 내 나 그 이 해당 관련 무엇 뭐 뭔가 뭐예 무슨 어떤 어느 알려 알려줘 알려주세요 주세요
궁금 궁금합 가능 허용 이 가 은 는 을 를 의 에 에서 로 으로 와 과 도 만 이나 인가 인지 입 이에 예 야 죠 대 위한 위해 따른 따라 동안
사이 인 건 게 거 곳 날 여 이고 보통 현재 지금 혹시 정확히 구체적으로 까지 가면 가는 갈 간 가나 올 오면 오 이면 라면 다 데 해서 그럼
모두 전체 해주 해줘 걸리 걸립 급 한번 씩 입니까 합니까 됩니까 니까 였 이어 어 여 이었 았 었 주세요 줘 말해 예요 이에요 야 이야 까 줬 봐 려
이죠 나요 여야 합니다 됩니다 습니까 은가요 는지
"""
_ENGLISH_LIGHT = """
a an the of for to in on at with is are was were be been being do does did done has have had will would shall should can could may
might must what which that this these those there it its i my me we our you your s as am and if any please tell know say long allowed
allow possible able entitled permitted place happen responsible responsibility whether right there go going
"""
# Words that may be left out beside a word that asks: what is done with a thing as a matter of course.
KOREAN_OPTIONAL = frozenset(("지급", "받", "사용", "실시", "발생"))
ENGLISH_OPTIONAL = frozenset(("get", "last", "valid", "take", "hold", "need", "occur", "us", "find", "mad"))
KOREAN_ALONE = frozenset(
    ("내", "나", "이", "그", "저", "제", "가", "오", "대", "수", "중", "등", "의")
)  # light only as they stand
KOREAN_LIGHT = frozenset(_KOREAN_LIGHT.split())
ENGLISH_LIGHT = frozenset(_ENGLISH_LIGHT.split())
ENGLISH_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
}
