"""Sentences on tables, lists and summaries."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    "list_empty": Sentence(
        "There is no such document: {wanted}.",
        "그런 문서가 없습니다: {wanted}.",
        "Leave out a condition, or see all of them: `ai-chat docs list`.",
        "조건을 하나 빼거나 전체 목록을 보세요: `ai-chat docs list`.",
    ),
    "summary_which": Sentence(
        "Several documents can be meant: {names}.",
        "가리키는 문서가 여럿입니다: {names}.",
        'Name one of them, for example: summarise "report.pdf" document:report',
        '그중 하나를 적어 주세요. 예: "보고서.pdf" 요약해줘 문서:보고서',
    ),
    "summary_nothing": Sentence(
        "{name} holds no text that can be summarised.",
        "{name}에는 요약할 글이 없습니다.",
        "`ai-chat docs list` shows how the document stands.",
        "문서 상태는 `ai-chat docs list`에서 볼 수 있습니다.",
    ),
}
