"""What an App measures, and what it loads and lets go at somebody's wish: in its own process and over the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from synthetic import TINY, make_model

from ai_chat.app import App, open_app, open_serving_app
from ai_chat.app.local import LocalApp
from ai_chat.app.remote import RemoteApp
from ai_chat.config import Settings, load_settings
from ai_chat.errors import InputError, MachineError
from ai_chat.owner import read_owner
from ai_chat.types import Scope
from tests.browser import serving
from tests.patience import eventually

TEXT = "국내 출장비는 하루 5만 원이다. 숙박비는 실비로 정산한다.\n"
QUESTION = "국내 출장비는 하루 얼마인가요?"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    make_model(path, TINY)
    return path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[Settings]:
    settings = load_settings({"home": tmp_path_factory.mktemp("home")}, {})
    more = {"AI_CHAT_MODEL": str(tiny), "MAX_TOKENS": "4", "AI_CHAT_KEEP_ALIVE": "-1", "AI_CHAT_MEMORY_BUDGET": "2GiB"}
    with serving(["-m", "ai_chat", "web", "--no-browser", "--port", "0"], settings.home, **more):
        eventually(lambda: (owner := read_owner(settings.run_dir)) is not None and owner.address is not None)
        yield settings


@pytest.fixture
def remote(served: Settings) -> Iterator[App]:
    with closing(open_app(served, "write")) as app:
        assert isinstance(app, RemoteApp)
        yield app


def state(app: App) -> str:
    return str(app.status()["model"]["state"])


def test_questions_and_documents_are_measured(remote: App) -> None:
    before = remote.metrics()
    list(remote.upload("출장비.txt", TEXT.encode()))
    remote.search(QUESTION, Scope(), mode="lexical")
    for _event in remote.events(remote.ask(QUESTION, Scope())):
        pass
    eventually(lambda: remote.metrics().counts["questions"] == before.counts["questions"] + 1)
    told = remote.metrics()
    assert told.counts["documents"] > before.counts["documents"]  # the samples are read meanwhile
    assert told.counts["chunks"] > before.counts["chunks"] and told.speeds["chunks"] > 0
    assert told.spreads["search_ms"].all_count >= 2 and told.spreads["search_ms"].p95 > 0
    assert told.minutes and told.queue.written == told.queue.waiting == 0
    eventually(lambda: remote.metrics().counts["vectors"] > before.counts["vectors"])


def test_the_model_is_let_go_and_loaded_by_hand(remote: App) -> None:
    remote.load_model()
    eventually(lambda: state(remote) == "loaded")
    eventually(lambda: remote.unload("model") is not None)
    assert state(remote) == "empty"
    (*_, last) = remote.memory_report().evictions
    assert (last.tenant, last.why) == ("model", "asked")
    assert remote.unload("model") is None
    remote.load_model()
    eventually(lambda: state(remote) == "loaded")


def test_the_embedder_can_be_loaded_too(remote: App) -> None:
    remote.load_model("embedder")
    eventually(lambda: remote.status()["embedder"]["state"] == "loaded")


@pytest.mark.parametrize("name", ["", "banana", "../x", "page"])
def test_only_what_can_be_loaded_is(remote: App, name: str) -> None:
    with pytest.raises(InputError, match="part_unknown"):
        remote.load_model(name)


def test_what_is_not_there_cannot_be_let_go(remote: App) -> None:
    with pytest.raises(InputError, match="part_unknown"):
        remote.unload("banana")
    assert remote.unload("page") is None


def test_without_a_model_or_an_embedder_the_reason_is_told(tmp_path: Path) -> None:
    flags = {"home": tmp_path / "home", "model": tmp_path / "none.gguf", "embedder": "none"}
    with closing(open_app(load_settings(flags, {}), "write")) as app:
        assert isinstance(app, LocalApp)
        with pytest.raises(MachineError, match="model_missing"):
            app.load_model()
        with pytest.raises(MachineError, match="embedder_off"):
            app.load_model("embedder")
        assert app.metrics().counts["questions"] == 0


def test_who_does_not_own_the_home_loads_nothing(tmp_path: Path, tiny: Path) -> None:
    settings = load_settings({"home": tmp_path / "home", "model": tiny}, {})
    with (
        closing(open_app(settings, "write")),
        closing(open_serving_app(settings, "http://127.0.0.1:9", "key")) as reader,
    ):
        with pytest.raises(MachineError, match="owner_busy"):
            reader.load_model()
        with pytest.raises(MachineError, match="owner_busy"):
            reader.unload("model")
