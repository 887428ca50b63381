"""A Turn told on the command line as it goes: evidence, the answer as it is written, then what became of it.

Takes a session and the events of a Turn. On a terminal the answer appears as it comes and again where it is revised; elsewhere only
what it is in the end is printed.
"""

from __future__ import annotations

import datetime
import sys
from collections.abc import Sequence

from ai_chat.cli.session import Session
from ai_chat.cli.terminal import Progress, marked, one_line, plain
from ai_chat.types import Answer, Citation, Doubt, Event, Hit, Place, UnitRef
from ai_chat.ui.place import page_of, place

_NAMED = 3  # places that say the same, of those there are
_RED, _NO_COLOUR = "\x1b[31;4m", "\x1b[0m"


class Reader:
    """Keeps the events of a turn and, for people, prints each as it comes."""

    def __init__(self, session: Session, question: str) -> None:
        self.events: list[Event] = []
        self._session = session
        self._question = question
        self._live = sys.stdout.isatty()
        self._progress = Progress()
        self._writing = False
        self._held = ""  # of the answer, not printed yet
        self._shown = ""  # of the answer
        self._said = ""

    def read(self, event: Event) -> None:
        self.events.append(event)
        if self._session.as_json:
            return
        if event.kind == "searching":
            self._tell_search(event)
        elif event.kind == "evidence":
            self._show_evidence()
        elif event.kind == "cached":
            self._say_cached(event)
        elif event.kind == "delta":
            self._take(str(event.data.get("text", "")))
        elif event.kind == "revised":
            self._revise(str(event.data.get("text", "")))
        elif event.kind == "progress":
            self._step(event)
        elif event.kind in ("queued", "loading", "thinking", "unsupported"):
            self._say(event.kind, before=event.data.get("position"))
        elif event.kind == "restarted":
            self._restart()

    def stop(self) -> None:
        """The turn was broken off: what came of the answer is printed."""
        self._progress.close()
        if self._held:
            self._write(self._held)
        self._break_line()

    def close(self, answer: Answer) -> None:
        """What comes after the text: what is doubtful in it, where it stands, or why there is none."""
        self._progress.close()
        if answer.answer and not self._shown:
            self._write(answer.answer)
        self._break_line()
        self._tell_doubts(answer)
        if answer.citations:
            print(f"\n{self._session.word('sources')}")
        for citation in answer.citations:
            print(_citation_line(self._session, citation))
        if answer.problem:
            self._session.tell(answer.problem)
        if answer.judgement and answer.judgement.missing and answer.answer:
            self._session.say("missing_part", parts=one_line(", ".join(answer.judgement.missing)))

    def _tell_search(self, event: Event) -> None:
        if searched := event.data.get("searched_for"):
            self._session.say("searched_for", words=one_line(str(searched)))

    def _say_cached(self, event: Event) -> None:
        time, saved = _local(str(event.data.get("made_at") or "")), event.data.get("saved_seconds")
        if saved and round(saved):
            self._session.say("from_cache_saved", time=time, seconds=round(saved))
        else:
            self._session.say("from_cache", time=time)

    def _step(self, event: Event) -> None:
        """A bar on stderr, unless the answer appears on the same terminal."""
        if not self._live:
            done, total = int(event.data["done"]), int(event.data["total"])
            self._progress.step(done, total, self._session.word("sections", done=done, total=total))

    def _say(self, name: str, **values: object) -> None:
        """Once, however many events of this kind follow each other, unless they have something new to tell."""
        said = self._session.word(name, **values)
        if said != self._said:
            self._break_line()
            self._session.say(name, **values)
        self._said = said

    def _show_evidence(self) -> None:
        from ai_chat.answer import answer_of

        print_hits(self._session, answer_of(self._question, self.events).evidence)
        sys.stdout.flush()

    def _restart(self) -> None:
        self._held = ""
        if self._shown:
            self._say("restarted")
        self._shown = ""

    def _take(self, text: str) -> None:
        if self._live:
            self._write(text)
        else:
            self._held += text

    def _revise(self, text: str) -> None:
        """On a terminal the whole answer again, where what was shown is not what it is now."""
        if not self._live:
            self._held = text
        elif text.strip() != self._shown.strip():
            self._break_line()
            self._shown = ""
            self._write(text, "revised")

    def _write(self, text: str, heading: str = "answer") -> None:
        if not self._writing:
            print(f"{self._session.word(heading)}\n", end="")
        self._writing = True
        self._shown += text
        print(plain(text), end="", flush=True)

    def _break_line(self) -> None:
        if self._writing:
            print()
        self._writing = False

    def _tell_doubts(self, answer: Answer) -> None:
        """Each doubtful sentence, its wrong values marked and named."""
        if not answer.doubts or not answer.answer:
            return
        print(f"\n{self._session.word('doubts')}")
        for doubt in answer.doubts:
            print(f"? {_marked(answer.answer, doubt, self._live)}")
            if doubt.wrong:
                values = ", ".join(one_line(answer.answer[start:end]) for start, end in doubt.wrong)
                print(f"    {self._session.word('wrong', values=values)}")


def print_hits(session: Session, hits: Sequence[Hit]) -> None:
    if not hits:
        session.say("nothing_found")
    for hit in hits:
        where = _place(session, hit.unit, hit.page)
        print(f"[{hit.rank}] {one_line(hit.document)}  {where}  ({one_line(hit.collection)})  {hit.score:.3f}")
        print(f"    {marked(hit.text, hit.sentence, sys.stdout.isatty())}")
        if hit.duplicates:
            print(f"    {session.word('also', places=_also(session, hit.duplicates))}")
        print()


def _marked(answer: str, doubt: Doubt, coloured: bool) -> str:
    """The sentence on one line, wrong values in red, or between « and » where there is no terminal."""
    opening, closing = (_RED, _NO_COLOUR) if coloured else ("«", "»")
    text, at = "", doubt.start
    for start, end in sorted(doubt.wrong):
        if at <= start < end <= doubt.end:
            text += f"{_spaced(answer[at:start])}{opening}{one_line(answer[start:end])}{closing}"
            at = end
    return (text + _spaced(answer[at : doubt.end])).strip()


def _spaced(text: str) -> str:
    """On one line, a space at its ends kept."""
    inside = one_line(text)
    return f"{' ' * text[:1].isspace()}{inside}{' ' * (text[-1:].isspace() and bool(inside))}"


def _local(moment: str) -> str:
    """A time in UTC as a day and hour of this machine; "?" for what is no time."""
    try:
        return datetime.datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return "?"


def _also(session: Session, places: Sequence[Place]) -> str:
    """The first few places, and how many more."""
    told = [f"{one_line(each.document)} {_place(session, each.unit, page_of(each.unit))}" for each in places[:_NAMED]]
    more = [session.word("and_more", count=len(places) - _NAMED)] if len(places) > _NAMED else []
    return ", ".join(told + more)


def _citation_line(session: Session, citation: Citation) -> str:
    where = _place(session, citation.unit, citation.page)
    return f"[{citation.marker}] {one_line(citation.document)}  {where}: {one_line(citation.quote)}"


def _place(session: Session, unit: UnitRef, page: int | None) -> str:
    return one_line(place(unit, page, session.language))
