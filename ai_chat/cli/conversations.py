"""`ai-chat conversations list|show|export|rename|remove|restore` and `ai-chat ratings [export]`: what was asked, and thought of it.

Takes ids, gives lines, Markdown or JSON. Removing keeps a conversation, with the files that were dropped into it, until it is restored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ai_chat.answer.fold import answer_of
from ai_chat.cli.session import Session, open_session
from ai_chat.cli.showing import write
from ai_chat.cli.terminal import fit_start, note, one_line, plain
from ai_chat.errors import InputError, UsageError
from ai_chat.shapes import Json, answer_json
from ai_chat.store import Conversation, TurnRecord
from ai_chat.types import Answer, Rating, Scope

if TYPE_CHECKING:
    from ai_chat.app import App

_Id = Annotated[str, typer.Argument(metavar="ID", help="As `conversations list` shows it. 대화 ID")]
_Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="As `conversations list` shows them. 대화 ID")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]
_Out = Annotated[str, typer.Option(metavar="FILE", help="A file, or - for standard output. 저장할 곳")]
_STDOUT = "-"
_TITLE_COLUMNS = 60

_WORDS: dict[str, tuple[str, str]] = {
    "none": (
        "There are no conversations yet. Next: ai-chat ask QUESTION",
        "아직 대화가 없습니다. 다음: ai-chat ask 질문",
    ),
    "none_so": ("No conversation speaks of that.", "그런 말이 있는 대화가 없습니다."),
    "renamed": ("It is called {title} now.", "이제 이름은 {title}입니다."),
    "removed": ("Removed {title}.", "{title} 대화를 지웠습니다."),
    "undo": ("Undo with: ai-chat conversations restore {ids}", "되돌리려면: ai-chat conversations restore {ids}"),
    "restored": ("Restored {title}.", "{title} 대화를 되살렸습니다."),
    "running": ("(is being answered)", "(답변하는 중)"),
    "no_answer": ("(no written answer)", "(글로 쓴 답변 없음)"),
    "none_rated": ("No answer has been rated yet.", "아직 평가한 답변이 없습니다."),
    "written": ("Written: {path}", "저장했습니다: {path}"),
}


def list_conversations(
    words: Annotated[str, typer.Option(metavar="WORDS", help="Only those that speak of this. 들어 있는 말")] = "",
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    with session.app("read") as app:
        found = app.conversations(Scope(), words=words)
    if as_json:
        session.print_json({"conversations": [asdict(each) for each in found]})
    elif not found:
        _note(session, "none_so" if words.strip() else "none")
    else:
        for each in found:
            print(f"{each.id}  {each.used_at}  {fit_start(one_line(each.title), _TITLE_COLUMNS)}")
    return 0


def show_conversation(conversation_id: _Id, as_json: _AsJson = False) -> int:
    """Questions with their answers as they stand; what is being answered this moment is not waited for."""
    session = open_session(as_json)
    with session.app("read") as app:
        conversation = _known(app, conversation_id)
        told = [(turn, _answer(app, turn)) for turn in app.turns(conversation_id)]
    if as_json:
        turns = [_turn_json(session, turn, answer) for turn, answer in told]
        session.print_json({"conversation": asdict(conversation), "turns": turns})
        return 0
    print(one_line(conversation.title))
    for turn, answer in told:
        print(f"\n> {one_line(turn.question)}")
        print(plain((answer and answer.answer) or _word(session, "no_answer" if answer else "running")))
    return 0


def export_conversation(conversation_id: _Id, out: _Out = _STDOUT) -> int:
    session = open_session()
    with session.app("read") as app:
        text = app.export_conversation(conversation_id, session.language)
    write(out, [text.encode("utf-8", "replace")])
    if out != _STDOUT:
        _note(session, "written", path=out)
    return 0


def rename_conversation(
    conversation_id: _Id,
    title: Annotated[str, typer.Argument(metavar="NAME", help="Its new name. 새 이름")],
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    with session.app("write") as app:
        app.rename_conversation(conversation_id, title)
        renamed = _known(app, conversation_id)
    if as_json:
        session.print_json({"conversation": asdict(renamed)})
    else:
        print(_word(session, "renamed", title=one_line(renamed.title)))
    return 0


def remove_conversations(conversation_ids: _Ids, as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with session.app("write") as app:
        gone = [_known(app, each) for each in conversation_ids]
        app.remove_conversations(conversation_ids)
    if as_json:
        session.print_json({"removed": conversation_ids})
        return 0
    for each in gone:
        print(_word(session, "removed", title=one_line(each.title)))
    _note(session, "undo", ids=" ".join(conversation_ids))
    return 0


def restore_conversations(conversation_ids: _Ids, as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with session.app("write") as app:
        app.restore_conversations(conversation_ids)
        back = [_known(app, each) for each in conversation_ids]
    if as_json:
        session.print_json({"restored": conversation_ids})
        return 0
    for each in back:
        print(_word(session, "restored", title=one_line(each.title)))
    return 0


def ratings(
    action: Annotated[
        Literal["export"] | None, typer.Argument(help="Write them as JSON lines. JSONL로 내보내기")
    ] = None,
    out: _Out = _STDOUT,
    as_json: _AsJson = False,
) -> int:
    if (as_json and action) or (out != _STDOUT and not action):
        reason = "--json goes without `export`, --out with it"
        raise UsageError("usage_wrong", reason=reason, command="ai-chat ratings")
    session = open_session(as_json)
    return _export_ratings(session, out) if action else _list_ratings(session)


def _list_ratings(session: Session) -> int:
    with session.app("read") as app:
        found = app.ratings()
    if session.as_json:
        session.print_json({"ratings": [asdict(each) for each in found]})
        return 0
    if not found:
        _note(session, "none_rated")
    for each in found:
        said = f"  ({one_line(each.note)})" if each.note else ""
        print(f"{'+' if each.good else '-'}  {each.rated_at}  {one_line(each.question)}{said}")
    return 0


def _export_ratings(session: Session, out: str) -> int:
    """A JSON object a line, with the answer that was rated."""
    with session.app("read") as app:
        lines = list(_rating_lines(app))
    write(out, lines)
    if out != _STDOUT:
        _note(session, "written", path=out)
    return 0


def _rating_lines(app: App) -> Iterator[bytes]:
    for rating in app.ratings():
        answer = answer_of(rating.question, app.events(rating.turn_id))
        yield (json.dumps(_rating_json(rating, answer), ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _rating_json(rating: Rating, answer: Answer) -> Json:
    return {**asdict(rating), "answer": answer.answer, "citations": [asdict(each) for each in answer.citations]}


def _turn_json(session: Session, turn: TurnRecord, answer: Answer | None) -> Json:
    about = {"id": turn.id, "question": turn.question, "created_at": turn.created_at, "finished": turn.finished}
    return {**about, "answer": answer_json(answer, session.language) if answer else None}


def _answer(app: App, turn: TurnRecord) -> Answer | None:
    """None while it is being written."""
    return answer_of(turn.question, app.events(turn.id)) if turn.finished else None


def _known(app: App, conversation_id: str) -> Conversation:
    """InputError conversation_unknown."""
    found = next((each for each in app.conversations(Scope()) if each.id == conversation_id), None)
    if found is None:
        raise InputError("conversation_unknown", id=conversation_id)
    return found


def _note(session: Session, name: str, /, **values: object) -> None:
    note(_word(session, name, **values))


def _word(session: Session, name: str, /, **values: object) -> str:
    english, korean = _WORDS[name]
    return (korean if session.language == "ko" else english).format(**values)
