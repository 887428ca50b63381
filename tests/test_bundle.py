"""scripts/bundle over a small checkout of its own, and ./run in what it makes, where no network can be reached."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.namespaces import ALONE, needs_namespaces
from tests.test_run_script import REPOSITORY, Checkout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    made = Checkout(tmp_path_factory.mktemp("bundle") / "checkout")
    for folder in ("samples", "docs"):
        (made.root / folder).mkdir()
    for name in ("README.md", "LICENSE", "NOTICE", "scripts/bundle"):
        shutil.copy(REPOSITORY / name, made.root / name)
    return made


@pytest.fixture(scope="module")
def bundled(checkout: Checkout) -> Path:
    model = checkout.root.parent / "모델.gguf"
    model.write_bytes(b"GGUF")
    folder = checkout.root.parent / "parcel"
    done = bundle(checkout, folder, model)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def parcel(bundled: Path, tmp_path: Path) -> Path:
    """As it comes to the other machine."""
    return Path(shutil.copytree(bundled, tmp_path / "parcel"))


def bundle(checkout: Checkout, *arguments: Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [sys.executable, checkout.root / "scripts" / "bundle", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=checkout.environ())


def start(parcel: Path, *before: str, language: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    """Its own `./run`, with no word on where packages come from."""
    path = f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin"
    environ = {"PATH": path, "HOME": str(parcel.parent), "LC_ALL": language}
    return subprocess.run([*before, parcel / "run", "ask"], capture_output=True, text=True, env=environ, timeout=120)


@needs_namespaces
def test_a_parcel_sets_itself_up_without_a_network(parcel: Path) -> None:
    done = start(parcel, *ALONE)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["arguments"] == ["ask"]
    assert "without the network" in done.stderr and "could not be installed" not in done.stderr
    assert (parcel / "models" / "모델.gguf").read_bytes() == b"GGUF"


def test_its_sums_are_those_that_sha256sum_reads(parcel: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=parcel, capture_output=True, text=True
    )
    assert done.returncode == 0 and "wheels/tiny_base-1.0-py3-none-any.whl: OK" in done.stdout


@pytest.mark.parametrize("damage", [b"changed", None])
def test_a_parcel_that_was_damaged_on_its_way_is_said(parcel: Path, damage: bytes | None) -> None:
    path = parcel / "models" / "모델.gguf"
    path.unlink()
    if damage:
        path.write_bytes(damage)
    for language, text in (("C.UTF-8", "is not what the parcel was made with"), ("ko_KR.UTF-8", "만들 때와 다릅니다")):
        done = start(parcel, language=language)
        assert done.returncode == 3 and text in done.stderr and str(path) in done.stderr
    assert not (parcel / ".venv" / "locks").exists()


def test_another_python_than_its_wheels_are_for_is_said(parcel: Path) -> None:
    (parcel / "wheels" / "python-version").write_text("3.99\n")
    done = start(parcel)
    assert done.returncode == 3 and "3.99" in done.stderr


def test_what_cannot_be_bundled_is_said(checkout: Checkout, parcel: Path, tmp_path: Path) -> None:
    again = bundle(checkout, parcel)
    assert again.returncode == 1 and "is not empty" in again.stderr
    gone = bundle(checkout, tmp_path / "other", tmp_path / "none.gguf")
    assert gone.returncode == 1 and "none.gguf" in gone.stderr and not (tmp_path / "other").exists()
    (checkout.root / "requirements.lock").write_text(f"tiny_base==2.0 --hash=sha256:{'0' * 64}\n")
    alone = bundle(checkout, tmp_path / "other")
    assert alone.returncode == 3 and "could not be fetched" in alone.stderr
