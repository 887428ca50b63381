"""A whole evaluation over real store, indexes and search; vectors by the double, so that the numbers are fixed."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ai_chat.config import Settings
from ai_chat.errors import InputError, UsageError
from ai_chat.evaluation.datasets import read_joint
from ai_chat.evaluation.indexed import CACHE_NAME
from ai_chat.evaluation.peak import PeakMemory, high_water
from ai_chat.evaluation.report import Report
from ai_chat.evaluation.run import evaluate, evaluate_dataset
from ai_chat.memory.measure import family
from tests.doubles import HashingEmbedder

TEXTS = {
    "p1": "연차휴가는 1년간 80퍼센트 이상 출근한 근로자에게 15일을 준다.",
    "p2": "출장비는 출장이 끝난 날부터 7일 이내에 정산한다.",
    "p3": "선반의 척을 청소하기 전에 주 전원을 차단한다.",
    "p4": "The warranty ends 24 months after delivery.",
    "p5": "",
}
QUESTIONS = [
    {"id": "q1", "question": "연차휴가는 며칠인가요?", "relevant": ["p1"]},
    {"id": "q2", "question": "출장비 정산은 언제까지 하나요?", "relevant": ["p2"]},
    {"id": "q3", "question": "when does the warranty end", "relevant": ["p4", "p1"]},
    {"id": "q4", "question": "사장님의 생일은 언제인가요?", "relevant": []},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "set"
    made.mkdir()
    pages = [
        {"id": name, "document": "규정.pdf" if number < 3 else "manual.pdf", "page": number, "text": text}
        for number, (name, text) in enumerate(TEXTS.items(), start=1)
    ]
    write(made / "pages.jsonl", pages)
    write(made / "questions.jsonl", QUESTIONS)
    return made


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")


def test_all_legs_are_measured(folder: Path, home: Settings) -> None:
    report = evaluate(folder, home, embedder=HashingEmbedder())
    found = report.to_json()
    assert list(found) == [
        "schema",
        "questions",
        "lexical",
        "dense",
        "hybrid",
        "intervals",
        "search_ms",
        "index_seconds",
        "peak_rss_mb",
    ]
    for leg in ("lexical", "dense", "hybrid"):
        assert list(found[leg]) == ["recall@1", "recall@3", "recall@5", "recall@10", "mrr@10", "ndcg@10"]
    assert found["schema"] == 1 and found["questions"] == 4 and report.unanswerable == 1
    low, high = found["intervals"]["lexical"]["recall@1"]
    assert low < found["lexical"]["recall@1"] < high and list(found["intervals"]["dense"]) == list(found["dense"])
    assert list(found["search_ms"]) == ["p50", "p95"]
    assert found["lexical"]["mrr@10"] == 1.0
    assert found["lexical"]["recall@1"] == pytest.approx((1 + 1 + 0.5) / 3, abs=1e-4)
    assert found["dense"]["recall@5"] == 1.0  # five pages, of which the blank one has no chunk
    json.dumps(found)


def test_the_answer_is_the_same_twice_and_vectors_are_kept(folder: Path, home: Settings) -> None:
    first, second = HashingEmbedder(), HashingEmbedder()
    before = evaluate(folder, home, embedder=first)
    after = evaluate(folder, home, embedder=second)
    assert before.figures == after.figures
    assert len(first.embedded) == 4 and second.embedded == []
    assert (home.home / CACHE_NAME).exists()


def test_another_fingerprint_embeds_anew(folder: Path, home: Settings) -> None:
    evaluate(folder, home, embedder=HashingEmbedder())
    other = HashingEmbedder(fingerprint="hashing-2")
    evaluate(folder, home, embedder=other)
    assert len(other.embedded) == 4


def test_lexical_alone_needs_no_embedder(folder: Path, home: Settings) -> None:
    report = evaluate(folder, replace(home, embedder="none"), ["lexical"])
    assert list(report.figures) == ["lexical"]
    assert "dense" not in report.to_json() and "hybrid" not in report.to_json()
    assert not (home.home / CACHE_NAME).exists()


def test_vectors_switched_off_are_said_so(folder: Path, home: Settings) -> None:
    with pytest.raises(UsageError, match="eval_needs_embedder"):
        evaluate(folder, replace(home, embedder="none"))


def test_the_library_of_the_home_is_not_touched(folder: Path, home: Settings) -> None:
    evaluate(folder, home, ["lexical"])
    assert not home.database.exists() and not home.index_dir.exists()


def test_progress_is_told_step_by_step(folder: Path, home: Settings) -> None:
    heard: list[tuple[str, int, int]] = []
    evaluate(folder, home, ["hybrid"], lambda *step: heard.append(step), HashingEmbedder())
    assert list(dict.fromkeys(name for name, _, _ in heard)) == ["index", "embed", "ask"]
    for name in ("index", "embed", "ask"):
        last = [step for step in heard if step[0] == name][-1]
        assert last[1] == last[2] > 0


def test_a_folder_of_documents(tmp_path: Path, home: Settings) -> None:
    (tmp_path / "leave.md").write_text("# Leave\n\nFifteen days a year.\n", "utf-8")
    (tmp_path / "메모.txt").write_text(TEXTS["p2"], "utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    write(tmp_path / "questions.jsonl", [{"id": "q", "question": "출장비 정산", "relevant": ["메모.txt - 1"]}])
    report = evaluate(tmp_path, home, ["lexical"])
    assert report.figures["lexical"]["recall@1"] == 1.0
    assert [problem.code for problem in report.problems] == ["file_empty"]


def test_a_relevant_page_that_no_document_has(tmp_path: Path, home: Settings) -> None:
    (tmp_path / "메모.txt").write_text(TEXTS["p2"], "utf-8")
    write(tmp_path / "questions.jsonl", [{"id": "q", "question": "출장비", "relevant": ["메모.txt - 7"]}])
    with pytest.raises(InputError, match="eval_relevant_unknown") as raised:
        evaluate(tmp_path, home, ["lexical"])
    assert raised.value.values["example"] == "메모.txt - 1"


def test_a_folder_without_pages_and_documents(tmp_path: Path, home: Settings) -> None:
    write(tmp_path / "questions.jsonl", QUESTIONS)
    with pytest.raises(InputError, match="folder_empty"):
        evaluate(tmp_path, home, ["lexical"])


def test_names_of_documents_are_searched_as_in_the_product(folder: Path, home: Settings) -> None:
    write(folder / "questions.jsonl", [{"id": "q", "question": "manual", "relevant": ["p3", "p4"]}])
    assert evaluate(folder, home, ["lexical"]).figures["lexical"]["recall@3"] == 1.0


def test_the_sentence_shown_is_measured_where_there_are_answers(folder: Path, home: Settings) -> None:
    answers: list[list[str]] = [["15일"], ["30일"], [], ["생일"]]
    rows = [{**row, "answers": some} for row, some in zip(QUESTIONS, answers, strict=True)]
    write(folder / "questions.jsonl", rows)
    found = evaluate(folder, home, ["lexical"]).to_json()
    assert (found["lexical"]["answer@1"], found["lexical"]["answer@3"]) == (0.5, 0.5)


def test_a_set_of_questions_over_the_pages_of_several_folders(folder: Path, tmp_path: Path, home: Settings) -> None:
    (tmp_path / "other").mkdir()
    write(
        tmp_path / "other" / "pages.jsonl",
        [{"id": "o1", "document": "메모.txt", "page": 1, "text": "주차는 지하 2층."}],
    )
    write(tmp_path / "asked.jsonl", [{"id": "q", "question": "주차 층", "relevant": ["o1"]}, QUESTIONS[0]])
    report = evaluate_dataset(read_joint(tmp_path / "asked.jsonl", [folder, tmp_path / "other"]), home, ["lexical"])
    assert report.figures["lexical"]["recall@1"] == 1.0


def test_the_table_says_what_was_left_out() -> None:
    scores = {"lexical": {"recall@1": [0.5, 0.5]}, "hybrid": {"recall@1": [1.0, 1.0]}}
    report = Report(30, 6, scores, {"p50": 1.0, "p95": 2.5}, 3.0, 99.6)  # type: ignore[arg-type]
    lines = [line.split() for line in report.to_text().splitlines()]
    assert lines[:5] == [["recall@1"], ["lexical", "0.500"], [".500-.500"], ["hybrid", "1.000"], ["1.000-1.000"]]
    assert "24 questions measured (6 without a relevant page left out)" in report.to_text()


def test_peak_memory_counts_children(tmp_path: Path) -> None:
    for pid, children, kilobytes in [(10, "11 12", 1000), (11, "", 200), (12, "13", 30), (13, "", 4)]:
        task = tmp_path / str(pid) / "task" / str(pid)
        task.mkdir(parents=True)
        (task / "children").write_text(children)
        (tmp_path / str(pid) / "status").write_text(f"Name:\tx\nVmHWM:\t{kilobytes} kB\n")
    assert sorted(family(10, tmp_path)) == [10, 11, 12, 13]
    assert high_water(12, tmp_path) == 30 * 1024 and high_water(99, tmp_path) == 0
    with PeakMemory(10, tmp_path) as peak:
        assert peak.megabytes == round(1234 * 1024 / 1e6, 1)


def test_peak_memory_of_ourselves() -> None:
    with PeakMemory() as peak:
        assert peak.megabytes > 5
    assert os.getpid() in family(os.getpid())
