"""Sentences on model servers that are asked over the network: which side failed, and what to do there."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

_KO_ADDRESS = "http://127.0.0.1:8080/v1처럼 쓰세요(AI_CHAT_LLM_ENDPOINT)."
_EN_ADDRESS = "Write it like http://127.0.0.1:8080/v1 (AI_CHAT_LLM_ENDPOINT)."

ROWS: dict[str, Sentence] = {
    # the address
    "endpoint_scheme_unknown": Sentence(
        "The model endpoint '{address}' does not begin with http:// or https://.",
        "모델 엔드포인트 주소 '{address}'은(는) http:// 또는 https://로 시작해야 합니다.",
        _EN_ADDRESS,
        _KO_ADDRESS,
    ),
    "endpoint_host_missing": Sentence(
        "The model endpoint '{address}' does not name a host.",
        "모델 엔드포인트 주소 '{address}'에 호스트 이름이 없습니다.",
        _EN_ADDRESS,
        _KO_ADDRESS,
    ),
    "endpoint_port_invalid": Sentence(
        "The port in the model endpoint '{address}' is not a number from 1 to 65535.",
        "모델 엔드포인트 주소 '{address}'의 포트는 1부터 65535까지의 숫자여야 합니다.",
        _EN_ADDRESS,
        _KO_ADDRESS,
    ),
    "endpoint_userinfo": Sentence(
        "The address of the model endpoint at {address} carries a user name or password, which is not supported.",
        "{address} 모델 엔드포인트 주소에 사용자 이름이나 비밀번호가 들어 있습니다. 이런 주소는 쓸 수 없습니다.",
        "Take it out of AI_CHAT_LLM_ENDPOINT; a key belongs in AI_CHAT_LLM_KEY.",
        "AI_CHAT_LLM_ENDPOINT에서 빼고, 키는 AI_CHAT_LLM_KEY에 넣으세요.",
    ),
    "endpoint_address_invalid": Sentence(
        "'{address}' cannot be the address of a model endpoint.",
        "'{address}'은(는) 모델 엔드포인트 주소로 쓸 수 없습니다.",
        _EN_ADDRESS,
        _KO_ADDRESS,
    ),
    "endpoint_key_invalid": Sentence(
        "The key in AI_CHAT_LLM_KEY has a space, a line break or a character that no key has.",
        "AI_CHAT_LLM_KEY의 키에 공백이나 줄바꿈처럼 키에 쓸 수 없는 문자가 있습니다.",
        "Copy it again.",
        "키를 다시 복사해 넣으세요.",
    ),
    "endpoint_not_allowed": Sentence(
        "{place} is not this machine: questions and passages of your documents would be sent there.",
        "{place}은(는) 이 컴퓨터가 아닙니다. 질문과 문서 내용이 그곳으로 전송됩니다.",
        "If that is meant, set AI_CHAT_ALLOW_REMOTE=1.",
        "그래도 괜찮다면 AI_CHAT_ALLOW_REMOTE=1로 설정하세요.",
    ),
    # the server
    "endpoint_unreachable": Sentence(
        "The model server at {place} cannot be reached: {reason}",
        "모델 서버 {place}에 연결할 수 없습니다: {reason}",
        "Start the server, or check the address in AI_CHAT_LLM_ENDPOINT.",
        "서버를 시작하거나 AI_CHAT_LLM_ENDPOINT의 주소를 확인하세요.",
    ),
    "endpoint_refused": Sentence(
        "The model server at {place} refused the request (HTTP {status}): {reason}",
        "모델 서버 {place}이(가) 요청을 거절했습니다(HTTP {status}): {reason}",
        "Check AI_CHAT_LLM_ENDPOINT (it usually ends with /v1), AI_CHAT_LLM_KEY and AI_CHAT_LLM_MODEL.",
        "AI_CHAT_LLM_ENDPOINT(보통 /v1로 끝납니다), AI_CHAT_LLM_KEY, AI_CHAT_LLM_MODEL을 확인하세요.",
    ),
    "endpoint_window": Sentence(
        "The prompt is longer than what the model server at {place} takes at once: {reason}",
        "프롬프트가 모델 서버 {place}의 컨텍스트 길이보다 깁니다: {reason}",
        "Set N_CTX to the context length that the server was started with, or start it with a longer one.",
        "N_CTX를 서버의 컨텍스트 길이에 맞추거나 서버를 더 긴 컨텍스트로 시작하세요.",
    ),
    "endpoint_busy": Sentence(
        "The model server at {place} takes no request at the moment: {reason}",
        "모델 서버 {place}이(가) 지금은 요청을 받지 않습니다: {reason}",
        "It is loading its model, or too much is asked of it. Ask again later.",
        "서버가 모델을 불러오는 중이거나 요청이 너무 많습니다. 나중에 다시 질문하세요.",
    ),
    "endpoint_failed": Sentence(
        "The model server at {place} failed while it worked on the request: {reason}",
        "모델 서버 {place}에서 요청을 처리하다가 오류가 났습니다: {reason}",
        "The fault is there: its log says more. Ask again later.",
        "오류는 그 서버에 있습니다. 서버 로그를 확인하고 나중에 다시 질문하세요.",
    ),
    "endpoint_garbage": Sentence(
        "What answers at {place} does not speak like an OpenAI-compatible API: '{found}'",
        "{place}의 응답이 OpenAI 호환 API 형식이 아닙니다: '{found}'",
        "Is AI_CHAT_LLM_ENDPOINT the address of an OpenAI-compatible API? It usually ends with /v1.",
        "AI_CHAT_LLM_ENDPOINT가 OpenAI 호환 API의 주소인가요? 보통 /v1로 끝납니다.",
    ),
    "endpoint_stalled": Sentence(
        "The model server at {place} was connected, but said nothing for {seconds} seconds.",
        "모델 서버 {place}에 연결했지만 {seconds}초 동안 응답이 없었습니다.",
        "Look whether that server is busy or hangs, then ask again.",
        "그 서버가 바쁘거나 멈추지 않았는지 확인한 뒤 다시 질문하세요.",
    ),
    "endpoint_broke_off": Sentence(
        "The model server at {place} broke off: {reason}",
        "모델 서버 {place}의 응답이 도중에 끊겼습니다: {reason}",
        "Look whether that server is still running, then ask again.",
        "그 서버가 아직 실행 중인지 확인한 뒤 다시 질문하세요.",
    ),
    "endpoint_model_unset": Sentence(
        "The server at {place} has {count} models ({known}), and none is chosen.",
        "{place} 서버에 모델이 {count}개({known}) 있는데 쓸 모델이 정해지지 않았습니다.",
        "Set AI_CHAT_LLM_MODEL to the name of one that the server has.",
        "AI_CHAT_LLM_MODEL을 그 서버에 있는 모델 이름으로 설정하세요.",
    ),
    "endpoint_model_unknown": Sentence(
        "The server at {place} has no model '{model}'; it has: {known}",
        "{place} 서버에 '{model}' 모델이 없습니다. 있는 모델: {known}",
        "Set AI_CHAT_LLM_MODEL to one of these, or load the model there.",
        "AI_CHAT_LLM_MODEL을 그중 하나로 설정하거나 그 서버에 모델을 올리세요.",
    ),
}
