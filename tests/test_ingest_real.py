"""Real parsers in their own processes under a real ingestion: files in mails in archives, hostile sizes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from ai_chat.ingest import Ingestion
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.loaders.client import Parsers, open_parsers
from ai_chat.types import IngestEvent
from tests.doubles_ingest import Bench, outcomes


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


@pytest.fixture
def parsers(tmp_path: Path) -> Iterator[Parsers]:
    opened = open_parsers(2, tmp_path)
    yield opened
    opened.close()


def read(bench: Bench, parsers: Parsers) -> list[IngestEvent]:
    ingestion = Ingestion(bench.store, parsers, bench.indexer, KNOWN_SUFFIXES, bench.kept)
    return outcomes(ingestion.run([bench.folder], "documents"))


def mail(*attached: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "kim@example.kr", "회의 자료"
    message.set_content("자료를 붙입니다.")
    for name, data in attached:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def test_a_text_in_a_mail_in_an_archive_is_found_with_its_way_there(bench: Bench, parsers: Parsers) -> None:
    path = bench.folder / "자료.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("보낸 편지/회의.eml", mail(("안건.txt", "추가 경정 예산 심의".encode())))
    assert [event.outcome for event in read(bench, parsers)] == ["added"] * 3
    documents = bench.documents()
    locator = bench.store.library.locator(documents["안건.txt"].id)
    assert locator == f"{path}!/보낸 편지/회의.eml!/안건.txt"
    assert bench.found("경정") == ["안건.txt"]


def test_five_hundred_attachments_are_five_hundred_documents_at_most(bench: Bench, parsers: Parsers) -> None:
    many = mail(*((f"{number}.txt", f"붙임 글 {number}".encode()) for number in range(500)))
    (bench.folder / "many.eml").write_bytes(many)
    events = read(bench, parsers)
    assert len(events) == len(bench.documents()) <= 501
    assert {info.status for info in bench.documents().values()} == {"searchable"}


def test_a_large_file_of_nothing_fails_alone(bench: Bench, parsers: Parsers) -> None:
    with (bench.folder / "a.txt").open("wb") as file:
        file.truncate(256 << 20)
    bench.write("b.txt", "글")
    assert sorted(str(event.outcome) for event in read(bench, parsers)) == ["added", "failed"]
