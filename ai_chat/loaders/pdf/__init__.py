"""PDF: pages, their reading order, ruled tables, and which of them must be read by OCR."""
