"""Permissions of API keys: the table of routes, and no way to publish without `publish`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.routing import APIRoute

from araldo.api.auth import _caller, _signed_in
from araldo.api.permissions import OPEN_ROUTES, PERSON_ROUTES, ROUTE_PERMISSIONS
from araldo.api.routers import ROUTERS
from araldo.workspaces.permissions import Permission
from tests.images.pictures import encode_picture, quarters
from tests.support.browsing import signed_in
from tests.support.running_system import Reply, RunningSystem

KEYS, POSTS = "/api/v1/keys", "/api/v1/posts"
CREATE, PUBLISH = "/api/v1/social/create-multi-platform-post", "/api/v1/social/publish"
LATER = {"schedule_time": "2030-07-01T10:00:00+02:00"}
POST = {"content": "Ciao", "platforms": ["facebook"]}
ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def with_scopes(home: RunningSystem, *scopes: str) -> RunningSystem:
    """Return the system with a new key of these scopes."""
    made = signed_in(home).ask("POST", KEYS, {"name": "narrow", "scopes": list(scopes)})
    assert made.status == 201, made.raw
    return replace(home, key=made.body["key"])


def missing_permission(reply: Reply) -> str:
    """Return the permission that the error names."""
    assert (reply.status, reply.body["code"]) == (403, "permission_missing"), reply.raw
    return str(reply.body["detail"]).split('"')[1]


def test_every_route_is_in_one_of_the_tables_and_in_no_other() -> None:
    found: dict[str, set[tuple[str, str]]] = {"key": set(), "person": set(), "open": set()}
    for route in ROUTES:
        asked = {dependency.call for dependency in route.dependant.dependencies}
        who = "key" if _caller in asked else "person" if _signed_in in asked else "open"
        found[who] |= {(method, route.path) for method in route.methods or ()}
    assert found["key"] == set(ROUTE_PERMISSIONS)
    assert found["person"] == set(PERSON_ROUTES)
    assert found["open"] == OPEN_ROUTES


@pytest.mark.parametrize("held", list(Permission))
def test_a_key_is_refused_wherever_its_permission_does_not_reach(home: RunningSystem, held: Permission) -> None:
    """The error names the permission of the table, and the route did nothing."""
    narrow = with_scopes(home, held)
    for (method, path), needed in ROUTE_PERMISSIONS.items():
        if path.endswith("/events") and held in needed:
            continue
        reply = narrow.ask(method, path.replace("{", "").replace("}", ""), None)
        if held in needed:
            assert reply.status != 403, path
        elif reply.status == 422:
            # The body was read first; it is refused either way.
            assert method in {"POST", "PATCH", "PUT"}
        else:
            assert missing_permission(reply) == needed[0].value, path


def test_a_draft_key_creates_and_changes_drafts_only(home: RunningSystem) -> None:
    drafts = with_scopes(home, "draft")
    made = drafts.ask("POST", POSTS, POST)
    assert made.status == 201
    path = f"{POSTS}/{made.body['job_id']}"
    assert drafts.ask("PATCH", path, {"content": "Meglio", **LATER}).status == 200
    assert drafts.create().body["status"] == "draft"
    assert drafts.create(publish_immediately=True).status == 403
    assert drafts.ask("POST", f"{CREATE}?validate_only=true", {**POST, "publish_immediately": True}).body["valid"]
    assert drafts.ask("POST", f"{path}/duplicate").status == 201
    assert drafts.ask("DELETE", path).status == 204
    assert drafts.ask("POST", f"{path}/restore").status == 200
    assert missing_permission(drafts.ask("GET", path)) == "read"
    assert home.meta.published_ids() == []


def draft(home: RunningSystem, **more: Any) -> str:
    return f"{POSTS}/{home.ask('POST', POSTS, {**POST, **more}).body['job_id']}"


def scheduled(home: RunningSystem) -> str:
    path = draft(home, image_provider="none", **LATER)
    assert home.ask("POST", f"{path}/schedule", {}).body["status"] == "scheduled"
    return path


def recurring(home: RunningSystem) -> str:
    path = draft(home, **LATER)
    assert home.ask("POST", f"{path}/recurrence", {"rrule": "FREQ=WEEKLY"}).status == 201
    return path


def published(home: RunningSystem) -> str:
    return f"{POSTS}/{home.create(publish_immediately=True).body['job_id']}"


def picture_of(home: RunningSystem) -> str:
    return str(home.upload(encode_picture(quarters((900, 900)), "JPEG")).body["id"])


Road = Callable[[RunningSystem, RunningSystem], Reply]

# What the first does is asked of the second: everything that makes something go out, or changes what will.
ROADS: dict[str, Road] = {
    "create and publish": lambda _, narrow: narrow.create(publish_immediately=True),
    "create and schedule": lambda _, narrow: narrow.create(schedule_time=LATER["schedule_time"]),
    "create in the next free slot": lambda _, narrow: narrow.create(schedule_time="next_free_slot"),
    "publish with a picture": lambda _, narrow: narrow.ask("POST", PUBLISH, POST),
    "publish later": lambda _, narrow: narrow.ask("POST", PUBLISH, {**POST, **LATER}),
    "publish a draft": lambda home, narrow: narrow.ask("POST", f"{draft(home)}/publish", {"undo_s": 300}),
    "schedule a draft": lambda home, narrow: narrow.ask("POST", f"{draft(home)}/schedule", LATER),
    "schedule by its own time": lambda home, narrow: narrow.ask("POST", f"{draft(home, **LATER)}/schedule", {}),
    "move a scheduled post": lambda home, narrow: narrow.ask(
        "PATCH", scheduled(home), {"schedule_time": "2030-07-02T10:00:00+02:00"}
    ),
    "rewrite a scheduled post": lambda home, narrow: narrow.ask("PATCH", scheduled(home), {"content": "Altro"}),
    "add a platform to a scheduled post": lambda home, narrow: narrow.ask(
        "PATCH", scheduled(home), {"platforms": ["facebook", "instagram"]}
    ),
    "put a picture on a scheduled post": lambda home, narrow: narrow.ask(
        "PATCH", scheduled(home), {"images": {"facebook": picture_of(home)}}
    ),
    "redraw a scheduled post": lambda home, narrow: narrow.ask(
        "POST", f"{scheduled(home)}/images/facebook/regenerate", {"prompt": "altro"}
    ),
    "choose a picture of a scheduled post": lambda home, narrow: narrow.ask(
        "POST", f"{scheduled(home)}/images/facebook/choose", {"media_id": "med_x"}
    ),
    "lock a picture of a scheduled post": lambda home, narrow: narrow.ask(
        "POST", f"{scheduled(home)}/images/facebook/lock", {"locked": True}
    ),
    "delete a scheduled post": lambda home, narrow: narrow.ask("DELETE", scheduled(home)),
    "cancel": lambda home, narrow: narrow.ask("POST", f"{scheduled(home)}/cancel", {}),
    "undo": lambda home, narrow: narrow.ask("POST", f"{scheduled(home)}/undo"),
    "retry": lambda home, narrow: narrow.ask("POST", f"{draft(home)}/retry", {}),
    "send again": lambda home, narrow: narrow.ask(
        "POST", f"{draft(home)}/deliveries/facebook/resolve", {"as": "retry"}
    ),
    "let a draft recur": lambda home, narrow: narrow.ask(
        "POST", f"{draft(home, **LATER)}/recurrence", {"rrule": "FREQ=DAILY"}
    ),
    "rewrite what recurs": lambda home, narrow: narrow.ask("PATCH", recurring(home), {"content": "Altro"}),
    "redraw what recurs": lambda home, narrow: narrow.ask(
        "POST", f"{recurring(home)}/images/facebook/regenerate", {"prompt": "altro"}
    ),
    "end a recurrence": lambda home, narrow: narrow.ask("DELETE", f"{recurring(home)}/recurrence"),
    "create an occurrence": lambda home, narrow: narrow.ask(
        "POST", f"{recurring(home)}/recurrence/occurrences", {"schedule_time": "2030-01-31T10:00:00Z"}
    ),
    "rewrite a published post": lambda home, narrow: narrow.ask("PATCH", published(home), {"content": "Altro"}),
}


@pytest.mark.parametrize("road", list(ROADS))
def test_no_route_publishes_without_the_publish_permission(home: RunningSystem, road: str) -> None:
    """A key with every other permission is refused, and nothing has changed."""
    narrow = with_scopes(home, "read", "draft", "manage")
    assert missing_permission(ROADS[road](home, narrow)) == "publish"
    assert len(home.meta.published_ids()) == (1 if road == "rewrite a published post" else 0)
    posts = home.ask("GET", POSTS).body["data"]
    assert {post["content"] for post in posts} <= {"Ciao", "Ciao a tutti"}
    if road in {"create and publish", "create and schedule", "create in the next free slot", "publish later"}:
        assert posts == []


def test_restoring_a_recurring_post_needs_the_publish_permission(home: RunningSystem) -> None:
    """Restoring it would continue its recurrence."""
    path = recurring(home)
    assert home.ask("DELETE", path).status == 204
    assert missing_permission(with_scopes(home, "draft").ask("POST", f"{path}/restore")) == "publish"
    assert home.ask("GET", path).status == 404
    assert with_scopes(home, "publish").ask("POST", f"{path}/restore").status == 200


def test_a_publish_key_can_only_publish(home: RunningSystem) -> None:
    narrow = with_scopes(home, "publish")
    assert narrow.create(publish_immediately=True).body["status"] == "published"
    assert narrow.ask("POST", PUBLISH, POST).body["success"] is True
    assert missing_permission(narrow.create()) == "draft"
    assert missing_permission(narrow.ask("PATCH", draft(home), {"content": "Altro"})) == "draft"
    assert narrow.ask("PATCH", scheduled(home), {"content": "Altro"}).status == 200
    assert missing_permission(narrow.ask("GET", POSTS)) == "read"
    assert missing_permission(narrow.ask("PUT", "/api/v1/brand", {})) == "manage"


def test_scopes_are_validated_returned_and_stored(home: RunningSystem) -> None:
    me = signed_in(home)
    wrong = me.ask("POST", KEYS, {"scopes": ["read", "publsh"]})
    assert [(one["pointer"], one["code"], one["suggestions"]) for one in wrong.body["errors"]] == [
        ("/scopes/1", "scope_unknown", ["publish"])
    ]
    assert me.ask("POST", KEYS, {"scopes": []}).body["errors"][0]["pointer"] == "/scopes"
    assert me.ask("POST", KEYS, {"name": "a", "scopes": ["publish", "read", "read"]}).body["scopes"] == [
        "read",
        "publish",
    ]
    assert me.ask("POST", KEYS, {"name": "b"}).body["scopes"] == ["*"]
    assert me.ask("POST", KEYS, {"name": "c", "scopes": ["*", "read"]}).body["scopes"] == ["*"]
    listed = {one["name"]: one["scopes"] for one in me.ask("GET", KEYS).body["data"]}
    assert listed == {"a": ["read", "publish"], "b": ["*"], "c": ["*"], "test": ["*"]}


def test_a_missing_permission_is_named_in_both_languages(home: RunningSystem) -> None:
    narrow = with_scopes(home, "read")
    said = narrow.ask("POST", PUBLISH, POST).body["detail"]
    detto = narrow.ask("POST", PUBLISH, POST, accept_language="it").body["detail"]
    assert said == 'The permission "publish" is missing. Use an API key that has it.'
    assert detto == 'Manca il permesso "publish". Usa una chiave API che lo abbia.'
