"""The pure parts of signing in: passwords, CSRF tokens, names of browsers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.errors import PostInvalid
from araldo.workspaces.passwords import Passwords, require_strong_password
from araldo.workspaces.users import csrf_token_of, describe_user_agent, fold_name, is_csrf_token_of, make_session_token


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


@pytest.mark.usefixtures("real_passwords")
async def test_passwords_are_verified_regardless_of_unicode_form() -> None:
    passwords = Passwords()
    kept = await passwords.hash("perché no, dai")
    # Memory in KiB, passes, lanes: RFC 9106's second recommended choice.
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
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
