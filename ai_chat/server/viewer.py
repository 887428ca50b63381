"""The viewer's pages and the files behind them, for who is let in to the page: `/view/...` and `/original/...`.

Takes the Lazy App; the HTML is made by ui/viewer.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ai_chat.errors import AiChatError, InputError
from ai_chat.lazy import Lazy
from ai_chat.server.notices import browser_language
from ai_chat.types import UnitKind, UnitRef
from ai_chat.ui.strings import Language
from ai_chat.ui.viewer import ORIGINAL, VIEW, refusal_page, view_address, view_page

if TYPE_CHECKING:
    from ai_chat.app import App

_NOT_KEPT = {"cache-control": "no-store"}
_MOST = 2**31


def viewer_routes(opening: Lazy[App]) -> list[Route]:
    async def view(request: Request) -> Response:
        return await run_in_threadpool(_answered, opening, request, _view)

    async def original(request: Request) -> Response:
        return await run_in_threadpool(_answered, opening, request, _original)

    async def opened(request: Request) -> Response:
        return await run_in_threadpool(_answered, opening, request, _first)

    return [
        Route(f"{VIEW}/{{document}}", opened),
        Route(f"{VIEW}/{{document}}/{{kind}}/{{number:int}}", view),
        Route(f"{ORIGINAL}/{{document}}", original),
    ]


def _answered(opening: Lazy[App], request: Request, make: Callable[[App, Request], Response]) -> Response:
    try:
        with opening.lease() as app:
            return make(app, request)
    except AiChatError as error:
        status = 404 if isinstance(error, InputError) else error.http_status
        return HTMLResponse(refusal_page(error.problem, _language(request)), status, _NOT_KEPT)


def _first(app: App, request: Request) -> Response:
    """The way to where the document begins."""
    detail = app.document(request.path_params["document"])
    if not detail.units:
        raise InputError("unit_unknown", name=detail.info.name, number=1)
    begin = detail.units[0]
    unit = UnitRef(begin.kind, begin.number, begin.label)
    return RedirectResponse(view_address(detail.info.id, unit, _language(request)), 302, _NOT_KEPT)


def _view(app: App, request: Request) -> Response:
    kind, number = request.path_params["kind"], request.path_params["number"]
    detail = app.document(request.path_params["document"])
    units = [UnitRef(unit.kind, unit.number, unit.label, unit.ocr is not None) for unit in detail.units]
    here = next((row for row, unit in enumerate(units) if (unit.kind, unit.number) == (kind, number)), None)
    if here is None or kind not in get_args(UnitKind):
        raise InputError("unit_unknown", name=detail.info.name, number=number)
    version = _number(request, "v")
    changed = version is not None and version != detail.version_id
    start, end = _number(request, "start"), _number(request, "end")
    marks = [(start, end)] if start is not None and end is not None and not changed else []
    shown = app.render(detail.info.id, kind, number, marks=marks)
    page = view_page(detail.info, units, here, shown, _language(request), changed=changed)
    return HTMLResponse(page, headers=_NOT_KEPT)


def _original(app: App, request: Request) -> Response:
    """To be saved, never to be shown: a document may be a page with scripts."""
    document = request.path_params["document"]
    path = Path(app.original(document))
    name = app.document(document).info.name
    return FileResponse(path, media_type="application/octet-stream", filename=Path(name).name, headers=_NOT_KEPT)


def _number(request: Request, name: str) -> int | None:
    told = request.query_params.get(name, "")
    return int(told) if told.isascii() and told.isdigit() and int(told) < _MOST else None


def _language(request: Request) -> Language:
    chosen = request.query_params.get("lang")
    if chosen in ("ko", "en"):
        return "ko" if chosen == "ko" else "en"
    return browser_language(request.headers.get("accept-language", ""))
