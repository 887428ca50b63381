"""Sentences on memory: plans, budgets and pressure."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {}
