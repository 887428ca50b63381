"""Who holds memory: each part of the program as a Tenant, with what it may come to hold.

Takes the Parts of the moment, or settings alone where nothing runs. The order of freeing under pressure: 1 prompt cache, 2 parser and
renderer, 3 embedder, 4 what searches have mapped and cached, 5 language model. The constants are measured (docs/memory.md).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ai_chat import embedding
from ai_chat.config import Settings
from ai_chat.errors import MachineError
from ai_chat.lazy import Lazy
from ai_chat.loaders import client as parser
from ai_chat.loaders import tesseract
from ai_chat.memory.plan import Plan
from ai_chat.memory.tenants import PlainTenant, Tenant
from ai_chat.rendering import client as renderer
from ai_chat.types import IndexKind

if TYPE_CHECKING:
    from ai_chat.app.parts import Parts
    from ai_chat.llm.lazy_model import LazyModel

MODEL = "model"
PAGE_BYTES = 100_000_000
"""The page's process with its API and five sessions, the indexes apart: 70 MB at its start, 87 MB with both."""
_KEPT_VECTORS, _BITS_AND_KEYS = 64 << 20, 8  # a larger file is let go after each search, but for an eighth


def tenants_of(parts: Parts, settings: Settings, plan: Callable[[], Plan | None], parsers: int) -> tuple[Tenant, ...]:
    """`plan`: how the model is loaded, or was last; `parsers`: how many files are read at a time. The page stands first: the indexes
    live in its process."""
    tenants: list[Tenant] = [_page(), _indexes(parts, settings)]
    if parts.model and not parts.model.info.endpoint:
        tenants += [_model(parts.model, plan), _prompt_cache(parts.model)]
    if parts.embedder:
        tenants.append(_embedder(parts.embedder, settings))
    tenants += [_parser(parts.parsers, parsers), _renderer(parts.renderer)]
    return tuple(tenants)


def tenants_to_be(settings: Settings, parsers: int) -> tuple[Tenant, ...]:
    """As they would be if the page ran: nothing is loaded."""
    predicted = {
        "page": _page_bytes(),
        "index": _index_bytes(settings.index_dir),
        "embedder": _embedder_bytes(settings) if _has_embedder(settings) else {},
        "parser": _parser_bytes(parsers),
        "renderer": _renderer_bytes(),
    }
    return tuple(_absent(name, parts) for name, parts in predicted.items() if parts)


def _absent(name: str, predicted: dict[str, int]) -> PlainTenant:
    return PlainTenant(name, None, lambda: predicted, lambda: (), lambda: None, lambda: False)


def _page() -> PlainTenant:
    return PlainTenant("page", None, _page_bytes, lambda: (os.getpid(),), lambda: None, lambda: False)


def _indexes(parts: Parts, settings: Settings) -> PlainTenant:
    """What they map is the kernel's to drop; to be let go are the rows' keys and the caches of tantivy and SQLite."""
    lazies: tuple[Lazy[Any], ...] = (parts.indexes.lexical, parts.indexes.dense)

    def loaded() -> bool:
        return any(lazy.peek() is not None for lazy in lazies)

    def release() -> bool:
        gone = [lazy.unload() for lazy in lazies]
        parts.store.database.rest()
        return any(gone)

    return PlainTenant(
        "index",
        4,
        lambda: _index_bytes(settings.index_dir),
        lambda: (os.getpid(),) if loaded() else (),
        lambda: _idle_since(lazies),
        release,
    )


def _idle_since(lazies: tuple[Lazy[Any], ...]) -> float | None:
    """Since when none of those that are loaded has been used."""
    since = [lazy.idle_since for lazy in lazies if lazy.peek() is not None]
    used = [each for each in since if each is not None]
    return max(used) if used and len(used) == len(since) else None


def _model(model: LazyModel, plan: Callable[[], Plan | None]) -> PlainTenant:
    def predicted() -> dict[str, int]:
        known = plan()
        return {line.part: line.bytes for line in known.lines if line.place == "ram"} if known else {}

    return PlainTenant(MODEL, 5, predicted, lambda: model.pids, lambda: model.idle_since, model.unload)


def _prompt_cache(model: LazyModel) -> PlainTenant:
    """Lives in the model's process and is told by the model's plan; stands behind it, which takes it along."""

    def there() -> bool:
        return model.plan is not None and model.plan.prompt_cache > 0

    return PlainTenant(
        "prompt_cache",
        1,
        dict,
        lambda: model.pids if there() else (),
        lambda: model.idle_since if there() else None,
        model.release_prompt_cache,
    )


def _embedder(lazy: Lazy[embedding.Embedder], settings: Settings) -> PlainTenant:
    def pids() -> tuple[int, ...]:
        value = lazy.peek()
        return (value.pid,) if value and value.pid else ()

    predicted = _embedder_bytes(settings)
    return PlainTenant("embedder", 3, lambda: predicted, pids, lambda: lazy.idle_since, lazy.unload)


def _parser(lazy: Lazy[parser.Parsers], count: int) -> PlainTenant:
    """All of them, and tesseract where it runs for one."""

    def pids() -> tuple[int, ...]:
        value = lazy.peek()
        return value.pids if value else ()

    return PlainTenant("parser", 2, lambda: _parser_bytes(count), pids, lambda: lazy.idle_since, lazy.unload)


def _renderer(lazy: Lazy[renderer.Renderer]) -> PlainTenant:
    def pids() -> tuple[int, ...]:
        value = lazy.peek()
        return (value.pid,) if value and value.pid else ()

    return PlainTenant("renderer", 2, _renderer_bytes, pids, lambda: lazy.idle_since, lazy.unload)


def _page_bytes() -> dict[str, int]:
    return {"program": PAGE_BYTES}


def _parser_bytes(count: int) -> dict[str, int]:
    sizes = {"parser": count * parser.MAY_HOLD}
    return {**sizes, "ocr": count * tesseract.MAY_HOLD} if tesseract.is_installed() else sizes


def _renderer_bytes() -> dict[str, int]:
    return {"renderer": renderer.MAY_HOLD}


def _embedder_bytes(settings: Settings) -> dict[str, int]:
    return {"embedder": embedding.may_hold(settings.embedder, settings.n_threads)}


def _has_embedder(settings: Settings) -> bool:
    try:
        embedding.describe_embedder(settings.embedder)
    except MachineError:
        return False  # none, or not installed
    return True


def _index_bytes(folder: Path) -> dict[str, int]:
    """Of their files: searches map them, and touch nearly all pages in the end; of many vectors only bits and keys stay mapped."""
    words, vectors = _files(folder, "lexical"), _files(folder, "dense")
    sizes = {"keyword_index": words, "vector_index": min(vectors, _KEPT_VECTORS) + vectors // _BITS_AND_KEYS}
    return {part: size for part, size in sizes.items() if size}


def _files(folder: Path, kind: IndexKind) -> int:
    try:
        names = [name for name in os.listdir(folder) if name.startswith(f"{kind}-")]
    except OSError:
        return 0  # nothing has been indexed yet
    return sum(bytes_in(folder / name) for name in names)


def bytes_in(folder: Path) -> int:
    """Of all files below it; what goes meanwhile, merged or compacted, does not count."""
    total = 0
    for root, _folders, files in os.walk(folder):
        for name in files:
            with suppress(FileNotFoundError):
                total += os.stat(os.path.join(root, name)).st_size
    return total
