"""Calibrating on a library of its own, and the command for it: what is fitted, when it is written, how it is taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from ai_chat.app.local import LocalApp
from ai_chat.cli.program import Command, build
from ai_chat.config import load_settings
from ai_chat.errors import InputError
from ai_chat.owner import OwnerLock
from ai_chat.search.calibrating import FEWEST, calibrate
from ai_chat.search.judging import DEFAULT, FILE_NAME
from tests.doubles_search import Library, open_library

PLACES = ["부산", "강릉", "목포", "여수", "춘천", "군산", "통영", "포항", "제천", "경주"]
GOODS = ["용접기", "현미경", "지게차", "선풍기", "복사기", "저울", "냉각기", "절단기", "발전기", "집진기"]
ENDINGS = ["이 주어진다", "을 넘길 수 없다", "이 걸린다"]


def text_of(number: int) -> str:
    place, goods = PLACES[number % 10], GOODS[number * 3 % 10]
    return (
        f"{place} 창고의 {goods} 점검에는 {number + 2}시간{ENDINGS[0]}. "
        f"{goods} 구매 예산은 {place} 지점에서 {number + 1}00,000원까지 승인한다. "
        f"{place} 지점의 {goods} 담당 인원은 모두 {number + 3}명으로 정한다."
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with open_library(tmp_path_factory.mktemp("calibrating")) as opened:
        for number in range(20):
            opened.add(f"{PLACES[number % 10]}-{number}.txt", text_of(number))
        yield opened


def test_a_library_gives_a_calibration(library: Library) -> None:
    steps: list[tuple[int, int]] = []
    done = calibrate(library.searcher(), questions=60, on_progress=lambda *step: steps.append(step))
    assert steps[-1] == (done.questions, done.questions) and len(steps) == done.questions
    assert done.before.answerable == done.after.answerable >= FEWEST
    assert done.after.unanswerable > 0 and done.with_vectors
    assert done.calibration.with_vectors.weights == DEFAULT.with_vectors.weights


def test_the_same_seed_gives_the_same_calibration(library: Library) -> None:
    searcher = library.searcher()
    assert calibrate(searcher, questions=40) == calibrate(searcher, questions=40)


def test_words_alone_are_fitted_where_there_are_no_vectors(library: Library) -> None:
    done = calibrate(library.searcher(dense=False), questions=40)
    assert not done.with_vectors and done.calibration.with_vectors == DEFAULT.with_vectors


def test_too_few_documents_are_told_of(tmp_path: Path) -> None:
    with open_library(tmp_path) as empty:
        with pytest.raises(InputError) as caught:
            calibrate(empty.searcher())
        assert caught.value.code == "calibration_too_few" and caught.value.values["found"] == 0


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with documents, indexed by words."""
    monkeypatch.setenv("AI_CHAT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AI_CHAT_EMBEDDER", "none")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(20):
        (folder / f"{PLACES[number % 10]}-{number}.txt").write_text(text_of(number), "utf-8")
    settings = load_settings()
    settings.run_dir.mkdir(parents=True)
    lock = OwnerLock.try_acquire(settings.run_dir)
    assert lock
    app = LocalApp(settings, lock, lambda _problem: None)
    assert [event.problem for event in app.ingest([folder]) if event.outcome == "failed"] == []
    app.close()
    return settings.home


def run(*arguments: str) -> int:
    command = get_command(build([Command("calibrate", "calibrate:calibrate", "")]))
    with command.make_context("ai-chat", ["calibrate", *arguments]) as context:
        return int(command.invoke(context) or 0)


def test_the_command_shows_before_and_after_and_writes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--questions", "60", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["before"]["answerable"] == told["after"]["answerable"] >= FEWEST and not told["with_vectors"]
    assert told["path"] == str(home / FILE_NAME)
    assert json.loads((home / FILE_NAME).read_text("utf-8"))["embedder"] is None
    assert run("--questions", "60", "--dry-run") == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].split() == ["before", "after"] and shown[1].startswith("answerable, refused")


def test_a_reset_goes_back_to_what_is_built_in(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / FILE_NAME).write_text("{}", "utf-8")
    assert run("--reset") == 0 and not (home / FILE_NAME).exists()
    assert str(home / FILE_NAME) in capsys.readouterr().out
    assert run("--reset", "--json") == 0
    assert json.loads(capsys.readouterr().out)["reset"] is False


def test_a_dry_run_writes_nothing(home: Path) -> None:
    assert run("--questions", "40", "--dry-run") == 0
    assert not (home / FILE_NAME).exists()


def test_a_home_without_documents_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_CHAT_HOME", str(tmp_path / "empty"))
    with pytest.raises(InputError) as caught:
        run()
    assert caught.value.code == "calibration_too_few"
