"""The file of the base model, as the program makes it from its wheel."""

from __future__ import annotations

from pathlib import Path

from ai_chat.config import load_settings
from ai_chat.llm.models import prepare, starter_model


def base_file() -> Path:
    info = starter_model(load_settings().models_dir)
    if info is None:
        raise SystemExit("The base model is not installed: use training/run, which installs it.")
    return prepare(info)
