"""The words between `client` and `worker`: units, metadata, warnings and the reasons for failing, as frames.

A reader grants credit, one for each unit it has taken, so that the child is never more than WINDOW units ahead.
"""

from __future__ import annotations

from typing import Any, Literal

from ai_chat.errors import AiChatError, InputError, MachineError
from ai_chat.process import Frame
from ai_chat.types import Metadata, Problem, Unit

WORKER = "ai_chat.loaders.worker"
WINDOW = 16
CREDIT: Frame = {"op": "credit"}
READY: Frame = {"op": "ready"}

Fault = Literal["input", "machine"]


def parse_frame(path: str, name: str) -> Frame:
    return {"op": "parse", "path": path, "name": name}


def unit_frame(unit: Unit) -> Frame:
    return {"op": "unit", "unit": [unit.kind, unit.number, unit.label, unit.text, unit.offsets]}


def unit_of(frame: Frame) -> Unit:
    kind, number, label, text, offsets = frame["unit"]
    return Unit(kind, number, label, text, tuple((here, there) for here, there in offsets))


def about_frame(about: Metadata) -> Frame:
    return {"op": "about", "about": [about.title, about.author, about.created]}


def about_of(frame: Frame) -> Metadata:
    return Metadata(*frame["about"])


def warning_frame(problem: Problem) -> Frame:
    return {"op": "warning", "code": problem.code, "values": dict(problem.values)}


def warning_of(frame: Frame) -> Problem:
    return Problem(frame["code"], frame["values"])


def error_frame(code: str, values: dict[str, Any], fault: Fault) -> Frame:
    return {"op": "error", "code": code, "values": values, "fault": fault}


def error_of(frame: Frame) -> AiChatError:
    kind = InputError if frame["fault"] == "input" else MachineError
    return kind(frame["code"], **frame["values"])


def done_frame(resident_bytes: int) -> Frame:
    return {"op": "done", "resident": resident_bytes}
