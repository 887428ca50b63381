"""Whether it can answer, what it measures and what it logs: a real server, asked as a monitor would; and its parts over a double."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from synthetic import TINY, make_model

from ai_chat.app import App, open_app
from ai_chat.config import Settings, load_settings
from ai_chat.errors import MachineError
from ai_chat.lazy import Lazy
from ai_chat.metrics import Meter
from ai_chat.owner import OwnerInfo, read_owner
from ai_chat.server.health import health_routes
from ai_chat.server.limits import Traffic, safe_path
from ai_chat.server.logs import REQUEST, set_up
from ai_chat.server.prometheus import Family, exposition
from ai_chat.store import Store
from ai_chat.types import Problem, Scope
from tests.browser import serving
from tests.doubles_app import DoubleApp
from tests.patience import eventually
from tests.prometheus_text import Read, parse

PLANTED = ("청어가시사전", "herringbone-almanac", "PLQ-77120")
TEXT = f"{PLANTED[0]}에는 {PLANTED[2]} 항목이 있다. 국내 출장비는 하루 5만 원이다.\n"
QUESTION = f"{PLANTED[1]} {PLANTED[2]} 출장비는 얼마인가요?"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Logs everything as JSON."""
    model = tmp_path_factory.mktemp("models") / "tiny.gguf"
    make_model(model, TINY)
    settings = load_settings({"home": tmp_path_factory.mktemp("home")}, {})
    more = {"AI_CHAT_MODEL": str(model), "MAX_TOKENS": "4", "AI_CHAT_MEMORY_BUDGET": "2GiB"}
    more |= {"AI_CHAT_LOG": "json", "AI_CHAT_LOG_LEVEL": "debug"}
    with serving(["-m", "ai_chat", "web", "--no-browser", "--port", "0"], settings.home, **more):
        eventually(lambda: (owner := read_owner(settings.run_dir)) is not None and owner.address is not None)
        yield settings


@pytest.fixture(scope="module")
def owner(served: Settings) -> OwnerInfo:
    found = read_owner(served.run_dir)
    assert found and found.address and found.key
    with closing(open_app(served, "write")) as app:
        list(app.upload(f"{PLANTED[1]}.txt", TEXT.encode()))
        app.search(QUESTION, Scope())
        for _event in app.events(app.ask(QUESTION, Scope())):
            pass
    return found


def get(owner: OwnerInfo, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{owner.address}{path}", headers=headers, timeout=30)


def measured(owner: OwnerInfo) -> dict[str, Read]:
    told = get(owner, "/metrics", Authorization=f"Bearer {owner.key}")
    assert told.status_code == 200
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    return parse(told.text)


def value(families: dict[str, Read], name: str, end: str = "", **labels: str) -> float:
    return families[f"ai_chat_{name}"].samples[(f"ai_chat_{name}{end}", tuple(labels.items()))]


def test_metrics_tell_what_was_done(owner: OwnerInfo) -> None:
    eventually(lambda: value(measured(owner), "questions_total") >= 1)
    eventually(lambda: value(measured(owner), "index_lag_changes", index="lexical") == 0)
    found = measured(owner)
    assert value(found, "search_seconds", "_count") >= 2
    assert 0 < value(found, "search_seconds", quantile="0.95") < 60
    assert value(found, "documents_read_total") >= 1
    assert value(found, "library_documents") >= 1
    assert value(found, "memory_measured_bytes") > 10 << 20
    assert value(found, "memory_predicted_bytes") > 0
    assert value(found, "memory_budget_bytes") == 2 << 30
    assert sum(found["ai_chat_memory_pressure"].samples.values()) == 1
    assert sum(found["ai_chat_model_state"].samples.values()) == 1
    assert value(found, "http_requests_in_flight") == 1, "this one"
    assert value(found, "http_requests_total", status="2xx") >= 3
    assert {"ai_chat_cache_hit_ratio", "ai_chat_questions_waiting", "ai_chat_failures_total"} <= set(found)


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/metrics/x"])
def test_metrics_are_behind_a_key(owner: OwnerInfo, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": "ai-chat-1=x"}):
        told = get(owner, path, **headers)
        assert told.status_code in (401, 403)
        assert "ai_chat_" not in told.text


def test_it_is_ready_and_says_no_secret(owner: OwnerInfo) -> None:
    eventually(lambda: get(owner, "/readyz").status_code == 200)
    told = get(owner, "/readyz")
    assert told.json() == {
        "ready": True,
        "checks": {"library": "ok", "index": "ok", "model": "ok", "memory": "ok"},
    }
    assert get(owner, "/readyz", Host="example.invalid").status_code == 403


def test_each_answer_has_an_id_and_a_line_and_no_line_tells_a_text(served: Settings, owner: OwnerInfo) -> None:
    own = get(owner, "/readyz", **{"X-Request-Id": "mine-1"})
    made = get(owner, f"/{PLANTED[1]}/x?q={PLANTED[2]}", **{"X-Request-Id": "bad id"})
    assert own.headers["x-request-id"] == "mine-1"
    assert len(made.headers["x-request-id"]) == 16
    eventually(lambda: made.headers["x-request-id"] in (served.home / "server.log").read_text())
    lines = [json.loads(line) for line in (served.home / "server.log").read_text().splitlines()]
    (line,) = [each for each in lines if (each.get("request"), each["event"]) == ("mine-1", "request")]
    assert (line["event"], line["path"], line["status"], line["method"]) == ("request", "/readyz", 200, "GET")
    text = "\n".join(str(each) for each in lines)
    assert [word for word in PLANTED if word in text] == []
    assert {"POST"} <= {each.get("method") for each in lines}, "the search and the question were logged, too"


# -- the parts ---------------------------------------------------------------------


class NotThere(DoubleApp):
    """`problem`: what is wrong with it."""

    def __init__(self, **status: Any) -> None:
        super().__init__()
        self._more = status

    def status(self) -> dict[str, Any]:
        return {"model": {"state": "loaded"}, "memory": {"pressure": "ok"}, **self._more}


def ask_ready(opening: Lazy[App], path: str = "/readyz", closing: bool = False) -> tuple[int, dict[str, str]]:
    traffic = Traffic(closing=closing)
    with TestClient(Starlette(routes=list(health_routes(opening, opening, traffic)))) as client:
        told = client.get(path)
    return told.status_code, told.json()["checks"]


def opened(app: Any) -> Lazy[App]:
    opening: Lazy[App] = Lazy(lambda: app)
    with opening.lease():
        return opening


@pytest.mark.parametrize(
    ("status", "check"),
    [
        ({"model": {"state": "absent", "problem": Problem("starter_missing")}}, ("model", "starter_missing")),
        ({"model": {"state": "failed", "problem": None}}, ("model", "failed")),
        ({"memory": {"pressure": "critical"}}, ("memory", "memory_critical")),
    ],
)
def test_what_is_missing_is_named(status: dict[str, Any], check: tuple[str, str]) -> None:
    code, checks = ask_ready(opened(NotThere(**status)))
    assert code == 503
    assert checks[check[0]] == check[1]


def test_a_model_may_be_left_out() -> None:
    absent = NotThere(model={"state": "absent", "problem": Problem("starter_missing")})
    assert ask_ready(opened(absent), "/readyz?model=optional")[0] == 200


def test_an_app_that_is_not_open_is_not_ready() -> None:
    assert ask_ready(Lazy(lambda: DoubleApp())) == (503, {"library": "opening"})

    def fail() -> App:
        raise MachineError("database_damaged", path="/home/somebody", reason="secret")

    failing = Lazy(fail)
    with pytest.raises(MachineError):
        failing.lease().__enter__()
    assert ask_ready(failing) == (503, {"library": "database_damaged"})


def test_a_server_that_ends_is_not_ready() -> None:
    assert ask_ready(opened(NotThere()), closing=True)[0] == 503


def test_an_index_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    from ai_chat.app.metrics import UNREADABLE, _behind

    assert _behind(tmp_path / "none", 7) == 7
    (tmp_path / "state.json").write_text('{"sequence": 5}')
    assert _behind(tmp_path, 7) == 2
    (tmp_path / "state.json").write_text("{")
    assert _behind(tmp_path, 7) == UNREADABLE


def test_hostile_labels_are_escaped() -> None:
    code = 'a"b\\c\nd'
    (family,) = parse(exposition([Family("x_total", "counter", "a\\b\nc", (("", {"code": code}, 2.0),))])).values()
    assert family.samples == {("ai_chat_x_total", (("code", code),)): 2.0}


def test_failures_are_counted_by_code() -> None:
    meter = Meter()
    meter.fail(Problem("worker_failed", {"reason": PLANTED[0]}))
    library = {"documents": 0, "chunks": 0, "sequence": 0}
    ingest = {"paused": False, "reading": None, "waiting": 0}
    app = NotThere(library=library, ingest=ingest, embedder={"state": "absent", "pending": 0})
    app.metrics = meter.metrics  # type: ignore[method-assign]
    traffic = Traffic()
    with TestClient(Starlette(routes=list(health_routes(opened(app), opened(app), traffic)))) as client:
        text = client.get("/metrics").text
    assert value(parse(text), "failures_total", code="worker_failed") == 1
    assert PLANTED[0] not in text


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    kept = {
        name: (logging.getLogger(name), logging.getLogger(name).handlers)
        for name in ("ai_chat", "uvicorn", "streamlit")
    }
    levels = {name: logger.level for name, (logger, _handlers) in kept.items()}
    stream = io.StringIO()
    yield stream
    for name, (logger, handlers) in kept.items():
        logger.handlers, logger.propagate = handlers, True
        logger.setLevel(levels[name])


@pytest.mark.parametrize("kind", ["json", "text"])
def test_an_exception_is_told_without_its_words(stream: io.StringIO, kind: Any) -> None:
    set_up(kind, "info", stream)
    token = REQUEST.set("r1")
    try:
        raise KeyError(PLANTED[0])
    except KeyError:
        logging.getLogger("ai_chat.server").exception("it broke")
    finally:
        REQUEST.reset(token)
    assert PLANTED[0] not in stream.getvalue()
    assert "KeyError" in stream.getvalue() and "r1" in stream.getvalue()
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/api/search", "/api/search"),
        ("/original/d0123456789ab", "/original/*"),
        ("/청어", "/*"),
        ("/a\r\nb", "/*"),
        ("/" + "api/" * 30, "/api/api/api/api/api/api/api"),
        ("/herringbone-almanac/x", "/*/*"),
    ],
)
def test_a_path_is_told_by_its_plain_words(path: str, told: str) -> None:
    assert safe_path(path) == told


# -- the end -----------------------------------------------------------------------


def test_an_answer_under_way_is_told_to_be_interrupted(tmp_path: Path) -> None:
    """A model that would write for minutes: within a bounded time its reader hears the end, and the conversation keeps it."""
    model = tmp_path / "tiny.gguf"
    make_model(model, TINY)
    home = tmp_path / "home"
    home.mkdir()
    more = {"AI_CHAT_MODEL": str(model), "MAX_TOKENS": "1000000", "N_CTX": "8192", "AI_CHAT_MEMORY_BUDGET": "2GiB"}
    kinds: list[str] = []
    with serving(["-m", "ai_chat", "web", "--no-browser", "--port", "0"], home, **more):
        settings = load_settings({"home": home}, {})
        eventually(lambda: (owner := read_owner(settings.run_dir)) is not None and owner.address is not None)
        with closing(open_app(settings, "write")) as app:
            list(app.upload("a.txt", TEXT.encode()))
            turn = app.ask("국내 출장비는 하루 얼마인가요?", Scope())
            stream = app.events(turn)
            kinds.append(next(stream).kind)
            pid = read_owner(settings.run_dir)
            assert pid is not None
            os.kill(pid.pid, signal.SIGTERM)
            rest = list(stream)
    assert rest[-1].kind == "done", "the stream ended whole"
    with closing(Store.open(settings.database, read_only=True)) as store:
        assert store.turns.turn(turn).finished
        assert store.turns.events(turn)[-1].data == rest[-1].data
