"""Users, passwords, sessions, keys and the audit log over a real file; clocks are set by hand."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ai_chat.errors import InputError, RefusedError
from ai_chat.users import LOCAL, Principal
from ai_chat.users.door import FILE, NOTED_FAILURES, Door
from ai_chat.users.sessions import DAYS
from ai_chat.users.throttle import LOCKED_SECONDS, TRIES, Throttle
from ai_chat.users.users import Users

PASSWORD = "correct horse"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def users(tmp_path: Path, clock: Clock) -> Iterator[Users]:
    with closing(Users.open(tmp_path / FILE, clock)) as opened:
        opened.accounts.add("Minji", PASSWORD)
        opened.accounts.add("Bob", PASSWORD, "reader", ["red"])
        yield opened


@pytest.fixture
def door(tmp_path: Path, users: Users, clock: Clock) -> Iterator[Door]:
    with closing(Door(tmp_path, clock, clock)) as opened:
        yield opened


def code(error: pytest.ExceptionInfo[InputError]) -> str:
    return error.value.code


def test_the_first_user_is_an_admin_who_sees_all_and_others_see_what_is_named(users: Users) -> None:
    minji, bob = users.accounts.users()
    assert (minji.role, minji.collections) == ("admin", None)
    assert (bob.role, bob.collections) == ("reader", ("red",))
    assert users.accounts.allow("bob", ["blue"]).collections == ("blue", "red")
    assert users.accounts.deny("bob", ["red"]).collections == ("blue",)
    assert users.accounts.allow("bob", ["*"]).collections is None


@pytest.mark.parametrize(
    ("name", "password", "role", "collections", "expected"),
    [
        ("bob", PASSWORD, "reader", [], "user_there"),
        (" B O B ", PASSWORD, "reader", [], "user_there"),
        ("", PASSWORD, "reader", [], "user_name_invalid"),
        ("a\x00b", PASSWORD, "reader", [], "user_name_invalid"),
        ("x" * 65, PASSWORD, "reader", [], "user_name_invalid"),
        ("eve", "short", "reader", [], "user_password_short"),
        ("eve", "x" * 257, "reader", [], "user_password_long"),
        ("eve", PASSWORD, "admin", ["red"], "user_admin_sees_all"),
        ("eve", PASSWORD, "reader", ["@conversation"], "user_collection_invalid"),
    ],
)
def test_what_cannot_be_added(
    users: Users, name: str, password: str, role: str, collections: list[str], expected: str
) -> None:
    with pytest.raises(InputError) as error:
        users.accounts.add(name, password, role, collections)  # type: ignore[arg-type]
    assert code(error) == expected
    assert len(users.accounts.users()) == 2


def test_the_first_user_is_no_reader_and_the_last_admin_stays(tmp_path: Path, users: Users) -> None:
    with closing(Users.open(tmp_path / "other.db")) as other, pytest.raises(InputError) as error:
        other.accounts.add("eve", PASSWORD, "reader")
    assert code(error) == "user_first_admin"
    with pytest.raises(InputError) as error:
        users.accounts.remove("minji")
    assert code(error) == "user_last_admin"
    users.accounts.remove("bob")
    users.accounts.remove("minji")
    assert not users.accounts.any()


def test_no_password_and_no_key_lies_in_the_file(tmp_path: Path, users: Users) -> None:
    key, _made = users.keys.add(users.accounts.user("bob"), "bob")
    users.close()
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert PASSWORD.encode() not in held and key.encode() not in held
    assert b"$argon2id$" in held
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_session_ends_with_its_days_its_password_and_its_user(users: Users, clock: Clock) -> None:
    bob = users.accounts.user("bob")
    kept = users.sessions.begin(bob)
    assert users.sessions.user(kept) == bob
    clock.now += DAYS * 86_400
    assert users.sessions.user(kept) is None
    clock.now -= DAYS * 86_400
    users.accounts.set_password("bob", "another horse")
    assert users.sessions.user(kept) is None
    after = users.sessions.begin(users.accounts.user("bob"))
    users.accounts.remove("bob")
    assert users.sessions.user(after) is None


def test_signing_out_ends_every_copy_of_a_session(users: Users) -> None:
    bob = users.accounts.user("bob")
    one, other = users.sessions.begin(bob), users.sessions.begin(bob)
    users.sessions.end(one)
    assert users.sessions.user(one) is None
    assert users.sessions.user(other) == bob


@settings(max_examples=200, deadline=None)
@given(place=some.integers(0, 200), letter=some.characters(codec="utf-8"))
def test_no_changed_letter_of_a_session_is_taken(
    tmp_path_factory: pytest.TempPathFactory, place: int, letter: str
) -> None:
    with closing(Users.open(tmp_path_factory.mktemp("signed") / FILE)) as users:
        from ai_chat.users.accounts import User

        cookie = users.sessions.begin(User("u1", "eve", "admin", None, "", 1))
        at = place % len(cookie)
        changed = cookie[:at] + letter + cookie[at + 1 :]
        assert changed == cookie or users.sessions._read(changed) is None


def test_of_another_home_no_session_is_taken(tmp_path: Path, users: Users) -> None:
    bob = users.accounts.user("bob")
    with closing(Users.open(tmp_path / "other.db")) as other:
        assert users.sessions.user(other.sessions.begin(bob)) is None


def test_a_key_is_its_owners_and_ends_by_time_by_hand_and_with_him(users: Users, clock: Clock) -> None:
    bob = users.accounts.user("bob")
    short, _ = users.keys.add(bob, "bob", 60.0, ["search"])
    lasting, made = users.keys.add(bob, "bob")
    held = users.keys.principal(short)
    assert held is not None and held.uses == frozenset({"search"}) and held.collections == frozenset({"red"})
    clock.now += 61
    assert users.keys.principal(short) is None
    assert users.keys.principal(lasting) == bob.principal
    assert users.keys.principal(lasting[:-1]) is None and users.keys.principal(lasting + "x") is None
    users.keys.revoke(made.id)
    assert users.keys.principal(lasting) is None
    with pytest.raises(InputError):
        users.keys.revoke(made.id)
    third, _ = users.keys.add(bob, "bob")
    users.accounts.remove("bob")
    assert users.keys.principal(third) is None


def test_a_key_of_before_there_were_users_opens_nothing_after(tmp_path: Path) -> None:
    with closing(Users.open(tmp_path / FILE)) as users:
        key, _made = users.keys.add(None, "script")
        assert users.keys.principal(key) == LOCAL
        users.accounts.add("minji", PASSWORD)
        assert users.keys.principal(key) is None


def test_without_users_nothing_is_guarded_and_no_file_is_made(tmp_path: Path) -> None:
    with closing(Door(tmp_path)) as door:
        assert not door.guards()
        assert door.by_key("ac-1-2") is None and door.by_cookie("x") is None
    assert list(tmp_path.iterdir()) == []


def test_signing_in_gives_a_session_and_both_failures_are_alike(door: Door, users: Users) -> None:
    found = door.by_cookie(door.sign_in("BOB", PASSWORD, "1.2.3.4").cookie)
    assert found == users.accounts.user("bob").principal
    assert door.sign_in("bob", "wrong", "1.2.3.4") == door.sign_in("nobody", "wrong", "1.2.3.4")
    noted = [(each.name, each.action, each.subject, each.address) for each in users.audit.entries()]
    assert noted == [
        ("Bob", "signed_in", "", "1.2.3.4"),
        ("", "sign_in_failed", "bob", "1.2.3.4"),
        ("", "sign_in_failed", "nobody", "1.2.3.4"),
    ]


def test_five_hundred_wrong_passwords_are_locked_out_and_noted(door: Door, users: Users, clock: Clock) -> None:
    answers: dict[str, list[bool]] = {"bob": [], "nobody": []}
    for number in range(250):
        for name, told in answers.items():
            told.append(door.sign_in(name, f"wrong {number}", f"10.0.{number}.{len(name)}").locked)
    assert answers["bob"] == answers["nobody"] == [False] * TRIES + [True] * (250 - TRIES)
    assert door.sign_in("bob", PASSWORD, "10.9.9.9").locked
    noted = [each.action for each in users.audit.entries()]
    assert (noted.count("sign_in_failed"), noted.count("locked_out")) == (2 * TRIES, 501 - 2 * TRIES)
    clock.now += LOCKED_SECONDS
    assert door.sign_in("bob", PASSWORD, "10.9.9.9").cookie


def test_an_unknown_name_costs_a_comparison_as_a_wrong_password_does(door: Door, clock: Clock) -> None:
    """In CPU time, interleaved, by a factor that noise does not reach and a missing comparison (1,000 times less) would."""
    taken: dict[str, list[float]] = {"bob": [], "nobody": []}
    for number in range(5):
        for name, times in taken.items():
            clock.now += LOCKED_SECONDS
            began = time.process_time()
            door.sign_in(name, "wrong", f"10.0.0.{number}")
            times.append(time.process_time() - began)
    ratio = statistics.median(taken["bob"]) / statistics.median(taken["nobody"])
    assert 0.1 < ratio < 10


def test_many_names_from_one_address_are_slowed_down(clock: Clock) -> None:
    throttle = Throttle(clock)
    assert [throttle.admits(f"name {number}", "one") for number in range(10)] == [True] * 8 + [False] * 2
    clock.now += 61
    assert throttle.admits("another", "one")


def test_who_is_removed_is_told_so_in_the_midst_of_his_work(door: Door, users: Users) -> None:
    bob = users.accounts.user("bob").principal
    users.accounts.allow("bob", ["blue"])
    assert door.fresh(bob).collections == frozenset({"red", "blue"})
    users.accounts.remove("bob")
    with pytest.raises(RefusedError):
        door.fresh(bob)


def test_the_log_keeps_its_days(clock: Clock, users: Users) -> None:
    users.audit.note("u1", "bob", "asked", "t1")
    clock.now += 181 * 86_400
    for number in range(500):
        users.audit.note("u1", "bob", "opened", f"d{number}")
    assert [each.subject for each in users.audit.entries()][:1] == ["d0"]
    assert len(list(users.audit.entries())) == 500


@given(told=some.text(max_size=40))
def test_whatever_id_is_told_the_conversation_is_his_own(told: str) -> None:
    one, other = (Principal(each, each, "reader", frozenset()) for each in ("u1", "u2"))
    assert one.owns(one.conversation(told)) and not other.owns(one.conversation(told))
    assert not one.owns(other.conversation(one.conversation(told)))
    assert one.conversation(one.conversation(told)) == one.conversation(told)


def test_an_admin_manages_users_and_nobody_else_does(door: Door, users: Users) -> None:
    minji, bob = (users.accounts.user(name).principal for name in ("minji", "bob"))
    assert door.managed_by(minji).accounts.users() == users.accounts.users()
    search_key, _made = users.keys.add(users.accounts.user("minji"), "minji", None, ["search"])
    assert users.keys.principal(search_key) is not None
    for nobody in (bob, LOCAL):
        with pytest.raises(RefusedError) as error:
            door.managed_by(nobody)
        assert error.value.code == "not_permitted"


def test_somebody_changes_his_own_password_by_the_old_one(door: Door, users: Users) -> None:
    bob = users.accounts.user("bob").principal
    cookie = door.sign_in("bob", PASSWORD, "1").cookie
    with pytest.raises(InputError) as wrong:
        door.change_password(bob, "wrong one", "another horse")
    assert wrong.value.code == "user_password_wrong"
    with pytest.raises(InputError) as short:
        door.change_password(bob, PASSWORD, "short")
    assert short.value.code == "user_password_short"
    assert door.by_cookie(cookie) == bob
    door.change_password(bob, PASSWORD, "another horse")
    assert door.by_cookie(cookie) is None
    assert door.sign_in("bob", "another horse", "1").cookie


def test_argon2_comes_with_the_first_password(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ai_chat.users.users import Users; from ai_chat.users.door import Door\n"
        "folder = Path(sys.argv[1]); users = Users.open(folder / 'users.db'); door = Door(folder); door.guards()\n"
        "door.by_cookie('x'); assert 'argon2' not in sys.modules; door.sign_in('a', 'b', 'c'); assert 'argon2' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_who_knocks_for_ever_does_not_fill_the_disk(door: Door, users: Users, clock: Clock) -> None:
    for number in range(NOTED_FAILURES + 100):
        door.sign_in("bob", "wrong", f"10.0.0.{number}")
    assert len(list(users.audit.entries())) == NOTED_FAILURES
    clock.now += 3601
    door.sign_in("nobody", "wrong", "10.0.0.1")
    assert len(list(users.audit.entries())) == NOTED_FAILURES + 1
