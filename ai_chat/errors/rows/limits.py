"""Sentences on what one request and one caller may take."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    "too_many_requests": Sentence(
        "More requests came than {limit} a second.",
        "요청이 초당 {limit}개를 넘었습니다.",
        "Wait as long as the header Retry-After says, then go on more slowly.",
        "Retry-After 헤더만큼 기다린 뒤 더 천천히 보내세요.",
    ),
    "too_many_at_once": Sentence(
        "{limit} requests of this caller are under way already.",
        "이 호출자의 요청 {limit}개가 이미 처리 중입니다.",
        "Wait until one of them has ended.",
        "그중 하나가 끝날 때까지 기다리세요.",
    ),
    "body_too_large": Sentence(
        "The body of this request is larger than {limit} MB.",
        "요청 본문이 {limit}MB보다 큽니다.",
        "Send less at once; a large file goes in by `ai-chat ingest PATH`.",
        "나누어 보내세요. 큰 파일은 `ai-chat ingest 경로`로 등록하세요.",
    ),
    "body_too_slow": Sentence(
        "The body of this request came too slowly: {bytes} bytes in {seconds} seconds.",
        "요청 본문이 너무 느리게 왔습니다: {seconds}초 동안 {bytes}바이트.",
        "Send the request again.",
        "요청을 다시 보내세요.",
    ),
}
