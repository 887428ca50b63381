"""The questions that went worst, to be read by a person: what was asked, expected, written and cited, and what is bad about it.

Takes an AnswerReport, gives a page in Markdown or HTML. Whatever comes from documents, questions or a model acts in neither.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ai_chat.errors import InputError, UsageError
from ai_chat.evaluation.answer_report import AnswerReport, is_right
from ai_chat.evaluation.answers import Outcome
from ai_chat.evaluation.measures import character_f1, contains

MOST_CASES = 50
_TEXT, _PAGE = ".md", ".html"
_ACTING = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_WORST = (
    "an answer where the documents have none",
    "a wrong answer was shown",
    "right, but no citation bears it out",
    "said that the documents do not answer, and they do",
    "nothing could be shown, though it was right",
    "nothing right was written",
)


@dataclass(frozen=True, slots=True)
class Case:
    """`why` is one of `_WORST`, which stand in the order of how bad they are."""

    why: str
    outcome: Outcome

    @property
    def lines(self) -> list[tuple[str, str]]:
        one = self.outcome
        cited = [f"{each.document}, {each.place}: {each.quote}" for each in one.quoted]
        told = [
            ("expected", " / ".join(one.question.answers) or ("an answer" if one.question.relevant else "no answer")),
            ("written", one.raw or "-"),
            ("ended", one.ended),
            *(("cited", each) for each in cited),
        ]
        return told if cited else [*told, ("nearest", one.nearest or "-")]


def worst_cases(report: AnswerReport, most: int = MOST_CASES) -> list[Case]:
    """The worst first; of those that are as bad, what is furthest from the answer."""
    found = [Case(why, one) for one in report.outcomes if (why := _why(one))]
    return sorted(found, key=lambda case: (_WORST.index(case.why), _nearness(case.outcome)))[:most]


def require_report_name(path: Path) -> None:
    """UsageError where its ending names neither form."""
    if path.suffix.lower() not in (_PAGE, _TEXT):
        reason = f"--report {path.name}: the file's name ends in {_TEXT} or {_PAGE}"
        raise UsageError("usage_wrong", reason=reason, command="ai-chat eval")


def write_report(report: AnswerReport, path: Path) -> None:
    """In the form that the ending of its name says. InputError out_unwritable."""
    text = _html(report) if path.suffix.lower() == _PAGE else _markdown(report)
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError("out_unwritable", path=str(path), reason=str(error.strerror)) from error


def _why(one: Outcome) -> str | None:
    right = contains(one.written, one.question.answers)
    if not one.question.relevant:
        return _WORST[0] if one.shown else None
    if one.shown and one.question.answers and not right:
        return _WORST[1]
    if one.shown:
        return None if any(is_right(each, one) for each in one.quoted) else _WORST[2]
    if one.refused:
        return _WORST[3]
    return _WORST[4] if right else _WORST[5]


def _nearness(one: Outcome) -> float:
    return character_f1(one.written, one.question.answers) if one.question.answers else 0.0


def _markdown(report: AnswerReport) -> str:
    return "\n".join(_markdown_lines(report)) + "\n"


def _markdown_lines(report: AnswerReport) -> Iterator[str]:
    yield f"# {_plain(report.model)}"
    yield ""
    yield from (f"    {line}" for line in report.to_text().splitlines())
    for number, case in enumerate(worst_cases(report), 1):
        yield ""
        yield f"## {number}. {_plain(case.outcome.question.question)}"
        yield ""
        yield f"**{case.why}** ({_plain(case.outcome.question.id)})"
        yield ""
        yield from (f"- {name}: {_plain(text)}" for name, text in case.lines)


def _plain(text: str) -> str:
    return _ACTING.sub(r"\\\1", " ".join(text.split()))


def _html(report: AnswerReport) -> str:
    cases = "".join(_html_case(number, case) for number, case in enumerate(worst_cases(report), 1))
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{html.escape(report.model)}</title><style>{_STYLE}</style></head><body><h1>{html.escape(report.model)}</h1>"
        f"<pre>{html.escape(report.to_text())}</pre>{cases}</body></html>\n"
    )


def _html_case(number: int, case: Case) -> str:
    rows = "".join(f"<dt>{name}</dt><dd>{html.escape(text)}</dd>" for name, text in case.lines)
    one = case.outcome.question
    return f"<section><h2>{number}. {html.escape(one.question)}</h2><p>{case.why} ({html.escape(one.id)})</p><dl>{rows}</dl></section>"


_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "pre{overflow-x:auto}section{border-top:1px solid #8884;margin-top:1.5rem}p{color:#b3261e}dt{font-weight:600}"
    "dd{margin:0 0 .4rem;white-space:pre-wrap;overflow-wrap:anywhere}"
)
