"""`ai-chat eval`: how well the pages of a folder are found, as a table or JSON.

Takes a folder with questions.jsonl and pages.jsonl or documents; the library of the home is not touched.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import Progress, plain
from ai_chat.types import Mode

if TYPE_CHECKING:
    from ai_chat.evaluation.indexed import OnProgress, Step


def evaluate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="With questions.jsonl. 평가 폴더")],
    mode: Annotated[Mode | None, typer.Option(help="Only this way of searching. 이 방식만")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")] = False,
) -> int:
    from ai_chat.app import prepare_home
    from ai_chat.evaluation.report import LEGS
    from ai_chat.evaluation.run import evaluate as run

    session = open_session(as_json)
    prepare_home(session.settings)  # vectors are kept there for the next run
    progress = Progress()
    try:
        report = run(folder, session.settings, (mode,) if mode else LEGS, _shown(session, progress))
    finally:
        progress.close()
    for problem in report.problems:
        session.tell(problem)
    if as_json:
        session.print_json(report.to_json())
    else:
        print(plain(report.to_text()))
    return 0


def _shown(session: Session, progress: Progress) -> OnProgress:
    """A bar on a terminal; elsewhere only the end of each step, of which there can be thousands."""

    def show(step: Step, done: int, total: int) -> None:
        label = session.word(f"eval_{step}")
        progress.step(done, total, label, finished=f"{label} {total}" if done == total else None)

    return show
