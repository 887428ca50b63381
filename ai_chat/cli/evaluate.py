"""`ai-chat eval`: how well the pages of a folder are found, or how well its questions are answered, as a table or JSON.

Takes a folder with questions.jsonl and pages.jsonl or documents; the library of the home is not touched.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import Progress, plain
from ai_chat.errors import UsageError
from ai_chat.types import Mode

if TYPE_CHECKING:
    from ai_chat.evaluation.answer_report import AnswerReport
    from ai_chat.evaluation.indexed import OnProgress, Step
    from ai_chat.evaluation.report import Report


def evaluate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="With questions.jsonl. 평가 폴더")],
    mode: Annotated[Mode | None, typer.Option(help="Only this way of searching. 이 방식만")] = None,
    answers: Annotated[bool, typer.Option("--answers", help="Measure the model's answers. 답변을 평가")] = False,
    questions: Annotated[
        int | None, typer.Option(min=1, help="So many answers, spread over the file. 답변을 평가할 질문 수")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")] = False,
) -> int:
    from ai_chat.app import prepare_home

    if mode and answers:
        raise UsageError("usage_wrong", reason="--mode and --answers exclude each other", command="ai-chat eval")
    if questions and not answers:
        raise UsageError("usage_wrong", reason="--questions goes with --answers", command="ai-chat eval")
    session = open_session(as_json)
    prepare_home(session.settings)  # vectors are kept there for the next run
    progress = Progress()
    shown = _shown(session, progress)
    try:
        report = _of_answers(session, folder, questions, shown) if answers else _of_search(session, folder, mode, shown)
    finally:
        progress.close()
    for problem in report.problems:
        session.tell(problem)
    if as_json:
        session.print_json(report.to_json())
    else:
        print(plain(report.to_text()))
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
