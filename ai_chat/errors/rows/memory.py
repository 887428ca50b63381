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
    "part_unknown": Sentence(
        "No part of the program that can be loaded or let go is called '{name}'.",
        "'{name}'(이)라는 이름으로 불러오거나 내릴 수 있는 부분이 없습니다.",
        "The parts: {known}",
        "있는 부분: {known}",
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
    # how a model is loaded: what was given up for the budget
    "plan_context_lowered": Sentence(
        "The context was lowered from {before} to {after} tokens to stay under {budget}.",
        "메모리 예산 {budget}를 넘지 않도록 문맥 길이를 {before}에서 {after}토큰으로 줄였습니다.",
    ),
    "plan_batch_lowered": Sentence(
        "The batch was lowered from {before} to {after} tokens to stay under {budget}; documents are read a little slower.",
        "메모리 예산 {budget}를 넘지 않도록 배치를 {before}에서 {after}토큰으로 줄였습니다. 문서를 읽는 속도가 조금 느려집니다.",
    ),
    "plan_kv_lowered": Sentence(
        "The KV cache is kept as {after} instead of {before} to stay under {budget}.",
        "메모리 예산 {budget}를 넘지 않도록 KV 캐시를 {before} 대신 {after}로 저장합니다.",
    ),
    "plan_slots_lowered": Sentence(
        "Answers written side by side were lowered from {before} to {after} to stay under {budget}.",
        "메모리 예산 {budget}를 넘지 않도록 동시에 작성하는 답변 수를 {before}개에서 {after}개로 줄였습니다.",
    ),
    "plan_prompt_cache_lowered": Sentence(
        "The cache of earlier conversations was lowered from {before} to {after} MiB to stay under {budget}.",
        "메모리 예산 {budget}를 넘지 않도록 이전 대화의 캐시를 {before}MiB에서 {after}MiB로 줄였습니다.",
    ),
    "plan_weights_mapped": Sentence(
        "The model is read from its file as it is needed, which is slower, because it would fill more than half of {budget}.",
        "모델이 메모리 예산 {budget}의 절반을 넘으므로 파일에서 필요할 때 읽습니다. 속도는 느려집니다.",
    ),
    "plan_gpu_part": Sentence(
        "{layers} of the model's {all} layers fit into {room} of GPU memory; the others run on the processor, which is slower.",
        "모델의 {all}개 층 중 {layers}개가 GPU 메모리 {room}에 들어갑니다. 나머지는 CPU에서 돌아 느려집니다.",
        "A smaller model fits as a whole: ai-chat models list",
        "더 작은 모델은 모두 들어갑니다: ai-chat models list",
    ),
    # what a plan warns of
    "plan_context_trained": Sentence(
        "The model was trained for {trained} tokens of context, so {value} were lowered to that.",
        "이 모델이 학습한 문맥 길이는 {trained}토큰이므로 {value}토큰을 그만큼으로 줄였습니다.",
    ),
    "plan_setting_costs": Sentence(
        "{name}={value} takes {more} more than the usual {usual}.",
        "{name}={value}은(는) 기본값 {usual}보다 메모리를 {more} 더 씁니다.",
    ),
    "plan_estimated": Sentence(
        "How much memory a model of the kind '{architecture}' takes is known by a careful estimate only.",
        "'{architecture}' 종류의 모델이 쓰는 메모리는 넉넉히 잡은 어림값입니다.",
    ),
    "plan_gpu_unusable": Sentence(
        "There is a GPU ({gpu}), but the language model's engine as installed cannot use it.",
        "GPU({gpu})가 있지만 설치된 언어 모델 엔진이 GPU를 쓰지 못합니다.",
        "Install the engine's CUDA build: docs/memory.md, 'GPUs'",
        "엔진의 CUDA 버전을 설치하세요: docs/memory.md의 'GPUs'",
    ),
    "budget_above_machine": Sentence(
        "AI_CHAT_MEMORY_BUDGET asks for {asked}, but there is no more than {has}, so {used} is the budget.",
        "AI_CHAT_MEMORY_BUDGET은 {asked}이지만 쓸 수 있는 메모리가 {has}이므로 예산을 {used}로 합니다.",
    ),
    "budget_above_free": Sentence(
        "AI_CHAT_MEMORY_BUDGET is {asked}, but only {free} is free now.",
        "AI_CHAT_MEMORY_BUDGET은 {asked}이지만 지금 남은 메모리는 {free}뿐입니다.",
        "Close other programs, or lower the budget.",
        "다른 프로그램을 닫거나 예산을 줄이세요.",
    ),
    "plan_refused": Sentence(
        "{model} does not fit: it needs {needed} at least, and of the budget of {budget} other parts take {others}. "
        "What would fit: {fits}",
        "{model}은(는) 메모리에 들어가지 않습니다. 최소 {needed}가 필요한데, 예산 {budget} 중 {others}를 다른 부분이 씁니다. "
        "들어가는 것: {fits}",
        "Choose one of these, or another model: ai-chat models list",
        "이 중에서 고르거나 다른 모델을 쓰세요: ai-chat models list",
    ),
}
