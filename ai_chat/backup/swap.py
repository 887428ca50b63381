"""Putting restored things in the place of those that lie in a home, and back again: all or nothing, even under a kill.

Inside the home, so that it may be a mount and each step is a rename: `restoring/new` what comes, `restoring/old` what goes, a plan that is
written when all of `new` is ready. From then on whoever next opens the home carries it out; before, he throws `restoring` away.
At the end `old` is called `before-restore`, until the next restore.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

from ai_chat.backup.layout import CONFIG, PREVIOUS, REPLACED, RESTORING
from ai_chat.backup.making import sync_folder
from ai_chat.errors import InputError, MachineError
from ai_chat.owner import OwnerLock, read_owner

_NEW, _OLD, _GONE, _PLAN = "new", "old", "gone", "plan.json"
_MARK = ".previous"  # in a folder that was put aside: nobody's unpacking looks like it
_PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.1


def begin(home: Path) -> Path:
    """The folder for what comes; its owner alone calls this."""
    shutil.rmtree(home / RESTORING, ignore_errors=True)
    new = home / RESTORING / _NEW
    new.mkdir(mode=0o700, parents=True)
    return new


def give_up(home: Path) -> None:
    """Nothing in the home has been touched."""
    shutil.rmtree(home / RESTORING, ignore_errors=True)


def swap(home: Path) -> None:
    """What is in `restoring/new` comes in, what lies in its place goes to `before-restore`."""
    work = home / RESTORING
    come = [name for name in REPLACED if (work / _NEW / name).exists()]
    go = [name for name in REPLACED if (home / name).exists()]
    if go:
        (work / _OLD).mkdir(mode=0o700, exist_ok=True)
    _write(work / _PLAN, json.dumps({"come": come, "go": go}))
    _carry_out(home)


def undo_restore(home: Path) -> None:
    """What was there before the last restore, and what is there now for the next undo. InputError: restore_nothing, home_in_use."""
    lock = own(home)
    try:
        if not (home / PREVIOUS).is_dir():
            raise InputError("restore_nothing", home=str(home))
        begin(home).rmdir()
        (home / PREVIOUS).rename(home / RESTORING / _NEW)
        swap(home)
    finally:
        lock.release()


def forget_previous(home: Path) -> None:
    """Free what an undo would need. InputError: restore_nothing, home_in_use."""
    lock = own(home)
    try:
        if not (home / PREVIOUS).is_dir():
            raise InputError("restore_nothing", home=str(home))
        shutil.rmtree(home / PREVIOUS)
    finally:
        lock.release()


def own(home: Path) -> OwnerLock:
    """The home for ourselves, with nothing half done in it; InputError home_in_use."""
    finish_interrupted(home)
    lock = OwnerLock.try_acquire(home / "run")
    if lock is None:
        owner = read_owner(home / "run")
        raise InputError("home_in_use", home=str(home), pid=owner.pid if owner else 0)
    return lock


def finish_interrupted(home: Path) -> None:
    """Whoever opens a home calls this first: carry out the plan that a killed process left, or throw away what it had not finished.

    A restore that is at work is waited for once its plan is made. MachineError owner_busy.
    """
    if not (home / RESTORING).exists():
        return
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (home / RESTORING).exists():
        if lock := OwnerLock.try_acquire(home / "run"):
            try:
                _carry_out(home) if (home / RESTORING / _PLAN).exists() else _throw_away(home)
            finally:
                lock.release()
        elif not (home / RESTORING / _PLAN).exists():
            return  # it is still unpacking: all is as it was
        elif time.monotonic() > deadline:
            owner = read_owner(home / "run")
            raise MachineError("owner_busy", pid=owner.pid if owner else 0, home=str(home))
        else:
            time.sleep(_POLL_SECONDS)


def _throw_away(home: Path) -> None:
    """An undo that was killed before its plan has put nothing there but the name."""
    new, previous = home / RESTORING / _NEW, home / PREVIOUS
    if not previous.exists() and (new / _MARK).exists():
        new.rename(previous)
    shutil.rmtree(home / RESTORING, ignore_errors=True)


def _carry_out(home: Path) -> None:
    """Each step is left out where it is done; so it can be begun again at any time."""
    work, previous = home / RESTORING, home / PREVIOUS
    plan = json.loads((work / _PLAN).read_text("utf-8"))
    for name in plan["go"]:
        _put_aside(home / name, work / _OLD / name)
    for name in plan["come"]:
        if (work / _NEW / name).exists():
            (work / _NEW / name).replace(home / name)
    if CONFIG in plan["go"] and CONFIG not in plan["come"]:
        (home / CONFIG).unlink(missing_ok=True)
    sync_folder(home)
    if (work / _OLD).exists():
        if previous.exists():
            previous.rename(work / _GONE)
        (work / _OLD / _MARK).touch()
        (work / _OLD).rename(previous)
    sync_folder(home)
    (work / _PLAN).unlink()
    shutil.rmtree(work, ignore_errors=True)


def _put_aside(path: Path, aside: Path) -> None:
    """Settings are copied: commands that begin this moment read them."""
    if aside.exists():
        return
    if path.name != CONFIG:
        path.rename(aside)
        return
    copy = aside.with_name(f"{CONFIG}.copy")
    shutil.copy2(path, copy)
    copy.rename(aside)


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)
