"""Token, cookie and password as they lie on the disk and as they are compared."""

from __future__ import annotations

from pathlib import Path

from ai_chat.server.keys import made_password, open_keys


def test_the_token_is_kept_between_starts_and_is_the_users_alone(tmp_path: Path) -> None:
    first = open_keys(tmp_path / "run", None)
    second = open_keys(tmp_path / "run", None)
    assert first.token == second.token and len(first.token) >= 24
    assert (tmp_path / "run" / "token").stat().st_mode & 0o777 == 0o600
    assert first.api_key != second.api_key


def test_a_token_that_others_could_read_is_replaced(tmp_path: Path) -> None:
    first = open_keys(tmp_path, None)
    (tmp_path / "token").chmod(0o644)
    assert open_keys(tmp_path, None).token != first.token


def test_the_cookie_is_not_the_secret_and_ends_with_it(tmp_path: Path) -> None:
    open_door, locked = open_keys(tmp_path, None), open_keys(tmp_path, "secret")
    assert open_door.token not in open_door.cookie() and "secret" not in locked.cookie()
    assert open_door.is_cookie(open_door.cookie())
    assert not locked.is_cookie(open_door.cookie())


def test_with_a_password_the_token_opens_nothing(tmp_path: Path) -> None:
    keys = open_keys(tmp_path, "암호")
    assert keys.opens("암호")
    assert not keys.opens(keys.token)


def test_secrets_do_not_show_in_a_log(tmp_path: Path) -> None:
    keys = open_keys(tmp_path, "secret")
    assert "secret" not in repr(keys) and keys.token not in repr(keys)


def test_a_made_password_is_kept_and_is_the_users_alone(tmp_path: Path) -> None:
    password, new = made_password(tmp_path / "run")
    assert new and len(password) >= 12 and password != open_keys(tmp_path / "run", None).token
    assert (tmp_path / "run" / "password").stat().st_mode & 0o777 == 0o600
    assert made_password(tmp_path / "run") == (password, False)
