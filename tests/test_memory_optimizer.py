"""MemoryOptimizer: plain values for scripts, and memory that is really given back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from synthetic import TINY, make_model

from ai_chat.memory import MemoryOptimizer
from ai_chat.memory.plan import Plan
from ai_chat.memory.report import Eviction, MemoryReport
from ai_chat.sizes import MIB
from ai_chat.types import Problem
from tests.doubles_memory import PLAN, Scene, household
from tests.test_architecture import HEAVY, loaded_by

SUBPROCESS_SECONDS = 60
CHURN = """
import os, random
import numpy
from ai_chat.memory.measure import measure
from ai_chat.memory.trim import trim
from ai_chat.process import spare_memory
def anonymous(): return measure([os.getpid()])[os.getpid()].anonymous
spare_memory()
dice, live, kept = random.Random(1), [], []
for _ in range(6000):
    if dice.random() < 0.5: live.append(numpy.ones(dice.randrange(1 << 12, 1 << 20) // 8))
    else: live.append("x" * dice.randrange(600, 20000))
    if len(live) > 150: live.pop(dice.randrange(len(live)))
    if dice.random() < 0.01: kept.append("k" * dice.randrange(600, 3000))
live.append(live)  # garbage that only a collection finds
del live
before = anonymous()
trim()
print(before, anonymous())
"""


class Source:
    """A MemorySource over a monitor."""

    def __init__(self, scene: Scene, plan: Plan | None, problem: Problem | None = None) -> None:
        self.scene, self.plan, self.problem = scene, plan, problem

    def memory_report(self) -> MemoryReport:
        return self.scene.monitor.report(self.plan, self.problem, planned="writer", defaults=2048 * MIB)

    def optimize_memory(self) -> tuple[Eviction, ...]:
        return self.scene.monitor.optimize()


def test_importing_it_loads_nothing_heavy() -> None:
    loaded = loaded_by("from ai_chat.memory import MemoryOptimizer; MemoryOptimizer()")
    assert "ai_chat" in loaded
    assert not loaded & (HEAVY | {"typer", "sqlite3", "http"})


def test_statistics_are_plain_values() -> None:
    stats = MemoryOptimizer(Source(household(), PLAN)).get_optimization_stats()
    assert json.loads(json.dumps(stats)) == stats
    assert (stats["running"], stats["budget"], stats["measured"]) == (True, 4096 * MIB, 550 * MIB)
    assert (stats["saved"], stats["evicted"], stats["collections"]) == (998 * MIB, 0, 0)
    assert stats["lines"][0] == {
        "tenant": "page", "part": "program", "predicted": 90 * MIB, "measured": 130 * MIB, "place": "ram"
    }  # fmt: skip
    assert stats["machine"]["cores"] == 2
    assert stats["plan"]["n_ctx"] == 4096


def test_each_statistic_is_a_documented_field() -> None:
    stats = MemoryOptimizer(Source(household(), PLAN)).get_optimization_stats()
    documented = MemoryOptimizer.get_optimization_stats.__doc__ or ""
    assert [name for name in stats if f"`{name}`" not in documented] == []


def test_the_plan_is_its_fields_and_its_sum() -> None:
    plan = MemoryOptimizer(Source(household(), PLAN)).plan()
    assert (plan["model"], plan["ram"], plan["refused"]) == ("m", 350 * MIB, None)
    assert json.loads(json.dumps(plan)) == plan


def test_a_refusal_says_why_in_words() -> None:
    refused = Problem("memory_critical", {"held": "1 GiB", "budget": "2 GiB", "free": "3 MiB"})
    plan = MemoryOptimizer(Source(household(), None, refused)).plan()
    assert (plan["refused"]["code"], plan["budget"]) == ("memory_critical", 4096 * MIB)
    assert "3 MiB" in plan["refused"]["sentence"]
    assert plan["refused"]["hint"]


def test_optimizing_tells_what_was_freed() -> None:
    done = MemoryOptimizer(Source(household(), PLAN)).optimize()
    assert (done["running"], done["freed"]) == (True, 50 * MIB)
    assert [(each["tenant"], each["freed"]) for each in done["evictions"]] == [("allocator", 0), ("vectors", 50 * MIB)]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_trimming_gives_back_what_was_freed() -> None:
    """glibc keeps most of it until it is asked; other allocators keep little to begin with."""
    done = subprocess.run(
        [sys.executable, "-c", CHURN], capture_output=True, text=True, check=True, timeout=SUBPROCESS_SECONDS
    )
    before, after = map(int, done.stdout.split())
    assert after < before
    assert after < 40 * MIB


def test_without_a_source_it_tells_the_plan_of_a_home_that_nobody_owns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AI_CHAT_HOME", str(tmp_path))
    monkeypatch.setenv("AI_CHAT_MODEL", str(make_model(tmp_path / "tiny.gguf", TINY)))
    monkeypatch.setenv("AI_CHAT_MEMORY_BUDGET", "8GiB")
    optimizer = MemoryOptimizer()
    stats = optimizer.get_optimization_stats()
    assert (stats["running"], stats["budget_set"], stats["measured"]) == (False, True, 0)
    assert 0 < optimizer.plan()["ram"] < stats["predicted"] < 2 << 30
    assert json.loads(json.dumps(stats)) == stats
    assert optimizer.optimize() == {"running": False, "freed": 0, "evictions": []}
    assert list(tmp_path.iterdir()) == [tmp_path / "tiny.gguf"]
