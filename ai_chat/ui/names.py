"""What Streamlit calls its own controls, which it does in English only, in the visitor's language, for who hears the page.

Pure: a language in, an unseen element out; page.js reads it and puts the names in place.
"""

from __future__ import annotations

import json

from ai_chat.ui.escape import html_text
from ai_chat.ui.strings import Language, say

NAMES = {
    "Send message": "name_send",
    "Upload files": "name_upload",
    "file upload": "name_file",
    "Sidebar": "name_sidebar",
    "Collapse sidebar": "name_collapse",
    "Expand sidebar": "name_expand",
    "App pages": "name_pages",
    "Open": "name_open",
    "Clear all": "name_clear_all",
    "Clear value": "name_clear",
    "Skip to main content": "name_skip",
}


def names_element(language: Language) -> str:
    names = json.dumps({own: say(language, name) for own, name in NAMES.items()}, ensure_ascii=False)
    return f'<span class="ac-names" hidden data-names="{html_text(names)}"></span>'
