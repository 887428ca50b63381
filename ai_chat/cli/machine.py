"""`ai-chat web`, `config` and `models`: how this machine runs it.

Takes addresses and files, gives a running page, the settings with their sources, or the model that answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ai_chat.cli.page import open_page
from ai_chat.cli.session import Session, open_session
from ai_chat.cli.shapes import Json, problem_json
from ai_chat.cli.terminal import one_line, size
from ai_chat.config import Settings, environment_name, option_names, write_option
from ai_chat.types import Problem

_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]
_STARTER = "starter"


def web(
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Where to listen. 접속 주소")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, metavar="NUMBER", help="0 takes a free one. 포트")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser. 브라우저 열기")
    ] = True,
) -> int:
    return open_page(host, port, browser)


def show_config(as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    rows = {name: _option(session.settings, name) for name in option_names()}
    if as_json:
        session.print_json({"settings": rows})
        return 0
    for name, row in rows.items():
        print(f"{name:<12} {one_line(str(row['value'])):<40} {row['source']:<12} {row['variable']}")
    return 0


def use_model(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A GGUF file, or 'starter'. GGUF 파일 또는 starter")],
    as_json: _AsJson = False,
) -> int:
    from ai_chat.app import prepare_home
    from ai_chat.llm.models import model_info

    session = open_session(as_json)
    path = None if file == _STARTER else Path(file).expanduser().absolute()
    info = model_info(path) if path else None
    prepare_home(session.settings)
    write_option(session.settings.config_file, "model", str(path) if path else None)
    if as_json:
        return show_model(as_json=True)
    print(session.word("model_set", name=one_line(info.name)) if info else session.word("model_starter"))
    session.say("model_restart")
    return 0


def show_model(as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    model = model_json(session)
    if as_json:
        session.print_json({"model": model})
    elif "error" in model:
        session.say("model_none")
        print(one_line(str(model["error"]["message"])))
    else:
        _print_model(session, model)
    return 0


def model_json(session: Session) -> Json:
    """The model that these settings choose, or the reason why there is none."""
    from ai_chat.llm.models import choose_model

    chosen = choose_model(session.settings)
    if isinstance(chosen, Problem):
        path = session.settings.model
        return {"path": str(path) if path else None, "error": problem_json(chosen, session.language)}
    return {
        "name": chosen.name,
        "path": str(chosen.path),
        "starter": chosen.starter,
        "trusted": chosen.trusted,
        "chat_template": chosen.chat_template,
        "context_length": chosen.context_length,
        "bytes": chosen.file_bytes,
        "terms": session.sentence(Problem(chosen.terms)) if chosen.terms else None,
        "terms_file": str(chosen.terms_file) if chosen.terms_file else None,
    }


def _print_model(session: Session, model: Json) -> None:
    print(f"{one_line(model['name'])}  {size(model['bytes'])}  context {model['context_length']}")
    print(one_line(model["path"]))
    if model["terms"]:
        print(one_line(model["terms"]))
        print(one_line(model["terms_file"]))


def _option(settings: Settings, name: str) -> dict[str, Any]:
    """A value and where it came from; a password is never shown."""
    value = getattr(settings, name)
    if name in ("password", "llm_key") and value is not None:
        value = "***"
    shown = str(value) if isinstance(value, Path) else value
    return {"value": shown, "source": settings.sources.get(name, "default"), "variable": environment_name(name)}
