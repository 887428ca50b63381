"""Text -> a number of tokens that a tokenizer will hardly exceed, for servers that do not count.

Takes text or messages, knows no tokenizer: weights by script, held against a real one by `benchmarks/estimate.py`. Pure.
"""

from __future__ import annotations

import re

from ai_chat.llm import ModelPrompt

_PIECES = re.compile(
    r"(?P<hangul>[가-힣]+)|(?P<letters>[A-Za-z]+)|(?P<blank>\s+)|(?P<mark>[!-~])|(?P<other>.)", re.DOTALL
)
_EACH = {"hangul": 1.3, "letters": 0.3, "blank": 0.05, "mark": 1.5, "other": 2.5}  # tokens a character
_RUN = {"hangul": 0.0, "letters": 0.5, "blank": 0.45, "mark": 0.0, "other": 0.0}  # and for each run of them
_MESSAGE = 16  # what a chat template puts around each


def estimate(prompt: ModelPrompt) -> int:
    if isinstance(prompt, str):
        return estimate_tokens(prompt)
    return sum(estimate_tokens(message.content) + _MESSAGE for message in prompt)


def estimate_tokens(text: str) -> int:
    """About 1.5 times what today's multilingual tokenizers need for Korean or English."""
    pieces = _PIECES.finditer(text)
    return round(sum(_RUN[piece.lastgroup or ""] + _EACH[piece.lastgroup or ""] * len(piece[0]) for piece in pieces))
