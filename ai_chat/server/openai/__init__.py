"""The API that clients of OpenAI's speak: models, chat completions over the documents, embeddings.

Takes the Lazy App of the server; access has been checked before a request comes here. FastAPI is imported with this room, at the first
request. What is our own stands in one field, `ai_chat`, which such clients leave alone.
"""

from __future__ import annotations

from ai_chat.server.openai.routes import create_openai_api as create_openai_api
