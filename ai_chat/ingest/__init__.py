"""Files into the library: read, cut, published, put into the keyword index at once and given vectors behind it.

Takes paths, gives `IngestEvent`s. Knows neither the formats nor the engines, only their protocols.
"""

from ai_chat.ingest.ahead import Parser, Parsers
from ai_chat.ingest.backfill import Backfill
from ai_chat.ingest.content import store_units
from ai_chat.ingest.files import find_files
from ai_chat.ingest.indexing import Indexer
from ai_chat.ingest.ingestion import Ingestion
from ai_chat.ingest.line import Line

__all__ = ["Backfill", "Indexer", "Ingestion", "Line", "Parser", "Parsers", "find_files", "store_units"]
