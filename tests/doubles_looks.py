"""An App for looking at every view at once: a monitored machine, an answer that is wrong in a value and unsure of another sentence,
and documents whose names and texts are hostile, very long or written from right to left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ai_chat.rendering import render_unit
from ai_chat.types import DocumentDetail, DocumentInfo, Rendered, Unit, UnitKind
from tests.doubles_app import PASSAGE, SENTENCE, _hit
from tests.doubles_monitor import MonitoredApp

NAME = "<img src=x onerror=alert(1)>.pdf"
HOSTILE = f"{NAME} <script>alert(2)</script> [click](http://example.invalid)"
LONG = "가나다라마바사아자차카타파하" * 30
HEBREW = "\u05d4\u05e0\u05d5\u05e1\u05d7 \u05e0\u05db\u05ea\u05d1 \u05de\u05d9\u05de\u05d9\u05df \u05dc\u05e9\u05de\u05d0\u05dc."
FIRST, SECOND = "1년간 출근하면 30일의 연차휴가를 받습니다 [1].", "주차장은 무료입니다 [2]."
BEFORE = "앞에 있는 줄입니다.\n" * 200
TEXTS = (PASSAGE, HOSTILE, LONG, HEBREW)
NAMES = ("취업규칙.pdf", NAME, f"{LONG}.txt", f"{HEBREW}.txt")


class LooksApp(MonitoredApp):
    """Document n says text n far down on its first page; each is evidence for any question, from the strongest to the weakest."""

    def __init__(self) -> None:
        super().__init__()
        self._documents = {
            f"s{number}": DocumentInfo(f"s{number}", name, name, "samples", "complete", 1, 1)
            for number, name in enumerate(NAMES, start=1)
        }

    def document(self, document_id: str) -> DocumentDetail:
        units = [Unit("page", 1, "1", BEFORE + TEXTS[int(document_id[1:]) - 1]), Unit("page", 2, "2", "끝")]
        return DocumentDetail(self._documents[document_id], 1, None, None, units)

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
        detail = self.document(document_id)
        return render_unit(detail.units[number - 1], detail.info.name, marks, sentence, None)

    def _tell(self, turn_id: str) -> None:
        self._add(turn_id, "searching", {"searched_for": "연차휴가는 며칠인가요?"})
        hits = [_shown(number, text) for number, text in enumerate(TEXTS, start=1)]
        judgement = {"score": 0.9, "answerable": True, "missing": ["주차 요금"]}
        self._add(turn_id, "evidence", {"hits": hits, "judgement": judgement})
        self._add(turn_id, "delta", {"text": f"{FIRST} {SECOND}"})
        wrong = {"sentence": FIRST, "start": 0, "end": len(FIRST), "wrong": [[9, 12]]}
        begin = len(FIRST) + 1
        self._add(turn_id, "unsupported", wrong)
        self._add(turn_id, "unsupported", {"sentence": SECOND, "start": begin, "end": begin + len(SECOND)})
        self._add(turn_id, "done", {"finish_reason": "stop"})


def _shown(number: int, text: str) -> dict[str, Any]:
    sentence = SENTENCE if number == 1 else text
    start = len(BEFORE) + text.index(sentence)
    found = {**_hit(number, text, sentence), "start": start, "end": start + len(sentence)}
    unit = {"kind": "page", "number": 1, "label": "1"}
    same = [{"document": NAME, "document_id": "s2", "unit": unit}] if number == 1 else []
    return {**found, "document": NAMES[number - 1], "unit": unit, "page": 1, "version_id": 1, "duplicates": same}
