"""One ASGI app on one port: page, JSON API, health, and the check of who may enter.

Takes Settings and a maker of the App; gives a running server. Knows no document and no model.
Importing this loads nothing: the page's machinery comes with `serve`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ai_chat.config import Settings
    from ai_chat.server.web import AppFactory


def serve(settings: Settings, app_factory: AppFactory, *, open_browser: bool = True) -> None:
    """Serve the page until SIGTERM or Ctrl-C. `app_factory(settings, address, key)` opens the App, anew where settings have changed."""
    from ai_chat.server.web import run

    run(settings, app_factory, open_browser=open_browser)
