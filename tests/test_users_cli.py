"""`ai-chat users`, `keys` and `audit` as programs: what they print, what they refuse, what they leave."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.program import Program

PASSWORD = b"correct horse\n"


@pytest.fixture
def peopled(program: Program) -> Program:
    assert program("users", "add", "민지", "--stdin", stdin=PASSWORD).code == 0
    assert program("users", "add", "bob", "--stdin", "--collection", "red", stdin=PASSWORD).code == 0
    return program


def test_users_are_added_listed_limited_and_removed(peopled: Program) -> None:
    listed = peopled("users", "list", "--json").json["users"]
    assert [(each["name"], each["role"], each["collections"]) for each in listed] == [
        ("민지", "admin", None),
        ("bob", "reader", ["red"]),
    ]
    assert "blue, red" in peopled("users", "allow", "bob", "blue").err
    assert "ai-chat users allow bob" in peopled("users", "deny", "bob", "blue", "red").err
    assert "sessions of bob have ended" in peopled("users", "password", "bob", "--stdin", stdin=b"another horse\n").err
    assert peopled("users", "remove", "bob").code == 0
    assert "opens by its token again" in peopled("users", "remove", "민지").err
    assert "There are no users" in peopled("users", "list").err


def test_the_first_user_is_told_what_changes(program: Program) -> None:
    assert "the address with the token opens nothing any more" in program("users", "add", "a", stdin=PASSWORD).err
    assert "토큰" in Program(program.home / "other", "ko_KR.UTF-8")("users", "add", "a", stdin=PASSWORD).err


@pytest.mark.parametrize(
    ("words", "stdin", "code", "told"),
    [
        (["users", "add", "BOB"], PASSWORD, 1, "already"),
        (["users", "add", "eve"], b"short\n", 1, "8 characters"),
        (["users", "add", "eve"], b"", 2, "password"),
        (["users", "add", "eve", "--role", "king"], PASSWORD, 2, "king"),
        (["users", "remove", "nobody"], b"", 1, "nobody"),
        (["users", "remove", "민지"], b"", 1, "last admin"),
        (["users", "allow", "민지", "red"], b"", 1, "admins see all"),
        (["users", "allow", "bob", "@private"], b"", 1, "no name of a collection"),
        (["keys", "add", "nobody"], b"", 1, "nobody"),
        (["keys", "add", "bob", "--expires", "soon"], b"", 1, "90d"),
        (["keys", "add", "bob", "--expires", "0d"], b"", 1, "90d"),
        (["keys", "add", "bob", "--scope", "everything"], b"", 2, "everything"),
        (["keys", "revoke", "none"], b"", 1, "none"),
    ],
)
def test_what_is_refused_says_why(peopled: Program, words: list[str], stdin: bytes, code: int, told: str) -> None:
    done = peopled(*words, stdin=stdin)
    assert (done.code, done.out) == (code, "")
    assert told in done.err


def test_a_key_is_printed_once_and_kept_nowhere(peopled: Program) -> None:
    made = peopled("keys", "add", "bob", "--expires", "90d", "--scope", "search", "--scope", "ask")
    key = made.out.strip()
    assert key.startswith("ac-") and len(key) > 50
    assert "only this once" in made.err
    (kept,) = peopled("keys", "list", "--json").json["keys"]
    assert (kept["owner"], kept["uses"], kept["revoked_at"]) == ("bob", ["search", "ask"], None)
    assert key not in peopled("keys", "list").out
    assert all(key.encode() not in path.read_bytes() for path in peopled.home.rglob("*") if path.is_file())
    assert peopled("keys", "revoke", kept["id"]).code == 0
    assert "revoked" in peopled("keys", "list").out


def test_the_log_is_shown_and_exported(peopled: Program) -> None:
    shown = peopled("audit").out.splitlines()
    assert [line.split()[2:4] for line in shown] == [["user_added", "민지"], ["user_added", "bob"]]
    lines = [json.loads(line) for line in peopled("audit", "--export", "jsonl").out.splitlines()]
    rows = list(csv.DictReader(io.StringIO(peopled("audit", "--export", "csv").out)))
    assert rows == lines == peopled("audit", "--json").json["entries"]
    assert peopled("audit", "--since", "2999-01-01").out == ""


def test_a_spreadsheet_reckons_with_nothing_in_the_log(peopled: Program) -> None:
    assert peopled("users", "add", "=1+1", "--stdin", stdin=PASSWORD).code == 0
    assert ",'=1+1," in peopled("audit", "--export", "csv").out


def test_looking_at_the_log_of_a_home_without_users_makes_nothing(program: Program) -> None:
    assert program("audit", "--json").json["entries"] == []
    assert not (program.home / "users.db").exists()
