"""The morphemes of a dictionary as a second field beside the n-grams, by Kiwi: a little better, and some 500 MB.

Takes text, gives terms. Optional: the package kiwipiepy brings the dictionary, which is loaded when the first text comes.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ai_chat.analyzer.ngrams import WORDS, Analyzer
from ai_chat.analyzer.words import telling_words
from ai_chat.errors import MachineError
from ai_chat.lazy import Lazy

MORPHEMES = "morphemes"
_NOUNS = ("NNG", "NNP", "NNB", "NR", "SL", "SN", "SH")
_TELLING = frozenset({*_NOUNS, "XR", "VV", "VA", "MAG", "MM", "XPN", "XSN"})  # tags, "-I" and "-R" cut off


class KiwiAnalyzer(Analyzer):
    """Made by `open_kiwi`. Phrases are told by the n-grams alone: what a dictionary makes of a word depends on its neighbours."""

    fields: Mapping[str, float] = MappingProxyType({WORDS: 1.0, MORPHEMES: 0.5})

    def __init__(self, version: str) -> None:
        self.fingerprint = f"{Analyzer.fingerprint}+kiwi-{version}-1"
        self._kiwi: Lazy[Any] = Lazy(_load, lambda _kiwi: None)

    def terms(self, text: str, title: str = "") -> dict[str, list[str]]:
        return {**super().terms(text, title), MORPHEMES: self._morphemes(f"{title}\n{text}")}

    def query_terms(self, text: str) -> dict[str, list[str]]:
        morphemes = dict.fromkeys(self._morphemes(" ".join(telling_words(text))))
        return {**super().query_terms(text), MORPHEMES: list(morphemes)}

    def _morphemes(self, text: str) -> list[str]:
        clean = text.encode("utf-8", "ignore").decode().replace("\0", " ")
        with self._kiwi.lease() as kiwi:
            tokens = kiwi.tokenize(clean)
        return ["".join(token.form.casefold().split()) for token in tokens if token.tag.partition("-")[0] in _TELLING]


def open_kiwi() -> KiwiAnalyzer:
    """MachineError kiwi_missing where the package is not installed."""
    try:
        return KiwiAnalyzer(importlib.metadata.version("kiwipiepy"))
    except importlib.metadata.PackageNotFoundError as error:
        raise MachineError("kiwi_missing") from error


def _load() -> Any:
    return importlib.import_module("kiwipiepy").Kiwi(num_workers=1)
