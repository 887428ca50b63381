"""The page's own script, page.js: where it lies, and the element that loads it from this server.

It is the only script of ours; nothing that a document or a model wrote is ever put into an element like this one.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

PATH = "/page.js"
VIEWS = ("library", "monitor", "settings")
"""Paths of the views besides the chat, which stands at the root."""


@cache
def script() -> bytes:
    return (Path(__file__).parent / "page.js").read_bytes()


@cache
def script_element() -> str:
    """Its address changes with its text, so that browsers may keep it for good."""
    version = hashlib.sha256(script()).hexdigest()[:12]
    return f'<script src="{PATH}?v={version}" async></script>'
