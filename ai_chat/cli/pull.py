"""`ai-chat models pull|add|remove|restore`: which models are on this machine.

Takes names of the catalogue, repositories or files. What is pulled lies in the folder of models and can be put back after
it was removed; what is added stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import Progress, one_line
from ai_chat.errors import InputError, UsageError
from ai_chat.llm import catalogue, shelf
from ai_chat.llm.catalogue import CatalogueModel
from ai_chat.llm.names import unknown
from ai_chat.llm.shelf import Kept
from ai_chat.sizes import MIB, show_size
from ai_chat.types import Problem

_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]
_Name = Annotated[str, typer.Argument(metavar="NAME", help="As `models list` shows it. 모델 이름")]
_NewName = Annotated[str | None, typer.Option("--name", metavar="NAME", help="What to call it here. 부를 이름")]


def pull_model(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME|OWNER/REPO", help="Of the catalogue, or a repository. 목록의 이름 또는 저장소"),
    ],
    file: Annotated[
        str | None, typer.Argument(metavar="FILE.gguf", help="Of the repository; without it they are listed. 파일")
    ] = None,
    new_name: _NewName = None,
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    if "/" in name and file is None:
        return _list_files(session, name)
    row = None if "/" in name else _row(session, name)
    if row and file is not None:
        raise UsageError("usage_wrong", reason=f"{name} has a file of its own", command="ai-chat models pull")
    repository, wanted = (row.repository, row.file) if row else (name, str(file))
    own_name = new_name or (row.name if row else _name_of(wanted))
    model = _pull(session, repository, wanted, own_name, row)
    if as_json:
        session.print_json({"pulled": kept_json(model)})
        return 0
    print(session.word("model_pulled", name=model.name, path=one_line(str(model.path))))
    session.say("model_next", name=model.name)
    return 0


def add_model(
    file: Annotated[Path, typer.Argument(metavar="FILE.gguf", help="Stays where it is. 그 자리에 두고 씁니다")],
    new_name: _NewName = None,
    as_json: _AsJson = False,
) -> int:
    from ai_chat.app import prepare_home
    from ai_chat.llm.gguf import read_spec

    session = open_session(as_json)
    path = file.expanduser().absolute()
    spec = read_spec(path)
    files = tuple(str(path.with_name(Path(part).name)) for part in spec.files) or (str(path),)
    model = Kept(new_name or _name_of(path.name), files, "added", _now())
    prepare_home(session.settings)
    shelf.keep(session.settings.models_dir, model)
    if as_json:
        session.print_json({"added": kept_json(model)})
        return 0
    print(session.word("model_added", name=model.name, path=one_line(str(path))))
    session.say("model_next", name=model.name)
    return 0


def remove_model(
    name: _Name,
    purge: Annotated[bool, typer.Option("--purge", help="Delete its files for good. 파일까지 완전히 삭제")] = False,
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    folder = session.settings.models_dir
    there = shelf.find(folder, name)
    if there and session.settings.model and str(session.settings.model) in there.files:
        raise InputError("model_in_use", name=name)
    model = shelf.remove(folder, name)
    if purge:
        model = shelf.purge(folder, name) or model
    if model is None:
        raise unknown(folder, name)
    if as_json:
        session.print_json({"removed": kept_json(model), "purged": purge or model.origin == "added"})
        return 0
    if model.origin == "added":
        print(session.word("model_forgotten", name=model.name, path=one_line(str(model.path))))
    elif purge:
        print(session.word("model_purged", name=model.name))
    else:
        print(session.word("model_removed", name=model.name))
        session.say("model_undo", name=model.name)
    return 0


def restore_model(name: _Name, as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    model = shelf.restore(session.settings.models_dir, name)
    if model is None:
        raise InputError("model_not_removed", name=name)
    if as_json:
        session.print_json({"restored": kept_json(model)})
    else:
        print(session.word("model_restored", name=model.name))
    return 0


def kept_json(model: Kept) -> dict[str, object]:
    return {
        "name": model.name,
        "origin": model.origin,
        "path": str(model.path),
        "files": list(model.files),
        "repository": model.repository or None,
        "revision": model.revision or None,
        "sha256": model.sha256 or None,
        "at": model.at,
    }


def _pull(session: Session, repository: str, file: str, name: str, row: CatalogueModel | None) -> Kept:
    from ai_chat.app import prepare_home
    from ai_chat.llm import hub
    from ai_chat.llm.gguf import read_spec

    folder = session.settings.models_dir
    found = hub.look_up(repository, file)
    paths = tuple(hub.place_of(part, folder) for part in found)
    shelf.check_free(folder, name, paths[0])
    _tell_before(session, row, repository, sum(part.bytes for part in found))
    prepare_home(session.settings)
    _bring_back(folder, found[0].sha256)
    progress = Progress()
    try:
        hub.fetch(found, folder, _bar(progress, name))
    except KeyboardInterrupt:
        session.say("model_part_kept")
        raise
    finally:
        progress.close()
    read_spec(paths[0])
    model = Kept(name, tuple(map(str, paths)), "pulled", _now(), repository, found[0].revision, found[0].sha256)
    shelf.keep(folder, model)
    return model


def _bar(progress: Progress, name: str) -> Callable[[int, int], None]:
    """Drawn anew for each MiB."""
    shown = -1

    def step(done: int, total: int) -> None:
        nonlocal shown
        if done // MIB != shown:
            shown = done // MIB
            progress.step(shown, total // MIB, f"MiB {name}")

    return step


def _bring_back(folder: Path, sha256: str) -> None:
    """A file that was only put aside need not come again."""
    for model in shelf.removed(folder):
        if model.sha256 == sha256 and shelf.find(folder, model.name) is None:
            shelf.restore(folder, model.name)
            return


def _tell_before(session: Session, row: CatalogueModel | None, repository: str, size: int) -> None:
    """Licence and size, while there is still time to press Ctrl-C."""
    session.say("model_fetching", repository=repository, size=show_size(size))
    if row is None:
        session.say("model_licence_unknown")
        return
    session.say("model_licence" if row.commercial else "model_licence_nc", licence=row.licence)
    if size != row.bytes and "bytes" not in row.unverified:
        values = {"name": row.name, "date": catalogue.VERIFIED, "found": show_size(size)}
        session.tell(Problem("model_size_differs", {**values, "expected": show_size(row.bytes)}))


def _list_files(session: Session, repository: str) -> int:
    from ai_chat.llm import hub

    names = hub.list_files(repository)
    if not names:
        raise InputError("hub_no_models", repository=repository)
    if session.as_json:
        session.print_json({"repository": repository, "files": list(names)})
        return 0
    for name in names:
        print(one_line(name))
    session.say("model_pull_file", repository=repository)
    return 0


def _row(session: Session, name: str) -> CatalogueModel:
    row = catalogue.find(name)
    if row is None:
        raise unknown(session.settings.models_dir, name)
    return row


def _name_of(file: str) -> str:
    """A name from that of a file: 'Q4/Some model.gguf' -> 'Some-model'."""
    stem = re.sub(r"-\d{5}-of-\d{5}$", "", Path(file).stem)
    return re.sub(r"[^\w.-]+", "-", stem).strip("-.")[:64]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
