"""The answer cache: found by the same question or by one that means the same, served only from the very same evidence.

Takes Keys, gives Kept; whether two questions mean the same is asked of `agree`. An entry whose evidence is not what is found now
is never given out; it stays until it is written anew, for its documents may come back. Knows no search and no model.
"""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ai_chat.cache.file import CacheFile, Damaged
from ai_chat.cache.keys import Frequent, Kept, Key, Passage, digest, evidence_of
from ai_chat.types import CacheStats, Problem, Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_ENTRIES = 2_000
MOST_AGE = 90 * 86_400.0  # seconds
MOST_BYTES = 64 << 20
NEAREST = 8  # questions that are compared word for word
_NO_STATS = CacheStats(0, 0, 0, 0, 0, 0, 0.0)

Retrieve = Callable[[str], Sequence[Passage]]
"""The evidence of a question now, as Key.passages has it."""


class AnswerCache:
    """`agree(asked, earlier)`: whether both ask the same; asked only where the cosine of their vectors is `nearness` or more.

    `clock` in seconds since 1970; where it was set back, an answer from the future counts as new. Whatever happens to the file,
    nothing is raised: it is made anew, and `tell` hears why.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float],
        agree: Callable[[str, str], bool],
        nearness: float,
        tell: Callable[[Problem], None] = lambda _problem: None,
        most_entries: int = MOST_ENTRIES,
        most_age: float = MOST_AGE,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._file = CacheFile(path, tell)
        self._clock = clock
        self._agree = agree
        self._nearness = nearness
        self._most_entries = most_entries
        self._most_age = most_age
        self._most_bytes = most_bytes

    def find(self, key: Key, turn_id: str, retrieve: Retrieve | None = None, *, counted: bool = True) -> Kept | None:
        """The answer that would be written now, for the turn `turn_id`; None where none is kept, or the evidence is another.

        With `retrieve`, a question that means the same may be served from the evidence of its earlier wording (`again`).
        Not `counted`: nobody asked, it is made sure that the answer is there.
        """
        exact = self._file.run(lambda connection: self._exact(connection, key), None)
        stale = exact is not None and exact["evidence"] != key.evidence
        if exact is not None and not stale:
            return self._served(exact, key, turn_id, counted)
        for row in self._alike(key, exact):
            if again := self._from_same(row, key, retrieve):
                return self._served(row, key, turn_id, counted, semantic=True, again=again == "again")
            stale = True
        if counted:
            self._file.run(lambda connection: _count(connection, misses=1, stale=int(stale)), None)
        return None

    def keep(self, key: Key, kept: Kept) -> None:
        """In place of what was kept for the question before."""
        payload = json.dumps(_plain(kept), ensure_ascii=False)
        vector = None if key.vector is None else _packed(key.vector)
        size = len(payload.encode()) + len(vector or b"") + len(key.question.encode())
        if size <= self._most_bytes:
            self._file.run(lambda connection: self._insert(connection, key, kept, payload, vector, size), None)

    def forget(self, turn_id: str) -> bool:
        """Drop the answer that this turn wrote or was served; whether there was one."""
        return self._file.run(lambda connection: _forget(connection, turn_id), False)

    def clear(self) -> int:
        """Drop all answers, and the counts with them; how many answers there were."""
        return self._file.run(_clear, 0)

    def trim(self) -> None:
        """Drop what is too old now; else it goes when the next answer is kept."""
        self._file.run(self._make_room, None)

    def stats(self) -> CacheStats:
        stats = self._file.run(_stats, _NO_STATS)
        return replace(stats, bytes=self._file.bytes())

    def frequent_stale(self, sequence: int, most: int, *, least_hits: int = 2) -> tuple[Frequent, ...]:
        """Questions without a conversation before them, served `least_hits` times or more, that nobody asked since the library was at
        `sequence`: whether they are stale shows when they are asked. Those served most come first."""
        return self._file.run(lambda connection: _frequent(connection, sequence, most, least_hits), ())

    def close(self) -> None:
        self._file.close()

    def _exact(self, connection: sqlite3.Connection, key: Key) -> sqlite3.Row | None:
        found: sqlite3.Row | None = connection.execute(
            "SELECT * FROM answers WHERE family = ? AND normal = ? AND made_at >= ?",
            (key.group, key.normal, self._oldest()),
        ).fetchone()
        return None if found is None else _sound(found)

    def _alike(self, key: Key, exact: sqlite3.Row | None) -> list[sqlite3.Row]:
        """Entries of questions that mean the same, the nearest first."""
        if key.vector is None:
            return []
        none: list[sqlite3.Row] = []
        rows = self._file.run(lambda connection: _nearest(connection, key, self._nearness, self._oldest()), none)
        own = None if exact is None else exact["id"]
        return [row for row in rows if row["id"] != own and self._agree(key.asked, row["asked"])]

    def _from_same(self, row: sqlite3.Row, key: Key, retrieve: Retrieve | None) -> str | None:
        """Whether the evidence is the same: `now`; or by the earlier wording `again`, where this one finds what is cited, too."""
        if row["evidence"] == key.evidence:
            return "now"
        if retrieve is None or not key.passages:
            return None
        cited = json.loads(row["payload"])["cited"]
        if not set(cited) <= {passage.place for passage in key.passages}:
            return None
        passages = retrieve(row["question"])
        known = key.passages[0].place in {passage.place for passage in passages}
        return "again" if known and evidence_of(passages) == row["evidence"] else None

    def _served(
        self, row: sqlite3.Row, key: Key, turn_id: str, counted: bool, *, semantic: bool = False, again: bool = False
    ) -> Kept:
        exact = not semantic
        self._file.run(lambda connection: _note_use(connection, row, key.sequence, turn_id), None)
        if counted:
            self._file.run(lambda connection: _note_hit(connection, row, exact=exact), None)
        return replace(_kept(row), tier="semantic" if semantic else "exact", again=again)

    def _insert(
        self, connection: sqlite3.Connection, key: Key, kept: Kept, payload: str, vector: bytes | None, size: int
    ) -> None:
        family, scope = key.group, json.dumps(asdict(key.scope), ensure_ascii=False)
        hits = connection.execute(
            "DELETE FROM answers WHERE family = ? AND normal = ? RETURNING hits", (family, key.normal)
        ).fetchone()
        values = {
            "family": family,
            "normal": key.normal,
            "evidence": key.evidence,
            "asked": key.asked,
            "question": key.question,
            "scope": scope,
            "whole": int(not key.context),
            "space": key.space,
            "vector": vector,
            "payload": payload,
            "turn_id": kept.turn_id,
            "made_at": self._clock(),
            "seconds": kept.seconds,
            "size": size,
            "hits": hits["hits"] if hits else 0,
            "sequence": key.sequence,
            "tick": _next_tick(connection),
        }
        values["checksum"] = _checksum(values)
        names = ", ".join(values)
        blanks = ", ".join(f":{name}" for name in values)
        connection.execute(f"INSERT INTO answers ({names}) VALUES ({blanks})", values)
        self._make_room(connection)

    def _oldest(self) -> float:
        return self._clock() - self._most_age

    def _make_room(self, connection: sqlite3.Connection) -> None:
        """What is too old goes, then what was longest unused."""
        connection.execute("DELETE FROM answers WHERE made_at < ?", (self._oldest(),))
        count, size = connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM answers").fetchone()
        while count > self._most_entries or size > self._most_bytes:
            gone = connection.execute(
                "DELETE FROM answers WHERE id = (SELECT id FROM answers ORDER BY tick LIMIT 1) RETURNING size"
            ).fetchone()
            count, size = count - 1, size - gone["size"]


def _nearest(connection: sqlite3.Connection, key: Key, nearness: float, oldest: float) -> list[sqlite3.Row]:
    import numpy as np

    rows = connection.execute(
        "SELECT id, vector FROM answers WHERE family = ? AND space = ? AND vector IS NOT NULL AND made_at >= ?",
        (key.group, key.space, oldest),
    ).fetchall()
    assert key.vector is not None
    width = 2 * len(key.vector)
    if any(len(row["vector"]) != width for row in rows):
        raise Damaged("a vector of another length")
    if not rows:
        return []
    vectors = np.frombuffer(b"".join(row["vector"] for row in rows), np.float16).reshape(len(rows), -1)
    near = vectors.astype(np.float32) @ key.vector
    best = [int(place) for place in np.argsort(-near)[:NEAREST] if near[place] >= nearness]
    found = (
        connection.execute("SELECT * FROM answers WHERE id = ?", (rows[place]["id"],)).fetchone() for place in best
    )
    return [_sound(row) for row in found]


def _note_use(connection: sqlite3.Connection, row: sqlite3.Row, sequence: int, turn_id: str) -> None:
    """The entry may have gone meanwhile; it is served all the same."""
    connection.execute(
        "UPDATE answers SET sequence = max(sequence, ?), tick = ? WHERE id = ?",
        (sequence, _next_tick(connection), row["id"]),
    )
    connection.execute(
        "INSERT OR REPLACE INTO served (turn_id, answer) SELECT ?, id FROM answers WHERE id = ?", (turn_id, row["id"])
    )


def _note_hit(connection: sqlite3.Connection, row: sqlite3.Row, *, exact: bool) -> None:
    connection.execute("UPDATE answers SET hits = hits + 1 WHERE id = ?", (row["id"],))
    _count(connection, hits=1, exact=int(exact), saved_seconds=row["seconds"])


def _forget(connection: sqlite3.Connection, turn_id: str) -> bool:
    served = "SELECT answer FROM served WHERE turn_id = ?"
    gone = connection.execute(f"DELETE FROM answers WHERE turn_id = ? OR id IN ({served})", (turn_id, turn_id))
    return gone.rowcount > 0


def _clear(connection: sqlite3.Connection) -> int:
    gone = connection.execute("DELETE FROM answers").rowcount
    connection.execute("DELETE FROM counts")
    return gone


def _stats(connection: sqlite3.Connection) -> CacheStats:
    counts = {row["name"]: row["value"] for row in connection.execute("SELECT name, value FROM counts")}
    entries = int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])
    whole = {name: int(counts.get(name, 0)) for name in ("hits", "exact", "misses", "stale")}
    return CacheStats(entries=entries, bytes=0, saved_seconds=round(counts.get("saved_seconds", 0.0), 3), **whole)


def _frequent(connection: sqlite3.Connection, sequence: int, most: int, least_hits: int) -> tuple[Frequent, ...]:
    rows = connection.execute(
        "SELECT question, scope, hits FROM answers WHERE whole AND hits >= ? AND sequence < ? ORDER BY hits DESC, id LIMIT ?",
        (least_hits, sequence, most),
    )
    return tuple(Frequent(row["question"], _scope(row["scope"]), row["hits"]) for row in rows)


def _count(connection: sqlite3.Connection, **more: float) -> None:
    connection.executemany(
        "INSERT INTO counts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value", more.items()
    )


def _next_tick(connection: sqlite3.Connection) -> int:
    """A clock of our own, which nobody sets."""
    return int(connection.execute("SELECT coalesce(max(tick), 0) + 1 FROM answers").fetchone()[0])


_CHECKED = ("family", "normal", "evidence", "asked", "question", "payload")


def _checksum(values: Any) -> str:
    return digest([values[name] for name in _CHECKED])


def _sound(row: sqlite3.Row) -> sqlite3.Row:
    """Damaged where it is not what was written: SQLite itself has no checksums."""
    if row["checksum"] != _checksum(row):
        raise Damaged("an answer that was changed")
    return row


def _plain(kept: Kept) -> dict[str, Any]:
    names = ("question", "steps", "cited", "prompt", "made_at", "seconds", "turn_id", "usage")
    return {name: getattr(kept, name) for name in names}


def _kept(row: sqlite3.Row) -> Kept:
    plain = json.loads(row["payload"])
    steps = tuple((kind, data) for kind, data in plain["steps"])
    return Kept(**{**plain, "steps": steps, "cited": tuple(plain["cited"])})


def _scope(text: str) -> Scope:
    plain = json.loads(text)
    collections = None if plain["collections"] is None else tuple(plain["collections"])
    return Scope(plain["principal"], collections, tuple((name, value) for name, value in plain["filters"]))


def _packed(vector: NDArray[np.float32]) -> bytes:
    import numpy as np

    return vector.astype(np.float16).tobytes()


def utc(seconds: float) -> str:
    """ISO 8601, as the store writes times."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat(timespec="milliseconds")
