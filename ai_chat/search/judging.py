"""Whether hits answer their question: signs weighed to a chance, and the chance from which on they do.

Takes Signs and a Calibration, gives a Judgement. The default was fitted by benchmarks/abstention.py; `ai-chat calibrate`
fits one to a user's own documents, which is kept in a file that may be deleted at any time.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ai_chat.types import Judgement, Problem

if TYPE_CHECKING:
    from ai_chat.search.signs import Signs

FILE_NAME = "calibration.json"
FORMAT = "calibration/1"
WORD_SIGNS = ("covered", "passage", "sentence", "margin", "lacking")
VECTOR_SIGNS = ("near", "apart")
_MOST_MISSING = 5
_LARGEST = 30.0  # logarithm of odds: beyond it a chance is 0 or 1


@dataclass(frozen=True, slots=True)
class Weighing:
    """Logarithm of the odds = bias + weights x signs; from `threshold` on a question counts as answered."""

    bias: float
    weights: Mapping[str, float]
    threshold: float = 0.5

    def chance(self, signs: Signs) -> float:
        odds = self.bias + sum(weight * (getattr(signs, name) or 0.0) for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-min(_LARGEST, max(-_LARGEST, odds))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """How signs are weighed where vectors were compared, and where words alone were."""

    with_vectors: Weighing
    by_words: Weighing

    def weighing(self, signs: Signs) -> Weighing:
        return self.by_words if signs.near is None else self.with_vectors


DEFAULT = Calibration(
    Weighing(
        -11.324,
        {
            "covered": 1.644,
            "passage": 4.766,
            "sentence": 0.056,
            "margin": 0.359,
            "lacking": -2.253,
            "near": 6.761,
            "apart": 22.412,
        },
        0.1727,
    ),
    Weighing(
        -5.185, {"covered": 3.113, "passage": 5.306, "sentence": -0.161, "margin": 0.15, "lacking": -2.078}, 0.1808
    ),
)


def judge(signs: Signs, calibration: Calibration = DEFAULT) -> Judgement:
    weighing = calibration.weighing(signs)
    chance = weighing.chance(signs)
    return Judgement(round(chance, 4), chance >= weighing.threshold, signs.missing[:_MOST_MISSING])


def not_found(searched: str, judgement: Judgement) -> Problem:
    """What is said instead of an answer: what was searched for, and what no hit speaks of."""
    if not judgement.missing:
        return Problem("not_told_in_documents", {"searched": searched})
    return Problem("not_in_documents", {"searched": searched, "missing": ", ".join(judgement.missing)})


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration with what its signs were read by: of another analyzer or embedder they mean something else."""

    calibration: Calibration
    analyzer: str
    embedder: str | None
    questions: int


class CalibrationFile:
    """The calibration to use now: the file's where there is one that fits, else the default.

    The file is looked at again when it changes, so that a server takes up what a command has fitted. `tell` hears, once a change,
    why a file is not used.
    """

    def __init__(self, path: Path, analyzer: str, embedder: str | None, tell: Callable[[Problem], None]) -> None:
        self._path = path
        self._analyzer = analyzer
        self._embedder = embedder
        self._tell = tell
        self._current: tuple[tuple[int, int] | None, Calibration] = (None, DEFAULT)

    def current(self) -> Calibration:
        stamp = _stamp(self._path)
        known, calibration = self._current
        if stamp != known:
            calibration = self._read() if stamp else DEFAULT
            self._current = (stamp, calibration)
        return calibration

    def _read(self) -> Calibration:
        try:
            kept = fitted_from(json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            reason = f"{type(error).__name__}: {error}"
            self._tell(Problem("calibration_damaged", {"path": str(self._path), "reason": reason}))
            return DEFAULT
        if kept.analyzer != self._analyzer or kept.embedder not in (None, self._embedder):
            self._tell(Problem("calibration_outdated", {"path": str(self._path)}))
            return DEFAULT
        if kept.embedder is None:  # it was fitted without vectors
            return Calibration(DEFAULT.with_vectors, kept.calibration.by_words)
        return kept.calibration


def write_calibration(path: Path, kept: Fitted) -> None:
    """As a whole or not at all."""
    document = {"format": FORMAT, **asdict(kept)}
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
    beside.replace(path)


def fitted_from(document: Mapping[str, Any]) -> Fitted:
    """ValueError, TypeError or KeyError where it is not what `write_calibration` writes."""
    if document["format"] != FORMAT:
        raise ValueError(f"format {document['format']!r}")
    parts = document["calibration"]
    calibration = Calibration(_weighing(parts["with_vectors"]), _weighing(parts["by_words"]))
    embedder = document["embedder"]
    return Fitted(
        calibration, str(document["analyzer"]), None if embedder is None else str(embedder), int(document["questions"])
    )


def _weighing(values: Mapping[str, Any]) -> Weighing:
    weights = {str(name): _finite(weight) for name, weight in values["weights"].items()}
    if unknown := weights.keys() - {*WORD_SIGNS, *VECTOR_SIGNS}:
        raise ValueError(f"unknown signs {sorted(unknown)}")
    return Weighing(_finite(values["bias"]), weights, _finite(values["threshold"]))


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no number")
    return number


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
