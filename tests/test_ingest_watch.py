"""What two looks at a folder come to: new, changed, moved, gone, and what is left alone."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from pathlib import Path

from ai_chat.ingest.files import Stamp
from ai_chat.ingest.watch import Changes, Known, Look, compare, find_moved, look_at, out_of_reach, pause_after

A, B, C = Path("/d/a.txt"), Path("/d/b.txt"), Path("/d/sub/c.txt")
OLD, NEW = Stamp(10, 1_000_000_000, 7), Stamp(12, 2_000_000_000, 7)
OTHER = Stamp(9, 3_000_000_000, 8)
KNOWN = Known("d1", OLD.modified_at)
NOTHING = Look()


def test_file_is_new_when_two_looks_agree_on_it() -> None:
    one, two = Look({A: OLD}), Look({A: NEW})
    assert not compare({}, {}, NOTHING, one)
    assert not compare({}, {}, one, two), "it is still being written"
    assert compare({}, {}, two, two) == Changes(written=(A,))


def test_known_file_is_read_again_only_when_it_changed() -> None:
    same, changed = Look({A: OLD}), Look({A: NEW})
    assert not compare({A: KNOWN}, {}, same, same)
    assert not compare({A: KNOWN}, {A: OLD}, same, same)
    assert compare({A: KNOWN}, {A: OLD}, changed, changed) == Changes(written=(A,))
    assert not compare({A: KNOWN}, {A: NEW}, changed, changed), "it failed as it is: it is not tried again"


def test_file_is_gone_when_two_looks_miss_it() -> None:
    assert not compare({A: KNOWN}, {A: OLD}, Look({A: OLD}), NOTHING), "an editor may be replacing it"
    assert compare({A: KNOWN}, {A: OLD}, NOTHING, NOTHING) == Changes(gone=(A,))


def test_nothing_is_gone_where_nobody_can_look() -> None:
    for blind in (A.parent, A):
        assert not compare({A: KNOWN}, {A: OLD}, NOTHING, Look(blind=frozenset({blind})))
        assert not compare({A: KNOWN}, {A: OLD}, Look(blind=frozenset({blind})), NOTHING)
    assert compare({A: KNOWN}, {}, NOTHING, Look(blind=frozenset({C.parent}))) == Changes(gone=(A,))


def test_same_file_elsewhere_is_moved() -> None:
    look = Look({C: OLD})
    assert compare({A: KNOWN}, {A: OLD}, look, look) == Changes(moved=((A, C),))
    assert compare({A: KNOWN, C: Known("d2", "")}, {A: OLD}, look, look) == Changes(written=(C,), gone=(A,))


def test_same_content_elsewhere_is_moved(tmp_path: Path) -> None:
    new, other = tmp_path / "new.txt", tmp_path / "other.txt"
    new.write_text("moved while nobody looked")
    other.write_text("something else")
    found = Changes(written=(other, new), gone=(A, B))
    digest = hashlib.sha256(new.read_bytes()).hexdigest()
    known = {A: KNOWN, B: Known("d2", "")}
    moved = find_moved(found, known, {"d1": digest, "d2": None}.get)
    assert moved == Changes(written=(other,), moved=((A, new),), gone=(B,))


def test_copy_of_a_file_that_is_still_there_is_new(tmp_path: Path) -> None:
    assert find_moved(Changes(written=(A,)), {B: KNOWN}, lambda _id: "x") == Changes(written=(A,))


def test_file_that_vanishes_while_it_is_compared_is_left_to_the_next_look() -> None:
    found = Changes(written=(B,), gone=(A,))
    assert find_moved(found, {A: KNOWN}, lambda _id: "x") == found


def test_empty_or_missing_folder_of_known_files_is_out_of_reach(tmp_path: Path) -> None:
    known = {tmp_path / "a.txt": KNOWN}
    assert out_of_reach([tmp_path], known, look_at([tmp_path], [".txt"])) == {tmp_path}
    assert not out_of_reach([tmp_path], {}, look_at([tmp_path], [".txt"]))
    missing = tmp_path / "missing"
    assert out_of_reach([missing], {}, look_at([missing], [".txt"])) == {missing}


def test_look_takes_what_ingestion_takes(tmp_path: Path) -> None:
    for name in ("a.txt", ".hidden.txt", "~$a.txt", "film.mp4", "sub/B.TXT", ".git/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "broken.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    look = look_at([tmp_path, tmp_path / "sub"], [".txt"])
    assert {path.relative_to(tmp_path).as_posix() for path in look.files} == {"a.txt", "sub/B.TXT", "link.txt"}
    assert not look.blind and not look.empty


def test_names_are_kept_as_they_are(tmp_path: Path) -> None:
    decomposed, long = unicodedata.normalize("NFD", "휴가.txt"), "가" * 83 + "a.txt"
    for name in (decomposed, long):
        (tmp_path / name).write_text("x")
    assert {path.name for path in look_at([tmp_path], [".txt"]).files} == {decomposed, long}


def test_folder_that_may_not_be_read_is_blind(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (tmp_path / "a.txt").write_text("x")
    closed.rmdir()
    closed.symlink_to(closed)  # which nobody can list, whoever runs this
    look = look_at([closed, tmp_path], [".txt"])
    assert look.blind == {closed} and list(look.files) == [tmp_path / "a.txt"]


def test_stamp_tells_a_new_file_of_the_same_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one")
    first = look_at([tmp_path], [".txt"])
    (tmp_path / "b").write_text("two")
    os.utime(tmp_path / "b", ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    (tmp_path / "b").replace(path)
    second = look_at([tmp_path], [".txt"])
    assert compare({path: KNOWN}, dict(first.files), second, second).written == (path,)


def test_slow_folders_are_looked_at_less_often() -> None:
    assert [pause_after(seconds) for seconds in (0.01, 1.0, 30.0)] == [2.0, 10.0, 60.0]
