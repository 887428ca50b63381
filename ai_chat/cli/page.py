"""`ai-chat web`, started without Typer when its line is a plain one: that saves a tenth of a second and 15 MB.

Takes the words after `web`, gives the exit code when the page is closed, or None where Typer should read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from ai_chat.cli.border import guard
from ai_chat.cli.session import open_session

_MAX_PORT = 65535


class Flags(NamedTuple):
    host: str | None = None
    port: int | None = None
    browser: bool = True
    make_password: bool = False


def start(words: Sequence[str]) -> int | None:
    flags = read_flags(words)
    return None if flags is None else guard(partial(open_page, *flags))


def read_flags(words: Sequence[str]) -> Flags | None:
    """The flags of a plain line; None for help, for mistakes and for other ways of writing."""
    flags = Flags()
    rest = iter(words)
    for word in rest:
        if word in ("--browser", "--no-browser"):
            flags = flags._replace(browser=word == "--browser")
        elif word == "--make-password":
            flags = flags._replace(make_password=True)
        elif word == "--host" and (host := next(rest, None)):
            flags = flags._replace(host=host)
        elif word == "--port" and (port := _port(next(rest, ""))) is not None:
            flags = flags._replace(port=port)
        else:
            return None
    return flags


def open_page(host: str | None, port: int | None, browser: bool, make_password: bool) -> int:
    """Serve until Ctrl-C. `make_password`: where none is set, make one at the first start, and say it that once."""
    from ai_chat.app import open_serving_app
    from ai_chat.server import serve

    session = open_session(flags={"host": host, "port": port})
    settings = session.settings
    if make_password and not settings.password:
        from ai_chat.server.keys import made_password

        password, new = made_password(settings.run_dir)
        settings = replace(settings, password=password, sources={**settings.sources, "password": "flag"})
        if new:
            print(session.word("password_made", password=password, path=settings.run_dir / "password"), flush=True)
    serve(
        settings,
        lambda now, address, key: open_serving_app(now, address, key, session.tell),
        open_browser=browser,
    )
    return 0


def _port(word: str) -> int | None:
    number = int(word) if word.isascii() and word.isdigit() else -1
    return number if 0 <= number <= _MAX_PORT else None
