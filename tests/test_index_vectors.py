"""LazyVectorStore over real files: search, filters, commits, compaction, crashes, damage, other processes."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ai_chat.errors import MachineError
from ai_chat.index import Chunks, IndexDamaged
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.store import VersionFilter

DIM = 8
UNITS = np.eye(DIM, dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vectors"


@pytest.fixture
def store(folder: Path) -> Iterator[LazyVectorStore]:
    opened = LazyVectorStore.open(folder, DIM, writable=True)
    yield opened
    opened.close()


def random_rows(count: int, dim: int = DIM) -> NDArray[np.float32]:
    return unit(np.random.default_rng(7).standard_normal((count, dim)).astype(np.float32))


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    normed: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return normed


def narrow_cone(count: int, dim: int) -> NDArray[np.float32]:
    """As embeddings are: all much alike, in a few hundred clusters."""
    rng = np.random.default_rng(3)
    clusters = rng.standard_normal((300, dim))[rng.integers(300, size=count)]
    rows = 2 * np.ones(dim) + 0.5 * clusters + 0.3 * rng.standard_normal((count, dim))
    return unit(rows.astype(np.float32))


def ids(store: LazyVectorStore, place: int, top_k: int = 10, versions: VersionFilter | None = None) -> list[int]:
    ranking = store.search(UNITS[place], top_k, versions)
    return [int(chunk) for chunk, score in zip(ranking.chunk_ids, ranking.scores, strict=True) if score > 0]


def filled(store: LazyVectorStore, sequence: int = 1) -> LazyVectorStore:
    """Chunks 10, 11, 12 of versions 1, 2, 3 in three directions."""
    store.add([10, 11, 12], [1, 2, 3], UNITS[:3])
    store.commit(sequence)
    return store


def test_search_is_exact_over_a_thousand_rows(store: LazyVectorStore) -> None:
    rows = random_rows(1000)
    store.add(np.arange(len(rows)), np.zeros(len(rows)), rows)
    store.commit(1)
    ranking = store.search(UNITS[0], 20)
    expected = np.argsort(-rows[:, 0])[:20]
    assert list(ranking.chunk_ids) == list(expected)
    assert list(ranking.scores) == pytest.approx(list(rows[expected, 0]), abs=2e-5)


def test_many_rows_are_found_by_their_bits_and_scored_exactly(tmp_path: Path) -> None:
    rows = narrow_cone(8000, 256)
    with closing(LazyVectorStore.open(tmp_path / "many", 256, writable=True)) as store:
        store.add(np.arange(8000), np.zeros(8000), rows)
        store.commit(1)
        for query in rows[::400]:
            ranking = store.search(query, 20)
            exact = np.argsort(-(rows @ query), kind="stable")[:20]
            assert len(np.intersect1d(ranking.chunk_ids, exact)) >= 19
            assert np.array_equal(store.scores(query, ranking.chunk_ids), ranking.scores)


def test_after_compaction_many_changes_give_what_a_rebuild_gives(tmp_path: Path) -> None:
    rows, order = narrow_cone(8000, 64), np.random.default_rng(5).permutation(8000)
    with (
        closing(LazyVectorStore.open(tmp_path / "changed", 64, writable=True)) as changed,
        closing(LazyVectorStore.open(tmp_path / "rebuilt", 64, writable=True)) as rebuilt,
    ):
        for number, part in enumerate(np.array_split(order, 40)):
            changed.add(part, np.full(len(part), number), rows[part])
            changed.commit(number)
        changed.remove([1, 5])
        changed.compact()
        kept = np.sort(np.concatenate([p for n, p in enumerate(np.array_split(order, 40)) if n not in (1, 5)]))
        rebuilt.add(kept, np.zeros(len(kept)), rows[kept])
        rebuilt.commit(1)
        assert changed.dead == 0 and len(changed) == len(rebuilt) == 7600
        for query in rows[::160]:
            left, right = changed.search(query, 100), rebuilt.search(query, 100)
            assert np.array_equal(left.chunk_ids, right.chunk_ids) and np.array_equal(left.scores, right.scores)


def test_equal_scores_are_ordered_by_chunk_id(store: LazyVectorStore) -> None:
    store.add([7, 3, 5], [1, 1, 1], UNITS[[0, 0, 0]])
    store.commit(1)
    assert ids(store, 0) == [3, 5, 7]


@pytest.mark.parametrize("top_k, expected", [(0, 0), (2, 2), (100_000, 3)])
def test_top_k_is_a_limit(store: LazyVectorStore, top_k: int, expected: int) -> None:
    assert len(filled(store).search(UNITS[0], top_k)) == expected


def test_an_empty_store_finds_nothing(store: LazyVectorStore) -> None:
    assert len(store) == 0 and ids(store, 0) == []
    assert np.isnan(store.scores(UNITS[0], [1])).all() and not store.contains([1, 2]).any()


def test_scores_of_chosen_chunks(store: LazyVectorStore) -> None:
    scores = filled(store).scores(UNITS[1], [12, 99, 11])
    assert scores[0] == 0.0 and np.isnan(scores[1]) and scores[2] == 1.0


def test_a_version_filter_keeps_and_excludes(store: LazyVectorStore) -> None:
    filled(store)
    assert set(map(int, store.search(UNITS[0], 9, VersionFilter(frozenset({1, 3}), False)).chunk_ids)) == {10, 12}
    assert set(map(int, store.search(UNITS[0], 9, VersionFilter(frozenset({1, 3}), True)).chunk_ids)) == {11}
    assert len(store.search(UNITS[0], 9, VersionFilter(frozenset(), False))) == 0


@pytest.mark.parametrize("chunks, expected", [([11, 12, 99], {11, 12}), ([], set())])
def test_a_chunk_filter_keeps_and_excludes(store: LazyVectorStore, chunks: list[int], expected: set[int]) -> None:
    filled(store)
    chosen = np.array(chunks, np.int64)
    assert set(map(int, store.search(UNITS[0], 9, None, Chunks(chosen)).chunk_ids)) == expected
    assert set(map(int, store.search(UNITS[0], 9, None, Chunks(chosen, True)).chunk_ids)) == {10, 11, 12} - expected


def test_filters_of_both_kinds_hold_together_and_before_ranking(store: LazyVectorStore) -> None:
    rows = random_rows(4000)
    store.add(np.arange(4000), np.arange(4000) % 4, rows)
    store.commit(1)
    versions, chunks = VersionFilter(frozenset({1, 2}), False), Chunks(np.arange(3000, dtype=np.int64), True)
    ranking = store.search(UNITS[0], 30, versions, chunks)
    seen = np.array([chunk for chunk in range(3000, 4000) if chunk % 4 in (1, 2)])
    assert list(ranking.chunk_ids) == list(seen[np.argsort(-rows[seen, 0], kind="stable")][:30])


def test_rows_count_from_the_commit_on_but_contains_knows_them_before(store: LazyVectorStore) -> None:
    store.add([1], [1], UNITS[:1])
    assert ids(store, 0) == [] and list(store.contains([1, 2])) == [True, False]
    store.commit(5)
    assert ids(store, 0) == [1] and store.sequence == 5


def test_remove_counts_at_once_and_the_version_may_come_back(store: LazyVectorStore) -> None:
    filled(store).remove([1])
    assert ids(store, 0) == [] and not store.contains([10])[0]
    store.add([10], [1], UNITS[:1])
    store.commit(2)
    assert ids(store, 0) == [10]


def test_a_removal_before_the_commit_takes_pending_rows_too(store: LazyVectorStore) -> None:
    store.add([1, 2], [1, 2], UNITS[:2])
    store.remove([1])
    assert list(store.contains([1, 2])) == [False, True]
    store.commit(1)
    assert ids(store, 0) == [] and ids(store, 1) == [2]


def test_adding_a_chunk_again_does_not_double_it(store: LazyVectorStore) -> None:
    filled(store).add([10, 13], [1, 3], UNITS[[5, 6]])
    store.commit(2)
    assert len(store) == 4 and ids(store, 5) == []


def test_a_reader_sees_a_commit_at_its_next_search(store: LazyVectorStore, folder: Path) -> None:
    reader = LazyVectorStore.open(folder, DIM, writable=False)
    assert ids(reader, 0) == []
    filled(store, 4)
    assert ids(reader, 0) == [10] and reader.sequence == 4
    store.remove([1])
    assert ids(reader, 0) == [10]
    store.commit(5)
    assert ids(reader, 0) == []
    with pytest.raises(MachineError, match="index_read_only"):
        reader.remove([1])


def test_another_process_reads_what_was_committed(store: LazyVectorStore, folder: Path) -> None:
    filled(store)
    code = (
        "import sys; import numpy as np; from pathlib import Path; from ai_chat.index.vectors import LazyVectorStore\n"
        "store = LazyVectorStore.open(Path(sys.argv[1]), 8, writable=False)\n"
        "print(store.search(np.eye(8, dtype=np.float32)[2], 1).chunk_ids.tolist())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[12]"


def test_rows_written_without_a_commit_do_not_count_after_a_crash(store: LazyVectorStore, folder: Path) -> None:
    filled(store).close()
    for name in ("numbers-0.i16", "bits-0.u64", "keys-0.i64"):
        path = folder / name
        path.write_bytes(path.read_bytes() + b"\x01" * 17)  # what a kill in the middle of a row leaves
    with closing(LazyVectorStore.open(folder, DIM, writable=True)) as after:
        assert len(after) == 3
        after.add([13], [4], UNITS[3:4])
        after.commit(2)
    assert ids(LazyVectorStore.open(folder, DIM, writable=False), 3) == [13]


def test_who_still_writes_after_another_closed_it_is_told_and_leaves_the_next_one_alone(
    store: LazyVectorStore, folder: Path
) -> None:
    filled(store).close()
    shutil.rmtree(folder)
    after = LazyVectorStore.open(folder, DIM, writable=True)
    writes: list[Callable[[], None]] = [
        lambda: store.add([13], [4], UNITS[3:4]),
        lambda: store.remove([1]),
        lambda: store.commit(2),
    ]
    for write in writes:
        with pytest.raises(IndexDamaged) as caught:
            write()
        assert caught.value.code == "index_missing"
    assert (len(after), after.sequence) == (0, 0)
    assert LazyVectorStore.open(folder, DIM, writable=False).sequence == 0
    after.close()


def test_many_dead_rows_are_compacted_while_a_reader_has_them_mapped(store: LazyVectorStore, folder: Path) -> None:
    rows = random_rows(1500)
    store.add(np.arange(1500), np.ones(1500), rows)
    store.add([2000], [2], UNITS[3:4])
    store.commit(1)
    reader = LazyVectorStore.open(folder, DIM, writable=False)
    assert len(reader) == 1501
    store.remove([1])
    assert store.dead == 1500
    store.commit(2)
    assert (folder / "numbers-2.i16").stat().st_size == 2 * DIM and not (folder / "numbers-1.i16").exists()
    assert ids(reader, 3) == [2000] == ids(store, 3) and reader.dead == 0
    store.add([2001], [3], UNITS[4:5])
    store.commit(3)
    assert ids(reader, 4) == [2001] and len(reader) == 2


def test_compact_drops_a_single_dead_row_and_keeps_what_was_added_since(store: LazyVectorStore, folder: Path) -> None:
    filled(store).remove([1])
    store.add([13], [4], UNITS[3:4])
    store.compact()
    assert store.dead == 0 and len(store) == 3 and ids(store, 3) == [13] and store.sequence == 1
    assert sorted(path.name for path in folder.iterdir()) == ["bits-1.u64", "keys-1.i64", "numbers-1.i16", "state.json"]
    store.compact()
    assert (folder / "numbers-1.i16").exists()


def test_files_of_a_compaction_that_was_killed_are_deleted_by_the_next_writing(
    store: LazyVectorStore, folder: Path
) -> None:
    filled(store).close()
    for name in ("numbers-1.i16", "bits-1.u64", "keys-1.i64"):
        (folder / name).write_bytes(b"\x01" * 100)
    with closing(LazyVectorStore.open(folder, DIM, writable=True)) as again:
        again.add([13], [4], UNITS[3:4])
        assert not (folder / "numbers-1.i16").exists() and len(again) == 3


@contextmanager
def no_file_grows() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_rows_that_a_failed_write_dropped_may_be_added_again_though_they_were_removed(store: LazyVectorStore) -> None:
    filled(store).add([13, 14], [4, 4], UNITS[3:5])
    store.remove([4])
    with no_file_grows(), pytest.raises(MachineError, match="index_unwritable"):
        store.commit(2)
    store.add([13], [4], UNITS[3:4])
    store.commit(2)
    assert ids(store, 3) == [13] and len(store) == 4


def test_wrong_shapes_are_refused_with_both_shapes(store: LazyVectorStore) -> None:
    with pytest.raises(MachineError) as caught:
        store.add([1], [1], np.zeros((1, 3), np.float32))
    assert caught.value.values == {"found": "(1, 3)", "expected": "(1, 8)"}


@pytest.mark.parametrize("value", [1.5, -2.0, np.nan])
def test_what_is_no_unit_vector_is_refused(store: LazyVectorStore, value: float) -> None:
    with pytest.raises(MachineError, match="vectors_not_unit"):
        store.add([1], [1], np.full((1, DIM), value, np.float32))
    assert not store.contains([1])[0]


def test_an_index_of_an_older_format_is_damage_for_its_owner_to_remake(store: LazyVectorStore, folder: Path) -> None:
    store.close()
    (folder / "state.json").write_text(
        '{"format": 1, "dim": 8, "count": 0, "sequence": 3, "generation": 0, "removed": []}'
    )
    with pytest.raises(IndexDamaged, match="format is 1"):
        LazyVectorStore.open(folder, DIM, writable=True)


def test_another_dimension_and_a_missing_folder_are_damage(store: LazyVectorStore, folder: Path) -> None:
    with pytest.raises(IndexDamaged, match="not 9"):
        LazyVectorStore.open(folder, 9, writable=True)
    with pytest.raises(IndexDamaged):
        LazyVectorStore.open(folder / "nowhere", DIM, writable=False)


@pytest.mark.parametrize("name", ["numbers-0.i16", "bits-0.u64", "keys-0.i64", "state.json"])
@pytest.mark.parametrize("content", [None, b"", b"[]", b"{"])
def test_damage_is_recognised(store: LazyVectorStore, folder: Path, name: str, content: bytes | None) -> None:
    filled(store).close()
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    with pytest.raises(IndexDamaged):
        LazyVectorStore.open(folder, DIM, writable=False)


def test_rows_are_mapped_by_preload_and_let_go_by_unload(store: LazyVectorStore) -> None:
    filled(store).unload()
    seen = [(store.state, store.idle_since is not None)]
    store.preload().join()
    seen.append((store.state, store.idle_since is not None))
    assert store.unload()
    seen.append((store.state, store.idle_since is not None))
    assert seen == [("empty", False), ("loaded", True), ("empty", False)]
    assert ids(store, 0) == [10]


def test_searches_go_on_while_rows_are_let_go_and_committed(folder: Path) -> None:
    with closing(LazyVectorStore.open(folder, DIM, writable=True)) as store:
        filled(store)
        over = threading.Event()

        def search() -> int:
            count = 0
            while not over.is_set() or not count:
                assert ids(store, 0) == [10]
                count += 1
            return count

        with ThreadPoolExecutor(4) as pool:
            searching = [pool.submit(search) for _ in range(4)]
            for number in range(30):
                store.unload()
                store.add([100 + number], [100 + number], UNITS[3:4])
                store.remove([100 + number])
                store.commit(2 + number)
                store.compact()
            over.set()
        assert all(each.result() for each in searching)
        assert len(store) == 3


def test_a_reader_that_let_its_rows_go_sees_the_newest_commit(folder: Path) -> None:
    with closing(LazyVectorStore.open(folder, DIM, writable=True)) as store:
        filled(store)
        with closing(LazyVectorStore.open(folder, DIM, writable=False)) as reader:
            assert ids(reader, 0) == [10]
            assert reader.unload()
            store.remove([1])
            store.commit(2)
            store.compact()
            assert (ids(reader, 0), len(reader)) == ([], 2)
