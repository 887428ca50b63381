"""What stands on the cards of evidence and in the viewer."""

from __future__ import annotations

from ai_chat.ui.texts.words import Words

EVIDENCE: dict[str, Words] = {
    "evidence": Words("Evidence", "근거"),
    "nearest": Words("The nearest passages", "가장 가까운 내용"),
    "match_strong": Words("strong match", "관련 높음"),
    "match_fair": Words("fair match", "관련 보통"),
    "match_weak": Words("weak match", "관련 낮음"),
    "earlier": Words("Found for an earlier question.", "앞의 질문에서 찾은 근거입니다."),
    "same": Words("The same: {places}", "같은 내용: {places}"),
    "more_evidence": Words("{count} more", "근거 {count}개 더 보기"),
    "view_original": Words("Open the page", "원문 보기"),
    "previous": Words("Previous", "이전"),
    "next": Words("Next", "다음"),
    "of_units": Words("{number} of {count}", "{count}개 중 {number}번째"),
    "download_original": Words("Download the file", "원본 내려받기"),
    "version_changed": Words(
        "The document has changed since it was cited: this is what it says now.",
        "인용한 뒤에 문서가 바뀌었습니다. 지금 내용을 보여 드립니다.",
    ),
}
