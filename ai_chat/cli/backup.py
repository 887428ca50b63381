"""`ai-chat backup FILE` and `ai-chat restore FILE`: a home in one file, and back.

Takes flags, gives a few lines or JSON. A backup is made beside whoever owns the home; a restore needs it for itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import Progress, size
from ai_chat.errors import UsageError
from ai_chat.shapes import Json

if TYPE_CHECKING:
    from ai_chat.backup.archive import Manifest
    from ai_chat.backup.telling import Step, Tell

_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]
_TENTH = 100_000  # bytes: the bar counts in tenths of a megabyte

_LINES: dict[str, tuple[str, str]] = {
    "backup_reading": ("copying the library (0.1 MB)", "라이브러리 복사 중(0.1MB)"),
    "backup_packing": ("writing (0.1 MB)", "쓰는 중(0.1MB)"),
    "backup_checking": ("checking (0.1 MB)", "검사 중(0.1MB)"),
    "restore_unpacking": ("unpacking and checking (0.1 MB)", "풀고 검사하는 중(0.1MB)"),
    "restore_preparing": ("preparing the library", "라이브러리 준비 중"),
    "made": (
        "{path}: {documents} documents and {conversations} conversations in {size}, read again and compared.",
        "{path}: 문서 {documents}개, 대화 {conversations}개, {size}. 다시 읽어 확인했습니다.",
    ),
    "not_in_it": (
        "Not in it: files that are read where they lie, models, passwords and keys (docs/backup.md).",
        "백업에 없는 것: 원래 자리에서 읽는 파일, 모델, 비밀번호와 키(docs/backup.md).",
    ),
    "whole": (
        "{path} is whole: {documents} documents and {conversations} conversations of {made_at}, by AI-CHAT {version}.",
        "{path}은(는) 온전합니다. {made_at}의 문서 {documents}개, 대화 {conversations}개, AI-CHAT {version}.",
    ),
    "restored": (
        "Restored {documents} documents and {conversations} conversations of {made_at}. The index is made at the next start.",
        "{made_at}의 문서 {documents}개, 대화 {conversations}개를 복원했습니다. 색인은 다음에 시작할 때 만듭니다.",
    ),
    "settings_left": (
        "The settings of the backup are of another AI-CHAT and were left out; those that were here stay.",
        "백업의 설정은 다른 AI-CHAT의 것이어서 빼고, 여기 있던 설정을 그대로 둡니다.",
    ),
    "undo": (
        "What was here before is kept in {previous}. Undo: ai-chat restore --undo; free the disk: ai-chat restore --purge",
        "이전 내용은 {previous}에 있습니다. 되돌리기: ai-chat restore --undo, 디스크 비우기: ai-chat restore --purge",
    ),
    "undone": (
        "What was here before the restore is back; the same command changes it again.",
        "복원하기 전으로 되돌렸습니다. 같은 명령을 다시 실행하면 다시 바뀝니다.",
    ),
    "purged": ("What was kept from before the restore is deleted.", "복원 전 내용을 지웠습니다."),
}


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, or a folder. 백업할 파일이나 폴더")],
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    from ai_chat.app import prepare_home
    from ai_chat.backup.making import make_backup

    if session.settings.home.exists():
        prepare_home(session.settings)  # what a killed restore left is put right first
    progress = Progress()
    try:
        made, manifest = make_backup(session.settings.home, file, _told(session, progress))
    finally:
        progress.close()
    written = made.stat().st_size
    if as_json:
        session.print_json({"path": str(made), "bytes": written, **_manifest_json(manifest)})
        return 0
    print(_line(session, "made", path=made, size=size(written), **_counts(manifest)))
    print(_line(session, "not_in_it"))
    return 0


def restore(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A file made by backup. 백업 파일")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only look whether it is whole. 온전한지만 확인")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Back to before the last restore. 복원 되돌리기")] = False,
    purge: Annotated[bool, typer.Option("--purge", help="Delete what --undo needs. 되돌리기용 내용 삭제")] = False,
    as_json: _AsJson = False,
) -> int:
    if (file is not None) + undo + purge != 1 or (check and file is None):
        raise UsageError("usage_wrong", reason="one of FILE, --undo and --purge is needed", command="ai-chat restore")
    session = open_session(as_json)
    if file is None:
        _turn_back(session, undo)
    elif check:
        _check(session, file)
    else:
        _restore(session, file)
    return 0


def _turn_back(session: Session, undo: bool) -> None:
    from ai_chat.app import prepare_home
    from ai_chat.backup.swap import forget_previous, undo_restore

    prepare_home(session.settings)
    (undo_restore if undo else forget_previous)(session.settings.home)
    done = "undone" if undo else "purged"
    if session.as_json:
        session.print_json({done: True})
    else:
        print(_line(session, done))


def _check(session: Session, file: Path) -> None:
    from ai_chat.backup.archive import verify

    progress = Progress()
    try:
        manifest = verify(file.expanduser().absolute(), _told(session, progress))
    finally:
        progress.close()
    if session.as_json:
        session.print_json({"path": str(file), "whole": True, **_manifest_json(manifest)})
    else:
        told = {"made_at": manifest.made_at, "version": manifest.version, **_counts(manifest)}
        print(_line(session, "whole", path=file, **told))


def _restore(session: Session, file: Path) -> None:
    from ai_chat.app import prepare_home
    from ai_chat.backup.restoring import restore_backup

    prepare_home(session.settings)
    progress = Progress()
    try:
        done = restore_backup(file, session.settings.home, _told(session, progress))
    finally:
        progress.close()
    if session.as_json:
        previous = str(done.previous) if done.previous else None
        settings = {"previous": previous, "settings": done.settings}
        session.print_json({"home": str(session.settings.home), **settings, **_manifest_json(done.manifest)})
        return
    print(_line(session, "restored", made_at=done.manifest.made_at, **_counts(done.manifest)))
    if not done.settings:
        print(_line(session, "settings_left"))
    if done.previous:
        print(_line(session, "undo", previous=done.previous))


def _told(session: Session, progress: Progress) -> Tell:
    def tell(step: Step) -> None:
        progress.step(step.done // _TENTH, max(1, step.total // _TENTH), _line(session, step.phase))

    return tell


def _counts(manifest: Manifest) -> dict[str, int]:
    return {"documents": manifest.documents, "conversations": manifest.conversations}


def _manifest_json(manifest: Manifest) -> Json:
    return {
        "made_at": manifest.made_at,
        "version": manifest.version,
        "library_schema": manifest.schema,
        "files": len(manifest.entries),
        "unpacked_bytes": manifest.bytes,
        **_counts(manifest),
    }


def _line(session: Session, name: str, /, **values: object) -> str:
    english, korean = _LINES[name]
    return (korean if session.language == "ko" else english).format(**values)
