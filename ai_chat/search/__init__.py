"""Questions to Hits: two rankings, their fusion, and in each live passage the sentence that answers best.

Takes a question and a Scope, gives a SearchResult. Knows no model and no file format.
"""

from ai_chat.search.searcher import MAX_QUESTION, MAX_TOP_K, Searcher

__all__ = ["MAX_QUESTION", "MAX_TOP_K", "Searcher"]
