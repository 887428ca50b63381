"""Sentences on fetching and keeping model files."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    "hub_name_wrong": Sentence(
        "'{name}' is not the name of a repository; it looks like OWNER/REPOSITORY.",
        "'{name}'은(는) 저장소 이름이 아닙니다. 소유자/저장소 꼴이어야 합니다.",
        "`ai-chat models list` shows models that are known by name.",
        "`ai-chat models list`가 이름으로 받을 수 있는 모델을 보여 줍니다.",
    ),
    "hub_file_name_wrong": Sentence(
        "'{name}' is not the name of a GGUF file in a repository.",
        "'{name}'은(는) 저장소에 있는 GGUF 파일 이름이 아닙니다.",
        "Give the name as the repository shows it, ending in .gguf.",
        "저장소에 보이는 대로 .gguf로 끝나는 이름을 쓰세요.",
    ),
    "hub_no_repository": Sentence(
        "There is no repository {repository} at {hub}, or it is not open to you.",
        "{hub}에 {repository} 저장소가 없거나 볼 권한이 없습니다.",
        "Check the spelling. For a private repository set HF_TOKEN.",
        "이름을 확인하세요. 비공개 저장소라면 HF_TOKEN을 설정하세요.",
    ),
    "hub_no_file": Sentence(
        "The repository {repository} has no file '{name}'.",
        "{repository} 저장소에 '{name}' 파일이 없습니다.",
        "`ai-chat models pull {repository}` lists its GGUF files.",
        "`ai-chat models pull {repository}`가 그 저장소의 GGUF 파일을 보여 줍니다.",
    ),
    "hub_no_models": Sentence(
        "The repository {repository} has no GGUF file.",
        "{repository} 저장소에 GGUF 파일이 없습니다.",
        "Look for a repository whose name ends in GGUF.",
        "이름이 GGUF로 끝나는 저장소를 찾아 보세요.",
    ),
    "hub_gated": Sentence(
        "{repository} is given only to those who have accepted its terms.",
        "{repository}은(는) 이용 조건에 동의한 사람만 받을 수 있습니다.",
        "Accept them at {hub}/{repository}, then set HF_TOKEN to a token of your account and pull again.",
        "{hub}/{repository}에서 동의한 다음, 계정의 토큰을 HF_TOKEN에 넣고 다시 받으세요.",
    ),
    "hub_refused": Sentence(
        "{hub} refused the request (HTTP {status}).",
        "{hub}이(가) 요청을 거절했습니다(HTTP {status}).",
        "Try again later, or copy the file here another way: ai-chat models add FILE.gguf",
        "나중에 다시 하거나 다른 방법으로 파일을 가져온 뒤: ai-chat models add FILE.gguf",
    ),
    "hub_unreachable": Sentence(
        "{hub} cannot be reached: {reason}",
        "{hub}에 연결할 수 없습니다: {reason}",
        "Without internet, copy the file here and type: ai-chat models add FILE.gguf",
        "인터넷이 없으면 파일을 복사해 온 뒤: ai-chat models add FILE.gguf",
    ),
    "hub_switched_off": Sentence(
        "HF_HUB_OFFLINE is set, so nothing is fetched.",
        "HF_HUB_OFFLINE이 설정되어 있어 내려받지 않습니다.",
        "Unset it, or copy the file here and type: ai-chat models add FILE.gguf",
        "이 설정을 풀거나, 파일을 복사해 온 뒤: ai-chat models add FILE.gguf",
    ),
    "hub_certificate": Sentence(
        "The certificate of {hub} is not trusted: {reason}",
        "{hub}의 인증서를 신뢰할 수 없습니다: {reason}",
        "Where your network puts its own certificate in between, set SSL_CERT_FILE to its file.",
        "회사망이 자체 인증서를 쓴다면 그 파일을 SSL_CERT_FILE에 지정하세요.",
    ),
    "hub_strange": Sentence(
        "{url} does not answer as a model hub does: size, version or hash are missing.",
        "{url}의 응답이 모델 허브의 것이 아닙니다. 크기, 버전 또는 해시가 없습니다.",
        "Check HF_ENDPOINT and the proxy.",
        "HF_ENDPOINT와 프록시 설정을 확인하세요.",
    ),
    "hub_broken_off": Sentence(
        "{name} broke off after {held} of {total}: {reason}",
        "{name} 받기가 {total} 중 {held}에서 끊겼습니다: {reason}",
        "Pull again: it goes on from there.",
        "다시 받으면 그 자리부터 이어집니다.",
    ),
    "hub_too_long": Sentence(
        "{name} is longer than the {total} that the hub announced.",
        "{name}이(가) 허브가 알린 {total}보다 깁니다.",
        "Pull again; if it happens again, take another file.",
        "다시 받아 보고, 또 나타나면 다른 파일을 받으세요.",
    ),
    "hub_hash_wrong": Sentence(
        "{name} came with the wrong hash ({found}, expected {expected}) and was thrown away.",
        "받은 {name}의 해시가 달라({found}, 올바른 값 {expected}) 버렸습니다.",
        "Pull again; if it happens again, something on the way alters it.",
        "다시 받으세요. 또 나타나면 중간에서 파일이 바뀌고 있습니다.",
    ),
    "model_no_space": Sentence(
        "{path} has {free} free, and {needed} are needed.",
        "{path}에 {needed}이(가) 필요한데 {free}만 남아 있습니다.",
        "Make room, or choose a smaller model: ai-chat models list",
        "공간을 비우거나 더 작은 모델을 고르세요: ai-chat models list",
    ),
    "model_being_pulled": Sentence(
        "Another process is fetching {name} now.",
        "다른 프로세스가 지금 {name}을(를) 받고 있습니다.",
        "Wait for it, then look at: ai-chat models list",
        "끝난 뒤 확인하세요: ai-chat models list",
    ),
    "model_name_unknown": Sentence(
        "'{name}' is neither a model known here nor a file.",
        "'{name}'은(는) 여기에서 아는 모델도 파일도 아닙니다.",
        "Near it: {nearest}. `ai-chat models list` shows all.",
        "비슷한 이름: {nearest}. 전체는 `ai-chat models list`로 볼 수 있습니다.",
    ),
    "model_not_here": Sentence(
        "{name} is in the catalogue but not on this machine yet ({size}).",
        "{name}은(는) 목록에 있지만 아직 이 컴퓨터에 없습니다({size}).",
        "Fetch it: ai-chat models pull {name}",
        "받기: ai-chat models pull {name}",
    ),
    "model_name_taken": Sentence(
        "There is a model named {name} already: {path}",
        "{name} 이름의 모델이 이미 있습니다: {path}",
        "Choose another name with --name.",
        "--name으로 다른 이름을 정하세요.",
    ),
    "model_name_wrong": Sentence(
        "'{name}' cannot name a model: letters, digits, '.', '-' and '_' only, up to 64.",
        "'{name}'은(는) 모델 이름으로 쓸 수 없습니다. 글자, 숫자, '.', '-', '_'로 64자까지 됩니다.",
        "Choose a name with --name.",
        "--name으로 이름을 정하세요.",
    ),
    "model_in_use": Sentence(
        "{name} is the model that writes answers now.",
        "{name}은(는) 지금 답변을 쓰는 모델입니다.",
        "Choose another first: ai-chat models use starter",
        "먼저 다른 모델을 고르세요: ai-chat models use starter",
    ),
    "model_size_differs": Sentence(
        "The hub has {found} for {name}; the catalogue of {date} says {expected}.",
        "{name}의 크기가 허브에는 {found}, {date} 목록에는 {expected}입니다.",
    ),
    "model_entry_damaged": Sentence(
        "{path} does not tell a model any more: {reason}",
        "{path} 파일에서 모델 정보를 읽을 수 없습니다: {reason}",
        "Delete that file, then pull or add the model again.",
        "그 파일을 지운 다음 모델을 다시 받거나 추가하세요.",
    ),
    "model_elsewhere": Sentence(
        "{endpoint} writes the answers, so no model is loaded here.",
        "{endpoint}이(가) 답변을 쓰므로 여기에는 모델을 불러오지 않습니다.",
        "Unset AI_CHAT_LLM_ENDPOINT to use a model of this machine.",
        "이 컴퓨터의 모델을 쓰려면 AI_CHAT_LLM_ENDPOINT를 해제하세요.",
    ),
    "model_aside": Sentence(
        "{name} was removed; its file is put aside.",
        "{name}은(는) 지운 모델이며 파일은 따로 옮겨져 있습니다.",
        "Put it back: ai-chat models restore {name}",
        "되돌리기: ai-chat models restore {name}",
    ),
    "model_not_removed": Sentence(
        "No model named '{name}' was removed.",
        "'{name}' 이름으로 지운 모델이 없습니다.",
        "`ai-chat models list` shows what can be put back.",
        "`ai-chat models list`가 되돌릴 수 있는 모델을 보여 줍니다.",
    ),
}
