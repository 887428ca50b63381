"""Phrases and words left out, over a real index and library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.analyzer import Analyzer
from ai_chat.index import Chunks, Entry
from ai_chat.index.lexical import LexicalIndex
from ai_chat.search.phrases import allowed_chunks
from ai_chat.search.query import parse_query
from ai_chat.store import Store, VersionFilter
from ai_chat.types import Chunk, Unit

TEXTS = (
    "모든 연차 휴가는 15일이다.",
    "연차휴가 15일, 병가 60일.",
    "휴가 연차 순서가 다르다.",
    "연차   휴가를\n쓴다. 초안입니다.",
    "연차 휴가일 계산, 반연차 휴가.",
    "줄 끝에서 연차휴\n가의 낱말이 끊긴다.",
    "Annual leave is 15 days. N_CTX 값은 4,096.",
    "annual LEAVES are 3000 won",
    "国道路線と道路を見る",
    "Notion에 적는다. 최종초안",
    "합계 282,220,000원 예산, 그 가운데 220,000원 초과. 합계 282 아님",
    "모두를 위해서",
)


class Bench:
    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder / "library.db")
        self.analyzer = Analyzer()
        self.lexical = LexicalIndex.open(folder / "index", self.analyzer.fields, writable=True)
        for number, text in enumerate(TEXTS):
            self._add(str(number), text)
        self.lexical.commit(1)

    def _add(self, name: str, text: str) -> None:
        document = self.store.library.put_document("documents", name, name, name)
        version = self.store.versions.begin(name, "parser", "chunker")
        self.store.versions.add_units(version, 1, [(Unit("page", 1, "1", text), [Chunk(0, len(text), text)])])
        self.store.versions.finish(version)
        self.store.library.publish(document, version, "complete")
        chunks = self.store.versions.chunks(version)
        self.lexical.add(Entry(chunk.chunk_id, version, self.analyzer.terms(chunk.text)) for chunk in chunks)

    def allowed(self, text: str, versions: VersionFilter | None = None) -> Chunks | None:
        library = self.store.library
        return allowed_chunks(parse_query(text), versions, self.analyzer, self.lexical, library)

    def close(self) -> None:
        self.lexical.close()
        self.store.close()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    opened = Bench(tmp_path_factory.mktemp("phrases"))
    yield opened
    opened.close()


def rows(found: Chunks | None) -> tuple[list[int], bool]:
    assert found is not None
    return [chunk_id - 1 for chunk_id in found.ids.tolist()], found.exclude


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"연차 휴가"', [0, 3]),
        ('"연차휴가"', [1, 5]),
        ('"휴가는 15일"', [0]),
        ('"차 휴가"', []),
        ('"연차"', [0, 2, 3, 4]),
        ('"휴가를 쓴다"', [3]),
        ('"annual   Leave"', [6]),
        ('"leave is 15"', [6]),
        ('"n_ctx 값"', [6]),
        ('"4096"', [6]),
        ('"3,000 won"', [7]),
        ('"220,000원 예산"', []),
        ('"282,220,000원 예산"', [10]),
        ('"합계 282"', [10]),
        ('"道路"', [8]),
        ('"notion"', [9]),
        ('"연차 휴가" "초안"', [3]),
        ('"연차 휴가" -초안', [0]),
        ('"없는 말"', []),
        ('"끝에서 연차휴가"', [5]),
    ],
)
def test_a_phrase_is_a_phrase(bench: Bench, text: str, found: list[int]) -> None:
    assert rows(bench.allowed(text)) == (found, False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("휴가 -초안", [3]),
        ("휴가 -연차 -초안", [0, 1, 2, 3, 4, 5]),
        ('휴가 -"연차 휴가"', [0, 3, 4]),
        ("휴가 -LEAVE", [6, 7]),
        ("휴가 -안", []),
        ("휴가 -병", [1]),
        ("휴가 -위해", [len(TEXTS) - 1]),
    ],
)
def test_words_left_out(bench: Bench, text: str, found: list[int]) -> None:
    assert rows(bench.allowed(text)) == (found, True)


def test_without_either_all_is_allowed(bench: Bench) -> None:
    assert bench.allowed("연차 휴가 type:pdf -?") is None


def test_only_chunks_of_these_versions(bench: Bench) -> None:
    assert rows(bench.allowed('"연차 휴가"', VersionFilter(frozenset({1}), exclude=True))) == ([3], False)
