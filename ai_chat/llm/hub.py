"""Fetching model files from a hub: resumed where they broke off, checked by the hub's own hash, put in place at once.

Takes a repository and a file name, gives the path of a checked file. Plain requests for ranges, not the library's own
download: that one begins anew each time, and its xet path asks hosts of its own. Knows no catalogue.
"""

from __future__ import annotations

import errno
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ai_chat import __version__
from ai_chat.errors import InputError, MachineError
from ai_chat.llm.hub_library import PATIENCE_SECONDS, TRIES, BrokenOff, headers, library, patiently, told
from ai_chat.process import lock_file
from ai_chat.sizes import show_size

Progress = Callable[[int, int], None]

_BLOCK = 1 << 20
_SPARE_BYTES = 256 << 20
_NO_MORE = 416  # the range asked for begins behind the end
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_PART_OF_NAME = re.compile(r"\w[\w .()+,=@-]*")
_SPLIT = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.gguf", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file as the hub has it now; `revision` is the commit that `sha256` and `bytes` belong to."""

    repository: str
    name: str
    revision: str
    bytes: int
    sha256: str


def look_up(repository: str, name: str) -> tuple[HubFile, ...]:
    """The file, or all parts of a split one, at one commit. InputError or MachineError `hub_*` where there is no such file."""
    check_names(repository, name)
    first, *others = parts_of(name)
    found = _look_up_one(repository, first, "main")
    return (found, *(_look_up_one(repository, part, found.revision) for part in others))


def list_files(repository: str) -> tuple[str, ...]:
    """The names of the GGUF files of a repository."""
    check_names(repository, "any.gguf")
    api = library().HfApi(library_name="ai-chat", library_version=__version__)
    names: list[str] = patiently(repository, "", lambda: api.list_repo_files(repository))
    return tuple(sorted(name for name in names if name.lower().endswith(".gguf")))


def check_names(repository: str, name: str) -> None:
    """InputError for a name that no hub has, or that would lead out of the folder of models."""
    if not _REPOSITORY.fullmatch(repository) or ".." in repository:
        raise InputError("hub_name_wrong", name=repository)
    parts = name.split("/")
    if not name.lower().endswith(".gguf") or not all(_PART_OF_NAME.fullmatch(part) for part in parts):
        raise InputError("hub_file_name_wrong", name=name)


def parts_of(name: str) -> tuple[str, ...]:
    """The names of all parts of a split file, whichever of them is given; else the name itself."""
    split = _SPLIT.fullmatch(name)
    if split is None or not 1 <= int(split[2]) <= int(split[3]) < 1000:
        return (name,)
    return tuple(f"{split[1]}-{number:05}-of-{split[3]}.gguf" for number in range(1, int(split[3]) + 1))


def place_of(file: HubFile, folder: Path) -> Path:
    """Where a file comes to lie in the folder of models."""
    return folder / file.repository.replace("/", "--") / file.name


def fetch(files: tuple[HubFile, ...], folder: Path, progress: Progress = lambda _done, _total: None) -> Path:
    """The path of the first file, all of them there and checked. What is broken off stays and is resumed by the next call.

    Errors: hub_*, model_no_space, model_being_pulled.
    """
    total = sum(file.bytes for file in files)
    try:
        _check_space(files, folder)
        done = 0
        for file in files:
            _fetch_one(file, place_of(file, folder), _after(done, total, progress))
            done += file.bytes
    except OSError as error:
        if error.errno in _FULL:
            raise MachineError("disk_full", path=str(folder)) from error
        raise MachineError("model_unwritable", path=str(folder), reason=error.strerror or str(error)) from error
    return place_of(files[0], folder)


def _after(before: int, total: int, progress: Progress) -> Callable[[int], None]:
    return lambda held: progress(before + held, total)


def _fetch_one(file: HubFile, target: Path, step: Callable[[int], None]) -> None:
    """Nothing to do where the file lies there already with this hash. The unfinished file is also the lock."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = _part(file, target)
    lock = lock_file(part)
    if lock is None:
        raise MachineError("model_being_pulled", name=file.name)
    with lock:
        if _size(target) == file.bytes and _hash(target) == file.sha256:
            part.unlink(missing_ok=True)
        else:
            _download(file, part, step)
            _check_hash(file, part)
            part.replace(target)
    step(file.bytes)


def _download(file: HubFile, part: Path, step: Callable[[int], None]) -> None:
    """Until the part is whole; given up after some tries in a row that brought nothing."""
    if _size(part) > file.bytes:
        part.unlink()
    failures = 0
    while (held := _size(part)) < file.bytes:
        try:
            with told(file.repository, file.name):
                _append(file, part, held, step)
        except BrokenOff as error:
            failures = failures + 1 if _size(part) <= held else 0
            if failures >= TRIES:
                raise _broken_off(file, _size(part), str(error)) from error
            time.sleep(min(failures, 3))


def _broken_off(file: HubFile, held: int, reason: str) -> MachineError:
    total = show_size(file.bytes)
    return MachineError("hub_broken_off", name=file.name, held=show_size(held), total=total, reason=reason)


def _append(file: HubFile, part: Path, held: int, step: Callable[[int], None]) -> None:
    """One request for what is missing. A server that knows no ranges sends the whole file again."""
    hub = library()
    url = hub.hf_hub_url(file.repository, file.name, revision=file.revision)
    asked = {**headers(hub), "Accept-Encoding": "identity", "Range": f"bytes={held}-"}
    session = hub.utils.get_session()
    with session.stream("GET", url, headers=asked, timeout=PATIENCE_SECONDS, follow_redirects=True) as response:
        if response.status_code == _NO_MORE:
            raise _broken_off(file, held, "HTTP 416")
        if response.status_code >= 400:
            response.read()
        hub.utils.hf_raise_for_status(response)
        with part.open("ab" if response.status_code == 206 else "wb") as out:
            for block in response.iter_bytes():
                if out.tell() + len(block) > file.bytes:
                    raise MachineError("hub_too_long", name=file.name, total=show_size(file.bytes))
                out.write(block)
                step(out.tell())
    if _size(part) < file.bytes:
        raise BrokenOff("the server ended early")


def _check_hash(file: HubFile, part: Path) -> None:
    found = _hash(part)
    if found != file.sha256:
        part.unlink()
        raise MachineError("hub_hash_wrong", name=file.name, found=found[:12], expected=file.sha256[:12])


def _check_space(files: tuple[HubFile, ...], folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    missing = sum(file.bytes - _held(file, place_of(file, folder)) for file in files)
    free = shutil.disk_usage(folder).free
    if missing and free < missing + _SPARE_BYTES:
        raise MachineError(
            "model_no_space", path=str(folder), needed=show_size(missing + _SPARE_BYTES), free=show_size(free)
        )


def _held(file: HubFile, target: Path) -> int:
    return min(file.bytes, max(_size(target) if target.exists() else 0, _size(_part(file, target))))


def _part(file: HubFile, target: Path) -> Path:
    """Named after the hash, so that what belongs to another version is never added to."""
    return target.with_name(f".{target.name}.{file.sha256[:16]}.part")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _hash(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _look_up_one(repository: str, name: str, revision: str) -> HubFile:
    hub = library()
    url = hub.hf_hub_url(repository, name, revision=revision)

    def ask() -> Any:
        return hub.get_hf_file_metadata(
            url, timeout=PATIENCE_SECONDS, library_name="ai-chat", library_version=__version__
        )

    found = patiently(repository, name, ask)
    if not found.commit_hash or not found.size or not _SHA256.fullmatch(found.etag or ""):
        raise MachineError("hub_strange", url=url)
    return HubFile(repository, name, found.commit_hash, found.size, found.etag)
