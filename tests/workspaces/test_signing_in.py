"""The pure parts of signing in: throttling, passwords, CSRF tokens, names of browsers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.errors import PostInvalid, TooMany
from araldo.workspaces import login_throttle
from araldo.workspaces.login_throttle import (
    MAX_CODES_PER_USER,
    MAX_TRIES_PER_ADDRESS,
    MAX_TRIES_PER_NAME,
    SLOW_AFTER,
    SLOW_S,
    WINDOW_S,
    LoginThrottle,
)
from araldo.workspaces.passwords import Passwords, require_strong_password
from araldo.workspaces.users import csrf_token_of, describe_user_agent, fold_name, is_csrf_token_of, make_session_token
from tests.support.clock import FakeClock


class WrongPassword(Exception):
    pass


def make_failed_try(limit: LoginThrottle, address: str, name: str | None = None) -> None:
    with pytest.raises(WrongPassword), limit.attempt(address=address, name=name):
        raise WrongPassword


def refused_for_s(limit: LoginThrottle, address: str, name: str | None = None) -> float:
    """Assert that a try is refused, and return for how many seconds."""
    with pytest.raises(TooMany) as raised, limit.attempt(address=address, name=name):
        raise AssertionError("no try was to be made")
    return raised.value.after_s


def test_tries_for_a_name_from_an_address_are_limited_within_the_window(clock: FakeClock) -> None:
    limit = LoginThrottle(clock)
    for _ in range(MAX_TRIES_PER_NAME):
        make_failed_try(limit, "192.0.2.1", "owner")
        clock.advance(1)
    wait_s = refused_for_s(limit, "192.0.2.1", "owner")
    assert wait_s == WINDOW_S - MAX_TRIES_PER_NAME
    make_failed_try(limit, "192.0.2.1", "another")
    clock.advance(wait_s)
    make_failed_try(limit, "192.0.2.1", "owner")


def test_an_attacker_does_not_lock_out_other_addresses(clock: FakeClock) -> None:
    limit = LoginThrottle(clock)
    for _ in range(MAX_TRIES_PER_NAME):
        make_failed_try(limit, "192.0.2.1", "owner")
    refused_for_s(limit, "192.0.2.1", "owner")
    with limit.attempt(address="198.51.100.1", name="owner"):
        pass


def test_tries_from_many_addresses_are_slowed_down_except_known_ones(clock: FakeClock) -> None:
    limit = LoginThrottle(clock)
    with limit.attempt(address="198.51.100.1", name="owner"):
        pass
    for number in range(SLOW_AFTER + 1):
        make_failed_try(limit, f"10.0.0.{number}", "owner")
    assert refused_for_s(limit, "10.0.1.1", "owner") == SLOW_S
    assert refused_for_s(limit, "10.0.1.2", "owner") == SLOW_S
    make_failed_try(limit, "10.0.1.1", "another")
    with limit.attempt(address="198.51.100.1", name="owner"):
        pass
    clock.advance(SLOW_S)
    make_failed_try(limit, "10.0.1.1", "owner")
    assert refused_for_s(limit, "10.0.1.2", "owner") == SLOW_S
    clock.advance(WINDOW_S)
    for number in range(SLOW_AFTER):
        make_failed_try(limit, f"10.0.2.{number}", "owner")


def test_codes_are_limited_per_user_across_addresses(clock: FakeClock) -> None:
    limit = LoginThrottle(clock)
    for _ in range(MAX_CODES_PER_USER):
        with pytest.raises(WrongPassword), limit.attempt_code("usr_1"):
            raise WrongPassword
    with pytest.raises(TooMany), limit.attempt_code("usr_1"):
        raise AssertionError("no try was to be made")
    with limit.attempt_code("usr_2"):
        pass


def test_each_lockout_is_reported_once(clock: FakeClock) -> None:
    limit = LoginThrottle(clock)
    for _ in range(2):
        for number in range(MAX_TRIES_PER_NAME):
            make_failed_try(limit, "192.0.2.1", "owner")
            assert limit.starts_lockout(address="192.0.2.1", name="owner") is (number == MAX_TRIES_PER_NAME - 1)
        assert not limit.starts_lockout(address="192.0.2.1", name="owner")
        clock.advance(WINDOW_S)


@pytest.mark.parametrize(
    ("first", "second"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:db8::ffff:2"), ("::ffff:192.0.2.7", "192.0.2.7")],
)
def test_tries_from_an_address_are_limited_across_names(clock: FakeClock, first: str, second: str) -> None:
    limit = LoginThrottle(clock)
    for number in range(MAX_TRIES_PER_ADDRESS):
        make_failed_try(limit, first, f"name {number}")
    with pytest.raises(TooMany), limit.attempt(address=second):
        raise AssertionError("no try was to be made")
    make_failed_try(limit, "2001:db8:0:1::1")


def test_successful_tries_do_not_count(clock: FakeClock) -> None:
    limit = LoginThrottle(clock)
    for _ in range(3 * MAX_TRIES_PER_ADDRESS):
        with limit.attempt(address="192.0.2.7", name="owner"):
            pass
    for _ in range(MAX_TRIES_PER_NAME):
        make_failed_try(limit, "192.0.2.7", "owner")


def test_concurrent_tries_are_counted_before_they_run(clock: FakeClock) -> None:
    limit = LoginThrottle(clock)
    open_tries = [limit.attempt(address="192.0.2.7", name="owner") for _ in range(MAX_TRIES_PER_NAME)]
    for one in open_tries:
        one.__enter__()
    with pytest.raises(TooMany), limit.attempt(address="192.0.2.7", name="owner"):
        raise AssertionError("no try was to be made")
    for one in open_tries:
        one.__exit__(None, None, None)
    with limit.attempt(address="192.0.2.7", name="owner"):
        pass


def test_the_tables_are_bounded(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_throttle, "_MAX_ENTRIES", 50)
    limit = LoginThrottle(clock)
    for number in range(500):
        make_failed_try(limit, f"10.0.{number // 256}.{number % 256}", f"name {number}")
    assert [len(kept) for kept in (limit._tries, limit._known, limit._reported)] == [50, 0, 0]


@pytest.mark.parametrize(
    ("password", "good"),
    [("vuf kem zo", True), ("vuf kem z", False), ("vuf kem z" * 56, False), ("è più però", True)],
)
def test_password_length_limits(password: str, good: bool) -> None:
    if good:
        require_strong_password(password, "/new")
        return
    with pytest.raises(PostInvalid) as refused_for_s:
        require_strong_password(password, "/new")
    assert refused_for_s.value.problems[0].pointer == "/new"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("password123!", "password_common"),
        ("Password2024", "password_common"),
        ("qwertyuiop", "password_common"),
        ("1234567890", "password_common"),
        ("x" * 300, "password_common"),
        ("ciaociao12", "password_common"),
        ("Bruna-Neri-1987", "password_own_name"),
        ("araldo2026!", "password_own_name"),
        ("ARALDO bruna neri", "password_own_name"),
    ],
)
def test_common_passwords_are_refused(password: str, code: str) -> None:
    with pytest.raises(PostInvalid) as refused_for_s:
        require_strong_password(password, "/new", name="Bruna Neri")
    assert [(one.pointer, one.code) for one in refused_for_s.value.problems] == [("/new", code)]


@pytest.mark.parametrize("password", ["Bruna dorme sul tetto", "araldo di primavera", "z" * 40 + " quadri verdi 17"])
def test_a_name_may_be_part_of_a_good_password(password: str) -> None:
    require_strong_password(password, "/new", name="Bruna Neri")


async def test_passwords_are_verified_regardless_of_unicode_form() -> None:
    passwords = Passwords()
    kept = await passwords.hash("perché no, dai")
    assert kept.startswith("$argon2id$")
    assert await passwords.verify(kept, "perche\u0301 no, dai")
    assert not await passwords.verify(kept, "perche no, dai")
    assert not await passwords.verify(None, "nobody has this password")
    assert not await passwords.verify("no hash at all", "perché no, dai")


@given(st.text())
def test_a_csrf_token_is_valid_for_one_session(given_token: str) -> None:
    token = make_session_token()
    assert is_csrf_token_of(token.secret, csrf_token_of(token.secret))
    assert not is_csrf_token_of(token.secret, given_token)
    assert not is_csrf_token_of(make_session_token().secret, csrf_token_of(token.secret))
    # Neither what is stored nor what pages read tells the other.
    assert token.hash not in csrf_token_of(token.secret)


@given(st.text())
def test_folding_a_name_twice_changes_nothing(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)


@pytest.mark.parametrize(
    ("sent", "short"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari, macOS"),
        ("curl/8.5.0", "curl"),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_user_agents_are_shown_as_browser_and_system(sent: str, short: str) -> None:
    assert describe_user_agent(sent) == short
