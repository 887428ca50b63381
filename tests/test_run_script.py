"""./run over a small checkout of its own: the real scripts, a package that prints what it was given, tiny locks.

Packages come from a folder of wheels made here, so nothing is fetched.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PROGRAM = """
import json, sys
print(json.dumps({"arguments": sys.argv[1:], "path": sys.path}))
"""
EVIDENCE_ONLY = "shows the passages that answer, without a written answer"


class Checkout:
    """A folder with ./run, its scripts and a package; `wheels` is where pip finds packages."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.wheels = root.parent / "wheels"
        self.wheels.mkdir()
        (root / "scripts").mkdir(parents=True)
        for name in ("run", "scripts/setup.sh", "scripts/setup.py"):
            shutil.copy(REPOSITORY / name, root / name)
        (root / "ai_chat").mkdir()
        (root / "ai_chat" / "__main__.py").write_text(PROGRAM)
        self.pin("requirements.lock", "tiny_base", "1.0")
        self.pin("requirements-models.lock", "tiny_model", "1.0")

    def pin(self, lock: str, package: str, version: str) -> None:
        """Make a wheel and let `lock` name it."""
        wheel = make_wheel(self.wheels, package, version)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        (self.root / lock).write_text(f"{package}=={version} --hash=sha256:{digest}\n")

    def command(self, *arguments: str) -> list[str]:
        return [str(self.root / "run"), *arguments]

    def environ(self, **more: str) -> dict[str, str]:
        own = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "LC_ALL": "C.UTF-8"}
        path = f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin"
        return {"PATH": path, "HOME": str(self.root.parent), **own, **more}

    def run(self, *arguments: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), capture_output=True, text=True, cwd=cwd, env=self.environ(**more), timeout=120
        )

    def version_of(self, package: str) -> str | None:
        code = f"from importlib.metadata import version; print(version({package!r}))"
        done = subprocess.run([self.root / ".venv/bin/python", "-c", code], capture_output=True, text=True)
        return done.stdout.strip() or None


def make_wheel(folder: Path, package: str, version: str) -> Path:
    path = folder / f"{package}-{version}-py3-none-any.whl"
    info = f"{package}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{package}.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout that has been set up once; the tests that share it leave it set up."""
    checkout = Checkout(tmp_path_factory.mktemp("ready") / "my check out")
    first = checkout.run("ask", "질문 하나", "--json")
    assert first.returncode == 0, first.stderr
    assert "usually takes" in first.stderr
    assert json.loads(first.stdout)["arguments"] == ["ask", "질문 하나", "--json"]
    return checkout


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Checkout]:
    yield Checkout(tmp_path / "fresh")


def test_second_start_sets_nothing_up(ready: Checkout) -> None:
    again = ready.run("search", "x")
    assert again.stderr == ""
    assert json.loads(again.stdout)["arguments"] == ["search", "x"]


def test_without_arguments_it_opens_the_page(ready: Checkout) -> None:
    assert json.loads(ready.run().stdout)["arguments"] == ["web"]


def test_runs_from_any_folder_and_through_a_link(ready: Checkout, tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')")
    link = tmp_path / "link"
    link.symlink_to(os.path.relpath(ready.root / "run", tmp_path))
    done = subprocess.run(["./link", "-k", ""], cwd=tmp_path, env=ready.environ(), capture_output=True, text=True)
    assert json.loads(done.stdout)["arguments"] == ["-k", ""]
    assert str(tmp_path) not in json.loads(done.stdout)["path"]
    bare = subprocess.run(["sh", "link", "x"], cwd=tmp_path, env=ready.environ(), capture_output=True, text=True)
    assert json.loads(bare.stdout)["arguments"] == ["x"]


def test_a_moved_checkout_still_runs(ready: Checkout, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(ready.root, moved, symlinks=True)
    done = subprocess.run([moved / "run", "x"], env=ready.environ(), capture_output=True, text=True)
    assert done.stderr == ""
    assert str(moved) in json.loads(done.stdout)["path"]


def test_a_changed_lock_is_installed(ready: Checkout) -> None:
    ready.pin("requirements.lock", "tiny_base", "2.0")
    changed = ready.run()
    assert changed.stderr.startswith("Setting up AI-CHAT")
    assert ready.version_of("tiny_base") == "2.0"
    assert ready.run().stderr == ""


def test_missing_model_means_evidence_only_until_asked_again(fresh: Checkout) -> None:
    wheel = fresh.wheels / "tiny_model-1.0-py3-none-any.whl"
    away = wheel.rename(fresh.root.parent / "elsewhere.whl")
    first = fresh.run("search")
    assert first.returncode == 0
    assert EVIDENCE_ONLY in first.stderr
    assert (fresh.root / ".venv/locks/models-missing").exists()
    assert fresh.run("search").stderr == ""

    away.rename(wheel)
    retried = fresh.run("--retry-models", "search")
    assert json.loads(retried.stdout)["arguments"] == ["search"]
    assert fresh.version_of("tiny_model") == "1.0"
    assert not (fresh.root / ".venv/locks/models-missing").exists()


def test_missing_packages_end_it_and_the_next_start_recovers(fresh: Checkout) -> None:
    wheel = fresh.wheels / "tiny_base-1.0-py3-none-any.whl"
    away = wheel.rename(fresh.root.parent / "elsewhere.whl")
    failed = fresh.run("search", LC_ALL="ko_KR.UTF-8")
    assert failed.returncode == 3
    assert failed.stdout == ""
    assert "tiny_base" in failed.stderr, "pip's own error stays visible"
    assert "오류: 패키지를 설치하지 못했습니다" in failed.stderr

    away.rename(wheel)
    assert fresh.run("search").returncode == 0


def test_killed_set_up_recovers(fresh: Checkout) -> None:
    killed = subprocess.Popen(
        fresh.command("search"), env=fresh.environ(), stderr=subprocess.PIPE, start_new_session=True
    )
    wait_for(fresh.root / ".venv/locks/requirements.lock.unfinished")
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    again = fresh.run("search")
    assert again.returncode == 0, again.stderr
    assert fresh.version_of("tiny_base") == "1.0"
    assert not list((fresh.root / ".venv/locks").glob("*.unfinished"))


def test_two_at_once_set_up_once(fresh: Checkout) -> None:
    both = [
        subprocess.Popen(
            fresh.command(name), env=fresh.environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for name in ("one", "two")
    ]
    spoken = [process.communicate(timeout=120) for process in both]
    assert [json.loads(out)["arguments"] for out, _ in spoken] == [["one"], ["two"]]
    assert sum("Setting up AI-CHAT" in err for _, err in spoken) == 1


def test_no_python_is_said_in_the_users_language(fresh: Checkout, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    shell = shutil.which("sh")
    assert shell
    for language, text in (("C", "found: 3.11, 3.12, 3.13"), ("ko_KR.UTF-8", "찾지 못했습니다: 3.11, 3.12, 3.13")):
        done = fresh_without_python(fresh, tools, shell, language)
        assert done.returncode == 3
        assert text in done.stderr


def fresh_without_python(
    checkout: Checkout, tools: Path, shell: str, language: str
) -> subprocess.CompletedProcess[str]:
    environ = checkout.environ(PATH=str(tools), LC_ALL=language)
    return subprocess.run([shell, *checkout.command("x")], env=environ, capture_output=True, text=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else_is_said(fresh: Checkout) -> None:
    fresh.root.chmod(0o555)
    done = fresh.run("x")
    fresh.root.chmod(0o755)
    assert done.returncode == 3
    assert "cannot be written" in done.stderr


def wait_for(path: Path) -> None:
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end, f"{path} never came"
        time.sleep(0.005)
