"""A cell of a table row against a value or a name of an answer.

Takes the cell's text; tells whether it holds it, has another of its kind, or is the column that is meant. Pure.
"""

from __future__ import annotations

from ai_chat.checking.names import Name, stands
from ai_chat.checking.quantities import Amount
from ai_chat.checking.values import Value, compete, holds, values_of


def cell_holds(what: Value | Name, content: str, text: str) -> bool:
    if isinstance(what, Name):
        return stands(what, content)
    return holds(what, values_of(content), text)


def cell_competes(what: Value | Name, content: str) -> bool:
    if isinstance(what, Name):
        return False
    known = values_of(content).found
    return any(
        compete(what, value) or (isinstance(what, Amount) and isinstance(value, Amount) and not value.unit)
        for value in known
    )


def names_label(label: str, told: str) -> bool:
    bare = label.split("(")[0]
    return len(bare) > 1 and bare in told
