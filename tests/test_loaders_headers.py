"""Long tables: every chunk of them holds the header, and what is quoted is still where the offsets say."""

from __future__ import annotations

from pathlib import Path

import pytest

from ai_chat.chunking import chunk_unit
from ai_chat.loaders import load
from ai_chat.loaders.headers import LONGEST, RunningHeader, with_headers
from ai_chat.loaders.normalise import to_raw
from ai_chat.types import Unit

SAMPLES = Path(__file__).resolve().parents[1].parent / "shared" / "samples"
HEADER = ("품명", "수량", "단가(원)", "비고")
ROWS = [(f"비품 {n}호", str(n), f"{n},500", "분기 비축" if n % 2 else "신규 입사자용") for n in range(1, 400)]


def markdown() -> str:
    lines = [" | ".join(row) for row in ROWS]
    return "# 구매\n앞말이다.\n\n" + "\n".join([" | ".join(HEADER), "---|---|---|---", *lines]) + "\n\n뒷말이다.\n"


def html() -> str:
    head = "".join(f"<th>{cell}" for cell in HEADER)
    rows = "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) for row in ROWS)
    return f"<html><body><h1>구매</h1><p>앞말이다.<table><tr>{head}{rows}</table><p>뒷말이다.</body></html>"


def units(folder: Path, name: str, text: str) -> list[Unit]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [item for item in load(path, name) if isinstance(item, Unit)]


def test_every_chunk_of_a_long_table_holds_its_header(tmp_path: Path) -> None:
    found = units(tmp_path, "a.md", markdown())
    chunks = [chunk for unit in found for chunk in chunk_unit(unit.text)]
    assert len(found) > 1 and len(chunks) > 20
    assert all(" | ".join(HEADER) in chunk.text for chunk in chunks)
    whole = "\n".join(unit.text for unit in found)
    assert all(whole.count(" | ".join(row)) == 1 for row in ROWS)


def test_every_cell_of_a_wide_table_says_its_name(tmp_path: Path) -> None:
    names = [f"열{n}" for n in range(20)]
    content = "\n".join("\t".join(row) for row in [names, *([str(n)] * 20 for n in range(100, 160))])
    (unit,) = units(tmp_path, "a.tsv", content)
    lines = unit.text.splitlines()
    assert len(lines) == 60 and all(f"{name}: {n}" in lines[n - 100] for n in range(100, 160) for name in names)


def test_a_row_and_a_repeated_header_of_markdown_are_where_the_file_has_them(tmp_path: Path) -> None:
    source = markdown().replace("\n", "\r\n")
    (tmp_path / "a.md").write_bytes(source.encode("utf-8"))
    for unit in (item for item in load(tmp_path / "a.md", "a.md") if isinstance(item, Unit)):
        position = 0
        for line in unit.text.splitlines():
            raw = to_raw(unit.offsets, position)
            assert source[raw : raw + len(line)] == line
            position += len(line) + 1


def test_a_table_in_a_code_block_stays_as_it_is(tmp_path: Path) -> None:
    fenced = "```\n" + markdown().split("\n", 3)[3] + "```\n"
    assert "".join(unit.text for unit in units(tmp_path, "a.md", fenced)) == fenced


def test_short_tables_and_tables_without_a_header_stay_as_they_are(tmp_path: Path) -> None:
    short = "a | b\n---|---\n1 | 2\n"
    assert units(tmp_path, "a.md", short)[0].text == short


def test_two_tables_have_a_header_each(tmp_path: Path) -> None:
    other = html().replace("품명", "성명")
    found = units(tmp_path, "a.html", html() + other)
    texts = [chunk.text for unit in found for chunk in chunk_unit(unit.text)]
    assert "품명" in texts[0] and "성명" not in texts[0] and "성명" in texts[-1] and "품명" not in texts[-1]


def test_a_header_is_said_again_before_a_row_only() -> None:
    assert list(with_headers("h", ["r" * 150] * 3)) == ["h", "r" * 150, "h", "r" * 150, "h", "r" * 150]
    assert list(with_headers("h", [])) == ["h"]


def test_a_header_longer_than_a_chunk_is_said_once() -> None:
    running = RunningHeader("h" * (LONGEST + 1))
    assert not any(running.before("r" * 150) for _ in range(9))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample documents are not beside the repository")
@pytest.mark.parametrize("name", ["gen_cp949.csv", "gen_doc.md", "gen_euckr.html"])
def test_rows_of_the_samples_are_read_with_their_header(name: str) -> None:
    found = [item for item in load(SAMPLES / name, name) if isinstance(item, Unit)]
    texts = [chunk.text for unit in found for chunk in chunk_unit(unit.text) if "무선 키보드 세트" in chunk.text]
    assert texts and all("수량" in text and "단가" in text for text in texts)
