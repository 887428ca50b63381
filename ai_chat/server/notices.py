"""The few pages that are shown outside the door: refused, sign in, too many tries. Takes a language, gives HTML.

They load nothing: no script, no font, no picture.
"""

from __future__ import annotations

from html import escape
from typing import Literal

Language = Literal["ko", "en"]
Notice = Literal["refused", "elsewhere", "sign_in", "wrong_password", "too_many"]

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
}
_FORM = (
    '<form method="post" action="/sign-in"><input type="password" name="password" aria-label="{label}" autofocus'
    ' autocomplete="current-password"><button>{button}</button></form>'
)
_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:28rem;margin:18vh auto;padding:0 1.2rem;color:#222;background:#fff}"
    "input,button{font:inherit;padding:.5rem .7rem;border:1px solid #bbb;border-radius:.5rem;margin-right:.4rem}"
    "@media (prefers-color-scheme:dark){body{color:#eee;background:#16181d}input,button{background:#222;color:#eee}}"
)


def notice_page(notice: Notice, language: Language) -> bytes:
    """A whole HTML page; the sign-in notices carry the form."""
    label, button = ("비밀번호", "들어가기") if language == "ko" else ("Password", "Enter")
    form = _FORM.format(label=escape(label), button=escape(button)) if notice in ("sign_in", "wrong_password") else ""
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>AI-CHAT</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>AI-CHAT</h1><p>{_TEXTS[notice][language]}</p>{form}</html>"
    ).encode()


def browser_language(accept_language: str) -> Language:
    """Korean where the browser asks for Korean before English, else English."""
    for part in accept_language.lower().split(","):
        tag = part.split(";")[0].strip()[:2]
        if tag in ("ko", "en"):
            return "ko" if tag == "ko" else "en"
    return "en"
