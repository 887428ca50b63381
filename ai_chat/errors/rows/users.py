"""Sentences on users, their passwords and keys, and what they may not do."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    # what somebody may not do
    "not_permitted": Sentence(
        "This needs the role {role}; {name} is {own}.",
        "{role} 권한이 필요합니다. {name}의 권한은 {own}입니다.",
        "Ask an admin of this AI-CHAT to do it.",
        "이 AI-CHAT의 관리자(admin)에게 요청하세요.",
    ),
    "document_shared": Sentence(
        "Of {count} documents one holds a file that was moved to a collection which is not yours.",
        "문서 {count}개 가운데 권한이 없는 컬렉션으로 옮겨진 파일을 품은 것이 있습니다.",
        "Ask an admin of this AI-CHAT to do it.",
        "이 AI-CHAT의 관리자(admin)에게 요청하세요.",
    ),
    "key_not_for_this": Sentence(
        "This API key is for {uses} alone.",
        "이 API 키는 {uses} 용도로만 쓸 수 있습니다.",
        "Make one for this: `ai-chat keys add NAME --scope {wanted}`.",
        "이 용도의 키를 만드세요: `ai-chat keys add 이름 --scope {wanted}`.",
    ),
    "key_refused": Sentence(
        "This key opens nothing here: it is unknown, has expired or was revoked.",
        "이 키로는 들어갈 수 없습니다. 없는 키이거나, 기한이 지났거나, 취소되었습니다.",
        "Give it as `Authorization: Bearer KEY`; make one with `ai-chat keys add NAME`.",
        "`Authorization: Bearer 키`로 보내세요. 새 키는 `ai-chat keys add 이름`으로 만듭니다.",
    ),
    "signed_out": Sentence(
        "You are not signed in any more.",
        "로그인이 풀렸습니다.",
        "Open the page again and sign in.",
        "페이지를 다시 열고 로그인하세요.",
    ),
    # users
    "user_unknown": Sentence(
        "There is no user {name}.",
        "{name}이라는 사용자가 없습니다.",
        "See who there is: `ai-chat users list`.",
        "사용자 목록을 보세요: `ai-chat users list`.",
    ),
    "user_there": Sentence(
        "There is a user {name} already.",
        "{name} 사용자가 이미 있습니다.",
        "Choose another name; names that differ only in case or spaces are the same.",
        "다른 이름을 쓰세요. 대소문자와 띄어쓰기만 다른 이름은 같은 이름입니다.",
    ),
    "user_name_invalid": Sentence(
        "{name} is no name for a user: 1 to {most} characters that can be seen.",
        "{name}은(는) 사용자 이름으로 쓸 수 없습니다. 보이는 글자 1~{most}자여야 합니다.",
        "Give a name such as `ai-chat users add minji`.",
        "`ai-chat users add minji`처럼 이름을 주세요.",
    ),
    "user_first_admin": Sentence(
        "The first user must be an admin, not {role}: else nobody could do what only admins may.",
        "첫 사용자는 {role}이(가) 아니라 admin이어야 합니다. 아니면 관리자만 할 수 있는 일을 아무도 못 합니다.",
        "Leave --role out, and add the others after that.",
        "--role을 빼고 먼저 관리자를 만든 뒤 나머지를 추가하세요.",
    ),
    "user_last_admin": Sentence(
        "{name} is the last admin, and there are other users.",
        "{name}은(는) 마지막 관리자이고 다른 사용자가 남아 있습니다.",
        "Add another admin first: `ai-chat users add NAME --role admin`.",
        "먼저 다른 관리자를 추가하세요: `ai-chat users add 이름 --role admin`.",
    ),
    "user_admin_sees_all": Sentence(
        "{name} is an admin: admins see all collections.",
        "{name}은(는) 관리자라서 모든 컬렉션을 봅니다.",
        "Limit a reader or an editor: `ai-chat users add NAME --role reader --collection COLLECTION`.",
        "reader나 editor에게 정하세요: `ai-chat users add 이름 --role reader --collection 컬렉션`.",
    ),
    "user_sees_all": Sentence(
        "{name} may see all collections, so that none can be taken alone.",
        "{name}은(는) 모든 컬렉션을 볼 수 있어 하나만 막을 수 없습니다.",
        "Take all first: `ai-chat users deny {name} '*'`, then allow those that are meant.",
        "먼저 모두 막고(`ai-chat users deny {name} '*'`) 필요한 것만 허용하세요.",
    ),
    "user_collection_invalid": Sentence(
        "'{name}' is no name of a collection.",
        "'{name}'은(는) 컬렉션 이름이 아닙니다.",
        "See which there are: `ai-chat docs list`. '*' stands for all.",
        "`ai-chat docs list`로 확인하세요. '*'는 모든 컬렉션입니다.",
    ),
    "user_password_short": Sentence(
        "A password has {least} characters or more.",
        "비밀번호는 {least}자 이상이어야 합니다.",
        "Several words are easy to keep and hard to guess.",
        "낱말 여러 개를 이으면 외우기 쉽고 맞히기 어렵습니다.",
    ),
    "user_password_long": Sentence(
        "A password has {most} characters at most.",
        "비밀번호는 {most}자까지입니다.",
        "Choose a shorter one.",
        "더 짧은 비밀번호를 고르세요.",
    ),
    "user_password_wrong": Sentence(
        "That is not the password of {name}, or too many were wrong before; nothing was changed.",
        "{name}의 비밀번호가 아니거나 앞서 여러 번 틀렸습니다. 아무것도 바꾸지 않았습니다.",
        "Type it again, or ask an admin for a new one.",
        "다시 입력하거나 관리자에게 새 비밀번호를 부탁하세요.",
    ),
    "user_passwords_differ": Sentence(
        "The two passwords are not the same; nothing was changed.",
        "두 비밀번호가 서로 다릅니다. 아무것도 바꾸지 않았습니다.",
        "Type it again.",
        "다시 입력하세요.",
    ),
    # keys
    "key_unknown": Sentence(
        "There is no key {id} that could be revoked.",
        "취소할 수 있는 키 {id}이(가) 없습니다.",
        "See which there are: `ai-chat keys list`.",
        "키 목록을 보세요: `ai-chat keys list`.",
    ),
    "key_expires_invalid": Sentence(
        "'{value}' is no time that a key can last.",
        "'{value}'은(는) 키의 유효 기간이 아닙니다.",
        "Give days, hours or minutes: 90d, 12h, 30m.",
        "일, 시간, 분으로 주세요: 90d, 12h, 30m.",
    ),
}
