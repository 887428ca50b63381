"""A conversation as Markdown: what was asked and answered, where it stands; a document's words act in nothing."""

from __future__ import annotations

from ai_chat.answer.export import conversation_markdown
from ai_chat.types import Answer, Citation, Hit, UnitRef, Usage

HOSTILE = "![x](http://example.invalid/a.png) <script>alert(1)</script>\n# 제목"


def answer(text: str | None, document: str = "규정.pdf") -> Answer:
    unit = UnitRef("page", 3, "3")
    cited = Citation(1, document, "d1", 1, unit, 3, "연차는 15일이다.", 0, 9)
    hit = Hit(1, 1.0, document, "d1", "documents", 1, unit, 3, "연차는 15일이다.", "연차는 15일이다.", 0, 9)
    return Answer("연차는?", (hit,), text, (cited,) if text else (), "stop", Usage(), {})


def test_question_answer_and_source() -> None:
    told = conversation_markdown("휴가", [answer("15일입니다 [1].\n둘째 줄")], "ko")
    assert told == (
        "# 휴가\n\n## 연차는?\n\n15일입니다 \\[1\\].  \n둘째 줄\n\n- \\[1\\] 규정.pdf, 3쪽: “연차는 15일이다.”\n"
    )
    assert "p. 3: " in conversation_markdown("휴가", [answer("x")], "en")


def test_without_an_answer_the_nearest_stand() -> None:
    told = conversation_markdown("휴가", [answer(None)], "en")
    assert "No answer was written" in told and "연차는 15일이다." in told


def test_nothing_foreign_acts() -> None:
    told = conversation_markdown(HOSTILE, [answer(HOSTILE, HOSTILE)], "ko")
    assert "![" not in told and "<script" not in told.replace("\\<script", "")
    assert [line for line in told.splitlines() if line.startswith("# ")] == told.splitlines()[:1]
