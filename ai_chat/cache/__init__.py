"""Answers that were written, each served again only where it would be made again from the same passages.

Takes keys and answers as plain values, on a SQLite file of its own. Knows no search, no model and no question beyond its text;
what makes two questions one is a parameter.
"""

from ai_chat.cache.answers import AnswerCache
from ai_chat.cache.flights import Flights
from ai_chat.cache.keys import Frequent, Kept, Key

__all__ = ["AnswerCache", "Flights", "Frequent", "Kept", "Key"]
