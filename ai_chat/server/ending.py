"""The end of the server, as those see it who wait for an answer: it ends, or says that it was interrupted, within a bounded time.

Takes the Lazy App; ends it. Connections are closed behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from ai_chat.errors import AiChatError
from ai_chat.lazy import Lazy

if TYPE_CHECKING:
    from ai_chat.app import App

ANSWER_SECONDS = 5.0  # that an answer under way may still take
_LOOK_SECONDS = 0.05


async def end_answers(opening: Lazy[App], hurry: Callable[[], bool], seconds: float = ANSWER_SECONDS) -> None:
    """Wait for answers under way, then end the App: what is not finished is told to be interrupted. `hurry`: somebody asked twice."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline and not hurry() and await asyncio.to_thread(_is_answering, opening):
        await asyncio.sleep(_LOOK_SECONDS)
    await asyncio.to_thread(opening.end)


def _is_answering(opening: Lazy[App]) -> bool:
    app = opening.peek()
    if app is None:
        return False
    try:
        queue = app.metrics().queue
    except AiChatError:
        return False
    return bool(queue.written or queue.waiting)
