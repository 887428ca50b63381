"""The vocabulary of offices: words that mean the same in a question, and words that say nothing.

Data alone; `concepts` has the phrases.
"""

from __future__ import annotations

# Words of one row mean the same in a question of an office.
_KOREAN_ROWS = """
비용 값 가격
신청 요청
수정 정정
삭제 제거 지우
확인 조회
직원 구성원 근로자 종업원 임직원
고객 손님
협력사 협력업체
공급사 공급업체 납품업체
제품 상품
물품 물건
오류 에러
교육 연수
회의 미팅
급여 월급 임금 봉급
상여금 보너스
퇴사 퇴직
채용 뽑 뽑나 뽑는
승인 허가 허락
반납 반환 돌려주
배송 배달
보관 보존
폐기 버리 버려
증가 늘 늘어나 늘었 늘어
감소 줄 줄어들 줄었 줄어
종류 유형
조건 요건
무상 무료 공짜
유상 유료
휴대폰 핸드폰 휴대전화 스마트폰
컴퓨터 pc
홈페이지 웹사이트 사이트
차량 자동차
시작 개시 착수
책임 책임지
위반 어기 어기면 어긴
지키 준수
연차휴가 연차 연가 유급휴가
패스워드 비밀번호 암호 비번
변경 바꾸 바꿔 바꿉 바꿀 바뀌 교체 교환
이메일 메일 전자우편
의심스러운 수상한 의심되는 의심
멈췄 멈춘 멈추 멈 정지 중단
화재 불이나 불이 불나
발생 나면 나 생기 생기면 났
본인 자기
결혼 혼인
사용 이용 쓰 쓸 써 쓰면 씁 써야 쓰나
지급 주나 줍 줘 줘요 주 주는 주어지 주어집 주어집니까 나오 나오나 나옵 지원 지원해
받 받나 받을 받는 받은 받아 받습 수령
정산 정산하
출장비 출장경비 경비
자가용 내차 자기차 자차 개인차량
설치 깔
참석 참가 참여
구매 구입
구매요청서 구매요청
지연 늦어지 늦어진 늦어져 늦은 늦 늦게 늦으면
신규 새로 새
내야 내면 내나 낼 냅
수리 수선
고장 고장나 고장났
문의 연락 통보 알려야 알리
발급 발급받
등록
필요 구비 제출해
서류 문서
실시 진행 열리 열 개최
종료 끝 닫 끝나 마치
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
가장 제일
반드시 꼭
후 뒤
않 않을 않은 않는 않습 않아
최근 최근에
접속 연결
높은 높 높아
낮은 낮 낮아
많은 많 많아
적은 적 적어
큰 크 커
작은 작 작아
짧은 짧 짧아
빠른 빠르 빨라
사용 쓰이 쓰인 쓰였 쓰입
남 남은 남아 남았 남습
명칭
전화번호
"""
_ENGLISH_ROWS = """
company firm organisation organization
buy purchase
cost price
fee charge
salary wage
phone telephone
email mail
car vehicle
laptop notebook
manager supervisor boss
customer client
supplier vendor
contract agreement
submit file
allowance stipend
repair fix mend
broken faulty
deliver ship
delivery shipment
choose select pick
help assist support
notify inform
password passcode
vacation leave
mandatory compulsory
trip travel
employee staff worker colleague people personnel
get receive obtain given
annual yearly
abroad foreign overseas
expire expiry end ends
start begin commence
document paper
need require necessary
application apply
reset
find
keep kept
take held hold
revenue sales turnover
approve approval
send sent
buy bought
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
가려면 가려고 하려고 때는 시에는 것을 것은 것이 것도 이죠 나요 여야 합니다 됩니다 습니까 은가요 는지
있어 아세 아시 아시나 거야 싶은데 나왔 하지
"""
_ENGLISH_LIGHT = """
a an the of for to in on at with is are was were be been being do does did done has have had will would shall should can could may
might must about what which that this these those there it its i my me we our you your s as am and if any please tell know say long allowed
allow possible able entitled permitted place happen responsible responsibility whether right there go going
"""
# Words that may be left out beside a word that asks: what is done with a thing as a matter of course.
_KOREAN_OPTIONAL = "지급 받 사용 실시 발생 회사 직원 비용 필요 total"
_ENGLISH_OPTIONAL = "company employee handl get last valid take hold need occur us find mad total locat keep availabl"
KOREAN_OPTIONAL = frozenset(_KOREAN_OPTIONAL.split())
ENGLISH_OPTIONAL = frozenset(_ENGLISH_OPTIONAL.split())
KOREAN_ALONE = frozenset(
    ("내", "나", "이", "그", "저", "제", "가", "오", "대", "수", "중", "등", "의")
)  # light only as they stand
KOREAN_LIGHT = frozenset(_KOREAN_LIGHT.split())
ENGLISH_LIGHT = frozenset(_ENGLISH_LIGHT.split())
_NUMBERS = "two three four five six seven eight nine ten eleven twelve"  # "one" is a pronoun, too
ENGLISH_NUMBERS = {word: str(number) for number, word in enumerate(_NUMBERS.split(), 2)}
