"""The App as its users have it, over a real library: what each role may, and ids that are somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from ai_chat.answer import answer_of
from ai_chat.app import App, open_app
from ai_chat.app.guarded import guarded
from ai_chat.app.permits import Permits
from ai_chat.config import Settings
from ai_chat.errors import InputError, RefusedError
from ai_chat.types import DocumentInfo, DocumentQuery, IngestEvent, Scope, Wish
from ai_chat.users import LOCAL
from ai_chat.users.door import FILE, Door
from ai_chat.users.users import Users

PASSWORD = "correct horse"
QUIET = Wish(use_llm=False)


class House:
    """One library with a red and a blue collection, and who may see what of it."""

    def __init__(self, whole: App, users: Users, door: Door) -> None:
        self.whole = whole
        self.users = users
        self._door = door

    def app(self, name: str) -> App:
        return guarded(self.whole, self.users.accounts.user(name).principal, self._door)

    def document(self, collection: str) -> str:
        return self.whole.documents(Scope(collections=(collection,)))[0].id

    def noted(self) -> list[tuple[str, str]]:
        return [(each.name, each.action) for each in self.users.audit.entries()]


@pytest.fixture
def house(tmp_path: Path, home: Settings) -> Iterator[House]:
    with closing(open_app(home, "write")) as whole, closing(Users.open(home.home / FILE)) as users:
        for name in ("red", "blue"):
            place = tmp_path / name
            place.mkdir()
            (place / f"{name}.txt").write_text(f"The {name} lantern costs 4711 won.\n", "utf-8")
            for _event in whole.ingest([place], name, dense=False):
                pass
        users.accounts.add("admin", PASSWORD)
        users.accounts.add("reader", PASSWORD, "reader", ["red"])
        users.accounts.add("editor", PASSWORD, "editor", ["red"])
        users.accounts.add("other", PASSWORD, "reader", ["red"])
        with closing(Door(home.home)) as door:
            yield House(whole, users, door)


def found(app: App, query: str = "lantern", scope: Scope | None = None) -> set[str]:
    return {hit.collection for hit in app.search(query, scope or Scope(), mode="lexical").hits}


def asked(app: App, question: str = "lantern", conversation: str | None = None) -> str:
    turn = app.ask(question, Scope(), conversation_id=conversation, wish=QUIET)
    answer_of(question, app.events(turn))
    return turn


def refusal(do: Callable[[], object]) -> str:
    with pytest.raises(InputError) as error:
        do()
    return error.value.code


def test_without_users_the_app_is_the_app_itself(house: House) -> None:
    assert guarded(house.whole, LOCAL, Door(Path("/nowhere"))) is house.whole


def test_each_finds_what_is_his(house: House) -> None:
    assert found(house.app("admin")) == {"red", "blue"}
    assert found(house.app("reader")) == {"red"}
    assert found(house.app("reader"), "lantern collection:blue") == set()
    assert found(house.app("reader"), scope=Scope("local", ("red",), also=("blue",))) == {"red"}


def test_a_hidden_collection_is_unknown_in_the_words_of_one_that_never_was(house: House) -> None:
    app = house.app("reader")
    told = []
    for name in ("blue", "none"):
        with pytest.raises(InputError) as error:
            app.search("lantern", Scope(collections=(name,)))
        told.append((error.value.code, {**error.value.values, "name": ""}))
    assert told[0] == told[1] == ("collection_unknown", {"name": "", "known": "red"})


@pytest.mark.parametrize("way", ["document", "original", "render"])
def test_a_hidden_document_is_unknown(house: House, way: str) -> None:
    app, hidden, own = house.app("reader"), house.document("blue"), house.document("red")
    more = ("section", 1) if way == "render" else ()
    assert getattr(app, way)(own, *more)
    for each in (hidden, "d000000000000"):
        assert refusal(lambda each=each: getattr(app, way)(each, *more)) == "document_unknown"  # type: ignore[misc]


def test_counts_are_of_what_he_sees(house: House) -> None:
    app = house.app("reader")
    assert app.collections() == ["red"]
    assert app.status()["library"] == {"documents": 1, "chunks": 1}
    assert app.document_page(Scope(), DocumentQuery()).total == 1
    assert [each.collection for each in app.documents(Scope())] == ["red"]


def test_conversations_turns_and_ratings_are_each_ones_own(house: House) -> None:
    one, other = house.app("reader"), house.app("other")
    turn = asked(one)
    (conversation,) = [each.id for each in one.conversations(Scope())]
    one.rate(turn, True)
    assert (other.conversations(Scope()), other.turns(conversation), other.ratings()) == ([], [], [])
    for do in (lambda: other.events(turn), lambda: other.stop(turn), lambda: other.rate(turn, False)):
        assert refusal(do) == "turn_unknown"
    assert refusal(lambda: other.rename_conversation(conversation, "x")) == "conversation_unknown"
    assert refusal(lambda: other.ask("lantern", Scope(), wish=Wish(use_llm=False, replaces=turn))) == "turn_unknown"
    asked(other, conversation=conversation)
    assert len(one.turns(conversation)) == 1
    assert house.app("admin").conversations(Scope()) == []
    assert [each.turn_id for each in one.ratings()] == [turn]


def test_what_was_found_where_he_may_look_no_more_is_hidden_with_its_answers(house: House) -> None:
    turn = asked(house.app("reader"))
    (conversation,) = [each.id for each in house.app("reader").conversations(Scope())]
    house.users.accounts.deny("reader", ["red"])
    after = house.app("reader")
    assert (after.conversations(Scope()), after.turns(conversation)) == ([], [])
    assert refusal(lambda: after.events(turn)) == "turn_unknown"
    assert refusal(lambda: after.export_conversation(conversation, "en")) == "conversation_unknown"
    assert refusal(lambda: after.ask("lantern", Scope(), conversation_id=conversation)) == "conversation_unknown"
    house.users.accounts.allow("reader", ["red"])
    assert len(house.app("reader").turns(conversation)) == 1


def test_the_choice_of_everything_is_kept_as_such(house: House) -> None:
    asked(house.app("reader"), conversation="talk")
    assert [turn.scope.collections for turn in house.app("reader").turns("talk")] == [None]


def test_a_reader_changes_nothing_and_an_editor_what_is_his(house: House, tmp_path: Path) -> None:
    own, hidden = house.document("red"), house.document("blue")
    reader, editor = house.app("reader"), house.app("editor")
    for do in (lambda: reader.remove([own]), lambda: reader.upload("x.txt", b"x", "red"), lambda: reader.retry([own])):
        assert refusal(do) == "not_permitted"
    events = [event for event in editor.upload("new.txt", b"a new lantern\n", "red") if event.outcome]
    assert [event.outcome for event in events] == ["added"]
    editor.remove([own])
    assert [each.name for each in editor.documents(Scope())] == ["new.txt"]
    editor.restore([own])
    assert refusal(lambda: editor.remove([own, hidden])) == "document_unknown"
    assert len(editor.documents(Scope())) == 2
    assert refusal(lambda: editor.upload("x.txt", b"x", "blue")) == "collection_unknown"
    assert refusal(lambda: editor.move_documents([own], "blue")) == "collection_unknown"
    for do in (lambda: editor.ingest([tmp_path], "red"), lambda: editor.replace(own, tmp_path)):
        assert refusal(do) == "not_permitted"


def test_the_machine_is_an_admins(house: House) -> None:
    for name in ("reader", "editor"):
        app = house.app(name)
        for do in (app.cache_stats, app.clear_cache, app.memory_report, app.metrics, app.index_status):
            assert refusal(do) == "not_permitted"
    assert house.app("admin").cache_stats().entries == 0


def test_a_key_for_one_use_is_for_that_alone(house: House) -> None:
    key, _made = house.users.keys.add(house.users.accounts.user("admin"), "admin", None, ["search"])
    principal = house.users.keys.principal(key)
    assert principal is not None
    app = guarded(house.whole, principal, Door(Path("/nowhere")))
    assert found(app) == {"red", "blue"}
    for do in (lambda: app.ask("x", Scope()), lambda: app.documents(Scope()), app.clear_cache):
        with pytest.raises(RefusedError) as error:
            do()
        assert error.value.code == "key_not_for_this"


def test_nothing_of_others_is_told_to_who_waits(house: House) -> None:
    permits = Permits(house.whole, house.users.accounts.user("editor").principal, lambda *_: None)  # type: ignore[arg-type]
    told = permits.told(IngestEvent(3, 9, "secret.txt", phase="waiting"))
    assert (told.path, told.done, told.total) == ("", 0, 0)


def test_who_did_what_is_noted_without_a_question(house: House) -> None:
    app, own = house.app("editor"), house.document("red")
    asked(app, "lantern 4711")
    app.document(own)
    app.document(own)
    app.remove([own])
    assert refusal(app.clear_cache) == "not_permitted"
    assert house.noted() == [("editor", action) for action in ("asked", "opened", "removed", "refused")]
    assert all("lantern" not in each.subject for each in house.users.audit.entries())


def test_what_it_was_found_in_is_not_named_to_who_may_not_see_that(house: House) -> None:
    permits = Permits(house.whole, house.users.accounts.user("reader").principal, lambda *_: None)  # type: ignore[arg-type]
    inside = DocumentInfo("d1", "a.txt", "", "red", "complete", 1, 1)
    for collection, expected in (("red", "parent.eml"), ("blue", "")):
        told = permits.shown([replace(inside, parent_id=house.document(collection), parent_name="parent.eml")])
        assert (told[0].parent_name, told[0].parent_id is None) == (expected, not expected)


def test_what_was_moved_out_of_a_document_does_not_go_with_it(house: House) -> None:
    letter = EmailMessage()
    letter["Subject"] = "plan"
    letter.set_content("A letter about the lantern.")
    letter.add_attachment("The attached lantern costs 9922 won.", filename="attached.txt")
    admin, editor = house.app("admin"), house.app("editor")
    for _event in editor.upload("letter.eml", letter.as_bytes(), "red"):
        pass
    by_name = {each.name: each.id for each in editor.documents(Scope())}
    admin.move_documents([by_name["attached.txt"]], "blue")
    assert refusal(lambda: editor.remove([by_name["letter.eml"]])) == "document_shared"
    assert "attached.txt" in {each.name for each in admin.documents(Scope())}
    admin.remove([by_name["letter.eml"]])
    assert "attached.txt" not in {each.name for each in admin.documents(Scope())}
