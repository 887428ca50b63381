"""`ai-chat eval`: how well the pages of a folder are found, or how well its questions are answered, as a table, JSON or a page to read.

Takes a folder with questions.jsonl and pages.jsonl or documents; the library of the home is not touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import Progress, plain
from ai_chat.errors import InputError, UsageError
from ai_chat.types import Mode, Problem

if TYPE_CHECKING:
    from ai_chat.evaluation.answer_report import AnswerReport
    from ai_chat.evaluation.indexed import OnProgress, Step
    from ai_chat.evaluation.report import Report

_DRAFTED = 60  # questions


def evaluate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="With questions.jsonl. 평가 폴더")],
    mode: Annotated[Mode | None, typer.Option(help="Only this way of searching. 이 방식만")] = None,
    answers: Annotated[bool, typer.Option("--answers", help="Measure the model's answers. 답변을 평가")] = False,
    questions: Annotated[
        int | None, typer.Option(min=1, help="So many answers, spread over the file. 답변을 평가할 질문 수")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write the worst answers to FILE.md or FILE.html. 보고서 파일")
    ] = None,
    make: Annotated[bool, typer.Option("--make", help="Draft questions about the documents. 질문 초안 만들기")] = False,
    count: Annotated[int | None, typer.Option(min=1, help="How many to draft (60). 초안 질문 수")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the draft. 초안 파일")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there. 덮어쓰기")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")] = False,
) -> int:
    from ai_chat.app import prepare_home
    from ai_chat.evaluation.cases import require_report_name

    _require_fitting(
        (mode and answers, "--mode and --answers exclude each other"),
        (make and (mode or answers), "--make goes by itself"),
        (questions and not answers, "--questions goes with --answers"),
        (report and not answers, "--report goes with --answers"),
        ((count or out or force) and not make, "--count, --out and --force go with --make"),
    )
    if report:
        require_report_name(report)
    session = open_session(as_json)
    prepare_home(session.settings)  # vectors are kept there for the next run
    progress = Progress()
    shown = _shown(session, progress)
    try:
        if make:
            return _make(session, folder, count or _DRAFTED, out, shown, force=force)
        found = _of_answers(session, folder, questions, shown) if answers else _of_search(session, folder, mode, shown)
    finally:
        progress.close()
    _tell_problems(session, found.problems)
    if as_json:
        session.print_json(found.to_json())
    else:
        print(plain(found.to_text()))
    if report:
        _write_report(session, found, report)
    return 0


def _require_fitting(*wrong: tuple[object, str]) -> None:
    for is_wrong, reason in wrong:
        if is_wrong:
            raise UsageError("usage_wrong", reason=reason, command="ai-chat eval")


def _tell_problems(session: Session, problems: Sequence[Problem]) -> None:
    for problem in problems:
        session.tell(problem)


def _write_report(session: Session, found: Report | AnswerReport, path: Path) -> None:
    from ai_chat.evaluation.answer_report import AnswerReport
    from ai_chat.evaluation.cases import write_report

    assert isinstance(found, AnswerReport)
    write_report(found, path)
    session.say("eval_written", path=str(path))


def _make(session: Session, folder: Path, count: int, out: Path | None, on_progress: OnProgress, *, force: bool) -> int:
    """Beside the documents, where `ai-chat eval` looks for it, unless told otherwise."""
    from ai_chat.evaluation.datasets import QUESTIONS
    from ai_chat.evaluation.drafting import draft, write_questions

    path = out or folder / QUESTIONS
    if path.exists() and not force:
        raise InputError("eval_file_there", path=str(path))
    lines, problems = draft(folder, count, on_progress)
    _tell_problems(session, problems)
    write_questions(path, lines, force=force)
    if session.as_json:
        session.print_json({"schema": 1, "questions": len(lines), "path": str(path)})
    else:
        session.say("eval_drafted", count=len(lines), path=str(path))
    return 0


def _of_search(session: Session, folder: Path, mode: Mode | None, on_progress: OnProgress) -> Report:
    from ai_chat.evaluation.report import LEGS
    from ai_chat.evaluation.run import evaluate as run

    return run(folder, session.settings, (mode,) if mode else LEGS, on_progress)


def _of_answers(session: Session, folder: Path, questions: int | None, on_progress: OnProgress) -> AnswerReport:
    from ai_chat.evaluation.answer_report import AnswerReport
    from ai_chat.evaluation.answers import answering_model, ask_all
    from ai_chat.evaluation.datasets import read_dataset

    dataset = read_dataset(folder)
    with answering_model(session.settings) as model:
        outcomes, problems = ask_all(dataset, session.settings, model, questions, on_progress)
    return AnswerReport(model.info.name, outcomes, problems)


def _shown(session: Session, progress: Progress) -> OnProgress:
    """A bar on a terminal; elsewhere only the end of each step, of which there can be thousands."""

    def show(step: Step, done: int, total: int) -> None:
        label = session.word(f"eval_{step}")
        progress.step(done, total, label, finished=f"{label} {total}" if done == total else None)

    return show
