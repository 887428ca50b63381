"""A Turn: a question, its evidence, and the answer written from it, as a numbered log of events.

Takes a searcher and a model; gives events while they happen and again later. Knows no page and no command line.
"""

from ai_chat.answer.fold import answer_of
from ai_chat.answer.turns import Turns

__all__ = ["Turns", "answer_of"]
