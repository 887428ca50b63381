"""A question for one cell of a long table finds its row first; benchmarks/table_questions.py asks more, in four formats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from ai_chat.evaluation.bench import Bench
from tests.office_files import row, sheet, write_xlsx

HEADER = ["품목코드", "품명", "재고수량", "보관 장소"]
ROWS = [
    [f"PT-{2001 + n * 13}", f"베어링 {n}형", f"{n * 37 + 11}", f"{['서울', '부산', '광주', '대전'][n % 4]} 창고"]
    for n in range(40)
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("documents")
    rows = "".join(row(number, values) for number, values in enumerate([["부품 재고 현황"], HEADER, *ROWS], 1))
    write_xlsx(folder / "재고.xlsx", {"현황": sheet(rows)})
    with closing(Bench(tmp_path_factory.mktemp("home"), None)) as opened:
        opened.add_documents(folder, lambda _done, _total: None)
        yield opened


@pytest.mark.parametrize(
    ("question", "asked", "column"),
    [
        ("품목코드 PT-2066의 재고수량은?", 5, 2),
        ("PT-2417은 어느 창고에 있나?", 32, 3),
        ("베어링 21형 재고가 몇 개야?", 21, 2),
    ],
)
def test_the_row_is_shown_first(bench: Bench, question: str, asked: int, column: int) -> None:
    first = bench.search(question, "lexical", 5).hits[0]
    (line,) = [line for line in first.sentence.splitlines() if ROWS[asked][0] in line]
    assert f"{HEADER[column]}: {ROWS[asked][column]}" in line
    assert first.unit.label.startswith("현황!A")
