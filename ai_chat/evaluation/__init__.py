"""How well a set of pages is searched: questions with their relevant pages in, recall, rank and time out.

Works through the same store, ingestion and search as the product, in a home that is thrown away afterwards.
"""
