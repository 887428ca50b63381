"""Phrases of questions that mean the same, as tables: what is asked for, how much of it, whether it is denied.

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
        (
            r"(?:을|를|이|가|에\s*대해)?\s*(?:좀\s*)?(?:알고\s*싶|알\s*수\s*있(?:을까|나|습|는)|(?:알려|가르쳐|설명해|보여|말해|말씀해|안내해|찾아)\s*(?:주|줄|줘)|문의드|여쭤|여쭙).*$",
            " 무엇",
        ),
        (
            r"(?:(?:우리|저희)\s*)?(?:회사|사내)?\s*(?:규정|사규|내규|지침|취업규칙|매뉴얼|문서|자료|계약서|안내문|공지)(?:상으?로?(?=\s|는)|에\s*따르면|에\s*의하면|에\s*따라)",
            "",
        ),
        (
            r"(?:으로|로)?\s*(?:정해져|정해진|정해지|규정되어|규정돼|규정하고|책정되어|책정돼|설정되어|명시되어|명시돼|나와|적혀|정하고)\s*(?:있\S*)?(?=[\s?.]|$)",
            " ",
        ),
        (r"(?:어떤|어느)\s*(?:사람|분|직원)(?:이|가|인)?", "누가"),
        (r"(?:어느|어떤)\s*(?:곳|장소|위치)", "어디"),
        (r"(?:어느|어떤)\s*(?:시점|때|날|시기)|언제쯤|몇\s*월\s*며칠|무슨\s*요일", "언제"),
        (r"어느\s*정도", "얼마"),
        (r"누구의\s*(승인|허가|결재|동의)[을이가]?\s*(?:받|필요|얻)\S*(?:\s*(?:하|합|되|됩|있)\S*)?", r"누가 \1"),
        (r"(?<!한)최대\s*한도", "한도"),
        (r"(?:근무|업무|일하는)\s*시간", "근무시간"),
        (
            r"담당하는\s*(?:사람|직원|분)|맡(?:고\s*있는|는|은)\s*(?:사람|직원|분)|담당\s*직원|맡고\s*있(?:나요|습니까)",
            "담당자",
        ),
        (r"식대", "식비"),
        (r"잃어\s*버\S*|잃\S*", "분실"),
        (r"망가\S*|부서(?:지|졌|진)\S*", "파손"),
        (r"출장\s*경비", "출장비"),
        (r"(?:내|제|자기|개인)\s*(?:차량|차)(?=[로를는가\s])", "자가용"),
        (r"집에서\s*(?:일하는|근무하는|하는)\s*(?:것|근무|일)?", "재택근무"),
        (r"불이?\s*(?:나면|났을|난|나는)", "화재 발생"),
        (r"수신(?=하|한|했)", "받"),
        (r"(?:어떤|무슨)\s*이름(?:으로)?", "무엇 명칭"),
        (r"연락처|연락\s*번호", "전화번호"),
        (r"마지막으로", "최근"),
        (r"이달", "이번 달"),
        (r"다음번", "다음"),
        (r"하룻밤", "1박"),
        (r"(?:적혀|쓰여|기재되어|나와)\s*있는|적힌|기재된|명시된", " "),
        (r"고장\s*(?:나면|났을|난|나는|이\s*나면)", "고장 발생"),
        (r"어떻게\s*(?=되|됩|돼)", "무엇 "),
    )
)
ENGLISH_REWRITES = _compiled(
    (
        (
            r"^(?:(?:can|could|would|will) you (?:please )?|please )?(?:tell me|explain|describe|let me know|list|show me)\b(?: to me)?,?",
            " what ",
        ),
        (r"^(?:i(?: would|'d)? (?:like|want|need) to know|do you know|i wonder|i am wondering),?", " "),
        (
            r"\b(?:according to|under|as per|in accordance with) (?:the |our |company )*"
            r"(?:policy|rules?|handbook|guidelines?|contract|manual|regulations?)\b,?",
            " ",
        ),
        (r"\b(?:in charge of|responsible for|responsibility for)\b", " for "),
        (r"\b(?:kinds?|types?|sorts?) of\b", " "),
        (r"\b(where|what|who|when|how)'s\b", r"\1 is"),
        (r"\bsign(?:s|ed|ing)? off(?: on)?\b", "approve"),
        (r"\bin case of\b", "in"),
        (r"\bhow much time\b", "how long"),
        (r"\bcarr(?:y|ies|ied|ying) out\b", "conduct"),
        (r"\bcontact person\b", "contact"),
        (r"\bcapital city\b", "capital"),
        (r"(?<=ing )time\b(?=\W*$| for\b| of\b)", " duration "),
        (r"\b(is|are|was|were|be|been|being) paid\b(?=\W*$)", r"\1"),
        (r"\bappl(?:y|ies)\b(?= if\b| when\b|\W*$)", ""),
        (r"\b(?:people|employees|staff) (?:who )?work\b", "employees"),
        (r"\b(?:in )?(?:what|which) (?:year|month)\b", "when"),
        (r"\bwhat (?:should|must|can|do) (?:i|we) (?:have to |need to )?do to\b", "how"),
        (r"\b(?:which|what) (?:person|people|employees?)\b", "who"),
        (r"\b(?:at )?what time\b", "when"),
        (r"\bhow (?:do|does|can|should|would|must) (?:i|we|you|one|employees?|staff) go about (\w+?)ing\b", r"how \1"),
        (r"\b(?:no later than|time limit|due)\b", "deadline"),
        (r"\bwhat (?:does|do|did) (.{3,60}?) cost\b", r"how much is \1"),
        (r"\b(?:process|procedure|way)\b", "how"),
        (r"\b(?:cap|ceiling)\b", "limit"),
        (r"\b(how many|number of) ((?:\w+ ){1,2})(days|weeks|months|years|hours)\b", r"\2\1 \3"),
        (r"(?<!by )\bwhen (must|do(?:es)? .{2,40} (?:have|need) to|should)\b", r"by when \1"),
        (r"\b(?:work(?:ing)?) (?:remotely|at home|from home)\b", "workfromhome"),
    )
)
KOREAN_PHRASES = _compiled(
    (
        (r"에\s*(?:대해|대하여|관해|대한|관한)(?:서)?", ""),
        (r"(?:한\s*사람|1\s*인|1\s*명|(?<![가-힣])인)\s*당", "per:person"),
        (r"(?:한\s*시간|1\s*시간|(?<![가-힣])시간)\s*(?:당|에(?=\s))", "per:hour"),
        (r"(?:1\s*회|한\s*번|(?<![가-힣])회)\s*당", "per:time"),
        (r"(?:1\s*건|한\s*건|(?<![가-힣])건)\s*(?:당|에(?=\s))", "per:case"),
        (r"(?:조치|대응|대처|처리)\s*(?:방법|요령|절차)", "?how"),
        (r"규모", "?amount"),
        (r"횟수", "?times"),
        (r"몇\s*(?:세|살)|나이|연령", "?count unit:세"),
        (r"시간(?=[은는이가]\s*(?:몇\s*시|언제))", ""),
        (r"일정(?=[은는이가을]?\s*(?:무엇|언제|알려|\?|$))", "?when"),
        (r"몇\s*(kg|g|km|m|cm|mm|l|ml|mb|gb|tb)(?![a-z])", r"?amount unit:\1"),
        (r"(?<=[가-힣]{2})(?<![휴생요평제파메과통])일(?=[은는이가]?\s*(?:언제|무엇|\?|$))", "?when"),
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
        (r"몇\s*([가-힣]{1,3}?)(?=인가|입니|이에|예요|이야|까지|짜리|\s|$)", r"?amount unit:\1"),
        (r"수량|개수|갯수", "?count"),
        (r"(?<=[가-힣])\s수(?=[가는은를의]?(?:[\s?]|$))(?!\S*\s*(?:있|없))", " ?count"),
        (r"(?<=[가-힣]{2})량(?=[은는이을의\s]|$)", " ?count"),
        (r"(?:얼마나|얼마)까지", "?amount max"),
        (r"얼마나|얼마", "?amount"),
        (
            r"총액|합계\s*(?:금액|액)|총\s*(?:금액|액)|합계|(?<![가-힣])총(?![무회장괄선기리알점])(?=[\s가-힣])",
            "total ?amount",
        ),
        (r"(?:(?<!수)상한|한도|최고|(?<=[가-힣]\s)제한(?=[은는이가]))\s*(?:금액|액)?|상한선", "limit ?amount"),
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
        (r"어디(?:에다|에)?|장소|위치(?:해)?|주소|(?:하는|할|열리는|되는|보낼|받는)\s*곳|(?<=연락)처", " ?where"),
        (
            r"(?<=[가-힣])(?:\s?비용|\s?요금|\s?가격|\s?값|(?<![자재의원연치완종무유음비만진])료|(?<![준대설장정소경])비)(?=[는은가이를을의도\s?]|$)",
            " 비용 ?amount",
        ),
        (r"누구(?:에게|한테|께)|(?:받는|당한|당하는)\s*사람", "?whom"),
        (r"누구를", "?whom unit:를"),
        (r"누구의(?!\s*(?:승인|허가|결재|동의|서명|허락))", "?whose"),
        (r"누구의?|누가|(?:하는|한)\s*사람|이름|명단", "?who"),
        (
            r"(?<=승인|담당|책임|참석|신청|작성|결재|제출|주재|불참|발표|서명)(?:권)?자(?=[는은가를의인이입예?\s]|$)",
            " ?who",
        ),
        (r"어떻게|방법|절차|대처법?|할\s*일", "?how"),
        (r"무엇|무얼|뭐|뭔가|뭔지|뭘|무슨|어떤|어느|알려(?!야)|궁금", "?what"),
    )
)
ENGLISH_PHRASES = _compiled(
    (
        (r"\b(?:per|each|every|a|in a)\s+(year|month|week|day|quarter)\b(?!\s+(?:off|of))", r"per:\1"),
        (r"\b(?:annually|yearly)\b", "per:year"),
        (r"\bhow (?:often|frequently)\b|\b(?:at )?(?:what|which) intervals?\b|\bintervals?\b|\bfrequency\b", "?every"),
        (r"\b(?:in|on|at) (?:which|what) (?:place|location|address)\b|\bwhere\b|\blocation\b", "?where"),
        (r"\b(?:by when|how soon|until when)\b|\bdeadlines?\b|\bdue date\b", "?until"),
        (r"\b(?:on|at|in) (?:what|which) (?:date|day|time)\b|\bwhen\b|\bdate\b", "?when"),
        (r"\b(?:for )?how long\b|\blength of time\b|\blength\b|\bduration\b|\bperiod\b", "?duration"),
        (r"\bhow many (days|weeks|months|years|hours|minutes)\b(?=.*\bin advance\b)", r"?ahead unit:\1"),
        (r"\b(?:how many|number of) (days|weeks|months|years|hours|minutes)\b", r"?duration unit:\1"),
        (r"\bhow many times\b", "?times"),
        (r"\b(?:how many|the number of)\b", "?count"),
        (r"\bhow (?:much(?: higher| more)?|high|big|large)\b|\bwhat amount\b|\bamount\b", "?amount"),
        (r"\bwho (?=(?:do|does|did|should|can|must|shall|may|would) (?:i|we|you|one|they)\b)", "?whom"),
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
ENGLISH_PAST = re.compile(r"\b(?:was|were|did|had)\b|\b(?:who|what|which) \w+ed\b")
