"""Pictures of pages -> text, by tesseract."""
