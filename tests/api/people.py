"""Users of two workspaces, and the isolation test of each route that needs a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyotp

from tests.api.approvals import APPROVAL_ROUTES
from tests.support.browsing import Person, create_sign_in_link, person_of, signed_in
from tests.support.push_service import Browser
from tests.support.running_system import RunningSystem, ask

SESSION, INVITATIONS, JOIN = "/api/v1/session", "/api/v1/invitations", "/api/v1/join"
DEVICES = "/api/v1/push/devices"


@dataclass
class WorkspaceUser:
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


# By the API key of their RunningSystem.
PEOPLE: dict[str, WorkspaceUser] = {}

RouteTest = Callable[[WorkspaceUser, WorkspaceUser], None]


def create_workspace_user(home: RunningSystem, name: str) -> WorkspaceUser:
    person = signed_in(home, name, new=True)
    (current,) = person.ask("GET", "/api/v1/sessions").body["data"]
    here = person.ask("GET", SESSION).body
    key = person.ask("POST", "/api/v1/keys", {"name": name}).body
    return WorkspaceUser(home, name, person, here["workspace"]["id"], current["id"], key["id"], here["user"]["id"])


def expect_404(method: str, path: str, body: dict[str, str] | None = None) -> RouteTest:
    """Expect a 404. `path` and `body` may contain the other's `{workspace}`, `{session}`, `{user}` and `{key}`."""

    def run_test(other: WorkspaceUser, me: WorkspaceUser) -> None:
        sent = None if body is None else {name: value.format(**vars(other)) for name, value in body.items()}
        assert me.person.ask(method, path.format(**vars(other)), sent).status == 404

    return run_test


def expect_isolated(path: str) -> RouteTest:
    def run_test(other: WorkspaceUser, me: WorkspaceUser) -> None:
        reply = me.person.ask("GET", path)
        assert reply.status == 200
        assert not any(one in reply.raw.decode() for one in (*other.ids(), other.name))

    return run_test


def _link_signs_in_its_own_user(other: WorkspaceUser, me: WorkspaceUser) -> None:
    """A link opened in the other's browser signs in the link's user and ends the other's session."""
    theirs, link = other.another_session(), create_sign_in_link(me.system, me.name)
    cookie = {"Cookie": f"araldo_session={theirs.token}"}
    body = ask("POST", me.system.url + SESSION, {"link": link}, cookie).body
    assert (body["user"]["name"], [one["id"] for one in body["workspaces"]]) == (me.name, [me.workspace])
    assert theirs.ask("GET", SESSION).status == 401


def _signs_out_only_itself(other: WorkspaceUser, me: WorkspaceUser) -> None:
    mine, theirs = me.another_session(), other.another_session()
    assert mine.ask("DELETE", SESSION).status == 204
    assert (mine.ask("GET", SESSION).status, theirs.ask("GET", SESSION).status) == (401, 200)


def _ends_only_its_own_other_sessions(other: WorkspaceUser, me: WorkspaceUser) -> None:
    mine, theirs = me.another_session(), other.another_session()
    assert me.person.ask("DELETE", "/api/v1/sessions").status == 204
    assert (mine.ask("GET", SESSION).status, theirs.ask("GET", SESSION).status) == (401, 200)


def _creates_its_own(path: str) -> RouteTest:
    def run_test(other: WorkspaceUser, me: WorkspaceUser) -> None:
        made = me.person.ask("POST", path, {"name": "Un'altra"})
        assert made.status == 201
        assert made.body["id"] not in other.person.ask("GET", path).raw.decode()
        assert made.body["id"] in me.person.ask("GET", path).raw.decode()

    return run_test


def _changes_its_own_password(other: WorkspaceUser, me: WorkspaceUser) -> None:
    password = f"la frase segreta di {me.name}"
    assert me.person.ask("PUT", f"{SESSION}/password", {"new": password}).status == 204
    for one, status in ((me, 200), (other, 401)):
        reply = ask("POST", me.system.url + SESSION, {"name": one.name, "password": password})
        assert reply.status == status
    assert other.person.ask("GET", SESSION).status == 200


def _has_its_own_second_factor(other: WorkspaceUser, me: WorkspaceUser) -> None:
    """Disabled at the end, because other tests sign in without a code."""
    mine = me.another_session()
    secret = mine.ask("POST", f"{SESSION}/totp", {}).body["secret"]
    code = pyotp.TOTP(secret).now()
    codes = mine.ask("POST", f"{SESSION}/totp/confirm", {"code": code}).body["recovery_codes"]
    me.person = mine
    assert other.person.ask("GET", f"{SESSION}/totp").body == {"enabled_at": None, "recovery_codes_left": 0}
    assert other.person.ask("POST", f"{SESSION}/totp/disable", {"code": codes[0]}).body["code"] == "totp_disabled"
    assert mine.ask("POST", f"{SESSION}/totp/disable", {"code": codes[0]}).status == 204


def _invites_to_its_own_workspace(other: WorkspaceUser, me: WorkspaceUser) -> None:
    made = other.person.ask("POST", INVITATIONS, {"role": "viewer", "note": "per Carla"}).body
    assert made["id"] not in me.person.ask("GET", INVITATIONS).raw.decode()
    assert made["id"] in other.person.ask("GET", INVITATIONS).raw.decode()
    assert me.person.ask("DELETE", f"{INVITATIONS}/{made['id']}").status == 404
    here = other.person.ask("GET", SESSION).body["workspace"]["name"]
    shown = ask("POST", f"{me.system.url}{JOIN}/preview", {"token": made["url"].partition("#")[2]}).body
    assert (shown["workspace"], shown["invited_by"]) == (here, other.name)
    assert other.person.ask("DELETE", f"{INVITATIONS}/{made['id']}").status == 204


def _registers_in_the_inviting_workspace_only(other: WorkspaceUser, me: WorkspaceUser) -> None:
    """The person is removed at the end, because other tests list the members."""
    made = other.person.ask("POST", INVITATIONS, {"role": "viewer"}).body
    body = {"token": made["url"].partition("#")[2], "name": f"ospite di {other.name}", "password": "la frase lunga 1"}
    joined = ask("POST", f"{me.system.url}{JOIN}/register", body).body
    assert [one["id"] for one in joined["workspaces"]] == [other.workspace]
    assert me.person.ask("POST", JOIN, {"token": body["token"]}).status == 404
    assert other.person.ask("DELETE", f"/api/v1/users/{joined['user']['id']}").status == 204


def _has_its_own_devices(other: WorkspaceUser, me: WorkspaceUser) -> None:
    """The device is removed at the end, because the test runs once for each route."""
    browser = Browser(f"https://push.example/{other.user}")
    made = other.person.ask("POST", DEVICES, {"endpoint": browser.endpoint, "keys": browser.keys})
    assert made.status == 201, made.raw
    path = f"{DEVICES}/{made.body['id']}"
    assert made.body["id"] not in me.person.ask("GET", DEVICES).raw.decode()
    assert me.person.ask("POST", f"{path}/test").status == 404
    assert me.person.ask("DELETE", path).status == 404
    assert other.person.ask("DELETE", path).status == 204


SESSION_ROUTES: dict[tuple[str, str], RouteTest] = {
    ("POST", SESSION): _link_signs_in_its_own_user,
    ("GET", SESSION): expect_isolated(SESSION),
    ("PATCH", SESSION): expect_404("PATCH", SESSION, {"workspace_id": "{workspace}"}),
    ("DELETE", SESSION): _signs_out_only_itself,
    ("PUT", f"{SESSION}/password"): _changes_its_own_password,
    ("DELETE", "/api/v1/sessions"): _ends_only_its_own_other_sessions,
    ("GET", "/api/v1/sessions"): expect_isolated("/api/v1/sessions"),
    ("GET", f"{SESSION}/totp"): expect_isolated(f"{SESSION}/totp"),
    **{("POST", f"{SESSION}/totp{rest}"): _has_its_own_second_factor for rest in ("", "/confirm", "/disable")},
    ("GET", "/api/v1/members"): expect_isolated("/api/v1/members"),
    ("PATCH", "/api/v1/members/{user_id}"): expect_404("PATCH", "/api/v1/members/{user}", {"role": "viewer"}),
    ("GET", "/api/v1/invitations"): _invites_to_its_own_workspace,
    ("POST", "/api/v1/invitations"): _invites_to_its_own_workspace,
    ("DELETE", "/api/v1/invitations/{invitation_id}"): _invites_to_its_own_workspace,
    ("POST", "/api/v1/join/preview"): _invites_to_its_own_workspace,
    ("POST", "/api/v1/join/register"): _registers_in_the_inviting_workspace_only,
    ("POST", "/api/v1/join"): _registers_in_the_inviting_workspace_only,
    ("DELETE", "/api/v1/members/{user_id}"): expect_404("DELETE", "/api/v1/members/{user}"),
    ("DELETE", "/api/v1/users/{user_id}"): expect_404("DELETE", "/api/v1/users/{user}"),
    ("GET", "/api/v1/workspaces"): expect_isolated("/api/v1/workspaces"),
    ("POST", "/api/v1/workspaces"): _creates_its_own("/api/v1/workspaces"),
    ("PATCH", "/api/v1/workspaces/{workspace_id}"): expect_404(
        "PATCH", "/api/v1/workspaces/{workspace}", {"name": "Mia"}
    ),
    ("GET", "/api/v1/keys"): expect_isolated("/api/v1/keys"),
    ("POST", "/api/v1/keys"): _creates_its_own("/api/v1/keys"),
    ("DELETE", "/api/v1/keys/{key_id}"): expect_404("DELETE", "/api/v1/keys/{key}"),
    ("GET", "/api/v1/push/key"): expect_isolated("/api/v1/push/key"),
    **{
        (method, f"{DEVICES}{rest}"): _has_its_own_devices
        for method, rest in (("GET", ""), ("POST", ""), ("DELETE", "/{device_id}"), ("POST", "/{device_id}/test"))
    },
    **APPROVAL_ROUTES,
    ("DELETE", "/api/v1/sessions/{session_id}"): expect_404("DELETE", "/api/v1/sessions/{session}"),
}


def as_users(run_test: RouteTest) -> Callable[[Any, RunningSystem], None]:
    """Adapt a test of users to the signature of tests that get the two systems."""
    return lambda other, me: run_test(PEOPLE[other.system.key], PEOPLE[me.key])
