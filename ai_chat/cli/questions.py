"""`ai-chat search` and `ai-chat ask`: places in documents, and what is written from them.

Takes a question, gives evidence first (document, page, the sentence marked), then the answer as it is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from ai_chat.cli.session import Session, open_session, read_text, scope_of
from ai_chat.cli.telling import Reader, print_hits
from ai_chat.cli.terminal import one_line
from ai_chat.filters import pairs, quoted
from ai_chat.shapes import answer_json, notices_of, search_json
from ai_chat.types import AnswerKind, Mode, Scope, Wish

_Collection = Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only these collections. 이 컬렉션만")]
_Type = Annotated[list[str] | None, typer.Option(metavar="TYPE", help="Only pdf, html, md, txt, csv, ... 파일 종류")]
_Document = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Only names with this in them. 문서 이름의 일부")
]
_After = Annotated[
    str | None, typer.Option(metavar="DATE", help="Dated 2024, 2024-01 or 2024-01-15 or later. 이 날부터")
]
_Before = Annotated[str | None, typer.Option(metavar="DATE", help="Dated before. 이 날 전까지")]
_Author = Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only by this author. 작성자")]
_Title = Annotated[list[str] | None, typer.Option(metavar="WORDS", help="Only titles with this in them. 제목의 일부")]
_Phrase = Annotated[
    list[str] | None, typer.Option(metavar="WORDS", help="Only with exactly these words. 그대로 있는 구절")
]
_Without = Annotated[list[str] | None, typer.Option(metavar="WORD", help="Only without this word. 없어야 할 말")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]


def search(
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help="Words or a question, - to read it from stdin. 찾을 말이나 질문")
    ],
    top_k: Annotated[int, typer.Option("-k", min=1, max=100, metavar="N", help="How many. 결과 수")] = 5,
    collection: _Collection = None,
    type: _Type = None,
    document: _Document = None,
    after: _After = None,
    before: _Before = None,
    author: _Author = None,
    title: _Title = None,
    phrase: _Phrase = None,
    without: _Without = None,
    mode: Annotated[Mode, typer.Option(help="By words, by meaning, or both. 검색 방식")] = "hybrid",
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    asked = _with_words(read_text(session, query), phrase, without)
    scope = _scope(collection, type=type, document=document, after=after, before=before, author=author, title=title)
    with session.app("read") as app:
        result = app.search(asked, scope, top_k=top_k, mode=mode)
    for notice in notices_of(result):
        session.tell(notice)
    if as_json:
        session.print_json(search_json(result, session.language))
    else:
        print_hits(session, result.hits)
    return 0


def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="Your question, - to read it from stdin. 질문")],
    use_llm: Annotated[bool, typer.Option("--llm/--no-llm", help="Write an answer. 답변 작성")] = True,
    kind: Annotated[
        AnswerKind | None,
        typer.Option(help="What is wanted, where the question does not show it. 답변 종류"),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Not from the answer cache. 캐시를 쓰지 않고 다시 답하기")
    ] = False,
    collection: _Collection = None,
    type: _Type = None,
    document: _Document = None,
    after: _After = None,
    before: _Before = None,
    author: _Author = None,
    title: _Title = None,
    phrase: _Phrase = None,
    without: _Without = None,
    as_json: _AsJson = False,
) -> int:
    from ai_chat.answer import answer_of

    session = open_session(as_json)
    asked = _with_words(read_text(session, question), phrase, without)
    scope = _scope(collection, type=type, document=document, after=after, before=before, author=author, title=title)
    reader = Reader(session, asked)
    with session.app("write") as app:
        if use_llm:
            _tell_where(session, app.status()["model"])
        turn = app.ask(asked, scope, wish=Wish(use_llm, kind, fresh))
        try:
            for event in app.events(turn):
                reader.read(event)
        except BaseException:
            app.stop(turn)
            reader.stop()
            raise
    answer = answer_of(asked, reader.events)
    if as_json:
        session.print_json(answer_json(answer, session.language))
    else:
        reader.close(answer)
    return 3 if answer.finish_reason == "error" else 0


def _tell_where(session: Session, model: Mapping[str, Any]) -> None:
    """That questions leave this machine, before one does."""
    if model.get("remote"):
        session.say("remote", place=one_line(model["name"]))


def _with_words(question: str, phrases: Sequence[str] | None, without: Sequence[str] | None) -> str:
    """The question with these in the syntax of questions."""
    return " ".join([question, *map(quoted, phrases or ()), *(f"-{quoted(word)}" for word in without or ())])


def _scope(collections: Sequence[str] | None, **filters: str | Sequence[str] | None) -> Scope:
    """The collections and filters that are given. InputError filter_invalid."""
    given = [(key, [some] if isinstance(some, str) else some or []) for key, some in filters.items()]
    return replace(
        scope_of(collections), filters=tuple(p for key, some in given for value in some for p in pairs(key, value))
    )
