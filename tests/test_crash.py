"""Ten kills of the product's own processes in the middle of mixed work; benchmarks/crash.py does two hundred."""

from __future__ import annotations

from pathlib import Path

from crash import crash, report

KILLS = ("app",) * 4 + ("command",) + ("app",) * 4 + ("server",)
SEED = 20250417


def test_ten_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    findings = list(crash(tmp_path / "home", KILLS, SEED, longest=1.5))
    assert [finding for finding in findings if not finding.clean] == []
    assert sum(report(findings, SEED)["kills"].values()) == 10
