"""Settings without what nobody else is to know, and with it again.

Takes the text of config.toml; passwords and keys are in no backup, and a restore leaves those that are there.
"""

from __future__ import annotations

from pathlib import Path

import tomlkit
from tomlkit.exceptions import ParseError

from ai_chat.backup.layout import SECRETS


def without_secrets(config: Path) -> str:
    """Its text; empty where there is none, or one that cannot be told from a secret."""
    document = _read(config)
    for name in SECRETS:
        document.pop(name, None)
    return tomlkit.dumps(document)


def with_secrets_of(restored: Path, there: Path) -> str:
    """The restored settings with the secrets that are here now."""
    document, here = _read(restored), _read(there)
    for name in SECRETS:
        if name in here:
            document[name] = here[name]
    return tomlkit.dumps(document)


def _read(path: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(path.read_text("utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, ParseError):
        return tomlkit.document()
