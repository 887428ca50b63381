"""Sentences on memory: plans, budgets and pressure."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    "memory_critical": Sentence(
        "Memory is running out: AI-CHAT holds {held} of its budget of {budget}, and {free} is left, so no answer is written now.",
        "메모리가 부족하여 지금은 답변을 작성하지 않습니다. AI-CHAT이 예산 {budget} 중 {held}를 쓰고 있고, 남은 메모리는 {free}입니다.",
        "What is idle is being let go: ask again in a moment. If it stays so, close other programs, choose a smaller model "
        "(ai-chat models list) or a smaller N_CTX, or raise AI_CHAT_MEMORY_BUDGET where the machine has more to give.",
        "쓰지 않는 것을 내리고 있으니 잠시 뒤에 다시 질문하세요. 계속되면 다른 프로그램을 닫거나, 더 작은 모델(ai-chat models list)이나 "
        "더 작은 N_CTX를 쓰거나, 컴퓨터에 여유가 있으면 AI_CHAT_MEMORY_BUDGET을 늘리세요.",
    ),
}
