"""Random requests of many users over the real door, API and App: no answer tells of what its asker may not see."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.leaks import Leak, echoing, run, run_at_once, world


def test_of_five_hundred_requests_none_leaks(tmp_path: Path) -> None:
    """With a model that repeats what it is shown, so that prompts and kept answers are looked at, too."""
    with echoing() as endpoint, world(tmp_path, users=10, collections=10, seed=11, endpoint=endpoint) as tried:
        run(tried, 500)
    assert tried.done.total() == 500
    assert tried.statuses[200] > 100 and tried.cached > 0


def test_requests_at_the_same_time_are_not_mixed_up(tmp_path: Path) -> None:
    with world(tmp_path, users=16, collections=8, seed=5) as tried:
        run_at_once(tried, 320)
    assert tried.done.total() == 320


def test_a_leak_would_be_seen(tmp_path: Path) -> None:
    """Somebody who asks with the key of one who sees all is told what he must not see."""
    with world(tmp_path, users=3, collections=4, seed=1) as tried:
        tried.people[1].key = tried.people[0].key
        tried.people = tried.people[1:2]
        with pytest.raises((Leak, AssertionError)) as seen:
            run(tried, 200)
    assert isinstance(seen.value, Leak) or "may_see" in str(seen.traceback[-1].statement)
