"""The few pages that are shown outside the door: refused, sign in, too many tries. Takes a language, gives HTML.

They load nothing: no script, no font, no picture.
"""

from __future__ import annotations

import json
from html import escape
from typing import Literal

from ai_chat.errors.sentences import hint, sentence
from ai_chat.types import Problem

Language = Literal["ko", "en"]
Notice = Literal[
    "refused", "elsewhere", "sign_in", "wrong_password", "too_many", "sign_in_user", "wrong_user", "locked_out", "sign_out",
    "users_unreadable",
]  # fmt: skip

_TEXTS: dict[Notice, dict[Language, str]] = {
    "refused": {
        "en": "This page opens only by the address that <code>ai-chat web</code> printed: it carries the access token.",
        "ko": "이 페이지는 <code>ai-chat web</code>이 출력한 주소(접속 토큰 포함)로만 열 수 있습니다.",
    },
    "elsewhere": {
        "en": "This request came under another name or from another site, so it was refused.",
        "ko": "다른 이름이나 다른 사이트에서 온 요청이라 거부했습니다.",
    },
    "sign_in": {"en": "Enter the password of this AI-CHAT.", "ko": "이 AI-CHAT의 비밀번호를 입력하세요."},
    "wrong_password": {
        "en": "That is not the password. Try again.",
        "ko": "비밀번호가 맞지 않습니다. 다시 입력하세요.",
    },
    "too_many": {
        "en": "Too many wrong passwords. Wait a minute and try again.",
        "ko": "비밀번호를 여러 번 틀렸습니다. 1분 뒤에 다시 시도하세요.",
    },
    "sign_in_user": {"en": "Sign in to this AI-CHAT.", "ko": "이 AI-CHAT에 로그인하세요."},
    "wrong_user": {
        "en": "Name and password do not belong together. Try again.",
        "ko": "이름과 비밀번호가 맞지 않습니다. 다시 입력하세요.",
    },
    "locked_out": {
        "en": "Too many tries were wrong. Try again in a quarter of an hour.",
        "ko": "여러 번 틀렸습니다. 15분 뒤에 다시 시도하세요.",
    },
    "users_unreadable": {
        "en": "The file of the users (<code>users.db</code>) cannot be read, so nobody is let in. Its owner puts it right and starts anew.",
        "ko": "사용자 파일(<code>users.db</code>)을 읽을 수 없어 아무도 들어갈 수 없습니다. 파일을 바로잡은 뒤 다시 시작해야 합니다.",
    },
    "sign_out": {"en": "Sign out on this browser?", "ko": "이 브라우저에서 로그아웃할까요?"},
}
_LABELS: dict[Language, dict[str, str]] = {
    "en": {"name": "Name", "password": "Password", "enter": "Enter", "leave": "Sign out", "back": "Back"},
    "ko": {"name": "이름", "password": "비밀번호", "enter": "들어가기", "leave": "로그아웃", "back": "돌아가기"},
}
_NAME = '<input name="name" placeholder="{name}" aria-label="{name}" autofocus autocomplete="username" maxlength="64"> '
_PASSWORD = (
    '<input type="password" name="password" placeholder="{password}" aria-label="{password}"{focus}'
    ' autocomplete="current-password"><button>{enter}</button>'
)
_ENTER = '<form method="post" action="/sign-in">{fields}</form>'
_LEAVE = '<form method="post" action="/sign-out"><button>{leave}</button><a href="/">{back}</a></form>'
_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:28rem;margin:18vh auto;padding:0 1.2rem;color:#222;background:#fff}"
    "input,button{font:inherit;padding:.5rem .7rem;border:1px solid #bbb;border-radius:.5rem;margin-right:.4rem}"
    "@media (prefers-color-scheme:dark){body{color:#eee;background:#16181d}input,button{background:#222;color:#eee}}"
)


def notice_page(notice: Notice, language: Language) -> bytes:
    """A whole HTML page; those of signing in and out carry the form."""
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>AI-CHAT</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>AI-CHAT</h1><p>{_TEXTS[notice][language]}</p>{_form(notice, language)}</html>"
    ).encode()


def key_refusal(language: Language = "en") -> tuple[bytes, bytes]:
    """What a program is told whose key opens nothing, in the shape that clients of OpenAI's API read, too; and its content type."""
    problem = Problem("key_refused")
    told = {"code": problem.code, "values": {}, "exit_code": 1, "type": "invalid_request_error"}
    message = " ".join((sentence(problem, language), hint(problem, language)))
    body = json.dumps({"error": {"message": message, **told}}, ensure_ascii=False)
    return body.encode(), b"application/json"


def _form(notice: Notice, language: Language) -> str:
    labels = {name: escape(label) for name, label in _LABELS[language].items()}
    if notice in ("sign_in", "wrong_password"):
        return _ENTER.format(fields=_PASSWORD.format(focus=" autofocus", **labels))
    if notice in ("sign_in_user", "wrong_user"):
        return _ENTER.format(fields=_NAME.format(**labels) + _PASSWORD.format(focus="", **labels))
    return _LEAVE.format(**labels) if notice == "sign_out" else ""


def browser_language(accept_language: str) -> Language:
    """Korean where the browser asks for Korean before English, else English."""
    for part in accept_language.lower().split(","):
        tag = part.split(";")[0].strip()[:2]
        if tag in ("ko", "en"):
            return "ko" if tag == "ko" else "en"
    return "en"
