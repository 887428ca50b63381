"""A Turn: a question, its evidence, and the answer written from it, as a numbered log of events.

Takes a searcher and a model; gives events while they happen and again later: `ai_chat.answer.turns`. Knows no page and no command line.
"""

from ai_chat.answer.fold import answer_of

__all__ = ["answer_of"]
