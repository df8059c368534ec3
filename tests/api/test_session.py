"""Sessions over HTTP: sign in by link and password, use, end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browsing import cookie_of, create_sign_in_link, person_of, signed_in
from tests.support.running_system import Reply, RunningSystem, ask, start_system
from tests.support.sse import stream

SESSION = "/api/v1/session"
PASSWORD = "una frase da ricordare"


def sign_in(home: RunningSystem, body: object, **headers: str) -> Reply:
    return ask("POST", home.url + SESSION, body, headers)


def test_a_link_signs_in_once_and_the_session_names_user_and_workspace(home: RunningSystem) -> None:
    link = create_sign_in_link(home)
    reply = sign_in(home, {"link": link})
    assert reply.status == 200
    body = reply.body
    assert (body["user"]["name"], body["user"]["language"], body["user"]["has_password"]) == ("owner", None, False)
    workspace = {"name": "Araldo", "language": "en", "zone": "Europe/Rome", "approval_required": False}
    assert body["workspace"] | {"id": ""} == {"id": "", **workspace}
    assert body["workspaces"] == [{"id": body["workspace"]["id"], "name": "Araldo"}]
    assert body["sandbox"] == {"viewer_url": home.meta.url}
    assert body["version"]
    assert body["expires_at"].endswith("Z")
    cookie = cookie_of(reply)["araldo_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "lax", "/", "")
    assert int(cookie["max-age"]) == 30 * 24 * 3600
    assert reply.headers["cache-control"] == "no-store"
    again = sign_in(home, {"link": link})
    assert (again.status, again.body["code"]) == (401, "link_invalid")
    assert "set-cookie" not in again.headers


def test_behind_https_cookies_have_the_host_prefix_and_hsts_is_set(tmp_path: Any) -> None:
    with start_system(tmp_path, connect=False, public_url="https://araldo.example") as home:
        reply = sign_in(home, {"link": create_sign_in_link(home)})
        assert reply.headers["strict-transport-security"] == "max-age=31536000"
        cookies = cookie_of(reply)
        assert list(cookies) == ["__Host-araldo_session"]
        cookie = cookies["__Host-araldo_session"]
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
        # A sibling domain can set a cookie under the plain name.
        for name, status in (("__Host-araldo_session", 200), ("araldo_session", 401)):
            assert ask("GET", home.url + SESSION, None, {"Cookie": f"{name}={cookie.value}"}).status == status
        out = ask(
            "DELETE",
            home.url + SESSION,
            None,
            {"Cookie": f"__Host-araldo_session={cookie.value}", "X-CSRF-Token": reply.body["csrf_token"]},
        )
        gone = cookie_of(out)["__Host-araldo_session"]
        assert (out.status, gone.value, gone["secure"], gone["max-age"]) == (204, "", True, "0")


def test_on_plain_http_hsts_is_not_set(home: RunningSystem) -> None:
    assert "strict-transport-security" not in sign_in(home, {"link": create_sign_in_link(home)}).headers


@pytest.mark.parametrize("body", [{}, {"name": "owner"}, {"password": PASSWORD}])
def test_incomplete_credentials_are_refused(home: RunningSystem, body: object) -> None:
    refused = sign_in(home, body)
    assert (refused.status, refused.body["errors"][0]["code"]) == (422, "sign_in_incomplete")


def test_setting_a_password_ends_the_other_sessions(home: RunningSystem) -> None:
    me, elsewhere = signed_in(home), signed_in(home)
    short = me.ask("PUT", f"{SESSION}/password", {"new": "troppo"})
    assert (short.status, short.body["errors"][0]["pointer"], short.body["errors"][0]["code"]) == (
        422,
        "/new",
        "password_short",
    )
    assert "10" in short.body["detail"]
    assert me.ask("PUT", f"{SESSION}/password", {"new": PASSWORD}).status == 204
    assert (me.ask("GET", SESSION).body["user"]["has_password"], elsewhere.ask("GET", SESSION).status) == (True, 401)
    assert sign_in(home, {"name": " OWNER ", "password": PASSWORD}).status == 200
    for body in ({"name": "owner", "password": PASSWORD + "!"}, {"name": "nobody", "password": PASSWORD}):
        wrong = sign_in(home, body)
        assert (wrong.status, wrong.body["code"]) == (401, "sign_in_wrong")
    other = "un'altra frase, nuova"
    for current, code in ((None, "missing"), ("sbagliata!", "password_wrong")):
        refused = me.ask("PUT", f"{SESSION}/password", {"current": current, "new": other})
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/current")
        assert refused.body["errors"][0]["code"] == code
    assert me.ask("PUT", f"{SESSION}/password", {"current": PASSWORD, "new": other}).status == 204
    assert sign_in(home, {"name": "owner", "password": PASSWORD}).status == 401
    assert sign_in(home, {"name": "owner", "password": other}).status == 200


def test_guessing_a_password_is_limited_and_a_link_still_works(home: RunningSystem) -> None:
    for _ in range(10):
        assert sign_in(home, {"name": "Owner", "password": "no"}).status == 401
    refused = sign_in(home, {"name": "owner", "password": "no"}, **{"Accept-Language": "it"})
    assert (refused.status, refused.body["code"], refused.body["title"]) == (429, "too_many", "Troppe richieste")
    assert 800 < int(refused.headers["retry-after"]) <= 900
    assert sign_in(home, {"link": create_sign_in_link(home)}).status == 200


def test_signing_out_ends_the_session_and_deletes_the_cookie(home: RunningSystem) -> None:
    me = signed_in(home)
    out = me.ask("DELETE", SESSION)
    assert out.status == 204
    cookie = cookie_of(out)["araldo_session"]
    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", "0", "/")
    for method, path in (("GET", SESSION), ("GET", "/api/v1/posts"), ("DELETE", SESSION)):
        refused = me.ask(method, path)
        assert (refused.status, refused.body["code"]) == (401, "unauthorized")


def test_signing_in_again_ends_the_browsers_old_session(home: RunningSystem) -> None:
    me = signed_in(home)
    sign_in(home, {"link": create_sign_in_link(home)}, Cookie=f"araldo_session={me.token}")
    assert me.ask("GET", SESSION).status == 401


def test_sessions_are_listed_and_ended(home: RunningSystem) -> None:
    me = signed_in(home)
    link = {"link": create_sign_in_link(home)}
    phone = person_of(
        sign_in(home, link, **{"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/1 Safari/5"}), home.url
    )
    third = signed_in(home)
    listed = me.ask("GET", "/api/v1/sessions").body["data"]
    assert sorted(one["user_agent"] for one in listed) == ["", "", "Chrome, Android"]
    assert [one["current"] for one in listed].count(True) == 1
    (phones,) = [one["id"] for one in listed if one["user_agent"]]
    assert me.ask("DELETE", f"/api/v1/sessions/{phones}").status == 204
    assert (phone.ask("GET", SESSION).status, third.ask("GET", SESSION).status) == (401, 200)
    assert me.ask("DELETE", f"/api/v1/sessions/{phones}").status == 404
    assert me.ask("DELETE", "/api/v1/sessions").status == 204
    assert (third.ask("GET", SESSION).status, me.ask("GET", SESSION).status) == (401, 200)


def test_until_a_person_chooses_a_language_messages_follow_the_request_and_then_the_workspace(
    home: RunningSystem,
) -> None:
    me = signed_in(home)
    session = me.ask("GET", SESSION).body
    assert session["user"]["language"] is None
    me.ask("PATCH", f"/api/v1/workspaces/{session['workspace']['id']}", {"language": "it"})
    for accepted, title in (("en-GB", "Not found"), ("it-CH, en", "Non trovato"), ("de", "Non trovato")):
        assert me.ask("GET", "/api/v1/posts/none", accept_language=accepted).body["title"] == title


def test_errors_are_in_the_users_language(home: RunningSystem) -> None:
    me = signed_in(home)
    assert me.ask("PATCH", SESSION, {"language": "en"}).body["user"]["language"] == "en"
    assert me.ask("GET", "/api/v1/posts/none", accept_language="it").body["title"] == "Not found"
    assert me.ask("PATCH", SESSION, {"language": "it"}).body["user"]["language"] == "it"
    assert me.ask("GET", "/api/v1/posts/none", accept_language="en").body["title"] == "Non trovato"
    assert me.ask("PATCH", SESSION, {"language": "de"}).status == 422


def test_a_session_can_use_the_api_like_a_key(home: RunningSystem) -> None:
    me = signed_in(home)
    made = me.ask(
        "POST",
        "/api/v1/social/create-multi-platform-post",
        {"content": "Ciao", "platforms": ["facebook"], "publish_immediately": True},
    )
    assert (made.status, made.body["status"]) == (200, "published")
    assert home.ask("GET", f"/api/v1/social/posts/{made.body['job_id']}").status == 200
    assert len(me.ask("GET", "/api/v1/accounts").body["data"]) == 2


def test_idempotency_keys_belong_to_the_membership_not_the_session(home: RunningSystem) -> None:
    body = {"content": "Una volta", "platforms": ["facebook"]}
    path, once = "/api/v1/social/create-multi-platform-post", {"idempotency_key": "same"}
    me = signed_in(home)
    first = me.ask("POST", path, body, **once).body["job_id"]
    assert me.ask("DELETE", SESSION).status == 204
    assert signed_in(home).ask("POST", path, body, **once).body["job_id"] == first
    assert home.ask("POST", path, body, **once).body["job_id"] != first


def test_event_streams_end_with_the_session(home: RunningSystem) -> None:
    me = signed_in(home)
    with stream(home.url, "/api/v1/events?last_event_id=0", None, {"Cookie": f"araldo_session={me.token}"}) as opened:
        made = me.ask("POST", "/api/v1/posts", {"content": "Ciao"}).body["job_id"]
        assert made in (event.data["post_id"] for event in iter(opened.next, None))


def test_another_users_sessions_are_not_found(home: RunningSystem) -> None:
    me, other = signed_in(home), signed_in(home, "Bruna", new=True)
    mine = [one["id"] for one in me.ask("GET", "/api/v1/sessions").body["data"]]
    theirs = other.ask("GET", "/api/v1/sessions").body["data"]
    assert [one["current"] for one in theirs] == [True]
    assert not {one["id"] for one in theirs} & set(mine)
    assert [other.ask("DELETE", f"/api/v1/sessions/{one}").status for one in mine] == [404] * len(mine)
    assert other.ask("DELETE", "/api/v1/sessions").status == 204
    assert other.ask("PUT", f"{SESSION}/password", {"new": PASSWORD}).status == 204
    assert me.ask("GET", SESSION).body["user"]["has_password"] is False


def test_a_key_cannot_use_session_routes(home: RunningSystem) -> None:
    for method, path in (("GET", SESSION), ("DELETE", SESSION), ("GET", "/api/v1/sessions")):
        refused = home.ask(method, path)
        assert (refused.status, refused.body["code"]) == (403, "person_needed")


def test_a_request_for_another_workspace_than_the_sessions_is_refused(home: RunningSystem) -> None:
    me = signed_in(home)
    here = me.ask("GET", SESSION).body["workspace"]["id"]
    there = me.ask("POST", "/api/v1/workspaces", {"name": "Altrove"}).body["id"]
    assert me.ask("PATCH", SESSION, {"workspace_id": there}).status == 200
    late = me.ask("POST", "/api/v1/posts", {"content": "Di qua"}, X_Workspace=here)
    assert (late.status, late.body["code"]) == (409, "workspace_changed")
    assert me.ask("POST", "/api/v1/posts", {"content": "Di là"}, X_Workspace=there).status == 201
