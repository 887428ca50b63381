"""What a word of the user's means: a model that is kept here, a row of the catalogue, or a file.

Takes the folder of models and a word, gives a path or a CatalogueModel whose file is not here. Reads no model.
"""

from __future__ import annotations

from pathlib import Path

from ai_chat.errors import InputError
from ai_chat.llm import catalogue, shelf
from ai_chat.llm.catalogue import CatalogueModel

STARTER = "starter"


def resolve(folder: Path, word: str) -> Path | CatalogueModel:
    """A name that is known here comes before a file of that name; InputError model_name_unknown offers what is near."""
    if kept := shelf.find(folder, word):
        return kept.path
    path = Path(word).expanduser().absolute()
    if (row := catalogue.find(word)) and not path.exists():
        return row
    if not (path.exists() or word.lower().endswith(".gguf") or "/" in word):
        raise unknown(folder, word)
    return path


def unknown(folder: Path, word: str) -> InputError:
    if word in (model.name for model in shelf.removed(folder)):
        return InputError("model_aside", name=word)
    names = (STARTER, *(model.name for model in shelf.kept(folder)))
    return InputError("model_name_unknown", name=word, nearest=", ".join(catalogue.nearest(word, names)) or STARTER)
