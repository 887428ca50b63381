"""A unit to look at: the page as a picture, or its text as readable HTML, with sentences marked; a document as one text file.

Takes units and where their files lie. Files are opened in a child process only (`client`, `worker`); what is made from text alone is
pure. Knows no store.
"""

from ai_chat.rendering.client import Renderer
from ai_chat.rendering.unit import Drawing, render_unit

__all__ = ["Drawing", "Renderer", "render_unit"]
