"""The program: its commands in one table, run by Typer.

Takes the command line, gives the exit code. Only the command that is asked for is imported and built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.main import get_command

from ai_chat import __version__
from ai_chat.cli.border import guard
from ai_chat.cli.password import with_asking
from ai_chat.errors import UsageError

NAME = "ai-chat"
_ABOUT = """Ask your documents, on your own machine. 내 문서에 질문하세요.

Without a command the page opens. 명령 없이 실행하면 채팅 페이지가 열립니다.
"""


class Command(NamedTuple):
    """`place` is "module:function" under ai_chat.cli; `group` the word that comes before its name."""

    name: str
    place: str
    about: str
    group: str = ""


_COMMANDS = (
    Command("web", "machine:web", "Open the page (채팅 페이지 열기)"),
    Command("ingest", "ingest:ingest", "Take in files and folders (문서 등록)"),
    Command("search", "questions:search", "Find the places that say so (문서 검색)"),
    Command("ask", "questions:ask", "Ask a question (질문하기)"),
    Command("preload", "preload:preload", "Answer questions beforehand (답변 미리 준비)"),
    Command("calibrate", "calibrate:calibrate", "Fit to your documents what counts as found (판정 기준 맞춤)"),
    Command("eval", "evaluate:evaluate", "Measure how well a folder is searched (검색 품질 측정)"),
    Command("config", "machine:show_config", "Show each setting and its source (설정 보기)"),
    Command("memory", "memory:memory", "Show what takes memory, or free some (메모리 보기, 비우기)"),
    Command("ratings", "conversations:ratings", "Show what was thought of answers (답변 평가)"),
    Command("backup", "backup:backup", "Write everything to one file, while it runs (백업)"),
    Command("restore", "backup:restore", "Bring a backup back, or undo that (복원)"),
    Command("purge", "purge:purge", "Erase documents for good, with a proof (완전 삭제)"),
    Command("audit", "users:audit", "Show who did what (감사 기록)"),
    Command("doctor", "doctor:doctor", "Show what is present and what is missing (상태 점검)"),
    Command("list", "documents:list_documents", "List the documents (문서 목록)", "docs"),
    Command("show", "showing:show_document", "Show one document, or draw one of its pages (문서 보기)", "docs"),
    Command("open", "showing:open_document", "Open the file itself (원본 열기)", "docs"),
    Command("export", "showing:export_document", "Write all that it says as Markdown or text (내보내기)", "docs"),
    Command("retry", "ingest:retry", "Read documents again (다시 읽기)", "docs"),
    Command("replace", "ingest:replace", "Put another file in a document's place (파일 바꾸기)", "docs"),
    Command("remove", "documents:remove_documents", "Take documents out (문서 빼기)", "docs"),
    Command("restore", "documents:restore_documents", "Put removed documents back (뺀 문서 되돌리기)", "docs"),
    Command("status", "index:show_status", "Show how the indexes stand (색인 상태)", "index"),
    Command("verify", "index:verify", "Check the indexes against the library (색인 검사)", "index"),
    Command("rebuild", "index:rebuild", "Make the indexes anew (색인 다시 만들기)", "index"),
    Command("compact", "index:compact", "Drop what was removed (색인 줄이기)", "index"),
    Command("stats", "cache:show_stats", "Show what the answer cache holds and saves (캐시 보기)", "cache"),
    Command("clear", "cache:clear", "Drop all kept answers (캐시 비우기)", "cache"),
    Command("list", "conversations:list_conversations", "List the conversations (대화 목록)", "conversations"),
    Command("show", "conversations:show_conversation", "Show one with its answers (대화 보기)", "conversations"),
    Command("export", "conversations:export_conversation", "Write one as Markdown (내보내기)", "conversations"),
    Command("rename", "conversations:rename_conversation", "Give one a name (이름 바꾸기)", "conversations"),
    Command("remove", "conversations:remove_conversations", "Take conversations out (대화 빼기)", "conversations"),
    Command(
        "restore", "conversations:restore_conversations", "Put removed ones back (뺀 대화 되돌리기)", "conversations"
    ),
    Command("list", "models:list_models", "Show the models and what each would take (모델 목록)", "models"),
    Command("show", "models:show_model", "Show a model, or the one in use (모델 보기)", "models"),
    Command("plan", "models:plan_model", "Show how a model would be loaded (메모리 계획)", "models"),
    Command("use", "models:use_model", "Choose a model by name or file, or 'starter' (모델 선택)", "models"),
    Command("pull", "pull:pull_model", "Fetch a model (모델 받기)", "models"),
    Command("add", "pull:add_model", "Make a GGUF file known where it lies (모델 추가)", "models"),
    Command("remove", "pull:remove_model", "Take a model out (모델 빼기)", "models"),
    Command("restore", "pull:restore_model", "Put a removed model back (뺀 모델 되돌리기)", "models"),
    Command("list", "users:list_users", "Show who may enter, and what he may see (사용자 목록)", "users"),
    Command("add", "users:add_user", "Let somebody in by name and password (사용자 추가)", "users"),
    Command("remove", "users:remove_user", "Let somebody in no more (사용자 삭제)", "users"),
    Command("password", "users:change_password", "Give a new password, ending sessions (비밀번호 바꾸기)", "users"),
    Command("allow", "users:allow", "Let a user see collections (컬렉션 허용)", "users"),
    Command("deny", "users:deny", "Let a user see collections no more (컬렉션 막기)", "users"),
    Command("list", "keys:list_keys", "Show the keys of programs (API 키 목록)", "keys"),
    Command("add", "keys:add_key", "Make a key, shown once (API 키 만들기)", "keys"),
    Command("revoke", "keys:revoke_key", "Take a key back (API 키 취소)", "keys"),
)
_GROUPS = {
    "docs": "What is in the library (문서 관리)",
    "index": "What searches look things up in (검색 색인)",
    "cache": "Answers that are kept (답변 캐시)",
    "conversations": "What was asked and answered (대화 관리)",
    "models": "The model that writes answers (언어 모델)",
    "users": "Who may enter, and what he may see (사용자)",
    "keys": "Keys for programs that use the API (API 키)",
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; everything that goes wrong becomes an exit code."""
    given = list(arguments)
    return guard(partial(_run, with_asking(given)), as_json=_wants_json(given))


def build(commands: Iterable[Command] = _COMMANDS) -> typer.Typer:
    """These commands; no rich, no completion, so that a command starts quickly."""
    program = _group(_ABOUT)
    program.callback()(_root)
    groups: dict[str, typer.Typer] = {"": program}
    for command in commands:
        if command.group not in groups:
            groups[command.group] = _group(_GROUPS[command.group])
            program.add_typer(groups[command.group], name=command.group)
        groups[command.group].command(command.name, help=command.about)(_function(command.place))
    return program


def help_text() -> str:
    """What `ai-chat --help` prints in 80 columns; help.txt holds it."""
    command = get_command(build())
    context = command.make_context(NAME, [], resilient_parsing=True, terminal_width=80)
    return command.get_help(context) + "\n"


def _run(arguments: list[str]) -> int:
    command = get_command(build(_asked_for(arguments)))
    try:
        with command.make_context(NAME, arguments) as context:
            code = command.invoke(context)
    except typer.Exit as ending:
        return ending.exit_code
    except typer.TyperException as error:
        raise _usage_error(error) from error
    return int(code or 0)


def _asked_for(arguments: list[str]) -> list[Command]:
    """The commands that the first word can mean; all of them where it means none."""
    first = arguments[0] if arguments else ""
    return [row for row in _COMMANDS if first == (row.group or row.name)] or list(_COMMANDS)


def _usage_error(error: typer.TyperException) -> UsageError:
    """What the parser says, and the command whose help explains it."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else NAME
    return UsageError("usage_wrong", reason=error.format_message().rstrip("."), command=command)


def _group(about: str) -> typer.Typer:
    return typer.Typer(
        help=about,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def _function(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"ai_chat.cli.{module}"), name)
    return found


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
