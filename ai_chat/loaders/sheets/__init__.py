"""Spreadsheets, whichever program wrote them: rows that name their columns."""
