"""The page's own words in both languages, from the tables in texts/.

Takes a language and a name, gives text; blanks are `str.format` fields.
"""

from __future__ import annotations

from typing import Literal

from ai_chat.ui.texts.chat import CHAT
from ai_chat.ui.texts.evidence import EVIDENCE
from ai_chat.ui.texts.general import GENERAL
from ai_chat.ui.texts.library import LIBRARY
from ai_chat.ui.texts.monitor import MONITOR
from ai_chat.ui.texts.settings import SETTINGS
from ai_chat.ui.texts.words import Words

Language = Literal["ko", "en"]


def say(language: Language, name: str, /, **values: object) -> str:
    """The named text; a name that is not there is a bug and raises KeyError."""
    words = STRINGS[name]
    return (words.ko if language == "ko" else words.en).format(**values)


EXAMPLES: tuple[Words, ...] = (
    Words("How many days per week can I do my job remotely?", "쓰지 않은 연차는 다음 해로 며칠까지 넘길 수 있나요?"),
    Words("How long is the warranty on hydraulic chucks?", "선반에 알람 2015가 뜨면 어떻게 조치해야 하나요?"),
    Words(
        "Who trains new colleagues to operate the OL-350?",
        "과장이 부산으로 출장 가면 하룻밤 숙박비는 얼마까지 쓸 수 있나요?",
    ),
)
"""Questions that the sample documents answer."""

_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS: tuple[Words, ...] = tuple(Words(name, f"{number}월") for number, name in enumerate(_MONTHS_EN, start=1))

STRINGS: dict[str, Words] = {**CHAT, **EVIDENCE, **GENERAL, **LIBRARY, **MONITOR, **SETTINGS}
