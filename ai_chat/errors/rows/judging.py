"""Sentences on what the documents do not answer, and on calibration."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    "not_in_documents": Sentence(
        "The documents do not seem to answer this. Searched for: {searched}. Nothing found speaks of: {missing}.",
        "문서에서 답을 찾지 못했습니다. 찾은 말: {searched}. 어디에도 없는 말: {missing}.",
        "The nearest places are shown. Ask with words that stand in your documents, or add the document that answers it.",
        "가장 가까운 곳을 보여 드립니다. 문서에 쓰인 말로 다시 묻거나, 답이 있는 문서를 등록하세요.",
    ),
    "not_told_in_documents": Sentence(
        "The documents do not seem to answer this. Searched for: {searched}.",
        "문서에서 답을 찾지 못했습니다. 찾은 말: {searched}.",
        "The nearest places are shown. Ask with words that stand in your documents, or add the document that answers it.",
        "가장 가까운 곳을 보여 드립니다. 문서에 쓰인 말로 다시 묻거나, 답이 있는 문서를 등록하세요.",
    ),
    "calibration_too_few": Sentence(
        "Your documents give {found} questions to calibrate with; {needed} are needed, of two documents or more.",
        "문서에서 보정에 쓸 질문을 {found}개 만들었습니다. 서로 다른 문서에서 {needed}개 이상이 필요합니다.",
        "Ingest more documents, or stay with what is built in.",
        "문서를 더 등록하거나, 기본값을 그대로 쓰세요.",
    ),
    "calibration_damaged": Sentence(
        "The calibration {path} cannot be read and is not used: {reason}",
        "보정 파일 {path}을(를) 읽을 수 없어 쓰지 않습니다: {reason}",
        "`ai-chat calibrate` makes a new one, `ai-chat calibrate --reset` deletes it.",
        "`ai-chat calibrate`로 다시 만들거나 `ai-chat calibrate --reset`으로 지우세요.",
    ),
    "calibration_outdated": Sentence(
        "The calibration {path} was made with another embedder or analyzer and is not used.",
        "보정 파일 {path}은(는) 다른 임베더나 분석기로 만든 것이어서 쓰지 않습니다.",
        "`ai-chat calibrate` makes a new one.",
        "`ai-chat calibrate`로 다시 만드세요.",
    ),
}
