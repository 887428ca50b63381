"""What AI-CHAT needs of this machine: each a Check with what was found and the line to type when it is missing.

Takes Settings, gives Checks. Looks without writing, loading or downloading anything.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import ai_chat
from ai_chat.cli.terminal import size
from ai_chat.config import Settings
from ai_chat.embedding import PACKAGES
from ai_chat.errors import AiChatError
from ai_chat.sizes import show_size
from ai_chat.types import Problem

if TYPE_CHECKING:
    from ai_chat.llm.models import ModelInfo

_SPARE_BYTES = 500_000_000
_PATIENCE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Check:
    """`needed` marks what nothing works without; `line` is what to type; `problem` says more than `detail` can."""

    name: str
    ok: bool
    detail: str
    line: str | None = None
    needed: bool = False
    problem: Problem | None = None


def all_checks(settings: Settings) -> Iterator[Check]:
    """In the order in which somebody would put them right."""
    yield home(settings)
    yield disk(settings)
    yield library(settings)
    yield engine()
    yield from language_model(settings)
    if settings.embedder != "none":
        for module, requirement in PACKAGES[settings.embedder].items():
            yield package(module, requirement)
    yield from text_recognition()
    yield korean_fonts()


def home(settings: Settings) -> Check:
    """Writable, or to be made in a folder that is."""
    place = _existing(settings.home)
    writable = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    problem = None if writable else Problem("home_unwritable", {"path": str(settings.home), "reason": str(place)})
    line = None if writable else "export AI_CHAT_HOME=~/ai-chat-home"
    return Check("home", writable, str(settings.home), line, needed=True, problem=problem)


def disk(settings: Settings) -> Check:
    free = shutil.disk_usage(_existing(settings.home)).free
    enough = free >= _SPARE_BYTES
    problem = None if enough else Problem("disk_full", {"path": str(settings.home)})
    return Check("disk", enough, size(free), problem=problem)


def library(settings: Settings) -> Check:
    """SQLite's own check of the library; a library that is not there yet is fine."""
    if not settings.database.exists():
        return Check("library", True, "-", needed=True)
    from ai_chat.store import Database

    try:
        database = Database.open(settings.database, read_only=True)
        try:
            found = database.check()
        finally:
            database.close()
    except AiChatError as error:
        return Check("library", False, str(settings.database), needed=True, problem=error.problem)
    if found == "ok":
        return Check("library", True, size(settings.database.stat().st_size), needed=True)
    problem = Problem("database_damaged", {"path": str(settings.database), "reason": found})
    return Check("library", False, str(settings.database), needed=True, problem=problem)


def package(module: str, requirement: str) -> Check:
    """A wheel that some of the work needs, of the same name as its module."""
    if find_spec(module) is None:
        return Check(module, False, "-", f"{_python()} -m pip install {shlex.quote(requirement)}")
    return Check(module, True, metadata.version(module))


def engine() -> Check:
    """The wheel, and that the system has the libraries which it links."""
    from ai_chat.llm.start_errors import missing_library

    found = package("xllamacpp", "xllamacpp")
    if not found.ok:
        return found
    tried = subprocess.run([sys.executable, "-c", "import xllamacpp"], capture_output=True, text=True)
    if tried.returncode == 0:
        return found
    return replace(
        found, ok=False, detail=tried.stderr.strip().rpartition("\n")[2], problem=missing_library(tried.stderr)
    )


def language_model(settings: Settings) -> Iterator[Check]:
    """The endpoint, or the model that is configured and how it would be loaded within the budget."""
    from ai_chat.llm.models import choose_model

    chosen = choose_model(settings)
    if isinstance(chosen, Problem):
        name = "endpoint" if settings.llm_endpoint else "model"
        found = "-" if settings.llm_endpoint else str(settings.model or "-")
        yield Check(name, False, found, _model_line(settings), problem=chosen)
    elif chosen.endpoint:
        yield endpoint(settings, chosen)
    else:
        yield Check("model", True, f"{chosen.name} ({size(chosen.file_bytes)})")
        if chosen.starter:
            problem = chosen.adapter_problem
            detail = chosen.adapter_fingerprint or "-"
            yield Check("adapter", problem is None, detail, problem=problem)
        if home(settings).ok:
            yield from memory_plan(settings)


def endpoint(settings: Settings, chosen: ModelInfo) -> Check:
    """Whether the server answers now, and as what."""
    from ai_chat.llm.endpoint import open_endpoint

    try:
        model = open_endpoint(chosen, settings, call_seconds=_PATIENCE_SECONDS, pauses=())
    except AiChatError as error:
        return Check("endpoint", False, chosen.endpoint, problem=error.problem)
    facts = model.facts
    model.close()
    return Check("endpoint", True, f"{chosen.endpoint} {facts.model} ({facts.n_ctx})")


def memory_plan(settings: Settings) -> Iterator[Check]:
    from ai_chat.cli.plans import planner_here
    from ai_chat.llm.offers import current

    planner = planner_here(settings)
    source = "AI_CHAT_MEMORY_BUDGET" if settings.memory_budget else "free memory"
    yield Check("budget", True, f"{show_size(planner.budget)} ({source})")
    plan = planner.plan(current(settings))
    if isinstance(plan, Problem):
        yield Check("plan", False, "-", "ai-chat models list", problem=plan)
    else:
        yield Check("plan", True, f"{show_size(plan.ram)}, {plan.n_ctx} x {plan.slots}, KV {plan.kv_type}")


def _model_line(settings: Settings) -> str | None:
    if settings.llm_endpoint:
        return None
    if settings.sources.get("model") == "environment":
        return "unset AI_CHAT_MODEL"
    return "ai-chat models use starter" if settings.model else _models_line()


def text_recognition() -> Iterator[Check]:
    """tesseract reads scans; Korean is a file of its own."""
    if shutil.which("tesseract") is None:
        yield Check("tesseract", False, "-", _install("tesseract-ocr tesseract-ocr-kor", "tesseract tesseract-lang"))
        return
    languages = _output(["tesseract", "--list-langs"]).split()
    yield Check("tesseract", True, " ".join(name for name in ("kor", "eng") if name in languages))
    if "kor" not in languages:
        yield Check("tesseract kor", False, "-", _install("tesseract-ocr-kor", "tesseract-lang"))


def korean_fonts() -> Check:
    """Pictures of pages whose PDF carries no Korean letters of its own need them from the system."""
    if sys.platform != "linux" or shutil.which("fc-list") is None:
        return Check("korean fonts", sys.platform == "darwin", "-", None if sys.platform == "darwin" else _fonts_line())
    families = _output(["fc-list", ":lang=ko", "family"]).splitlines()
    if not families:
        return Check("korean fonts", False, "-", _fonts_line())
    return Check("korean fonts", True, sorted(families)[0])


def _fonts_line() -> str:
    return _install("fontconfig fonts-nanum", "font-nanum-gothic")


def _models_line() -> str:
    """From a checkout `./run` does it, else pip."""
    run = Path(ai_chat.__file__).parents[1] / "run"
    return f"{run} --retry-models" if run.exists() else f"{_python()} -m pip install 'ai-chat[models]'"


def _install(debian: str, homebrew: str) -> str:
    return f"brew install {homebrew}" if sys.platform == "darwin" else f"sudo apt-get install {debian}"


def _python() -> str:
    return sys.executable


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there for us."""
    return next(place for place in (path, *path.parents) if os.path.exists(place))


def _output(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
