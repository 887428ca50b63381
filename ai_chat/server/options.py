"""Streamlit's options as AI-CHAT needs them, set by code so that no file of the user's changes them.

Takes Settings' limits; gives nothing. Keeps every font, script and figure on this machine.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ai_chat.app.kept import UPLOAD_LIMIT_MB

_FONTS = '"Pretendard", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "NanumGothic", system-ui, sans-serif'

OPTIONS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "logger.hideWelcomeMessage": True,
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,  # a whole collection behind each repaint; Python collects when it is due
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.maxUploadSize": UPLOAD_LIMIT_MB,
    "server.runOnSave": False,
    "theme.font": _FONTS,
    "theme.headingFont": _FONTS,
    "theme.light.primaryColor": "#2f6fdb",
    "theme.dark.primaryColor": "#6ea3ff",
}
"""The colour stands in both schemes' own sections: in `theme` alone it would make one theme, and a dark system got a light page."""


def set_options(options: dict[str, Any] | None = None) -> None:
    """Read Streamlit's own configuration once, ours above it."""
    from streamlit import config

    config.get_config_options(force_reparse=True, options_from_flags=options or OPTIONS)


def inline_script_hashes() -> tuple[str, ...]:
    """The hashes, as a Content-Security-Policy writes them, of the scripts inside Streamlit's index.html."""
    spec = find_spec("streamlit")
    if spec is None or spec.origin is None:
        return ()
    html = (Path(spec.origin).parent / "static" / "index.html").read_text("utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return tuple(f"sha256-{base64.b64encode(digest).decode()}" for digest in digests)
