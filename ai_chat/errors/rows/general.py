"""Sentences on settings, usage, child processes and who owns the home."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    # settings and usage
    "config_unreadable": Sentence(
        "{path} is not valid TOML: {reason}",
        "{path} 파일이 올바른 TOML이 아닙니다: {reason}",
        "Correct the line or move the file away.",
        "해당 줄을 고치거나 파일을 다른 곳으로 옮기세요.",
    ),
    "config_unwritable": Sentence(
        "{path} cannot be written: {reason}",
        "{path} 파일에 쓸 수 없습니다: {reason}",
        "Make the file and its folder writable, or set the value as an environment variable.",
        "파일과 폴더에 쓰기 권한을 주거나 환경 변수로 값을 설정하세요.",
    ),
    "setting_unknown": Sentence(
        "{path} sets '{name}', which is no setting.",
        "{path}의 '{name}'은(는) 없는 설정입니다.",
        "Known settings: {known}",
        "설정 이름: {known}",
    ),
    "setting_invalid": Sentence(
        "{name} is '{value}' ({source}); it must be {expected}.",
        "{name} 값이 '{value}'입니다({source}). 다음이어야 합니다: {expected}.",
        "Correct it, or take it out for the default; then `ai-chat config` shows every value.",
        "고치거나 지우면 기본값을 씁니다. 그다음 `ai-chat config`로 모든 값을 볼 수 있습니다.",
    ),
    "usage_wrong": Sentence(
        "The command cannot be run like this: {reason}.",
        "명령을 이렇게 쓸 수 없습니다: {reason}.",
        "`{command} --help` lists what it takes; put `--` before a text that begins with '-'.",
        "`{command} --help`로 쓰는 법을 확인하세요. '-'로 시작하는 글 앞에는 `--`를 붙이세요.",
    ),
    "request_unreadable": Sentence(
        "The request cannot be read at {place}: {reason}.",
        "요청의 {place} 부분을 읽을 수 없습니다: {reason}.",
        "`GET /api/openapi.json` shows what each route takes.",
        "각 경로가 받는 형식은 `GET /api/openapi.json`에 있습니다.",
    ),
    "route_unknown": Sentence(
        "The API has nothing at this address, or not for this method ({status}).",
        "API에 이 주소가 없거나 이 메서드를 받지 않습니다({status}).",
        "`GET /api/openapi.json` lists all there is.",
        "전체 목록은 `GET /api/openapi.json`에 있습니다.",
    ),
    "unexpected": Sentence(
        "Something unexpected happened ({kind}: {reason}). The details are in {log}.",
        "예상하지 못한 오류가 났습니다({kind}: {reason}). 자세한 내용은 {log}에 있습니다.",
        "Try again; if it happens again, report it with that file.",
        "다시 시도하세요. 또 나타나면 그 파일과 함께 알려 주세요.",
    ),
    "unexpected_here": Sentence(
        "Something unexpected happened ({kind}: {reason}).",
        "예상하지 못한 오류가 났습니다({kind}: {reason}).",
        "Try again; if it happens again, report it with the lines above.",
        "다시 시도하세요. 또 나타나면 위의 내용과 함께 알려 주세요.",
    ),
    # processes
    "child_died": Sentence(
        "The part '{name}' ended unexpectedly (exit {status}): {reason}",
        "'{name}' 프로세스가 갑자기 끝났습니다(종료 코드 {status}): {reason}",
        "Try again; `ai-chat doctor` shows what is missing.",
        "다시 시도하세요. `ai-chat doctor`가 빠진 것을 알려 줍니다.",
    ),
    "child_stalled": Sentence(
        "The part '{name}' did not answer within {seconds} seconds.",
        "'{name}' 프로세스가 {seconds}초 안에 응답하지 않았습니다.",
    ),
    "frame_too_large": Sentence(
        "A message between two parts of the program is {length} bytes, which is too large.",
        "프로그램 내부 메시지가 {length}바이트로 너무 큽니다.",
    ),
    "lazy_ended": Sentence(
        "AI-CHAT is closing; nothing is loaded any more.",
        "AI-CHAT이 종료되는 중이어서 더 불러오지 않습니다.",
        "Try again when it runs.",
        "다시 실행한 뒤 시도하세요.",
    ),
    # ownership
    "owner_busy": Sentence(
        "Another ai-chat (process {pid}) is writing to {home}; waiting for it to finish.",
        "다른 ai-chat(프로세스 {pid})이 {home}에 쓰고 있어 끝나기를 기다립니다.",
    ),
    "owner_progress": Sentence(
        "Waiting for process {pid} ({done} of {total} files, {path}); {before} others are before us.",
        "프로세스 {pid}을(를) 기다리는 중({total}개 중 {done}개, {path}), 앞에 {before}개 더 있습니다.",
    ),
    "owner_unreachable": Sentence(
        "The running ai-chat at {address} does not answer: {reason}",
        "{address}에서 실행 중인 ai-chat이 응답하지 않습니다: {reason}",
        "Stop it (process {pid}) and try again.",
        "해당 프로세스({pid})를 종료하고 다시 시도하세요.",
    ),
}
