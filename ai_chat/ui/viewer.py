"""The viewer: one page, slide, sheet or section of a document, with the cited sentence marked, as an HTML page without scripts.

Pure: takes what a unit looks like and what stands around it; every foreign word is escaped, or was by the rendering room.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from ai_chat.errors.sentences import sentence
from ai_chat.types import DocumentInfo, Problem, Rendered, UnitRef
from ai_chat.ui.escape import html_text
from ai_chat.ui.place import page_of, place
from ai_chat.ui.strings import Language, say

VIEW, ORIGINAL = "/view", "/original"
_BODY = re.compile("<body>(.*)</body>", re.DOTALL)
_STYLE = (
    ":root{color-scheme:light dark}body{margin:0;font:1rem/1.7 system-ui,'Noto Sans KR','Malgun Gothic',sans-serif;word-break:keep-all;"
    "overflow-wrap:anywhere}"
    "header{position:sticky;top:0;display:flex;flex-wrap:wrap;gap:.3rem 1em;align-items:baseline;padding:.6rem 1rem;"
    "background:Canvas;border-bottom:1px solid #9996}header b{flex:1 1 12rem}header a,header span{white-space:nowrap}"
    "main{max-width:60rem;margin:0 auto;padding:1rem}main img{display:block;width:100%;height:auto;border:1px solid #9996;background:#fff}"
    "p,td,th,h1{unicode-bidi:plaintext}mark{scroll-margin-top:6rem}p{white-space:pre-wrap}.note{color:light-dark(#8a4b00,#ffc37a)}.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}"
    "th,td{border:1px solid #9998;padding:.3rem .6rem;text-align:left;vertical-align:top}th{background:#9992}"
    ":focus-visible{outline:2px solid;outline-offset:2px}"
    "mark{background:#ffe45c;color:#000;padding:.1em 0}.skipped{opacity:.55}h1{font-size:1.1rem}h1 small{font-weight:400;opacity:.7}"
)


def view_address(
    document_id: str,
    unit: UnitRef,
    language: Language,
    version_id: int | None = None,
    mark: tuple[int, int] | None = None,
) -> str:
    """`mark`: start and end in the unit's text of that version, which the browser goes to."""
    told = {"lang": language, **({"v": version_id} if version_id else {})}
    if mark:
        told |= {"start": mark[0], "end": mark[1]}
    there = "#mark" if mark else ""
    return f"{VIEW}/{quote(document_id, safe='')}/{unit.kind}/{unit.number}?{urlencode(told)}{there}"


def open_address(document_id: str, language: Language) -> str:
    """Where the document begins."""
    return f"{VIEW}/{quote(document_id, safe='')}?{urlencode({'lang': language})}"


def original_address(document_id: str) -> str:
    """The file itself, to be saved."""
    return f"{ORIGINAL}/{quote(document_id, safe='')}"


def view_page(
    info: DocumentInfo, units: Sequence[UnitRef], here: int, shown: Rendered, language: Language, *, changed: bool
) -> str:
    """`units` of the document in their order, of which this is number `here` from 0; `changed`: it is another version than was cited."""
    unit = units[here]
    notes = [say(language, "version_changed")] if changed else []
    notes += [sentence(warning, language) for warning in shown.warnings]
    told = "".join(f'<p class="note" role="status">{html_text(note)}</p>' for note in notes)
    where = f"{info.name}, {place(unit, page_of(unit), language)}"
    return _page(where, _header(info, units, here, language), told + _looks(shown, where), language)


def refusal_page(problem: Problem, language: Language) -> str:
    """Why there is nothing to see."""
    told = html_text(sentence(problem, language))
    return _page(sentence(problem, language), "", f'<p class="note" role="alert">{told}</p>', language)


def _page(title: str, header: str, body: str, language: Language) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html_text(title)}</title><style>{_STYLE}</style></head><body>{header}<main>{body}</main></body></html>"
    )


def _header(info: DocumentInfo, units: Sequence[UnitRef], here: int, language: Language) -> str:
    number = say(language, "of_units", number=here + 1, count=len(units))
    original = original_address(info.id)
    return (
        f"<header><b>{html_text(info.name)}</b><span>{html_text(place(units[here], page_of(units[here]), language))}"
        f" · {html_text(number)}</span>{_way(info, units, here - 1, 'previous', language)}"
        f"{_way(info, units, here + 1, 'next', language)}"
        f'<a href="{html_text(original)}" download>{html_text(say(language, "download_original"))}</a></header>'
    )


def _way(info: DocumentInfo, units: Sequence[UnitRef], there: int, name: str, language: Language) -> str:
    if not 0 <= there < len(units):
        return ""
    address = html_text(view_address(info.id, units[there], language))
    relation = "prev" if name == "previous" else "next"
    return f'<a rel="{relation}" href="{address}">{html_text(say(language, name))}</a>'


def _looks(shown: Rendered, where: str) -> str:
    if shown.media_type == "image/png":
        return f'<img src="data:image/png;base64,{b64encode(shown.data).decode()}" alt="{html_text(where)}">'
    found = _BODY.search(shown.data.decode("utf-8"))
    assert found, "the rendering room makes whole pages"
    return found[1]
