"""Two people, each of one workspace, and how one tries what is the other's, on every route that needs a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyotp

from tests.support.browsing import Person, create_sign_in_link, person_of, signed_in
from tests.support.running_system import RunningSystem, ask

SESSION = "/api/v1/session"


@dataclass
class Someone:
    system: RunningSystem
    name: str
    person: Person
    workspace: str
    session: str
    key: str
    user: str

    def ids(self) -> list[str]:
        return [self.workspace, self.session, self.key, self.user]

    def another_session(self) -> Person:
        link = create_sign_in_link(self.system, self.name)
        return person_of(ask("POST", self.system.url + SESSION, {"link": link}), self.system.url)


# By the key of the system that they belong to.
PEOPLE: dict[str, Someone] = {}

Try = Callable[[Someone, Someone], None]


def who_belongs_to(home: RunningSystem, name: str) -> Someone:
    person = signed_in(home, name, new=True)
    (current,) = person.ask("GET", "/api/v1/sessions").body["data"]
    here = person.ask("GET", SESSION).body
    key = person.ask("POST", "/api/v1/keys", {"name": name}).body
    return Someone(home, name, person, here["workspace"]["id"], current["id"], key["id"], here["user"]["id"])


def refused(method: str, path: str, body: dict[str, str] | None = None) -> Try:
    """`path` and `body` may name the other's `{workspace}`, `{session}`, `{user}` and `{key}`."""

    def tried(other: Someone, me: Someone) -> None:
        sent = None if body is None else {name: value.format(**vars(other)) for name, value in body.items()}
        assert me.person.ask(method, path.format(**vars(other)), sent).status == 404

    return tried


def shows_nothing(path: str) -> Try:
    def tried(other: Someone, me: Someone) -> None:
        reply = me.person.ask("GET", path)
        assert reply.status == 200
        assert not any(one in reply.raw.decode() for one in (*other.ids(), other.name))

    return tried


def _signs_in_as_who_the_link_is_for(other: Someone, me: Someone) -> None:
    """Also in the other's browser: whose session that was ends, and nothing of it stays."""
    theirs, link = other.another_session(), create_sign_in_link(me.system, me.name)
    cookie = {"Cookie": f"araldo_session={theirs.token}"}
    body = ask("POST", me.system.url + SESSION, {"link": link}, cookie).body
    assert (body["user"]["name"], [one["id"] for one in body["workspaces"]]) == (me.name, [me.workspace])
    assert theirs.ask("GET", SESSION).status == 401


def _signs_out_itself_alone(other: Someone, me: Someone) -> None:
    mine, theirs = me.another_session(), other.another_session()
    assert mine.ask("DELETE", SESSION).status == 204
    assert (mine.ask("GET", SESSION).status, theirs.ask("GET", SESSION).status) == (401, 200)


def _ends_only_its_own_others(other: Someone, me: Someone) -> None:
    mine, theirs = me.another_session(), other.another_session()
    assert me.person.ask("DELETE", "/api/v1/sessions").status == 204
    assert (mine.ask("GET", SESSION).status, theirs.ask("GET", SESSION).status) == (401, 200)


def _makes_its_own(path: str) -> Try:
    def tried(other: Someone, me: Someone) -> None:
        made = me.person.ask("POST", path, {"name": "Un'altra"})
        assert made.status == 201
        assert made.body["id"] not in other.person.ask("GET", path).raw.decode()
        assert made.body["id"] in me.person.ask("GET", path).raw.decode()

    return tried


def _changes_its_own_password(other: Someone, me: Someone) -> None:
    password = f"la frase segreta di {me.name}"
    assert me.person.ask("PUT", f"{SESSION}/password", {"new": password}).status == 204
    for one, status in ((me, 200), (other, 401)):
        reply = ask("POST", me.system.url + SESSION, {"name": one.name, "password": password})
        assert reply.status == status
    assert other.person.ask("GET", SESSION).status == 200


def _has_its_own_second_factor(other: Someone, me: Someone) -> None:
    """Only until the end of the test: the others sign in without a code."""
    mine = me.another_session()
    secret = mine.ask("POST", f"{SESSION}/totp", {}).body["secret"]
    code = pyotp.TOTP(secret).now()
    codes = mine.ask("POST", f"{SESSION}/totp/confirm", {"code": code}).body["recovery_codes"]
    me.person = mine
    assert other.person.ask("GET", f"{SESSION}/totp").body == {"enabled_at": None, "recovery_codes_left": 0}
    assert other.person.ask("POST", f"{SESSION}/totp/disable", {"code": codes[0]}).body["code"] == "totp_disabled"
    assert mine.ask("POST", f"{SESSION}/totp/disable", {"code": codes[0]}).status == 204


WITH_A_SESSION: dict[tuple[str, str], Try] = {
    ("POST", SESSION): _signs_in_as_who_the_link_is_for,
    ("GET", SESSION): shows_nothing(SESSION),
    ("PATCH", SESSION): refused("PATCH", SESSION, {"workspace_id": "{workspace}"}),
    ("DELETE", SESSION): _signs_out_itself_alone,
    ("PUT", f"{SESSION}/password"): _changes_its_own_password,
    ("DELETE", "/api/v1/sessions"): _ends_only_its_own_others,
    ("GET", "/api/v1/sessions"): shows_nothing("/api/v1/sessions"),
    ("GET", f"{SESSION}/totp"): shows_nothing(f"{SESSION}/totp"),
    **{("POST", f"{SESSION}/totp{rest}"): _has_its_own_second_factor for rest in ("", "/confirm", "/disable")},
    ("GET", "/api/v1/members"): shows_nothing("/api/v1/members"),
    ("DELETE", "/api/v1/members/{user_id}"): refused("DELETE", "/api/v1/members/{user}"),
    ("DELETE", "/api/v1/users/{user_id}"): refused("DELETE", "/api/v1/users/{user}"),
    ("GET", "/api/v1/workspaces"): shows_nothing("/api/v1/workspaces"),
    ("POST", "/api/v1/workspaces"): _makes_its_own("/api/v1/workspaces"),
    ("PATCH", "/api/v1/workspaces/{workspace_id}"): refused("PATCH", "/api/v1/workspaces/{workspace}", {"name": "Mia"}),
    ("GET", "/api/v1/keys"): shows_nothing("/api/v1/keys"),
    ("POST", "/api/v1/keys"): _makes_its_own("/api/v1/keys"),
    ("DELETE", "/api/v1/keys/{key_id}"): refused("DELETE", "/api/v1/keys/{key}"),
    ("DELETE", "/api/v1/sessions/{session_id}"): refused("DELETE", "/api/v1/sessions/{session}"),
}


def with_a_session(tried: Try) -> Callable[[Any, RunningSystem], None]:
    """Tried by the people of the two houses, instead of by their keys."""
    return lambda other, me: tried(PEOPLE[other.system.key], PEOPLE[me.key])
