"""Fixtures that several rooms' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from ai_chat.config import Settings, load_settings


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings over a fresh home, untouched by the machine's environment."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return load_settings({"home": folder}, {})
