"""`ai-chat search` and `ai-chat ask`: places in documents, and what is written from them.

Takes a question, gives evidence first (document, page, the sentence marked), then the answer as it is made.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from ai_chat.cli.session import Session, open_session, read_text, scope_of
from ai_chat.cli.shapes import answer_json, notices_of, search_json
from ai_chat.cli.terminal import marked, one_line, plain
from ai_chat.filters import pairs, quoted
from ai_chat.types import Answer, Citation, Event, Hit, Mode, Place, Scope, UnitRef, Wish
from ai_chat.ui.place import page_of, place

_NAMED = 3  # places that say the same, of those there are

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
        _print_hits(session, result.hits)
    return 0


def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="Your question, - to read it from stdin. 질문")],
    use_llm: Annotated[bool, typer.Option("--llm/--no-llm", help="Write an answer. 답변 작성")] = True,
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
    reader = _Reader(session, asked)
    with session.app("write") as app:
        if use_llm:
            _tell_where(session, app.status()["model"])
        turn = app.ask(asked, scope, wish=Wish(use_llm))
        try:
            for event in app.events(turn):
                reader.read(event)
        except BaseException:
            app.stop(turn)
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


class _Reader:
    """Keeps the events of a turn and, for people, prints each as it comes."""

    def __init__(self, session: Session, question: str) -> None:
        self.events: list[Event] = []
        self._session = session
        self._question = question
        self._writing = False
        self._written = False
        self._said = ""

    def read(self, event: Event) -> None:
        self.events.append(event)
        if self._session.as_json:
            return
        if event.kind == "evidence":
            self._show_evidence()
        elif event.kind == "delta":
            self._write(str(event.data.get("text", "")))
        elif event.kind in ("queued", "loading", "thinking", "restarted", "unsupported"):
            self._say(event.kind, before=event.data.get("position"))

    def close(self, answer: Answer) -> None:
        """What comes after the text: where it stands, or why there is none."""
        if answer.answer and not self._written:
            self._write(answer.answer)
        self._break_line()
        if answer.citations:
            print(f"\n{self._session.word('sources')}")
        for citation in answer.citations:
            print(_citation_line(self._session, citation))
        if answer.problem:
            self._session.tell(answer.problem)

    def _say(self, name: str, **values: object) -> None:
        """Once, however many events of this kind follow each other, unless they have something new to tell."""
        said = self._session.word(name, **values)
        if said != self._said:
            self._break_line()
            self._session.say(name, **values)
        self._said = said

    def _show_evidence(self) -> None:
        from ai_chat.answer import answer_of

        _print_hits(self._session, answer_of(self._question, self.events).evidence)
        sys.stdout.flush()

    def _write(self, text: str) -> None:
        if not self._writing:
            print(f"{self._session.word('answer')}\n", end="")
        self._writing = self._written = True
        print(plain(text), end="", flush=True)

    def _break_line(self) -> None:
        if self._writing:
            print()
        self._writing = False


def _print_hits(session: Session, hits: tuple[Hit, ...]) -> None:
    if not hits:
        session.say("nothing_found")
    for hit in hits:
        place = _place(session, hit.unit, hit.page)
        print(f"[{hit.rank}] {one_line(hit.document)}  {place}  ({one_line(hit.collection)})  {hit.score:.3f}")
        print(f"    {marked(hit.text, hit.sentence, sys.stdout.isatty())}")
        if hit.duplicates:
            print(f"    {session.word('also', places=_also(session, hit.duplicates))}")
        print()


def _also(session: Session, places: Sequence[Place]) -> str:
    """The first few places, and how many more."""
    told = [f"{one_line(each.document)} {_place(session, each.unit, page_of(each.unit))}" for each in places[:_NAMED]]
    more = [session.word("and_more", count=len(places) - _NAMED)] if len(places) > _NAMED else []
    return ", ".join(told + more)


def _citation_line(session: Session, citation: Citation) -> str:
    place = _place(session, citation.unit, citation.page)
    return f"[{citation.marker}] {one_line(citation.document)}  {place}: {one_line(citation.quote)}"


def _place(session: Session, unit: UnitRef, page: int | None) -> str:
    return one_line(place(unit, page, session.language))
