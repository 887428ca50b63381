"""`ai-chat calibrate`: fits to the user's own documents when an answer counts as found, and shows what that changes.

Takes flags, writes AI_CHAT_HOME/calibration.json, which a running server takes up at its next search. `--reset` goes back to what
is built in, `--dry-run` writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import Progress, padded
from ai_chat.errors import InputError

_NAME, _CELL = 36, 14

if TYPE_CHECKING:
    from ai_chat.app.parts import Parts
    from ai_chat.search.calibrating import Calibrated
    from ai_chat.search.fitting import Rates


def calibrate(
    questions: Annotated[int, typer.Option(min=20, max=2000, help="So many questions are made. 만들 질문 수")] = 120,
    seed: Annotated[int, typer.Option(help="Another one makes other questions. 질문을 고르는 씨앗값")] = 2026,
    reset: Annotated[bool, typer.Option("--reset", help="Back to what is built in. 기본값으로")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show, and write nothing. 저장하지 않고 보기만")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")] = False,
) -> int:
    from ai_chat.search.judging import FILE_NAME

    session = open_session(as_json)
    path = session.settings.home / FILE_NAME
    if reset:
        return _reset(session, path)
    with _library(session) as parts:
        done = _calibrated(session, parts, path, questions, seed)
        if not dry_run:
            _write(path, done, parts)
    _show(session, done, None if dry_run else path)
    return 0


def _reset(session: Session, path: Path) -> int:
    was_there = path.exists()
    path.unlink(missing_ok=True)
    if session.as_json:
        session.print_json({"reset": was_there, "path": str(path)})
    else:
        print(_TOLD["reset" if was_there else "nothing_to_reset"][session.language].format(path=path))
    return 0


@contextmanager
def _library(session: Session) -> Iterator[Parts]:
    """Read only, beside a server that may be running."""
    from ai_chat.app import prepare_home
    from ai_chat.app.local import LocalApp

    prepare_home(session.settings)
    if not session.settings.database.exists():
        raise InputError("calibration_too_few", found=0, needed=_needed())
    with closing(LocalApp(session.settings, None, session.tell)) as app:
        yield app.home.parts


def _needed() -> int:
    from ai_chat.search.calibrating import FEWEST

    return FEWEST


def _calibrated(session: Session, parts: Parts, path: Path, questions: int, seed: int) -> Calibrated:
    from ai_chat.search.calibrating import calibrate as run
    from ai_chat.search.judging import CalibrationFile

    current = CalibrationFile(path, *_fingerprints(parts), session.tell).current()
    progress = Progress()
    label = _TOLD["asking"][session.language]
    try:
        return run(
            parts.searcher,
            current,
            questions,
            seed,
            lambda done, total: progress.step(done, total, label, f"{label} {total}" if done == total else None),
        )
    finally:
        progress.close()


def _fingerprints(parts: Parts) -> tuple[str, str | None]:
    return parts.analyzer.fingerprint, parts.embedder_info.fingerprint if parts.embedder_info else None


def _write(path: Path, done: Calibrated, parts: Parts) -> None:
    from ai_chat.search.judging import Fitted, write_calibration

    analyzer, embedder = _fingerprints(parts)
    write_calibration(path, Fitted(done.calibration, analyzer, embedder if done.with_vectors else None, done.questions))


def _show(session: Session, done: Calibrated, path: Path | None) -> None:
    if session.as_json:
        session.print_json(_json(done, path))
        return
    told = {name: both[session.language] for name, both in _TOLD.items()}
    print(padded("", _NAME) + padded(told["before"], _CELL) + told["after"])
    for name in ("refused", "let_through", "near_misses_let_through"):
        cells = [_cell(name, each) for each in (done.before, done.after)]
        print(padded(told[name], _NAME) + padded(cells[0], _CELL) + cells[1])
    if path:
        print(told["written"].format(path=path))


_OF = {"refused": "answerable", "let_through": "unanswerable", "near_misses_let_through": "near_misses"}


def _cell(name: str, measured: Rates) -> str:
    return f"{getattr(measured, name)} / {getattr(measured, _OF[name])}"


def _json(done: Calibrated, path: Path | None) -> dict[str, Any]:
    return {
        "path": str(path) if path else None,
        "questions": done.questions,
        "with_vectors": done.with_vectors,
        "before": asdict(done.before),
        "after": asdict(done.after),
        "calibration": asdict(done.calibration),
    }


_TOLD = {
    "asking": {"en": "Asking questions", "ko": "질문하는 중"},
    "before": {"en": "before", "ko": "전"},
    "after": {"en": "after", "ko": "후"},
    "refused": {"en": "answerable, refused", "ko": "답이 있는데 없다고 함"},
    "let_through": {"en": "document left out, let through", "ko": "문서를 뺐는데 있다고 함"},
    "near_misses_let_through": {"en": "one thing replaced, let through", "ko": "한 곳을 바꿨는데 있다고 함"},
    "written": {
        "en": "Written: {path}. Undo with: ai-chat calibrate --reset",
        "ko": "저장했습니다: {path}. 되돌리려면: ai-chat calibrate --reset",
    },
    "reset": {
        "en": "Deleted {path}: what is built in counts again.",
        "ko": "{path}을(를) 지웠습니다. 기본값을 씁니다.",
    },
    "nothing_to_reset": {
        "en": "There is no {path}: what is built in counts.",
        "ko": "{path}이(가) 없습니다. 기본값을 쓰고 있습니다.",
    },
}
