"""TXT, Markdown, CSV and HTML into units."""

from __future__ import annotations

from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import load
from ai_chat.loaders.normalise import to_raw
from ai_chat.loaders.tables import choose_separator, records
from ai_chat.types import Unit


def units(folder: Path, name: str, content: str | bytes) -> list[Unit]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return [item for item in load(path, name) if isinstance(item, Unit)]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv", "a.html"])
def test_nothing_but_space_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="document_without_text"):
        units(tmp_path, name, " \n\t\r\n\u00a0 ")


def test_short_text_is_one_section(tmp_path: Path) -> None:
    (unit,) = units(tmp_path, "a.txt", "첫 줄\r\n둘째 줄\r\n")
    assert (unit.kind, unit.number, unit.label, unit.text) == ("section", 1, "lines 1-2", "첫 줄\n둘째 줄\n")


def test_long_text_is_cut_on_paragraphs_and_nothing_is_lost(tmp_path: Path) -> None:
    content = "".join(f"문단 {n}: 결정한 사항을 보고한다.\n둘째 줄.\n\n" for n in range(600))
    found = units(tmp_path, "a.txt", content)
    assert "".join(unit.text for unit in found) == content
    assert all(unit.text.endswith("\n\n") and len(unit.text) <= 3500 for unit in found)
    assert [unit.number for unit in found] == list(range(1, len(found) + 1))
    for unit in found:
        assert content.startswith(unit.text[:40], to_raw(unit.offsets, 0))
        assert content[: to_raw(unit.offsets, 0)].count("\n") + 1 == int(unit.label.split()[1].split("-")[0])


def test_text_without_any_border_is_cut_all_the_same(tmp_path: Path) -> None:
    found = units(tmp_path, "a.txt", "가" * 20_000)
    assert sum(len(unit.text) for unit in found) == 20_000
    assert max(len(unit.text) for unit in found) <= 3532


def test_raw_offsets_of_text_count_from_the_start_of_the_file(tmp_path: Path) -> None:
    content = "가나다 라마바.\r\n" * 1000
    found = units(tmp_path, "a.txt", content)
    place = to_raw(found[1].offsets, found[1].text.index("라마바"))
    assert content[place : place + 3] == "라마바"


MARKDOWN = """머리말

# 취업규칙

## 휴가

연차는 15일.

```
# 제목이 아님
```

급여
----
매월 25일.
"""


def test_markdown_sections_carry_the_path_of_headings(tmp_path: Path) -> None:
    found = units(tmp_path, "a.md", MARKDOWN)
    assert [unit.label for unit in found] == ["", "취업규칙 > 휴가", "취업규칙 > 급여"]
    assert "# 제목이 아님" in found[1].text
    assert "".join(unit.text for unit in found) == MARKDOWN
    assert [to_raw(unit.offsets, 0) for unit in found] == [0, MARKDOWN.index("# 취업"), MARKDOWN.index("급여")]


def test_front_matter_is_no_heading(tmp_path: Path) -> None:
    found = units(tmp_path, "a.md", "---\ntitle: 규정\n---\n본문\n")
    assert [unit.label for unit in found] == [""]


def test_rows_can_be_read_on_their_own(tmp_path: Path) -> None:
    content = "품명,수량,단가\n" + "".join(f'품목 {n},{n},"1,{n:03}"\n' for n in range(1, 151))
    first, second = units(tmp_path, "a.csv", content.encode("cp949"))
    assert (first.kind, first.label, second.label) == ("sheet", "rows 2-101", "rows 102-151")
    assert second.text.splitlines()[0] == "품명: 품목 101 | 수량: 101 | 단가: 1,101"


def test_each_line_of_a_wide_table_names_its_cells(tmp_path: Path) -> None:
    content = "\t".join(f"열{n}" for n in range(60)) + "\n" + "\t".join(map(str, range(60))) + "\n"
    (unit,) = units(tmp_path, "a.tsv", content)
    first, *rest = unit.text.splitlines()
    assert first.startswith("열0: 0 | 열1: 1 | ")
    assert all(line.startswith("열0: 0 | ") for line in rest)
    assert unit.text.endswith("열59: 59")


def test_titles_may_stand_above_the_header(tmp_path: Path) -> None:
    (unit,) = units(tmp_path, "a.csv", "2026년 재고 현황,,\n품명,수량,단가\n의자,3,100\n책상,4,200\n")
    assert unit.text.splitlines() == [
        "2026년 재고 현황",
        "품명: 의자 | 수량: 3 | 단가: 100",
        "품명: 책상 | 수량: 4 | 단가: 200",
    ]
    assert unit.label == "rows 1-4"


def test_csv_cells_hold_rare_line_ends(tmp_path: Path) -> None:
    (unit,) = units(tmp_path, "a.csv", "품명,비고,수량\n의자,첫째\x0b둘째,3\n책상,가\u2028나,4\n")
    assert unit.text == "품명: 의자 | 비고: 첫째 둘째 | 수량: 3\n품명: 책상 | 비고: 가 나 | 수량: 4"


def test_table_without_header_keeps_its_first_row(tmp_path: Path) -> None:
    (unit,) = units(tmp_path, "a.csv", "1,2\n3,4\n")
    assert (unit.label, unit.text) == ("rows 1-2", "1 | 2\n3 | 4")


def test_header_alone_is_text(tmp_path: Path) -> None:
    (unit,) = units(tmp_path, "a.csv", "품명,수량\n")
    assert unit.text == "품명 | 수량"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_found(separator: str) -> None:
    rows = [separator.join(("품명", "1,5" if separator == ";" else "1", "비고")) + "\n"] * 5
    assert choose_separator(rows) == separator


def test_quoted_cells_run_over_lines_and_open_quotes_do_not_swallow_the_rest() -> None:
    assert list(records(['a,"b\n', 'c",d\n', "e,f\n"], ",")) == [["a", "b c", "d"], ["e", "f"]]
    assert list(records(['"open,1\n', *["x,y\n"] * 300], ","))[-1] == ["x", "y"]


HTML = """<html><head><title>규정</title><style>p{}</style><script>var x="숨김";</script></head>
<body><nav>메뉴</nav><p>머리말<h1>휴가</h1><p>연차는 <b>15</b>일.<br>신청 &amp; 승인
<h2>표</h2><table><tr><th>품명<th>수량<tr><td>의자<td>4</table><ul><li>하나<li>둘</ul>
<p hidden>보이지 않음<p style="display: none">이것도"""


def test_html_sections_rows_and_hidden_parts(tmp_path: Path) -> None:
    found = units(tmp_path, "a.html", HTML)
    assert [unit.label for unit in found] == ["규정", "규정 > 휴가", "규정 > 휴가 > 표"]
    assert found[0].text == "규정\n\n머리말"
    assert found[1].text == "휴가\n\n연차는 15일.\n신청 & 승인"
    assert found[2].text == "표\n\n품명: 의자 | 수량: 4\n\n하나\n\n둘"


def test_html_parts_paragraphs_and_joins_lines_and_rows(tmp_path: Path) -> None:
    rows = "<table><thead><tr><th><p>가</p><th>나<tbody><tr><td>1<td>2<table><tr><td>3</table></table>"
    (unit,) = units(tmp_path, "a.html", f"앞<div>한 줄<br>두 줄</div>뒤{rows}끝<pre>a\nb</pre>")
    assert unit.text.split("\n\n") == ["앞", "한 줄\n두 줄", "뒤", "가: 1 | 나: 2 3", "끝", "a\nb"]


def test_html_cells_over_rows_are_said_in_each_and_over_columns_once(tmp_path: Path) -> None:
    rows = "<tr><td>부서<td>이름<td colspan=2>금액<tr><td rowspan=2>총무<td>김<td>1,000<td>원<tr><td>이<td>2,000<td>원"
    (unit,) = units(tmp_path, "a.html", f"<table>{rows}</table>")
    assert unit.text == "부서: 총무 | 이름: 김 | 금액: 1,000 | 원\n부서: 총무 | 이름: 이 | 금액: 2,000 | 원"


def test_rows_of_a_long_table_of_html_keep_the_names_of_its_columns(tmp_path: Path) -> None:
    rows = "".join(f"<tr><td>{n}호<td>{n},500" for n in range(1, 1500))
    found = units(tmp_path, "a.html", f"<table><tr><td>품명<td>단가{rows}</table>")
    said = [line for unit in found for line in unit.text.splitlines()]
    assert said == [f"품명: {n}호 | 단가: {n},500" for n in range(1, 1500)]


def test_html_in_euc_kr_with_unclosed_tags(tmp_path: Path) -> None:
    content = "<html><meta charset=euc-kr><body><div><table><tr><td>똠방각하<td>&#54620;글".encode("cp949")
    assert [unit.text for unit in units(tmp_path, "a.htm", content)] == ["똠방각하 | 한글"]


def test_html_cell_over_the_border_of_a_batch_is_said_in_each_of_its_rows(tmp_path: Path) -> None:
    rows = ["<tr><th>부서<th>이름", *(f"<tr><td>영업<td>{n}번" for n in range(497))]
    rows += ["<tr><td rowspan=4>총무<td>a", "<tr><td>b", "<tr><td>c", "<tr><td>d", "<tr><td rowspan=99>구매<td>e"]
    text = "\n".join(unit.text for unit in units(tmp_path, "a.html", f"<table>{''.join(rows)}</table>"))
    assert text.endswith(
        "\n".join(
            f"부서: {row}"
            for row in ("총무 | 이름: a", "총무 | 이름: b", "총무 | 이름: c", "총무 | 이름: d", "구매 | 이름: e")
        )
    )


def test_deep_html_keeps_its_text(tmp_path: Path) -> None:
    found = units(tmp_path, "a.html", "<html><body>" + "<div>" * 20_000 + "깊은 글" + "</div>" * 20_000 + "끝")
    assert [unit.text for unit in found] == ["깊은 글\n\n끝"]
