"""Sentences on what the documents do not answer, and on calibration."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {}
