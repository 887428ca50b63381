"""The program: its commands in one table, and the one handler of everything that goes wrong.

Takes the command line, gives the exit code. Commands are imported with it; what they work with is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.main import get_command

from ai_chat import __version__
from ai_chat.cli import border, documents, machine, questions
from ai_chat.cli.doctor import doctor
from ai_chat.cli.evaluate import evaluate
from ai_chat.cli.ingest import ingest
from ai_chat.cli.terminal import prepare_streams

NAME = "ai-chat"
_INTERRUPTED = 130
_ABOUT = """Ask your documents, on your own machine. 내 문서에 질문하세요.

Without a command the page opens. 명령 없이 실행하면 채팅 페이지가 열립니다.
"""

_COMMANDS: tuple[tuple[str, Callable[..., int], str], ...] = (
    ("web", machine.web, "Open the page (채팅 페이지 열기)"),
    ("ingest", ingest, "Take in files and folders (문서 등록)"),
    ("search", questions.search, "Find the places that say so (문서 검색)"),
    ("ask", questions.ask, "Ask a question (질문하기)"),
    ("eval", evaluate, "Measure how well a folder is searched (검색 품질 측정)"),
    ("config", machine.show_config, "Show each setting and its source (설정 보기)"),
    ("doctor", doctor, "Show what is present and what is missing (상태 점검)"),
)
_DOCS: tuple[tuple[str, Callable[..., int], str], ...] = (
    ("list", documents.list_documents, "List the documents (문서 목록)"),
    ("show", documents.show_document, "Show one document, unit by unit (문서 보기)"),
    ("remove", documents.remove_documents, "Take documents out (문서 빼기)"),
    ("restore", documents.restore_documents, "Put removed documents back (뺀 문서 되돌리기)"),
)
_MODELS: tuple[tuple[str, Callable[..., int], str], ...] = (
    ("use", machine.use_model, "Choose a GGUF file, or 'starter' (모델 선택)"),
    ("show", machine.show_model, "Show the chosen model (모델 보기)"),
)


def build() -> typer.Typer:
    """All commands; no rich, no completion, so that a command starts quickly."""
    program = _group(_COMMANDS, _ABOUT)
    program.add_typer(_group(_DOCS, "What is in the library (문서 관리)"), name="docs")
    program.add_typer(_group(_MODELS, "The model that writes answers (언어 모델)"), name="models")
    program.callback()(_root)
    return program


def main(arguments: Sequence[str]) -> int:
    """Run one command. BrokenPipeError is left to the caller, who owns the output."""
    prepare_streams()
    given = list(arguments) or ["web"]
    try:
        return _run(given)
    except typer.Exit as ending:
        return ending.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last border: whatever it is becomes a sentence and an exit code
        return border.report(border.failure_of(error), as_json=_wants_json(given))


def help_text() -> str:
    """What `ai-chat --help` prints in 80 columns; help.txt holds it."""
    command = get_command(build())
    context = command.make_context(NAME, [], resilient_parsing=True, terminal_width=80)
    return command.get_help(context) + "\n"


def _run(arguments: list[str]) -> int:
    command = get_command(build())
    with command.make_context(NAME, arguments) as context:
        code = command.invoke(context)
    return int(code or 0)


def _group(commands: tuple[tuple[str, Callable[..., int], str], ...], about: str) -> typer.Typer:
    names: dict[str, Any] = {"help_option_names": ["-h", "--help"]}
    group = typer.Typer(
        help=about,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings=names,
    )
    for name, function, short in commands:
        group.command(name, help=short)(function)
    return group


def _root(
    version: Annotated[bool, typer.Option("--version", help="Show the version (버전)")] = False,
) -> None:
    if version:
        print(f"{NAME} {__version__}")
        raise typer.Exit


def _wants_json(arguments: list[str]) -> bool:
    """Also where the line could not be parsed; what follows `--` is text."""
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in own
