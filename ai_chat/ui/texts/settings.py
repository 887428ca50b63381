"""The words of the settings and of the first visit."""

from __future__ import annotations

from ai_chat.ui.texts.words import Words

SETTINGS: dict[str, Words] = {
    "settings": Words("Settings", "설정"),
    "settings_fixed": Words("Set by {by}: change it there.", "{by}(으)로 지정되어 있어 그곳에서만 바꿀 수 있습니다."),
    "settings_changed": Words("{what} changed.", "{what} 설정을 바꿨습니다."),
    "settings_waiting": Words(
        "It holds as soon as what is running has finished.", "지금 진행 중인 작업이 끝나면 적용됩니다."
    ),
    "settings_apply": Words("Stop that and apply now", "작업을 멈추고 지금 적용"),
    "set_language": Words("Language", "언어"),
    "set_users": Words("Users", "사용자"),
    "users_hint": Words(
        "Each change is in force at once. Keys for programs and the log are on the command line: `ai-chat keys`, `ai-chat audit`.",
        "바꾸면 바로 적용됩니다. 프로그램용 키와 감사 기록은 명령줄에 있습니다: `ai-chat keys`, `ai-chat audit`.",
    ),
    "users_row": Words("{name} · {role} · {collections}", "{name} · {role} · 컬렉션: {collections}"),
    "users_all": Words("all collections", "모두"),
    "users_none": Words("no collection", "없음"),
    "users_manage": Words("Manage {name}", "{name} 관리"),
    "users_collections": Words("Collections that he may see", "볼 수 있는 컬렉션"),
    "users_role": Words("Role", "권한"),
    "users_name": Words("Name of the user", "사용자 이름"),
    "users_password": Words("Password of the user", "사용자 비밀번호"),
    "users_add": Words("Add a user", "사용자 추가"),
    "users_set_password": Words("Give this password", "이 비밀번호로 바꾸기"),
    "users_remove": Words("Remove this user", "이 사용자 삭제"),
    "set_language_auto": Words("As the browser asks", "브라우저에 맞춤"),
    "set_model": Words("Language model", "언어 모델"),
    "set_model_hint": Words(
        "It writes the answers. A larger one writes better, takes more memory and is slower.",
        "답변을 작성하는 모델입니다. 큰 모델일수록 답이 좋지만 메모리를 더 쓰고 느립니다.",
    ),
    "set_model_endpoint": Words(
        "A server writes the answers (llm_endpoint), so no model of this list is loaded.",
        "지정한 서버(llm_endpoint)가 답변을 작성하므로 아래 모델은 쓰지 않습니다.",
    ),
    "model_in_use": Words("in use", "사용 중"),
    "model_use": Words("Use", "사용"),
    "model_use_named": Words("Use {name}", "{name} 사용"),
    "model_fits": Words(
        "takes {ram} of {budget} · reads up to {tokens} tokens at once",
        "메모리 {budget} 중 {ram} 사용 · 한 번에 최대 {tokens} 토큰",
    ),
    "model_no_business": Words("not for business use", "업무용으로 쓸 수 없음"),
    "models_more": Words("Models that could be fetched", "받아서 쓸 수 있는 모델"),
    "models_more_hint": Words(
        "They are fetched on the command line, from where there is an internet connection:",
        "인터넷이 되는 곳에서 아래 명령으로 받습니다.",
    ),
    "set_memory_budget": Words("Memory", "메모리"),
    "budget_hint": Words(
        "AI-CHAT never takes more than this. It frees what is idle and loads smaller before it gives up.",
        "AI-CHAT은 이 한도를 넘지 않습니다. 쉬고 있는 것부터 비우고 더 작게 불러옵니다.",
    ),
    "budget_slider": Words("At most (GiB)", "최대(GiB)"),
    "budget_now": Words("Now: {budget}.", "현재: {budget}."),
    "budget_now_auto": Words("Now: {budget}, chosen by what is free.", "현재: {budget}(여유 메모리에 맞춰 자동)."),
    "budget_means": Words("With {budget}: {name} {fit}.", "{budget}이면: {name} {fit}."),
    "budget_refused": Words("With {budget}: {reason}", "{budget}이면: {reason}"),
    "budget_use": Words("Use {budget}", "{budget} 적용"),
    "budget_auto": Words("Choose by what is free", "여유 메모리에 맞춰 자동"),
    "set_low_vram": Words("Careful with memory", "메모리 절약"),
    "low_vram_hint": Words(
        "On: conversations of 4,096 tokens, answers of up to 512. Off: 8,192 and 800, where the memory allows it.",
        "켜면 문맥 4,096 토큰, 답변 최대 512 토큰. 끄면 메모리가 허락하는 한 8,192와 800 토큰.",
    ),
    "set_keep_alive": Words("Let idle models go after", "쉬는 모델을 내리는 때"),
    "keep_0": Words("at once", "바로"),
    "keep_300": Words("5 minutes", "5분 뒤"),
    "keep_600": Words("10 minutes", "10분 뒤"),
    "keep_1800": Words("30 minutes", "30분 뒤"),
    "keep_-1": Words("never", "내리지 않음"),
    "keep_other": Words("{seconds} s", "{seconds}초 뒤"),
    "kept_answers": Words("Kept on this machine", "이 컴퓨터에 보관하는 것"),
    "kept_cache": Words(
        "{count} answers are kept to be shown at once when the same is asked.",
        "같은 질문에 바로 보여 주려고 답변 {count}개를 보관하고 있습니다.",
    ),
    "kept_clear": Words("Forget kept answers", "보관한 답변 지우기"),
    "kept_cleared": Words("{count} kept answers forgotten.", "보관한 답변 {count}개를 지웠습니다."),
    "ratings_save": Words("Save ratings ({count})", "평가 내려받기({count}개)"),
    "welcome_card": Words(
        "AI-CHAT answers from your own documents and shows the page and the sentence that says so. "
        "Nothing leaves this computer. Add your files under Documents, then ask below.",
        "AI-CHAT은 내 문서에서 답을 찾아, 그렇게 적힌 쪽과 문장을 함께 보여 줍니다. "
        "문서와 질문은 이 컴퓨터 밖으로 나가지 않습니다. '문서'에서 파일을 추가한 뒤 아래에 질문하세요.",
    ),
    "welcome_dismiss": Words("Got it", "알겠습니다"),
    "welcome_no_model": Words(
        "No language model is here, so you see the sentences that answer, without a written answer.",
        "언어 모델이 없어서 답변 글 없이 답이 있는 문장만 보여 드립니다.",
    ),
    "welcome_starter": Words(
        "The small starter model writes short answers, and only where it is sure. A larger one writes more.",
        "작은 기본 모델은 확실할 때만 짧게 답합니다. 더 큰 모델을 쓰면 더 길게 답합니다.",
    ),
    "welcome_models": Words("Choose a model", "모델 고르기"),
}
