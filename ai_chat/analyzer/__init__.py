"""Text to terms for keyword search, at home in Korean; the only room that knows Korean grammar.

Takes text, gives terms by field. Pure; knows no index and no document. `Analyzer` (ngrams) needs no dictionary.
"""

from ai_chat.analyzer.endings import PARTICLES
from ai_chat.analyzer.forms import answer_form
from ai_chat.analyzer.ngrams import WORDS, Analyzer
from ai_chat.analyzer.words import fold, telling_words

__all__ = ["PARTICLES", "WORDS", "Analyzer", "answer_form", "fold", "telling_words"]
