"""Both languages of the page are complete, and every name that the page asks for is there."""

from __future__ import annotations

import re
import string
from importlib import import_module
from pathlib import Path
from typing import get_args

from ai_chat import ui
from ai_chat.types import FinishReason, Outcome, Status
from ai_chat.ui.evidence import ENDINGS
from ai_chat.ui.strings import EXAMPLES, STRINGS

UI = Path(str(ui.__file__)).parent


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_with_the_same_blanks() -> None:
    for name, words in STRINGS.items():
        assert words.en.strip() and words.ko.strip(), name
        assert blanks(words.en) == blanks(words.ko), name
    assert all(words.en and words.ko for words in EXAMPLES)


def test_korean_is_korean() -> None:
    missing = [n for n, w in STRINGS.items() if not re.search("[가-힣]", w.ko) and n not in ("language", "section")]
    assert missing == []


def test_every_state_has_its_words() -> None:
    assert all(f"status_{status}" in STRINGS for status in get_args(Status))
    assert all(outcome in STRINGS for outcome in get_args(Outcome) if outcome != "failed")
    assert all(f"model_{state}" in STRINGS for state in ("empty", "loading", "loaded", "failed", "absent"))
    told_by_a_problem = {"withheld", "no_model", "no_evidence", "not_found", "error", "length"}
    assert set(get_args(FinishReason)) - set(ENDINGS) - told_by_a_problem == {"stop"}


def test_no_words_are_left_over_or_missing() -> None:
    code = "\n".join(path.read_text("utf-8") for path in UI.rglob("*.py") if path.parent.name != "texts")
    code = code.replace("'", '"')  # within an f-string
    asked = set(re.findall(r'(?:words|say)\((?:language, )?"(\w+)"', code))
    assert asked <= set(STRINGS)
    families = ("status_", "model_", "pressure_", "part_", "freed_", "speed_", "set_", "keep_", "role_")
    unused = {name for name in STRINGS if f'"{name}"' not in code and not name.startswith(families)}
    assert unused - set(get_args(Outcome)) - {"slide", "sheet", "section", "lines", "rows"} == set()


def test_no_name_stands_in_two_tables() -> None:
    files = [path.stem for path in (UI / "texts").glob("*.py") if path.stem not in ("__init__", "words")]
    tables = [getattr(import_module(f"ai_chat.ui.texts.{name}"), name.upper()) for name in files]
    assert sum(map(len, tables)) == len(STRINGS)
