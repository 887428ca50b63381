"""Runs the real program as a child process over a home of its own, untouched by the machine's environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE = 120


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Fails when stdout is not exactly one JSON document."""
        document = json.loads(self.out)
        assert document["schema"] == 1
        return document


@dataclass(frozen=True)
class Program:
    """`language` is the locale's; `embedder` is off where a test has no need of vectors."""

    home: Path
    language: str = "en_US.UTF-8"
    embedder: str = "none"
    extra: tuple[tuple[str, str], ...] = ()

    def __call__(self, *words: str | Path, stdin: bytes = b"") -> Result:
        done = subprocess.run(
            self.command(*words), env=self.environ, input=stdin, capture_output=True, timeout=_PATIENCE, check=False
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """Running beside the test, its stdout and stderr to be read."""
        return subprocess.Popen(
            self.command(*words), env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def command(self, *words: str | Path) -> list[str]:
        return [sys.executable, "-m", "ai_chat", *map(str, words)]

    def speaking(self, language: str) -> Program:
        return replace(self, language=language)

    def with_environ(self, **extra: str) -> Program:
        return replace(self, extra=tuple(extra.items()))

    @property
    def environ(self) -> dict[str, str]:
        """Few variables, so that what a developer has set changes nothing."""
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        own = {
            "HOME": str(self.home.parent),
            "AI_CHAT_HOME": str(self.home),
            "AI_CHAT_EMBEDDER": self.embedder,
            "LANG": self.language,
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
        }
        return {**kept, **own, **dict(self.extra)}


def write_many(folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{number:03}.txt" for number in range(count)]
    for path in paths:
        path.write_text(f"Document number {path.stem} of {folder.name}.\n")
    return paths


def write_documents(folder: Path) -> Path:
    """Three small documents, one of them Korean in CP949."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = "# 취업규칙\n\n## 연차휴가\n\n1년간 80퍼센트 이상 출근한 직원에게는 15일의 연차휴가를 준다. 남은 휴가는 넘기지 않는다.\n"
    (folder / "취업규칙.md").write_text(rules, "utf-8")
    (folder / "notice.txt").write_text("The boiler is inspected every March. Keys are kept at the desk.\n", "utf-8")
    (folder / "구형공지.txt").write_bytes("창고 재고 조사는 매월 마지막 금요일에 한다.\n".encode("cp949"))
    return folder
