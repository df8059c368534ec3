"""Strict requests: values of another JSON type, numbers as times, methods that are not allowed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browsing import signed_in
from tests.support.running_system import RunningSystem

CREATE, BATCH = "/api/v1/social/create-multi-platform-post", "/api/v1/marketing/image/batch-generate"
POST = {"content": "Ciao", "platforms": ["facebook"]}


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        (CREATE, POST | {"publish_immediately": 1}, "/publish_immediately"),
        (CREATE, POST | {"publish_immediately": "no"}, "/publish_immediately"),
        (CREATE, POST | {"pictures": "2"}, "/pictures"),
        (CREATE, POST | {"pictures": True}, "/pictures"),
        (BATCH, {"images": [{"prompt": "a"}], "apply_branding": 0}, "/apply_branding"),
        ("/api/v1/posts", {"images": {"facebook": {"focal": {"x": "0", "y": 0}}}}, "/images/facebook/focal/x"),
    ],
)
def test_a_value_of_another_type_is_refused(home: RunningSystem, path: str, body: Any, pointer: str) -> None:
    reply = home.ask("POST", path, body)
    assert (reply.status, [entry["pointer"] for entry in reply.body["errors"]]) == (422, [pointer]), reply.raw
    assert home.ask("GET", "/api/v1/posts").body["data"] == []


@pytest.mark.parametrize("moment", ["0", "0.5", "1735689600", "2030-01-31", "20300131T100000Z"])
def test_numbers_are_refused_as_times(home: RunningSystem, moment: str) -> None:
    reply = home.ask("GET", f"/api/v1/posts?from={moment}")
    assert (reply.status, reply.body["errors"][0]["code"]) == (422, "query_datetime_parsing")
    made = signed_in(home).ask("POST", "/api/v1/keys", {"expires_at": float(moment) if moment == "0.5" else moment})
    assert (made.status, made.body["errors"][0]["pointer"]) == (422, "/expires_at")
    assert home.ask("GET", "/api/v1/posts?from=2030-01-31T10:00:00%2B01:00").status == 200


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/api/v1/keys", "GET, POST"),
        ("/api/v1/session", "DELETE, GET, PATCH, POST"),
        ("/api/v1/posts/post_1", "DELETE, GET, PATCH"),
        ("/api/v1/health", "GET"),
    ],
)
def test_405_lists_every_method_of_the_path(home: RunningSystem, path: str, allow: str) -> None:
    reply = home.ask("OPTIONS", path)
    assert (reply.status, reply.headers["allow"], reply.body["code"]) == (405, allow, "method_not_allowed")
