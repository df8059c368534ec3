"""Roles of people: every operation of the API with each role, from its description, and what the answers then offer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from araldo.api.permissions import OPEN_ROUTES, PERSON_ROUTES, ROUTE_PERMISSIONS, Route
from araldo.workspaces.permissions import Permission
from araldo.workspaces.roles import ROLE_PERMISSIONS, Role
from tests.support.browsing import Person, signed_in
from tests.support.running_system import Reply, RunningSystem

SESSION, POSTS, WORKSPACES = "/api/v1/session", "/api/v1/posts", "/api/v1/workspaces"
_NEEDED = {**ROUTE_PERMISSIONS, **PERSON_ROUTES}
# Ended by themselves, they would end the walk: tests/api/test_session.py tries them.
_ENDS_THE_SESSION = {("DELETE", SESSION)}


def operations(home: RunningSystem) -> Iterator[Route]:
    """Every operation that the API describes."""
    for path, methods in home.ask("GET", "/api/v1/openapi.json").body["paths"].items():
        yield from ((method.upper(), path) for method in methods)


def is_refused(reply: Reply) -> bool:
    return reply.status == 403 and reply.body["code"] == "permission_missing"


@pytest.mark.parametrize("role", list(Role))
def test_every_operation_asks_for_a_permission_and_every_role_gets_no_more_than_its_own(
    home: RunningSystem, role: Role
) -> None:
    """Refused is refused before the body is looked at, so that nothing is learned and nothing is done."""
    person, granted = signed_in(home, "Bruna", new=True, role=role), ROLE_PERMISSIONS[role]
    walked = 0
    for route in operations(home):
        if route in OPEN_ROUTES or route in _ENDS_THE_SESSION:
            continue
        assert route in _NEEDED, f"{route} asks for no permission"
        needed, (method, path) = _NEEDED[route], route
        is_allowed = not needed or bool(granted.intersection(needed))
        if is_allowed and path.endswith("/events"):
            # A stream without an end, which tests/api/test_members.py follows.
            continue
        reply = person.ask(method, path.replace("{", "").replace("}", ""))
        assert is_refused(reply) is not is_allowed, (route, role, reply.raw)
        walked += 1
    assert walked > 60


def test_a_role_says_in_both_languages_what_it_lacks(home: RunningSystem) -> None:
    """The person's own language is English; the answers follow it."""
    viewer, editor = (signed_in(home, role, new=True, role=role) for role in (Role.VIEWER, Role.EDITOR))
    lacks = viewer.ask("POST", POSTS, {"content": "Ciao"})
    assert is_refused(lacks)
    assert (
        lacks.body["detail"]
        == "In this workspace you can read, but not change anything. Ask an owner for another role."
    )
    settings = editor.ask("GET", "/api/v1/keys")
    assert is_refused(settings)
    assert settings.body["detail"].startswith(
        "In this workspace you can write and publish; owners change its settings."
    )
    assert editor.ask("PATCH", SESSION, {"language": "it"}).status == 200
    assert editor.ask("GET", "/api/v1/keys").body["detail"].startswith("In questo spazio di lavoro puoi scrivere")


@pytest.mark.parametrize("role", list(Role))
def test_the_session_names_the_role_and_its_permissions(home: RunningSystem, role: Role) -> None:
    body = signed_in(home, "Bruna", new=True, role=role).ask("GET", SESSION).body
    assert body["role"] == role
    assert set(body["permissions"]) == ROLE_PERMISSIONS[role]


def test_answers_offer_each_caller_what_it_may_do(home: RunningSystem) -> None:
    post = home.ask("POST", POSTS, {"content": "Ciao", "platforms": ["facebook"]}).body
    path = f"{POSTS}/{post['job_id']}"
    offered = {role: signed_in(home, f"{role} 2", new=True, role=role).ask("GET", path).body for role in Role}
    assert offered[Role.OWNER]["actions"] == offered[Role.EDITOR]["actions"] == post["actions"] != []
    (delivery,) = offered[Role.VIEWER]["platforms"]
    assert offered[Role.VIEWER]["actions"] == delivery["actions"] == []
    (why,) = {entry["code"] for entry in delivery["not_possible"] if entry["action"] == "publish"}
    assert why == "permission_missing"


def test_settings_of_a_workspace_need_the_role_there(home: RunningSystem) -> None:
    """The address names the workspace, which need not be the session's own."""
    editor = signed_in(home, "Bruna", new=True, role=Role.EDITOR)
    here = editor.ask("GET", SESSION).body["workspace"]["id"]
    assert is_refused(editor.ask("PATCH", f"{WORKSPACES}/{here}", {"name": "Mio"}))
    assert is_refused(editor.ask("POST", WORKSPACES, {"name": "Mio"}))
    assert signed_in(home).ask("PATCH", f"{WORKSPACES}/{here}", {"name": "Nostro"}).status == 200


def test_a_role_is_looked_up_for_every_request(home: RunningSystem) -> None:
    me, other = signed_in(home), signed_in(home, "Bruna", new=True)
    bruna = other.ask("GET", SESSION).body["user"]["id"]
    assert other.ask("GET", "/api/v1/keys").status == 200
    set_role(me, bruna, Role.VIEWER)
    assert is_refused(other.ask("GET", "/api/v1/keys"))
    assert is_refused(other.ask("POST", POSTS, {"content": "Ciao"}))
    assert other.ask("GET", POSTS).status == 200


def set_role(person: Person, user_id: str, role: Role) -> None:
    assert person.ask("PATCH", f"/api/v1/members/{user_id}", {"role": role}).status == 200


def test_no_role_has_a_permission_that_the_next_lacks() -> None:
    viewer, editor, owner = (ROLE_PERMISSIONS[role] for role in (Role.VIEWER, Role.EDITOR, Role.OWNER))
    assert viewer < editor < owner == frozenset(Permission)
