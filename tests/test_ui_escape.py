"""Text of documents is shown, never obeyed: as HTML and as labels."""

from __future__ import annotations

import pytest

from ai_chat.ui.escape import answer_html, html_text, label_text, marked_html

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</div><iframe src='http://example.invalid'>",
    '" onmouseover="alert(1)',
    "<!-- -->",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_tag_and_no_quote_survives(text: str) -> None:
    for html in (
        html_text(text),
        marked_html(f"앞 {text} 뒤", text),
        answer_html(f"- **{text}** [1]", "p", frozenset()),
    ):
        inside = html.replace("<mark>", "").replace("</mark>", "").replace("<b>", "").replace("</b>", "")
        inside = inside.replace('<p class="item">', "").replace("</p>", "").replace("<p>", "")
        assert "<" not in inside and '"' not in inside


@pytest.mark.parametrize(
    "text",
    ["![p](http://example.invalid/x)", "[l](javascript:alert(1))", ":material/delete:", "$x^2$", ":red[r]", ":smile:",
     "**b** _i_ `c`", "# head", "<b>", "a\nb", "~~s~~", "https://example.invalid", "&amp;"],
)  # fmt: skip
def test_labels_obey_no_markdown(text: str) -> None:
    label = label_text(text)
    unescaped = [c for n, c in enumerate(label) if c in "[]()!:$*_`#<~&/." and (n == 0 or label[n - 1] != "\\")]
    assert unescaped == [] and "\n" not in label


def test_direction_and_control_characters_fall_out() -> None:
    assert html_text("a\u202eexe.txt\x00\x1b") == "aexe.txt"


def test_the_best_sentence_is_marked_inside_its_passage() -> None:
    assert marked_html("가. 나 & 다. 라.", "나 & 다.") == "가. <mark>나 &amp; 다.</mark> 라."
    assert marked_html("가.", "없다") == "가."


def test_known_markers_link_and_others_stay_text() -> None:
    html = answer_html("15일입니다 [1][9].", "p-abc", frozenset({1}))
    assert html == '<p>15일입니다 <a class="cite" href="#p-abc-1">1</a>[9].</p>'


def test_lists_headings_and_bold_are_kept() -> None:
    html = answer_html("## 제목\n- **하나**\n1. 둘\n\n끝", "p", frozenset())
    assert html == '<p><b>제목</b></p><p class="item">• <b>하나</b></p><p class="item">1. 둘</p><p>끝</p>'


def test_a_value_that_the_passages_contradict_is_red_inside_its_sentence_and_labelled() -> None:
    text = "15일. 모두 30일 [1]."
    html = answer_html(text, "p", frozenset({1}), unsure=[(5, 16)], wrong=[(8, 11)], label="근거와 <다름>")
    assert html == (
        '<p>15일. <span class="unsure">모두 </span><span class="unsure"><strong class="wrong">30일 '
        '<small>근거와 &lt;다름&gt;</small></strong></span><span class="unsure"> <a class="cite" href="#p-1">1</a>.</span></p>'
    )


def test_spans_over_several_lines_keep_lists_and_end_with_their_lines() -> None:
    html = answer_html("- 하나\n- **둘**\n\n끝", "p", frozenset(), unsure=[(0, 12)])
    assert html == (
        '<p class="item">• <span class="unsure">하나</span></p>'
        '<p class="item">• <span class="unsure"><b>둘</b></span></p><p>끝</p>'
    )


def test_spans_beyond_the_text_are_cut_and_its_private_characters_open_nothing() -> None:
    text = "\ue000가\ue002나"
    html = answer_html(text, "p", frozenset(), unsure=[(1, 99), (7, 3)])
    assert html == '<p><span class="unsure">가 나</span></p>'
