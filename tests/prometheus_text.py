"""A strict reader of Prometheus' text format 0.0.4, written from its description: what it takes, every reader takes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_SAMPLE = re.compile(rf"(?P<name>{_NAME})(?:\{{(?P<labels>.*)\}})? (?P<value>\S+)")
_LABEL = re.compile(r'(?P<key>[a-zA-Z_][a-zA-Z0-9_]*)="(?P<text>(?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
_ENDS = {"summary": ("", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


@dataclass
class Read:
    kind: str
    about: str
    samples: dict[tuple[str, tuple[tuple[str, str], ...]], float] = field(default_factory=dict)


def parse(text: str) -> dict[str, Read]:
    """Each family once, HELP and TYPE before its samples, its samples together, none twice; AssertionError says what is not so."""
    assert text.endswith("\n")
    families: dict[str, Read] = {}
    now, about = "", ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, now, about = line.split(" ", 3)
            assert now not in families, f"{now} comes twice"
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == now and kind in _ENDS, line
            families[now] = Read(kind, about)
        else:
            _add(families[now], now, line)
    return families


def _add(family: Read, name: str, line: str) -> None:
    found = _SAMPLE.fullmatch(line)
    assert found, f"no sample: {line!r}"
    assert found["name"] in [name + end for end in _ENDS[family.kind]], f"{line!r} stands under {name}"
    assert name.endswith("_total") == (family.kind == "counter"), f"{name} is a {family.kind}"
    key = (found["name"], _labels(found["labels"] or ""))
    assert key not in family.samples, f"{line!r} comes twice"
    family.samples[key] = float(found["value"])
    assert family.kind != "counter" or family.samples[key] >= 0


def _labels(text: str) -> tuple[tuple[str, str], ...]:
    labels, place = [], 0
    while place < len(text):
        found = _LABEL.match(text, place)
        assert found, f"no label: {text[place:]!r}"
        labels.append((found["key"], found["text"].replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")))
        place = found.end()
    return tuple(labels)
