"""`ai-chat web` and `config`: how this machine runs it.

Takes addresses, gives a running page, or the settings with their sources.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ai_chat.cli.page import open_page
from ai_chat.cli.session import open_session
from ai_chat.cli.terminal import one_line
from ai_chat.config import Settings, environment_name, option_names

_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]


def web(
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Where to listen. 접속 주소")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, metavar="NUMBER", help="0 takes a free one. 포트")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser. 브라우저 열기")
    ] = True,
    make_password: Annotated[
        bool, typer.Option("--make-password", help="Make one where none is set, and say it once. 비밀번호 자동 생성")
    ] = False,
) -> int:
    return open_page(host, port, browser, make_password)


def show_config(as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    rows = {name: _option(session.settings, name) for name in option_names()}
    if as_json:
        session.print_json({"settings": rows})
        return 0
    for name, row in rows.items():
        print(f"{name:<12} {one_line(str(row['value'])):<40} {row['source']:<12} {row['variable']}")
    return 0


def _option(settings: Settings, name: str) -> dict[str, Any]:
    """A value and where it came from; a password is never shown."""
    value = getattr(settings, name)
    if name == "llm_endpoint" and value is not None:
        from ai_chat.llm.address import without_secrets

        value = without_secrets(value)
    if name in ("password", "llm_key") and value is not None:
        value = "***"
    shown = str(value) if isinstance(value, Path) else value
    return {"value": shown, "source": settings.sources.get(name, "default"), "variable": environment_name(name)}
