"""`ai-chat purge ID...`: erase documents for good, and prove it.

Takes ids, shows what goes and asks; gives what went and what was looked through. Exit 1 where something of them is still found.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import Progress, note, one_line, size
from ai_chat.errors import InputError, UsageError
from ai_chat.shapes import Json

if TYPE_CHECKING:
    from ai_chat.app.purging import Phase, Plan, Proof, Tell
    from ai_chat.store.erase import Erased

_MOST_LINES = 20
_FOUND = 1

_LINES: dict[str, tuple[str, str]] = {
    "purge_reading": ("reading the documents", "문서 읽는 중"),
    "purge_deleting": ("deleting files", "파일 지우는 중"),
    "purge_library": ("overwriting the library", "라이브러리 덮어쓰는 중"),
    "purge_words": ("making the keyword index anew", "키워드 색인 다시 만드는 중"),
    "purge_vectors": ("making the vector index anew", "의미 벡터 색인 다시 만드는 중"),
    "purge_looking": ("looking through all files (MB)", "모든 파일 확인 중(MB)"),
    "goes": ("To be erased for good:", "완전히 지울 것:"),
    "document": ("  {id}  {name}", "  {id}  {name}"),
    "files": ("  {count} files that are kept in the home", "  보관된 파일 {count}개"),
    "said": (
        "  {turns} questions with their answers in {conversations} conversations: they showed or name it, or were asked after that",
        "  대화 {conversations}개의 질문과 답변 {turns}개: 이 문서를 보여 주거나 언급한 것과 그 뒤에 물은 것",
    ),
    "removed_conversations": ("  {count} conversations that were removed", "  뺀 대화 {count}개"),
    "derived": (
        "  all kept answers and pages read by OCR; both indexes are made anew",
        "  보관된 답변과 글자 인식 결과 전부. 색인은 둘 다 다시 만듭니다",
    ),
    "undo": (
        "  what was kept from before the last restore: it cannot be undone any more",
        "  마지막 복원 이전의 내용: 복원을 더 되돌릴 수 없습니다",
    ),
    "stays": ("Not touched, delete it yourself: {path}", "지우지 않으니 직접 지우세요: {path}"),
    "backup": ("Still in this backup, delete it yourself: {path}", "이 백업에 남아 있으니 직접 지우세요: {path}"),
    "more": ("  and {count} more", "  외 {count}개"),
    "ask": ("This cannot be undone. Type yes to erase: ", "되돌릴 수 없습니다. 지우려면 yes를 입력하세요: "),
    "nothing_removed": (
        "Nothing was removed, so there is nothing to purge.",
        "뺀 문서나 대화가 없어 지울 것이 없습니다.",
    ),
    "left_alone": ("Nothing was erased.", "아무것도 지우지 않았습니다."),
    "done": (
        "Erased: {documents} documents, {versions} texts, {vectors} vectors, {turns} questions, {conversations} conversations.",
        "지움: 문서 {documents}개, 본문 {versions}개, 벡터 {vectors}개, 질문 {turns}개, 대화 {conversations}개.",
    ),
    "proven": (
        "Proof: {strings} strings of them, {patterns} as encoded, stand in none of {files} files ({size}) and in no index.",
        "확인: 문서의 문자열 {strings}개(인코딩 포함 {patterns}개)가 파일 {files}개({size}) 어디에도 없고, 색인에도 없습니다.",
    ),
    "unproven": (
        "No string could be looked for: nothing of the text is theirs alone.",
        "이 문서에만 있는 글이 없어 찾아볼 문자열이 없습니다.",
    ),
    "found": ("STILL THERE: {path} ({encoding})", "아직 있음: {path} ({encoding})"),
    "faulty": ("STILL THERE: {what}", "아직 있음: {what}"),
}


def purge(
    document_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="As `docs list` shows them. 문서 ID")
    ] = None,
    removed: Annotated[
        bool, typer.Option("--removed", help="All documents and conversations that were removed. 뺀 문서와 대화 전부")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. 묻지 않음")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go. 지울 것만 보기")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")] = False,
) -> int:
    if not document_ids and not removed:
        raise UsageError("usage_wrong", reason="ID or --removed is needed", command="ai-chat purge")
    session = open_session(as_json)
    from ai_chat.app.purging import alone, plan_purge

    if not session.settings.home.is_dir():
        raise InputError("purge_nothing", home=str(session.settings.home))
    progress = Progress()
    with alone(session.settings):
        try:
            plan = plan_purge(session.settings, document_ids or (), removed, _told(session, progress))
        finally:
            progress.close()
        if not plan.documents and not plan.conversations:
            return _nothing(session)
        if not as_json:
            _show(session, plan)
        if dry_run:
            return _dry(session, plan)
        if not yes and not _agreed(session):
            note(_line(session, "left_alone"))
            return 0
        return _carry_out(session, plan, progress)


def _nothing(session: Session) -> int:
    if session.as_json:
        session.print_json({"erased": None})
    else:
        note(_line(session, "nothing_removed"))
    return 0


def _dry(session: Session, plan: Plan) -> int:
    if session.as_json:
        session.print_json({"erased": None, "plan": _plan_json(plan)})
    return 0


def _carry_out(session: Session, plan: Plan, progress: Progress) -> int:
    from ai_chat.app.purging import prove
    from ai_chat.app.purging import purge as erase

    tell = _told(session, progress)
    try:
        erased = erase(session.settings, plan, tell)
        proof = prove(session.settings, plan.strings, tell)
    finally:
        progress.close()
    if session.as_json:
        session.print_json({"erased": _erased_json(erased), "plan": _plan_json(plan), "proof": _proof_json(proof)})
    else:
        _tell_done(session, erased, proof)
    return 0 if proof.holds else _FOUND


def _agreed(session: Session) -> bool:
    """UsageError purge_unconfirmed where nobody can be asked."""
    if session.as_json or not sys.stdin.isatty():
        raise UsageError("purge_unconfirmed")
    return input(_line(session, "ask")).strip().lower() == "yes"


def _show(session: Session, plan: Plan) -> None:
    print(_line(session, "goes"))
    for row in plan.documents[:_MOST_LINES]:
        print(_line(session, "document", id=row.id, name=one_line(row.name)))
    if len(plan.documents) > _MOST_LINES:
        print(_line(session, "more", count=len(plan.documents) - _MOST_LINES))
    for line in _besides(session, plan):
        print(line)
    for path in plan.elsewhere:
        print(_line(session, "stays", path=one_line(path)))
    for path in plan.backups:
        print(_line(session, "backup", path=one_line(path)))


def _besides(session: Session, plan: Plan) -> Iterator[str]:
    if plan.files:
        yield _line(session, "files", count=len(plan.files))
    if plan.said.turns:
        yield _line(session, "said", turns=len(plan.said.turns), conversations=len(plan.said.conversations))
    if plan.conversations:
        yield _line(session, "removed_conversations", count=len(plan.conversations))
    yield _line(session, "derived")
    if plan.undo:
        yield _line(session, "undo")


def _tell_done(session: Session, erased: Erased, proof: Proof) -> None:
    print(_line(session, "done", **_erased_json(erased)))
    told = {"strings": proof.strings, "patterns": proof.patterns, "files": proof.files, "size": size(proof.bytes)}
    if not proof.strings:
        print(_line(session, "unproven"))
    elif proof.holds:
        print(_line(session, "proven", **told))
    places = dict.fromkeys((each.path, each.encoding) for each in proof.found)
    for path, encoding in places:
        print(_line(session, "found", path=one_line(str(path)), encoding=encoding))
    for fault in proof.index:
        print(_line(session, "faulty", what=one_line(fault)))


def _erased_json(erased: Erased) -> Json:
    return {
        "documents": erased.documents,
        "versions": erased.versions,
        "vectors": erased.vectors,
        "turns": erased.turns,
        "conversations": erased.conversations,
    }


def _plan_json(plan: Plan) -> Json:
    return {
        "documents": [{"id": row.id, "name": row.name} for row in plan.documents],
        "files": len(plan.files),
        "turns": len(plan.said.turns),
        "removed_conversations": len(plan.conversations),
        "elsewhere": list(plan.elsewhere),
        "backups": list(plan.backups),
    }


def _proof_json(proof: Proof) -> Json:
    """Where, never what: the strings are what is to be forgotten."""
    return {
        "holds": proof.holds,
        "strings": proof.strings,
        "patterns": proof.patterns,
        "files": proof.files,
        "bytes": proof.bytes,
        "found": [{"path": str(each.path), "encoding": each.encoding} for each in proof.found],
        "index": list(proof.index),
    }


def _told(session: Session, progress: Progress) -> Tell:
    def tell(phase: Phase, done: int, total: int) -> None:
        progress.step(done, total, _line(session, phase))

    return tell


def _line(session: Session, name: str, /, **values: object) -> str:
    english, korean = _LINES[name]
    return (korean if session.language == "ko" else english).format(**values)
