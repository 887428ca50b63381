"""OpenDocument: texts and slides, and the container that spreadsheets share with them."""
