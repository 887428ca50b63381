"""Conversations that are kept: the last used first, searched by what was said, named, removed and brought back, rated."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ai_chat.config import Settings
from ai_chat.errors import InputError
from ai_chat.store import Store
from ai_chat.types import PRIVATE, Event, Scope


@pytest.fixture
def store(home: Settings) -> Iterator[Store]:
    opened = Store.open(home.database)
    yield opened
    opened.close()


def say(store: Store, turn: str, conversation: str, question: str, *answer: tuple[str, str], **more: str) -> None:
    store.turns.create_turn(turn, conversation, question, Scope(), more.get("replaces"))
    steps = [("searching", {}), *((kind, {"text": text}) for kind, text in answer), ("done", {})]
    store.turns.append_events(turn, [Event(seq, kind, data) for seq, (kind, data) in enumerate(steps, 1)])  # type: ignore[arg-type]
    time.sleep(0.002)  # times are kept in milliseconds


def titles(store: Store, words: str = "") -> list[str]:
    return [each.title for each in store.conversations.conversations("local", words)]


def test_the_last_used_stands_first(store: Store) -> None:
    say(store, "t1", "c1", "연차는?")
    say(store, "t2", "c2", "출장비는?")
    assert titles(store) == ["출장비는?", "연차는?"]
    say(store, "t3", "c1", "그럼 병가는?")
    assert titles(store) == ["연차는?", "출장비는?"]
    first = store.conversations.conversation("c1")
    assert first.used_at > first.created_at


def test_what_was_said_is_found(store: Store) -> None:
    say(store, "t1", "c1", "연차는?", ("delta", "열다"), ("delta", "섯 날입니다"))
    say(store, "t2", "c2", "How many days?", ("delta", "Ten"), ("revised", "Twelve Days"))
    say(store, "t3", "c3", "병가는?", ("delta", "예순 날"), ("restarted", ""), ("delta", "육십 일"))
    assert titles(store, "열다섯") == ["연차는?"]
    assert titles(store, "twelve days") == ["How many days?"]
    assert titles(store, "Ten") == [] and titles(store, "예순") == []
    assert titles(store, "육십 병가") == ["병가는?"]
    assert titles(store, "육십 연차") == []


def test_another_name(store: Store) -> None:
    say(store, "t1", "c1", "연차는?")
    store.conversations.rename("c1", "  휴가\n규정 ")
    assert titles(store) == ["휴가 규정"]
    with pytest.raises(InputError, match="title_empty"):
        store.conversations.rename("c1", " \t")
    with pytest.raises(InputError, match="conversation_unknown"):
        store.conversations.rename("c9", "x")


def test_removing_takes_its_own_documents_along(store: Store) -> None:
    say(store, "t1", "c1", "연차는?")
    say(store, "t2", "c2", "출장비는?")
    mine = store.library.put_document(f"{PRIVATE}c1", "upload:a", "a.txt", "a")
    gone = store.library.put_document(f"{PRIVATE}c1", "upload:b", "b.txt", "b")
    shared = store.library.put_document("documents", "upload:c", "c.txt", "c")
    store.library.remove([gone])
    time.sleep(0.002)
    found = store.conversations.remove(["c1"])
    store.library.remove(found)
    assert found == [mine] and titles(store) == ["출장비는?"]
    assert [each.id for each in store.library.documents(Scope(also=(f"{PRIVATE}c1",)))] == [shared]
    with pytest.raises(InputError, match="conversation_unknown"):
        store.conversations.remove(["c1"])
    assert store.conversations.restore(["c1"]) == [mine]
    assert titles(store) == ["출장비는?", "연차는?"]


def test_asking_in_a_removed_conversation_brings_it_back(store: Store) -> None:
    say(store, "t1", "c1", "연차는?")
    store.conversations.remove(["c1"])
    say(store, "t2", "c1", "병가는?")
    assert titles(store) == ["연차는?"]


def test_a_replaced_turn_was_never_said(store: Store) -> None:
    say(store, "t1", "c1", "연차는?", ("delta", "열흘"))
    say(store, "t2", "c1", "연차는 며칠?", ("delta", "보름"), replaces="t1")
    assert [each.id for each in store.turns.turns("c1")] == ["t2"] == store.turns.turn_ids("c1")
    assert titles(store, "보름") == ["연차는?"] and titles(store, "열흘") == []
    with pytest.raises(InputError, match="turn_unknown"):
        say(store, "t3", "c2", "다른 대화", replaces="t2")
    assert "c2" not in [each.id for each in store.conversations.conversations("local")]


def test_ratings(store: Store) -> None:
    say(store, "t1", "c1", "연차는?")
    say(store, "t2", "c2", "출장비는?")
    bad = store.conversations.rate("t2", False, "  날짜가 틀림 ")
    store.conversations.rate("t1", True)
    assert bad is not None and (bad.good, bad.note, bad.question) == (False, "날짜가 틀림", "출장비는?")
    assert [each.turn_id for each in store.conversations.ratings()] == ["t1", "t2"]
    assert [each.turn_id for each in store.conversations.ratings("c2")] == ["t2"]
    assert store.conversations.rate("t2", None) is None and not store.conversations.ratings("c2")
    with pytest.raises(InputError, match="turn_unknown"):
        store.conversations.rate("t9", True)


def test_private_collections_are_in_no_default_scope(store: Store) -> None:
    say(store, "t1", "c1", "연차는?")
    mine = store.library.put_document(f"{PRIVATE}c1", "upload:a", "a.txt", "a")
    shared = store.library.put_document("documents", "upload:b", "b.txt", "b")

    def seen(scope: Scope) -> list[str]:
        return [each.id for each in store.library.documents(scope)]

    assert seen(Scope()) == [shared] and store.library.collections() == ["documents"]
    assert set(seen(Scope(also=(f"{PRIVATE}c1",)))) == {mine, shared}
    assert seen(Scope(also=(f"{PRIVATE}none",))) == [shared]
    assert set(seen(Scope(collections=("documents",), also=(f"{PRIVATE}c1",)))) == {mine, shared}
    with pytest.raises(InputError, match="collection_unknown") as caught:
        seen(Scope(collections=("nowhere",)))
    assert PRIVATE not in str(caught.value.values["known"])


def test_lists_use_their_indexes(store: Store) -> None:
    plan = store.database.rows(
        "EXPLAIN QUERY PLAN SELECT id FROM conversations WHERE principal = ? ORDER BY used_at DESC", ("local",)
    )
    assert any("conversations_by_use" in row["detail"] for row in plan)
