"""The optional analyzer: without its package it says what to type; with it, morphemes are a second field."""

from __future__ import annotations

import importlib.util

import pytest

from ai_chat.analyzer import WORDS, Analyzer, open_analyzer
from ai_chat.errors import MachineError
from ai_chat.errors.sentences import hint, sentence

INSTALLED = importlib.util.find_spec("kiwipiepy") is not None


def test_the_default_needs_nothing() -> None:
    assert type(open_analyzer("ngrams")) is Analyzer


@pytest.mark.skipif(INSTALLED, reason="the package is there")
def test_without_its_package_it_says_what_to_type() -> None:
    with pytest.raises(MachineError) as raised:
        open_analyzer("kiwi")
    assert raised.value.code == "kiwi_missing"
    assert "pip install kiwipiepy" in hint(raised.value.problem, "en") and sentence(raised.value.problem, "ko")


@pytest.mark.skipif(not INSTALLED, reason="kiwipiepy is not installed")
@pytest.mark.parametrize("text", ["연차휴가를 지급하였다.", "", "\ud800휴가\0비", "👩‍👩‍👧‍👦 N_CTX"])
def test_morphemes_are_a_field_beside_the_ngrams(text: str) -> None:
    kiwi = open_analyzer("kiwi")
    for found, own in (
        (kiwi.terms(text), Analyzer().terms(text)),
        (kiwi.query_terms(text), Analyzer().query_terms(text)),
    ):
        assert set(found) == set(kiwi.fields) and found[WORDS] == own[WORDS]
        assert all(term and not any(map(str.isspace, term)) for term in found["morphemes"])
