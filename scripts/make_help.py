"""Writes ai_chat/help.txt, which answers `ai-chat --help` without loading the program: python scripts/make_help.py"""

from __future__ import annotations

from pathlib import Path

import ai_chat
from ai_chat.cli.program import help_text

if __name__ == "__main__":
    Path(ai_chat.__file__).with_name("help.txt").write_text(help_text(), "utf-8")
