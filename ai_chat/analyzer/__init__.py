"""Text to terms for keyword search, at home in Korean; the only room that knows Korean grammar.

Takes text, gives terms by field. Knows no index and no document. `Analyzer` needs no dictionary; another, chosen by name,
is imported when chosen.
"""

from typing import Literal

from ai_chat.analyzer.endings import PARTICLES
from ai_chat.analyzer.forms import answer_form
from ai_chat.analyzer.ngrams import WORDS, Analyzer
from ai_chat.analyzer.words import fold, telling_words

__all__ = ["PARTICLES", "WORDS", "Analyzer", "AnalyzerName", "answer_form", "fold", "open_analyzer", "telling_words"]

AnalyzerName = Literal["ngrams", "kiwi"]


def open_analyzer(name: AnalyzerName) -> Analyzer:
    """MachineError kiwi_missing where its package is not installed."""
    if name == "ngrams":
        return Analyzer()
    from ai_chat.analyzer.kiwi import open_kiwi

    return open_kiwi()
