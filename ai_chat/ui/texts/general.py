"""What more than one view of the page says: times, places in documents, names of views."""

from __future__ import annotations

from ai_chat.ui.texts.words import Words

GENERAL: dict[str, Words] = {
    "chat": Words("Ask", "질문"),
    "library": Words("Documents", "문서"),
    "opening": Words("Opening the library…", "라이브러리를 여는 중…"),
    "day": Words("{day} {month}", "{month} {day}일"),
    "day_and_year": Words("{day} {month} {year}", "{year}년 {month} {day}일"),
    "today_at": Words("today at {time}", "오늘 {time}"),
    "seconds": Words("{count} s", "{count}초"),
    "minutes": Words("{count} min", "{count}분"),
    "hours": Words("{count} h", "{count}시간"),
    "page": Words("p. {number}", "{number}쪽"),
    "slide": Words("slide {number}", "슬라이드 {number}"),
    "sheet": Words("sheet {label}", "시트 {label}"),
    "section": Words("{label}", "{label}"),
    "part": Words("part {number}", "{number}번째 부분"),
    "by_ocr": Words("{place} (OCR)", "{place} (글자 인식)"),
    "lines": Words("lines {span}", "{span}행"),
    "rows": Words("rows {span}", "{span}행"),
    "remove": Words("Remove", "삭제"),
    "undo": Words("Undo", "되돌리기"),
    "more": Words("Show more ({count})", "더 보기 ({count})"),
    "retry": Words("Try again", "다시 읽기"),
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
    "name_send": Words("Send", "보내기"),
    "name_upload": Words("Add files", "파일 추가"),
    "name_file": Words("Choose files", "파일 고르기"),
    "name_sidebar": Words("Sidebar", "사이드바"),
    "name_collapse": Words("Close the sidebar", "사이드바 닫기"),
    "name_expand": Words("Open the sidebar", "사이드바 열기"),
    "name_pages": Words("Views", "화면 목록"),
    "name_open": Words("Open the list", "목록 열기"),
    "name_clear_all": Words("Remove all", "모두 지우기"),
    "name_clear": Words("Remove it", "지우기"),
    "name_skip": Words("Skip to the content", "본문으로 건너뛰기"),
}
