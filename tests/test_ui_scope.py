"""Where a conversation searches: a choice as a scope and back again, as chips, and without one of its parts."""

from __future__ import annotations

from datetime import date

import pytest

from ai_chat.types import Scope
from ai_chat.ui.scope import EVERYTHING, Choice, chips, choice_of

CHOICE = Choice(("거래처",), ("pdf", "hwp"), date(2024, 1, 1), date(2024, 12, 31))


@pytest.mark.parametrize(
    "choice", [EVERYTHING, CHOICE, Choice(first=date(2024, 2, 29)), Choice(last=date(2023, 12, 31))]
)
def test_a_choice_comes_back_from_its_scope(choice: Choice) -> None:
    assert choice_of(choice.scope()) == choice_of(choice.scope("@c1")) == choice


def test_a_scope_that_a_command_made_is_shown_as_far_as_it_can_be() -> None:
    scope = Scope(filters=(("after", "2024-01"), ("author", "김"), ("type", "pdf")))
    assert choice_of(scope) == Choice(types=("pdf",))


def test_chips_and_what_is_left_without_one() -> None:
    shown = chips(CHOICE, "en")
    assert [each.words for each in shown] == ["거래처", "PDF", "Hangul (HWP)", "2024-01-01 – 2024-12-31"]
    left = CHOICE
    for each in shown:
        left = left.without(each.part, each.value)
    assert left == EVERYTHING
