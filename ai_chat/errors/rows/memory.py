"""Sentences on memory: plans, budgets and pressure."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    "memory_critical": Sentence(
        "Memory is running out: AI-CHAT holds {held} of its budget of {budget}, and {free} is left, so no new work is begun now.",
        "메모리가 부족하여 지금은 새 작업을 시작하지 않습니다. AI-CHAT이 예산 {budget} 중 {held}를 쓰고 있고, 남은 메모리는 {free}입니다.",
        "What is idle is being let go: try again in a moment. If it stays so, close other programs, choose a smaller model "
        "(ai-chat models list) or a smaller N_CTX, or raise AI_CHAT_MEMORY_BUDGET where the machine has more to give.",
        "쓰지 않는 것을 내리고 있으니 잠시 뒤에 다시 시도하세요. 계속되면 다른 프로그램을 닫거나, 더 작은 모델(ai-chat models list)이나 "
        "더 작은 N_CTX를 쓰거나, 컴퓨터에 여유가 있으면 AI_CHAT_MEMORY_BUDGET을 늘리세요.",
    ),
    "cgroup_unreadable": Sentence(
        "A memory limit of the system cannot be read ({path}: {reason}), so only the other limits are kept.",
        "시스템의 메모리 제한을 읽을 수 없어({path}: {reason}) 다른 제한만 지킵니다.",
        "Set the limit yourself: AI_CHAT_MEMORY_BUDGET",
        "AI_CHAT_MEMORY_BUDGET으로 한도를 직접 정하세요.",
    ),
    "gpu_unreadable": Sentence(
        "There is an NVIDIA driver, but its library does not answer ({reason}), so no GPU is used.",
        "NVIDIA 드라이버가 있지만 라이브러리가 응답하지 않아({reason}) GPU를 쓰지 않습니다.",
        "Check that `nvidia-smi` works; after an update of the driver, restart the machine.",
        "`nvidia-smi`가 되는지 확인하세요. 드라이버를 업데이트했다면 컴퓨터를 다시 시작하세요.",
    ),
    "memory_guessed": Sentence(
        "This system does not say how much memory is free, so half of its {total} is taken to be.",
        "시스템이 남은 메모리를 알려 주지 않아 전체 {total}의 절반으로 봅니다.",
        "Set what AI-CHAT may use: AI_CHAT_MEMORY_BUDGET",
        "AI_CHAT_MEMORY_BUDGET으로 쓸 수 있는 양을 정하세요.",
    ),
}
