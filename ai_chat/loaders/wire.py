"""The words between `client` and `worker`: units, metadata, warnings and the reasons for failing, as frames.

A reader grants credit, one for each unit or attachment it has taken, so that the child is never more than WINDOW units ahead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from ai_chat.errors import AiChatError, InputError, MachineError
from ai_chat.loaders.detect import Options
from ai_chat.process import Frame
from ai_chat.types import Attachment, Metadata, Problem, Progress, Unit, WordBox

WORKER = "ai_chat.loaders.worker"
WINDOW = 16
CREDIT: Frame = {"op": "credit"}
READY: Frame = {"op": "ready"}

Fault = Literal["input", "machine"]


def parse_frame(path: str, name: str, options: Options) -> Frame:
    folders = [str(folder) if folder else None for folder in (options.spool, options.ocr_cache)]
    return {"op": "parse", "path": path, "name": name, "options": [options.password, *folders, options.ocr_jobs]}


def options_of(frame: Frame) -> Options:
    password, spool, ocr_cache, ocr_jobs = frame["options"]
    return Options(password, Path(spool) if spool else None, Path(ocr_cache) if ocr_cache else None, ocr_jobs)


def unit_frame(unit: Unit) -> Frame:
    place = [unit.kind, unit.number, unit.label, unit.text, unit.offsets]
    return {"op": "unit", "unit": [*place, unit.skipped, unit.ocr, unit.boxes]}


def unit_of(frame: Frame) -> Unit:
    kind, number, label, text, offsets, skipped, ocr, boxes = frame["unit"]
    pairs = tuple((here, there) for here, there in offsets)
    spans = tuple((start, end) for start, end in skipped)
    return Unit(kind, number, label, text, pairs, spans, ocr, tuple(WordBox(*box) for box in boxes))


def attachment_frame(attachment: Attachment) -> Frame:
    return {"op": "attachment", "attachment": [attachment.name, attachment.path]}


def attachment_of(frame: Frame) -> Attachment:
    return Attachment(*frame["attachment"])


def progress_frame(progress: Progress) -> Frame:
    return {"op": "progress", "progress": [progress.done, progress.total]}


def progress_of(frame: Frame) -> Progress:
    return Progress(*frame["progress"])


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
