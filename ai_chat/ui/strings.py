"""The page's own words in both languages. What went wrong is not here: those sentences stand in errors/sentences.py.

Takes a language and a name, gives text; blanks are `str.format` fields.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["ko", "en"]


class Words(NamedTuple):
    en: str
    ko: str


def say(language: Language, name: str, /, **values: object) -> str:
    """The named text; a name that is not there is a bug and raises KeyError."""
    words = STRINGS[name]
    return (words.ko if language == "ko" else words.en).format(**values)


EXAMPLES: tuple[Words, ...] = (
    Words("How many days per week can I do my job remotely?", "쓰지 않은 연차는 다음 해로 며칠까지 넘길 수 있나요?"),
    Words("How long is the warranty on hydraulic chucks?", "선반에 알람 2015가 뜨면 어떻게 조치해야 하나요?"),
    Words(
        "Who trains new colleagues to operate the OL-350?",
        "과장이 부산으로 출장 가면 하룻밤 숙박비는 얼마까지 쓸 수 있나요?",
    ),
)
"""Questions that the sample documents answer."""

_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS: tuple[Words, ...] = tuple(Words(name, f"{number}월") for number, name in enumerate(_MONTHS_EN, start=1))

STRINGS: dict[str, Words] = {
    "chat": Words("Ask", "질문"),
    "library": Words("Documents", "문서"),
    "new_conversation": Words("New conversation", "새 대화"),
    "recent": Words("Recent", "최근 대화"),
    "placeholder": Words("Ask about your documents", "문서에 대해 물어보세요"),
    "welcome": Words("Ask your documents", "문서에게 물어보세요"),
    "welcome_samples": Words(
        "Sample documents are loaded. Try one of these questions, or add your own documents.",
        "예시 문서가 준비되어 있습니다. 아래 질문을 눌러 보거나 내 문서를 추가하세요.",
    ),
    "welcome_documents": Words(
        "Answers come from your {count} documents, with the page that says so.",
        "등록된 문서 {count}개에서 근거가 되는 쪽과 함께 찾아 드립니다.",
    ),
    "welcome_empty": Words("Add documents first; then ask about them.", "먼저 문서를 추가한 뒤 질문하세요."),
    "opening": Words("Opening the library…", "라이브러리를 여는 중…"),
    "searching": Words("Searching…", "찾는 중…"),
    "searched_for": Words("Searched for: {question}", "찾은 말: {question}"),
    "cached": Words("From the answer cache, written {when}", "답변 캐시에서 · {when} 작성"),
    "cached_saved": Words("{took} saved", "{took} 절약"),
    "asked_again": Words("asked again below", "아래에서 다시 물음"),
    "ask_again": Words("Ask again", "다시 묻기"),
    "bad_answer": Words("Not a good answer", "아쉬운 답변"),
    "forgotten": Words(
        "Dropped from the answer cache: it will not be given again.",
        "답변 캐시에서 지웠습니다. 이 답변은 다시 나오지 않습니다.",
    ),
    "not_kept": Words(
        "It is not in the answer cache: the question is answered anew each time.",
        "답변 캐시에 없는 답변입니다. 이 질문에는 늘 새로 답합니다.",
    ),
    "day": Words("{day} {month}", "{month} {day}일"),
    "day_and_year": Words("{day} {month} {year}", "{year}년 {month} {day}일"),
    "today_at": Words("today at {time}", "오늘 {time}"),
    "seconds": Words("{count} s", "{count}초"),
    "minutes": Words("{count} min", "{count}분"),
    "hours": Words("{count} h", "{count}시간"),
    "missing": Words("The passages do not speak of: {missing}", "근거에 나오지 않는 말: {missing}"),
    "summary_progress": Words("Reading section {done} of {total}…", "{total}개 부분 중 {done}번째를 읽는 중…"),
    "queued": Words("Waiting for the model, {before} before you…", "모델 차례를 기다리는 중, 앞에 {before}개…"),
    "loading": Words(
        "Loading the model, {percent} %. The evidence is here already.",
        "모델 불러오는 중 {percent}%. 근거는 아래에 먼저 보여 드립니다.",
    ),
    "thinking": Words("The model is thinking ({count} tokens)…", "모델이 생각하는 중({count}토큰)…"),
    "restarted": Words(
        "The model stopped in the middle of the answer and was started again; what it had written was withdrawn.",
        "모델이 답변 도중에 멈춰 다시 시작했습니다. 쓰다 만 답변은 지웠습니다.",
    ),
    "writing": Words("Writing…", "작성하는 중…"),
    "evidence": Words("Evidence", "근거"),
    "nearest": Words("The nearest passages", "가장 가까운 내용"),
    "earlier": Words("Found for an earlier question.", "앞의 질문에서 찾은 근거입니다."),
    "same": Words("The same: {places}", "같은 내용: {places}"),
    "more_evidence": Words("{count} more", "근거 {count}개 더 보기"),
    "stop": Words("Stop", "멈추기"),
    "cancelled": Words("Stopped.", "멈췄습니다."),
    "skipped": Words("Evidence only, as asked.", "요청대로 근거만 보여 드립니다."),
    "unsure": Words(
        "Underlined sentences are not borne out by the passages.", "밑줄 친 문장은 근거에서 확인되지 않았습니다."
    ),
    "wrong": Words("not in the passages", "근거와 다름"),
    "page": Words("p. {number}", "{number}쪽"),
    "slide": Words("slide {number}", "슬라이드 {number}"),
    "sheet": Words("sheet {label}", "시트 {label}"),
    "section": Words("{label}", "{label}"),
    "part": Words("part {number}", "{number}번째 부분"),
    "by_ocr": Words("{place} (OCR)", "{place} (글자 인식)"),
    "lines": Words("lines {span}", "{span}행"),
    "rows": Words("rows {span}", "{span}행"),
    "add_documents": Words("Add documents", "문서 추가"),
    "add_hint": Words(
        "HWP, HWPX, Word, Excel, PowerPoint, PDF, scans, mail, ZIP, text and more, up to {limit} MB each",
        "한글(HWP·HWPX), 워드, 엑셀, 파워포인트, PDF, 스캔, 메일, ZIP, 텍스트 등 · 파일당 최대 {limit}MB",
    ),
    "choose_files": Words("Choose files or drop them here", "파일을 고르거나 여기에 끌어 놓으세요"),
    "adding": Words("Adding {name} ({done}/{total})", "{name} 등록 중 ({done}/{total})"),
    "adding_pages": Words(
        "Adding {name} ({done}/{total}), page {page} of {pages}",
        "{name} 등록 중 ({done}/{total}), {pages}쪽 중 {page}쪽",
    ),
    "left_minutes": Words("about {left} min left", "약 {left}분 남음"),
    "left_seconds": Words("about {left} s left", "약 {left}초 남음"),
    "paused": Words("Paused; {name} is next", "멈춤, 다음 파일: {name}"),
    "pause": Words("Pause reading", "읽기 멈추기"),
    "resume": Words("Go on reading", "읽기 계속하기"),
    "waiting_turn": Words(
        "Next in line; {name} is being read ({done}/{total})",
        "차례를 기다리는 중, 지금 읽는 파일: {name} ({done}/{total})",
    ),
    "added": Words("{name}: added", "{name}: 등록했습니다"),
    "updated": Words("{name}: updated", "{name}: 갱신했습니다"),
    "unchanged": Words("{name}: already there, unchanged", "{name}: 이미 등록된 문서입니다"),
    "more_files": Words("and {count} more files", "그 밖에 파일 {count}개"),
    "samples_note": Words(
        "These are sample documents. They step aside once you add your own.",
        "예시 문서입니다. 내 문서를 추가하면 검색에서 빠집니다.",
    ),
    "remove_samples": Words("Remove the samples", "예시 문서 지우기"),
    "your_documents": Words("Your documents", "내 문서"),
    "sample_documents": Words("Samples", "예시 문서"),
    "no_documents": Words("No documents yet.", "아직 문서가 없습니다."),
    "filter": Words("Filter by name", "이름으로 찾기"),
    "remove": Words("Remove", "삭제"),
    "removed": Words("Removed: {count}", "{count}개를 삭제했습니다"),
    "undo": Words("Undo", "되돌리기"),
    "more": Words("Show more ({count})", "더 보기 ({count})"),
    "pieces": Words("{units} parts", "{units}개 부분"),
    "inside": Words("inside {name}", "{name} 안의 파일"),
    "ocr_pages": Words("{count} pages by OCR", "{count}쪽 글자 인식"),
    "unread_pages": Words("{count} pages wait for OCR", "{count}쪽 글자 인식 대기"),
    "retry": Words("Try again", "다시 읽기"),
    "password": Words("Password of {name}", "{name} 비밀번호"),
    "unlock": Words("Open", "열기"),
    "password_note": Words(
        "It is used for reading and never stored.", "비밀번호는 문서를 읽을 때만 쓰고 저장하지 않습니다."
    ),
    "status_queued": Words("waiting", "대기 중"),
    "status_parsing": Words("being read", "읽는 중"),
    "status_searchable": Words("searchable; vectors to follow", "검색 가능 (벡터 준비 중)"),
    "status_complete": Words("ready", "준비됨"),
    "status_needs_ocr": Words("scanned pages: no text in it", "스캔 문서: 글자 인식이 필요합니다"),
    "status_needs_password": Words("protected by a password", "비밀번호로 잠긴 문서"),
    "status_failed": Words("could not be read", "읽지 못했습니다"),
    "memory": Words("Memory", "메모리"),
    "memory_held": Words("{held} of {budget}", "{budget} 중 {held}"),
    "pressure_tight": Words(
        "Memory is tight: what is idle is let go.", "메모리가 부족해 쓰지 않는 것을 내리는 중입니다."
    ),
    "pressure_critical": Words(
        "Memory is nearly used up: no new work is begun. Searching goes on.",
        "메모리가 거의 다 찼습니다. 검색만 되고 새 작업은 시작하지 않습니다.",
    ),
    "model": Words("Model", "모델"),
    "model_empty": Words("ready to load", "불러올 준비됨"),
    "model_loading": Words("loading", "불러오는 중"),
    "model_loading_part": Words("loading, {percent} %", "불러오는 중 {percent}%"),
    "model_unloads_minutes": Words("ready, let go in {left} min if not used", "준비됨, 쓰지 않으면 {left}분 뒤 내림"),
    "model_unloads_seconds": Words("ready, let go in {left} s if not used", "준비됨, 쓰지 않으면 {left}초 뒤 내림"),
    "model_endpoint": Words("another server answers", "다른 서버가 답변"),
    "model_loaded": Words("ready", "준비됨"),
    "model_failed": Words("could not be loaded", "불러오지 못했습니다"),
    "model_absent": Words("none: `ai-chat models use FILE`", "없음: `ai-chat models use 파일`"),
    "vectors": Words("Vectors", "벡터"),
    "vectors_pending": Words("{count} pending", "{count}개 준비 중"),
    "vectors_done": Words("complete", "완료"),
    "vectors_absent": Words("off: keyword search only", "꺼짐: 키워드 검색만"),
    "answer_cache": Words("Answer cache", "답변 캐시"),
    "cache_rate": Words("{percent} % of {asked} from it · {took} saved", "질문 {asked}개 중 {percent}% · {took} 절약"),
    "cache_missed": Words("none of {asked} from it yet", "질문 {asked}개 중 아직 없음"),
    "cache_unused": Words("nothing asked yet", "아직 질문 없음"),
    "remote_model": Words(
        "Answers are written by {model} at {place}: questions and passages of your documents are sent there.",
        "답변은 {place}의 {model} 모델이 작성합니다. 질문과 관련 문서 내용이 그곳으로 전송됩니다.",
    ),
    "remote_endpoint": Words(
        "Answers are written by the model at {place}: questions and passages of your documents are sent there.",
        "답변은 {place}의 모델이 작성합니다. 질문과 관련 문서 내용이 그곳으로 전송됩니다.",
    ),
    "language": Words("한국어", "English"),
    "home_failed": Words("The library could not be opened.", "라이브러리를 열지 못했습니다."),
}
