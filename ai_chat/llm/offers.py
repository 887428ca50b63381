"""Every model that could answer here: the starter, what was pulled or added, the file that is chosen, and the catalogue.

Takes settings, gives Offers with the ModelSpec that a plan is made from: of the header where the file is here, of the
catalogue where it is not. Loads nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ai_chat.config import Settings
from ai_chat.errors import AiChatError
from ai_chat.llm import catalogue, shelf
from ai_chat.llm.adapter import Adapter
from ai_chat.llm.catalogue import CatalogueModel
from ai_chat.llm.gguf import read_spec
from ai_chat.llm.models import choose_model, spec_of, starter_adapter, starter_model
from ai_chat.llm.names import STARTER, resolve
from ai_chat.llm.shelf import Kept
from ai_chat.memory.spec import ModelSpec
from ai_chat.types import Problem

State = Literal["starter", "pulled", "added", "file", "catalogue", "removed", "endpoint"]


@dataclass(frozen=True, slots=True)
class Offer:
    """`path` None: its file is not here. `spec` None: its file cannot be read, as `problem` says.

    `row`: what the catalogue knows of it; None for a model that it does not know. `adapter`: the starter's, or why it goes without.
    """

    name: str
    state: State
    path: Path | None = None
    spec: ModelSpec | None = None
    row: CatalogueModel | None = None
    problem: Problem | None = None
    in_use: bool = False
    adapter: Adapter | Problem | None = None


def offers(settings: Settings) -> tuple[Offer, ...]:
    """In the order of a list: what is here, what could be fetched, what was removed."""
    here = (*_starter(settings), *_shelved(settings), *_chosen_file(settings))
    names = {offer.name for offer in here}
    rows = (_of_row(row) for row in catalogue.CATALOGUE if row.name not in names)
    aside = (Offer(model.name, "removed") for model in shelf.removed(settings.models_dir))
    return (*here, *rows, *aside)


def find_offer(settings: Settings, word: str) -> Offer:
    """What a name or a file means; InputError where it means nothing or its file cannot be read."""
    if word == STARTER:
        return next(_starter(settings), Offer(STARTER, "starter", problem=Problem("starter_missing")))
    found = resolve(settings.models_dir, word)
    if isinstance(found, CatalogueModel):
        return _of_row(found)
    there = next((offer for offer in offers(settings) if offer.path == found and offer.state != "starter"), None)
    return there or Offer(found.stem, "file", found, read_spec(found))


def current(settings: Settings) -> Offer:
    """The model that these settings choose; an Offer with neither file nor spec says why there is none."""
    if settings.llm_endpoint:
        info = choose_model(settings)
        problem = info if isinstance(info, Problem) else Problem("model_elsewhere", {"endpoint": info.endpoint})
        return Offer("endpoint", "endpoint", problem=problem)
    chosen = (offer for offer in (*_starter(settings), *_shelved(settings), *_chosen_file(settings)) if offer.in_use)
    return next(chosen, Offer(STARTER, "starter", problem=Problem("starter_missing")))


def _starter(settings: Settings) -> Iterator[Offer]:
    info = starter_model(settings.models_dir)
    if info:
        in_use = settings.model is None and not settings.llm_endpoint
        adapter = starter_adapter()
        yield Offer(STARTER, "starter", info.path, spec_of(info), catalogue.STARTER, in_use=in_use, adapter=adapter)


def _shelved(settings: Settings) -> Iterator[Offer]:
    for model in shelf.kept(settings.models_dir):
        yield _of_file(settings, model.name, model.origin, model.path, _row_of(model))


def _chosen_file(settings: Settings) -> Iterator[Offer]:
    """The file of the settings, where it is none of those that are known by name."""
    known = {model.path for model in shelf.kept(settings.models_dir)}
    if settings.model and settings.model not in known:
        yield _of_file(settings, settings.model.stem, "file", settings.model, None)


def _of_file(settings: Settings, name: str, state: State, path: Path, row: CatalogueModel | None) -> Offer:
    in_use = settings.model == path and not settings.llm_endpoint
    try:
        return Offer(name, state, path, read_spec(path), row, in_use=in_use)
    except AiChatError as error:
        return Offer(name, state, path, None, row, error.problem, in_use)


def _of_row(row: CatalogueModel) -> Offer:
    return Offer(row.name, "catalogue", None, row.spec(), row)


def _row_of(model: Kept) -> CatalogueModel | None:
    """The row that a pulled model came from, whatever it is called here."""
    for row in catalogue.CATALOGUE:
        if row.repository == model.repository and Path(row.file).name == model.path.name:
            return row
    return None
