"""The viewer's pages: the sentence marked, the way to the next page, the file itself; nothing of a document acts there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from ai_chat.lazy import Lazy
from ai_chat.server.viewer import viewer_routes
from ai_chat.types import DocumentInfo, Rendered, UnitKind, UnitRef
from ai_chat.ui.viewer import open_address, view_address, view_page
from tests.doubles_app import HOSTILE, PASSAGE, SENTENCE, DoubleApp

PNG = b"\x89PNG picture"


class Picturing(DoubleApp):
    """Draws the first document; the file of the second lies at `path`."""

    path = Path()

    def render(
        self,
        document_id: str,
        kind: UnitKind,
        number: int,
        *,
        marks: Sequence[tuple[int, int]] = (),
        sentence: str = "",
        password: str | None = None,
    ) -> Rendered:
        if document_id == "s1":
            return Rendered("image/png", PNG + repr(list(marks)).encode(), len(marks))
        return super().render(document_id, kind, number, marks=marks, sentence=sentence)

    def original(self, document_id: str) -> Path:
        return self.path


@pytest.fixture
def http(tmp_path: Path) -> httpx.AsyncClient:
    app = Picturing()
    app.path = tmp_path / "file.txt"
    app.path.write_text("<script>alert(1)</script>", "utf-8")
    serving = Starlette(routes=viewer_routes(Lazy(lambda: app)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=serving), base_url="http://here")


@pytest.mark.anyio
async def test_a_page_is_a_picture_between_its_neighbours(http: httpx.AsyncClient) -> None:
    from base64 import b64encode

    answer = await http.get(view_address("s1", UnitRef("page", 2, "2"), "ko", 1, (3, 9)))
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert b64encode(PNG + b"[(3, 9)]").decode() in answer.text
    assert "취업규칙.pdf" in answer.text and "3개 중 2번째" in answer.text
    assert 'rel="prev" href="/view/s1/page/1?lang=ko"' in answer.text
    assert 'rel="next" href="/view/s1/page/3?lang=ko"' in answer.text
    first = await http.get("/view/s1/page/1?lang=en")
    assert 'rel="prev"' not in first.text and "Next" in first.text


@pytest.mark.anyio
async def test_a_document_opens_where_it_begins(http: httpx.AsyncClient) -> None:
    answer = await http.get(open_address("s1", "en"))
    assert (answer.status_code, answer.headers["location"]) == (302, "/view/s1/page/1?lang=en")
    assert (await http.get(open_address("gone", "en"))).status_code == 404


@pytest.mark.anyio
async def test_text_is_marked_and_never_obeyed(http: httpx.AsyncClient) -> None:
    start = PASSAGE.index(SENTENCE)
    mark = (start, start + len(SENTENCE))
    answer = await http.get(view_address("s2", UnitRef("page", 1, "1"), "ko", 1, mark))
    assert SENTENCE in answer.text.split("<mark")[1].split("</mark>")[0]
    assert "<img" not in answer.text and "<script" not in answer.text and "&lt;img" in answer.text
    changed = await http.get(view_address("s2", UnitRef("page", 1, "1"), "ko", 9, mark))
    assert "문서가 바뀌었습니다" in changed.text and "<mark" not in changed.text


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/view/gone/page/1", "/view/s1/page/99", "/view/s1/%3Cb%3E/1", "/original/gone"])
async def test_what_is_not_there_is_said(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path, headers={"accept-language": "ko"})
    assert answer.status_code == 404 and 'role="alert"' in answer.text and "<b>" not in answer.text


@pytest.mark.anyio
async def test_odd_numbers_mark_nothing(http: httpx.AsyncClient) -> None:
    for told in ("start=-1&end=5", "start=x&end=5", "start=5", f"start=1&end={10**12}", "v=²"):
        assert (await http.get(f"/view/s2/page/1?{told}")).status_code == 200


@pytest.mark.anyio
async def test_a_file_is_saved_and_never_shown(http: httpx.AsyncClient) -> None:
    answer = await http.get("/original/s1")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_hostile_name_stays_text() -> None:
    info = DocumentInfo("d/1?", HOSTILE, "", "documents", "complete", 1, 1)
    unit = UnitRef("section", 1, HOSTILE)
    page = view_page(info, [unit], 0, Rendered("image/png", PNG, 1), "en", changed=False)
    assert page.count("<img") == 1 and "onerror=document" in page and 'href="/original/d%2F1%3F"' in page
