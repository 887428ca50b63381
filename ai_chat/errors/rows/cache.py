"""Sentences on the answer cache and its preloading."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    "cache_renewed": Sentence(
        "The answer cache {path} could not be used and was made anew: {reason}",
        "답변 캐시 {path}을(를) 사용할 수 없어 새로 만들었습니다: {reason}",
        "Nothing is lost: answers that are asked for again are written again.",
        "잃은 것은 없습니다. 다시 물으면 답변을 다시 씁니다.",
    ),
    "cache_unusable": Sentence(
        "The answer cache {path} cannot be used at the moment: {reason}",
        "지금은 답변 캐시 {path}을(를) 사용할 수 없습니다: {reason}",
        "Answers are written anew meanwhile. Check the disk and the permissions of the folder.",
        "그동안 답변은 새로 씁니다. 디스크와 폴더 권한을 확인하세요.",
    ),
    "preload_empty": Sentence(
        "{path} holds no question.",
        "{path}에 질문이 없습니다.",
        "Write one question a line, or lines of JSON with a 'question' in a .jsonl file.",
        "한 줄에 질문 하나씩 적거나, .jsonl 파일에 'question'이 있는 JSON을 한 줄씩 적으세요.",
    ),
    "preload_line_invalid": Sentence(
        "Line {line} of {path} is no JSON object with a 'question'.",
        "{path}의 {line}번째 줄은 'question'이 있는 JSON 객체가 아닙니다.",
        'Write one object a line, such as {{"question": "..."}}.',
        '한 줄에 {{"question": "..."}} 같은 객체 하나씩 적으세요.',
    ),
}
