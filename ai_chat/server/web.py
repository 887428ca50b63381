"""Running the page: bind, answer, then open the App in the background.

Takes Settings and a maker of the App; gives a server that ends within seconds of SIGTERM or Ctrl-C.
Knows the page's script by its path alone.
"""

from __future__ import annotations

import errno
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ai_chat.app.configuration import Configuration
from ai_chat.config import Settings, sentence_language
from ai_chat.errors import MachineError, UsageError
from ai_chat.lazy import Lazy
from ai_chat.owner import prove_writable, read_owner
from ai_chat.process import spare_memory
from ai_chat.server.access import Access, ASGIApp
from ai_chat.server.hosts import Bound, is_loopback
from ai_chat.server.keys import Keys, open_keys
from ai_chat.server.logs import set_up
from ai_chat.server.mount import BASE, BASE_SCRIPT, HEALTH, ICON, LazyASGI, page_script, view_frame
from ai_chat.server.options import inline_script_hashes, set_options
from ai_chat.server.scopes import asking
from ai_chat.ui.script import VIEWS
from ai_chat.users.door import Door

if TYPE_CHECKING:
    from ai_chat.app import App
    from ai_chat.server.limits import Traffic

AppFactory = Callable[[Settings, str, str], "App"]
"""Takes the settings of now, the server's address and the API key that opens it; gives the App."""

_BACKLOG = 128
_GRACE_SECONDS = 2
_OPEN_AFTER_SECONDS = 3.0
_RUNNING = {
    "en": "AI-CHAT is running already: {url}",
    "ko": "AI-CHAT이 이미 실행 중입니다: {url}",
}
_READY = {
    "en": "AI-CHAT is ready: {url}\nStop it with Ctrl-C.",
    "ko": "AI-CHAT이 준비되었습니다: {url}\n끝내려면 Ctrl-C를 누르세요.",
}


def run(settings: Settings, app_factory: AppFactory, *, open_browser: bool) -> None:
    """Serve until told to stop; MachineError port_in_use, UsageError host_needs_password, OSError where the home cannot be written."""
    if not is_loopback(settings.host) and not settings.password and not _has_users(settings):
        raise UsageError("host_needs_password", host=settings.host)
    if running := running_address(settings):
        show_running(settings, running, open_browser)
        return
    prove_writable(settings.run_dir)
    log = partial(set_up, settings.log, settings.log_level)
    log()
    spare_memory()
    listener = bind(settings.host, settings.port)
    bound = Bound(settings.host, listener.getsockname()[1])
    keys = open_keys(settings.run_dir, settings.password)
    url = _url(bound.address, keys, settings)
    if open_browser:
        _open_later(url)
    configuration = Configuration(settings)
    opening = Lazy(
        lambda: app_factory(configuration.settings, bound.address, keys.api_key), close=lambda app: app.close()
    )
    door = Door(settings.home)
    from ai_chat.server.limits import Traffic

    traffic = Traffic()
    application = build(configuration, opening, bound, keys, door, traffic)
    with listener, closing(door), _quiet_signals():
        _serve(application, listener, opening, traffic, log, _READY[sentence_language(settings)].format(url=url))


def running_address(settings: Settings) -> str | None:
    """Where the server is that owns this home already."""
    owner = read_owner(settings.run_dir)
    return owner.address if owner else None


def show_running(settings: Settings, address: str, open_browser: bool) -> None:
    """One server a home: whoever starts a second one wants to see the page."""
    url = _url(address, open_keys(settings.run_dir, settings.password), settings)
    print(_RUNNING[sentence_language(settings)].format(url=url), flush=True)
    if open_browser:
        import webbrowser

        webbrowser.open(url)


def _url(address: str, keys: Keys, settings: Settings) -> str:
    return address + ("/" if keys.password or _has_users(settings) else f"/?token={keys.token}")


def _has_users(settings: Settings) -> bool:
    with closing(Door(settings.home)) as door:
        return door.guards()


def bind(host: str, port: int) -> socket.socket:
    """A listening socket, so that a browser that comes early waits instead of failing.

    TCP by name: asyncio sends at once (TCP_NODELAY) only where the socket says so; else each answer on a kept connection waits 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise MachineError("port_in_use", host=host, port=port) from error
        raise MachineError("host_unusable", host=host, port=port, reason=str(error)) from error
    return listener


def build(
    configuration: Configuration,
    opening: Lazy[App],
    bound: Bound,
    keys: Keys,
    door: Door | None = None,
    traffic: Traffic | None = None,
) -> ASGIApp:
    """Page, API and health behind the door. The App is opened by the lifespan, after the page answers; a request holds it as whoever
    was let in may have it."""
    door = door or Door(configuration.settings.home)
    held = as_visitors_have_it(opening, door)
    set_options()
    from starlette.middleware import Middleware
    from starlette.routing import Mount, Route
    from streamlit.web.server.starlette.starlette_app import App as Page

    from ai_chat.server.compression import Compression
    from ai_chat.server.health import health_routes
    from ai_chat.server.limits import Fair, Gate, Traffic
    from ai_chat.server.viewer import viewer_routes

    frame, traffic = view_frame(), traffic or Traffic()
    settings = configuration.settings
    return Page(
        _script(),
        routes=[
            Route("/healthz", HEALTH),
            *health_routes(opening, held, traffic),
            Route("/favicon.png", ICON),
            Route("/page.js", page_script()),
            Route(BASE, BASE_SCRIPT),
            *(Route(f"/{view}", frame) for view in VIEWS),
            *viewer_routes(held),
            Mount("/api", LazyASGI(lambda: _api(held))),
            Mount("/v1", LazyASGI(lambda: _openai_api(held))),
        ],
        lifespan=lambda _page: _lifespan(configuration, opening, door, bound),
        middleware=[
            Middleware(Gate, traffic=traffic),
            Middleware(Access, keys=keys, bound=bound, script_hashes=inline_script_hashes(), door=door),
            Middleware(Fair, traffic=traffic, rate=settings.api_rate, at_once=settings.api_at_once),
            Middleware(Compression),
        ],
    )


def as_visitors_have_it(opening: Lazy[App], door: Door) -> Lazy[App]:
    """Of a Lazy it has what a request may do with it: to hold the App."""
    from ai_chat.app.guarded import GuardedOpening

    return cast("Lazy[App]", GuardedOpening(opening, door, asking))


def _script() -> Path:
    spec = find_spec("ai_chat.ui")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "page.py"


def _api(opening: Lazy[App]) -> ASGIApp:
    from ai_chat.server.api import create_api

    return create_api(opening)


def _openai_api(opening: Lazy[App]) -> ASGIApp:
    from ai_chat.server.openai import create_openai_api

    return create_openai_api(opening)


@asynccontextmanager
async def _lifespan(configuration: Configuration, opening: Lazy[App], door: Door, bound: Bound) -> AsyncIterator[None]:
    import asyncio

    from ai_chat.ui import session

    visit = session.Session(configuration, opening, door=door, cookie=bound.cookie)
    session.install(visit)
    opener = threading.Thread(target=_open_app, args=(visit.painted, opening), name="open-app", daemon=True)
    opener.start()
    try:
        yield
    finally:
        visit.painted.set()
        session.install(None)
        await asyncio.to_thread(opening.end)  # even while pages follow it: its end is what ends what they wait for


def _open_app(painted: threading.Event, opening: Lazy[App]) -> None:
    """Opening the stores waits for the first page, or for nobody to come; a request of the API does not wait."""
    painted.wait(_OPEN_AFTER_SECONDS)
    opening.preload()


def _serve(
    application: ASGIApp,
    listener: socket.socket,
    opening: Lazy[App],
    traffic: Traffic,
    log: Callable[[], None],
    ready: str,
) -> None:
    import uvicorn

    from ai_chat.server.ending import end_answers
    from ai_chat.server.patience import PatientProtocol

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            log()  # once more: what was imported meanwhile has handlers of its own
            print(ready, flush=True)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            traffic.closing = True
            await end_answers(opening, lambda: self.force_exit)
            await super().shutdown(sockets)

    config = uvicorn.Config(
        application,
        http=PatientProtocol,
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        timeout_graceful_shutdown=_GRACE_SECONDS,
        server_header=False,
    )
    log()
    Server(config).run(sockets=[listener])


@contextmanager
def _quiet_signals() -> Iterator[None]:
    """uvicorn raises the signal that stopped it once more when it has ended; that must not look like a crash."""

    def ignore(_number: int, _frame: Any) -> None:
        return None

    before = {number: signal.signal(number, ignore) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _open_later(url: str) -> None:
    """A browser takes longer to start than the page; it waits on the socket that already listens."""
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(url,), name="open-browser", daemon=True).start()
    sys.stdout.flush()
