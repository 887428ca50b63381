"""Sentences on erasing documents for good."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    "purge_nothing": Sentence(
        "There is no library in {home}, so nothing can be purged.",
        "{home}에 라이브러리가 없어 완전히 지울 것이 없습니다.",
        "Set AI_CHAT_HOME to the home that you mean; `ai-chat config` shows which one is used.",
        "AI_CHAT_HOME을 원하는 폴더로 지정하세요. `ai-chat config`로 지금 폴더를 볼 수 있습니다.",
    ),
    "purge_inside": Sentence(
        "{name} ({id}) lies inside the document {parent}, whose file would still hold it.",
        "{name}({id})은(는) 문서 {parent} 안에 들어 있어, 그 파일에 그대로 남게 됩니다.",
        "Purge the one that it lies in: `ai-chat purge {parent}`.",
        "바깥 문서를 지우세요: `ai-chat purge {parent}`.",
    ),
    "purge_shared": Sentence(
        "Other documents have the very same content: {names}. Nothing was purged.",
        "내용이 똑같은 다른 문서가 있습니다: {names}. 아무것도 지우지 않았습니다.",
        "Name them as well: {ids}",
        "그 문서도 함께 적으세요: {ids}",
    ),
    "purge_unconfirmed": Sentence(
        "A purge cannot be undone, and nobody is there to be asked.",
        "완전 삭제는 되돌릴 수 없는데, 확인해 줄 사람이 없습니다.",
        "Look at `ai-chat purge ... --dry-run`, then add --yes.",
        "`ai-chat purge ... --dry-run`으로 먼저 확인한 뒤 --yes를 붙이세요.",
    ),
}
