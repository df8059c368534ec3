"""Invitations by a one-time link: made by owners, used once by new and by known people, gone with their maker."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from araldo.storage.database import Database
from araldo.workflows.accounts.members import Members
from araldo.workspaces import store as workspace_store
from araldo.workspaces import user_store
from araldo.workspaces.roles import Role
from araldo.workspaces.users import INVITATION_LIFETIME
from tests.support.browsing import Person, person_of, signed_in
from tests.support.clock import FakeClock
from tests.support.database import open_transaction
from tests.support.running_system import Reply, RunningSystem, ask

INVITATIONS, MEMBERS, SESSION, JOIN = "/api/v1/invitations", "/api/v1/members", "/api/v1/session", "/api/v1/join"
PASSWORD = "cavallo batteria graffetta"


def invite(person: Person, role: Role = Role.EDITOR, note: str = "bruna@example.com") -> tuple[str, str]:
    """Return the invitation's id and token."""
    made = person.ask("POST", INVITATIONS, {"role": role, "note": note})
    assert made.status == 201, made.raw
    address, _, token = made.body["url"].partition("#")
    assert address.endswith("/invitation")
    return made.body["id"], token


def register(home: RunningSystem, token: str, name: str = "Bruna", **more: Any) -> Reply:
    return ask("POST", f"{home.url}{JOIN}/register", {"token": token, "name": name, "password": PASSWORD, **more})


def preview(home: RunningSystem, token: str) -> Reply:
    return ask("POST", f"{home.url}{JOIN}/preview", {"token": token})


def audited(person: Person, action: str) -> list[tuple[str, str]]:
    entries = person.ask("GET", f"/api/v1/audit?action={action}").body["data"]
    return [(entry["actor"]["name"], entry["target_name"]) for entry in entries]


def test_a_new_person_joins_with_the_role_and_signs_in_with_the_password(home: RunningSystem) -> None:
    me = signed_in(home)
    _, token = invite(me)
    (pending,) = me.ask("GET", INVITATIONS).body["data"]
    assert (pending["role"], pending["note"], pending["created_by"]) == ("editor", "bruna@example.com", "owner")
    shown = preview(home, token).body
    assert (shown["workspace"], shown["role"], shown["invited_by"]) == ("Araldo", "editor", "owner")
    joined = register(home, token, email="bruna@example.com")
    bruna = person_of(joined, home.url)
    assert (joined.body["role"], joined.body["user"]["name"]) == ("editor", "Bruna")
    assert bruna.ask("POST", "/api/v1/posts", {"content": "Ciao"}).status == 201
    assert bruna.ask("GET", INVITATIONS).body["code"] == "permission_missing"
    again = ask("POST", home.url + SESSION, {"name": "bruna", "password": PASSWORD})
    assert again.body["workspace"]["name"] == "Araldo"
    assert [(one["name"], one["email"], one["role"]) for one in me.ask("GET", MEMBERS).body["data"]] == [
        ("owner", None, "owner"),
        ("Bruna", "bruna@example.com", "editor"),
    ]
    assert me.ask("GET", INVITATIONS).body["data"] == []
    assert audited(me, "member_invited") == [("owner", "bruna@example.com (editor)")]
    assert audited(me, "member_joined") == [("Bruna", "Bruna (editor)")]


def test_a_link_works_once_even_for_two_at_once(home: RunningSystem) -> None:
    me = signed_in(home)
    _, token = invite(me)
    with ThreadPoolExecutor(2) as pool:
        done = [reply.status for reply in pool.map(lambda name: register(home, token, name), ("Ada", "Bea"))]
    assert sorted(done) == [200, 404]
    assert len(me.ask("GET", MEMBERS).body["data"]) == 2
    late = register(home, token, "Clio")
    assert (late.status, late.body["code"]) == (404, "invitation_invalid")
    assert preview(home, token).status == 404


def test_a_withdrawn_link_is_worth_nothing(home: RunningSystem) -> None:
    me = signed_in(home)
    invitation, token = invite(me)
    assert me.ask("DELETE", f"{INVITATIONS}/{invitation}").status == 204
    assert me.ask("DELETE", f"{INVITATIONS}/{invitation}").status == 404
    assert register(home, token).status == 404
    assert audited(me, "invitation_withdrawn") == [("owner", "bruna@example.com (editor)")]


async def test_a_link_expires_after_seven_days(database: Database, clock: FakeClock) -> None:
    with open_transaction(database) as transaction:
        owner = user_store.get_or_create_first(transaction, clock.now())
        (here,) = workspace_store.list_for_user(transaction, owner.id)
    members = Members(database)
    made, token = await members.invite(owner, here.id, Role.EDITOR, "")
    assert made.expires_at - made.created_at == INVITATION_LIFETIME == timedelta(days=7)
    clock.advance(INVITATION_LIFETIME.total_seconds() - 1)
    assert (await members.find_invitation(token)).id == made.id
    clock.advance(1)
    with pytest.raises(Exception, match="expired") as refused:
        await members.find_invitation(token)
    assert getattr(refused.value, "code", None) == "invitation_invalid"


def test_a_known_person_joins_by_signing_in_also_without_any_workspace(home: RunningSystem) -> None:
    me = signed_in(home)
    bruna = person_of(register(home, invite(me)[1]), home.url)
    user = bruna.ask("GET", SESSION).body["user"]["id"]
    assert me.ask("DELETE", f"{MEMBERS}/{user}").status == 204
    credentials = {"name": "Bruna", "password": PASSWORD}
    assert ask("POST", home.url + SESSION, credentials).body["code"] == "no_workspace"
    token = invite(me, Role.VIEWER)[1]
    assert ask("POST", home.url + SESSION, {**credentials, "password": "falsch", "invitation": token}).status == 401
    back = ask("POST", home.url + SESSION, {**credentials, "invitation": token})
    assert (back.status, back.body["role"]) == (200, "viewer")
    assert ask("POST", home.url + SESSION, {**credentials, "invitation": token}).status == 404


def test_somebody_signed_in_joins_another_workspace_and_is_there(home: RunningSystem) -> None:
    me, bruna = signed_in(home), signed_in(home, "Bruna", new=True)
    elsewhere = bruna.ask("POST", "/api/v1/workspaces", {"name": "Bottega"}).body["id"]
    assert bruna.ask("PATCH", SESSION, {"workspace_id": elsewhere}).status == 200
    token = invite(bruna, Role.VIEWER)[1]
    taken = bruna.ask("POST", JOIN, {"token": token})
    assert (taken.status, taken.body["code"]) == (409, "already_a_member")
    joined = me.ask("POST", JOIN, {"token": token})
    assert (joined.status, joined.body["workspace"]["name"], joined.body["role"]) == (200, "Bottega", "viewer")
    assert me.ask("GET", "/api/v1/keys").body["code"] == "permission_missing"
    assert me.ask("POST", JOIN, {"token": token}).status == 404


def test_what_a_registration_lacks_is_named_and_uses_nothing_up(home: RunningSystem) -> None:
    me = signed_in(home)
    _, token = invite(me)
    for body, code, status in (
        ({"password": "kurz"}, "/password", 422),
        ({"email": "keine Adresse"}, "/email", 422),
        ({"name": "Owner"}, None, 409),
    ):
        refused = register(home, token, **body)
        assert refused.status == status, refused.raw
        assert [one["pointer"] for one in refused.body["errors"]] == ([code] if code else [])
    assert register(home, token).status == 200


def test_links_and_keys_end_with_the_membership_of_who_made_them(home: RunningSystem) -> None:
    me, other = signed_in(home), signed_in(home, "Bruna", new=True)
    bruna = other.ask("GET", SESSION).body["user"]["id"]
    _, token = invite(other, Role.OWNER)
    key = other.ask("POST", "/api/v1/keys", {"name": "suo"}).body["key"]
    bearer = {"Authorization": f"Bearer {key}"}
    assert {one["name"]: one["api_keys"] for one in me.ask("GET", MEMBERS).body["data"]} == {"owner": 0, "Bruna": 1}
    assert {one["name"]: one["created_by"] for one in me.ask("GET", "/api/v1/keys").body["data"]} == {
        "suo": "Bruna",
        "test": None,
    }
    assert me.ask("PATCH", f"{MEMBERS}/{bruna}", {"role": "editor", "keep_keys": True}).body["role"] == "editor"
    assert ask("GET", f"{home.url}/api/v1/posts", None, bearer).status == 200
    assert register(home, token, "Clio").status == 404
    assert audited(me, "role_changed") == [("owner", "Bruna (editor)")]
    assert me.ask("DELETE", f"{MEMBERS}/{bruna}").status == 204
    assert ask("GET", f"{home.url}/api/v1/posts", None, bearer).status == 401
    assert audited(me, "key_revoked") == [("owner", "suo")]


def test_keys_are_kept_where_the_owner_says_so(home: RunningSystem) -> None:
    me, other = signed_in(home), signed_in(home, "Bruna", new=True)
    bruna = other.ask("GET", SESSION).body["user"]["id"]
    bearer = {"Authorization": f"Bearer {other.ask('POST', '/api/v1/keys', {'name': 'suo'}).body['key']}"}
    assert me.ask("DELETE", f"{MEMBERS}/{bruna}?keep_keys=true").status == 204
    assert ask("GET", f"{home.url}/api/v1/posts", None, bearer).status == 200
