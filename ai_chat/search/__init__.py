"""Questions to Hits: two rankings, their fusion, and in each live passage the sentence that answers best.

Takes a question and a Scope, gives a SearchResult: `ai_chat.search.searcher`. Knows no model and no file format.
"""
