"""How the page looks: one style sheet, painted once a run, from the sheets in styles/.

Streamlit's own words in the uploader are English only, so the sheet puts ours in their place.
"""

from __future__ import annotations

from ai_chat.ui.styles.chat import CHAT
from ai_chat.ui.styles.evidence import EVIDENCE
from ai_chat.ui.styles.general import GENERAL
from ai_chat.ui.styles.library import LIBRARY
from ai_chat.ui.styles.monitor import MONITOR
from ai_chat.ui.styles.settings import SETTINGS

_SHEETS = (GENERAL, CHAT, EVIDENCE, LIBRARY, MONITOR, SETTINGS)


def style_sheet(upload_words: str) -> str:
    """`upload_words` stand on the uploader's button; they are ours, never a document's."""
    return f"<style>{''.join(_SHEETS)}</style>".replace("UPLOAD_WORDS", upload_words)
