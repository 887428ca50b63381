"""The models that this home knows besides the starter: pulled ones, whose files are ours, and added ones, which lie elsewhere.

Takes the folder of models, gives Kept entries: one JSON file a model. Removing a pulled model moves its files aside until
they are purged; removing an added one forgets its name. Reads no model.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from ai_chat.errors import InputError, MachineError

_NAME = re.compile(r"\w[\w.-]{0,63}")
_RESERVED = frozenset({"starter"})


@dataclass(frozen=True, slots=True)
class Kept:
    """`files` are all parts of a split model, the first of them is loaded; `at` is UTC, ISO 8601."""

    name: str
    files: tuple[str, ...]
    origin: Literal["pulled", "added"]
    at: str
    repository: str = ""
    revision: str = ""
    sha256: str = ""

    @property
    def path(self) -> Path:
        return Path(self.files[0])


def kept(folder: Path) -> tuple[Kept, ...]:
    """By name."""
    return tuple(_read(entry) for entry in sorted(_known(folder).glob("*.json")))


def removed(folder: Path) -> tuple[Kept, ...]:
    """What can be put back, its files named as they lay before."""
    return tuple(_read(entry) for entry in sorted(_removed(folder).glob("*.json")))


def find(folder: Path, name: str) -> Kept | None:
    entry = _known(folder) / f"{name}.json"
    return _read(entry) if _NAME.fullmatch(name) and entry.exists() else None


def check_free(folder: Path, name: str, path: Path) -> None:
    """InputError where this cannot be the name of the model at `path`."""
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise InputError("model_name_wrong", name=name)
    there = find(folder, name)
    if there and there.path != path:
        raise InputError("model_name_taken", name=name, path=str(there.path))


def keep(folder: Path, model: Kept) -> None:
    """Raises InputError as check_free does."""
    check_free(folder, model.name, model.path)
    _write(_known(folder) / f"{model.name}.json", model)


def remove(folder: Path, name: str) -> Kept | None:
    """None where there is no such model; what was removed under this name before is gone then."""
    model = find(folder, name)
    if model is None:
        return None
    if model.origin == "pulled":
        purge(folder, name)
        _move(model, _removed(folder) / name, back=False)
        _write(_removed(folder) / f"{name}.json", model)
    (_known(folder) / f"{name}.json").unlink()
    return model


def restore(folder: Path, name: str) -> Kept | None:
    """None where nothing was removed under this name."""
    entry = _removed(folder) / f"{name}.json"
    if not _NAME.fullmatch(name) or not entry.exists():
        return None
    model = _read(entry)
    keep(folder, model)
    _move(model, _removed(folder) / name, back=True)
    entry.unlink()
    return model


def purge(folder: Path, name: str) -> Kept | None:
    """Delete what was removed under this name."""
    entry = _removed(folder) / f"{name}.json"
    if not _NAME.fullmatch(name) or not entry.exists():
        return None
    model = _read(entry)
    entry.unlink()
    shutil.rmtree(_removed(folder) / name)
    return model


def _move(model: Kept, aside: Path, back: bool) -> None:
    """Files that somebody has taken away meanwhile are left out."""
    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in map(Path, model.files):
        source, target = (aside / path.name, path) if back else (path, aside / path.name)
        if source.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            source.replace(target)
    if back:
        aside.rmdir()


def _known(folder: Path) -> Path:
    return folder / "known"


def _removed(folder: Path) -> Path:
    return folder / "removed"


def _read(entry: Path) -> Kept:
    try:
        values = json.loads(entry.read_text("utf-8"))
        return Kept(**{**values, "files": tuple(map(str, values["files"]))})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise MachineError("model_entry_damaged", path=str(entry), reason=str(error)) from error


def _write(entry: Path, model: Kept) -> None:
    entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = entry.with_suffix(".tmp")
    temporary.write_text(json.dumps(asdict(model), ensure_ascii=False, indent=1), "utf-8")
    temporary.replace(entry)
