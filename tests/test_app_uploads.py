"""Many files uploaded at once over the whole App, some of them broken: the good ones are in, each of the others has its reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ai_chat.app import App, open_app
from ai_chat.config import Settings
from ai_chat.types import DocumentQuery, Scope
from ai_chat.ui.summary import counts_words, summary_html
from ai_chat.ui.uploads import Upload, upload_all

BROKEN = (
    ("빈 {}.txt", b""),
    ("깨진 {}.pdf", b"%PDF-1.7 no more"),
    ("모름 {}.bin", b"\0\1\2\3"),
    ("깨진 {}.docx", b"PK\3\4"),
)


def test_of_200_files_180_are_in_and_20_have_their_reasons(home: Settings) -> None:
    files = [
        Upload(f"회의록 {number}.txt", f"회의 {number}: 예산은 {number}만 원이다.".encode()) for number in range(180)
    ]
    files[90:90] = [Upload(name.format(number), data) for number in range(5) for name, data in BROKEN]
    app = open_app(home, "write")

    @contextmanager
    def hold() -> Iterator[App]:
        yield app

    try:
        events = list(upload_all(hold, files))
        assert counts_words(events, "ko") == "180개 등록 · 20개 읽지 못함"
        told = summary_html(events, "ko")
        assert told.count("<li>") == 20
        assert all(name.format(number) in told for number in range(5) for name, _ in BROKEN)
        assert all(event.problem for event in events if event.outcome == "failed")
        page = app.document_page(Scope(), DocumentQuery(statuses=("searchable", "complete"), limit=1))
        assert page.total == 180
        assert app.search("회의 179 예산", Scope(), mode="lexical").hits[0].document == "회의록 179.txt"
    finally:
        app.close()
