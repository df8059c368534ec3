"""Resolving an unknown outcome as published, retry or cancelled."""

from __future__ import annotations

import pytest

from tests.api.approvals import editor_of, owner_of
from tests.support.running_system import RunningSystem
from tests.support.waiting import until


def unconfirmed(home: RunningSystem, *, out: bool) -> str:
    """Create a text post with a lost response that cannot be checked, so its outcome is unknown."""
    when = "after_commit" if out else "before"
    home.meta.fault(method="POST", path="/feed", when=when, kind="reset", times=1)
    error = {"status": 400, "code": 190, "message": "look away"}
    body = {"content": "Solo testo", "platforms": ["facebook"]}
    if out:
        home.meta.fault(method="GET", path="/published_posts", kind="graph_error", error=error | {"code": 100}, times=9)
    reply = home.ask("POST", "/api/v1/social/publish", body)
    result = reply.body["results"][0]
    assert (result["state"], result["may_be_decided"]) == ("unconfirmed", True), reply.body
    home.meta.control("faults", method="DELETE")
    return str(reply.body["job_id"])


def resolve(home: RunningSystem, job_id: str, platform: str = "facebook", **body: str) -> tuple[int, dict[str, object]]:
    reply = home.ask("POST", f"/api/v1/posts/{job_id}/deliveries/{platform}/resolve", body)
    return reply.status, reply.body


def test_resolving_as_published(home: RunningSystem) -> None:
    job_id = unconfirmed(home, out=True)
    status, body = resolve(home, job_id, **{"as": "published", "post_url": "https://example.com/1"})
    assert (status, body["status"]) == (200, "published")
    shown = home.ask("GET", f"/api/v1/social/posts/{job_id}").body["platforms"][0]
    assert (shown["post_url"], shown["may_be_decided"]) == ("https://example.com/1", False)
    assert len(home.meta.published_ids()) == 1


def test_resolving_as_retry(home: RunningSystem) -> None:
    job_id = unconfirmed(home, out=False)
    assert home.meta.published_ids() == []
    assert resolve(home, job_id, **{"as": "retry"})[0] == 200
    until(lambda: home.ask("GET", f"/api/v1/social/posts/{job_id}").body["status"] == "published")
    assert len(home.meta.published_ids()) == 1


def test_resolving_as_cancelled(home: RunningSystem) -> None:
    job_id = unconfirmed(home, out=False)
    assert resolve(home, job_id, **{"as": "cancelled"})[1]["status"] == "cancelled"
    assert resolve(home, job_id, **{"as": "retry"})[0] == 409
    assert home.meta.published_ids() == []


def sent_and_lost(home: RunningSystem) -> str:
    """Create a text post with a lost response and then a lost account, so that it cannot be checked."""
    home.meta.fault(method="POST", path="/feed", when="before", kind="reset", times=1)
    home.meta.fault(method="GET", path="/published_posts", kind="graph_error", error={"code": 190}, times=1)
    reply = home.ask("POST", "/api/v1/social/publish", {"content": "Solo testo", "platforms": ["facebook"]})
    result = reply.body["results"][0]
    assert (result["state"], result["may_be_decided"]) == ("needs_reconnect", True), reply.body
    return str(reply.body["job_id"])


@pytest.mark.parametrize("answer", ["published", "cancelled"])
def test_a_delivery_sent_before_its_account_was_lost_can_be_resolved(home: RunningSystem, answer: str) -> None:
    job_id = sent_and_lost(home)
    refused = home.ask("DELETE", f"/api/v1/posts/{job_id}")
    assert (refused.status, refused.body["detail"][:19]) == (409, "This post was sent,")
    status, body = resolve(home, job_id, **{"as": answer})
    assert (status, body["status"]) == (200, answer)
    assert home.ask("DELETE", f"/api/v1/posts/{job_id}").status in {200, 204}


def test_an_unsent_delivery_that_waits_for_its_account_cannot_be_resolved(home: RunningSystem) -> None:
    home.meta.fault(method="POST", path="/feed", kind="graph_error", error={"code": 190}, times=1)
    reply = home.ask("POST", "/api/v1/social/publish", {"content": "Solo testo", "platforms": ["facebook"]})
    assert reply.body["results"][0]["state"] == "needs_reconnect"
    assert resolve(home, reply.body["job_id"], **{"as": "retry"})[0] == 409


@pytest.mark.parametrize(
    ("platform", "body", "status"),
    [("instagram", {"as": "retry"}, 404), ("facebook", {"as": "maybe"}, 422), ("facebook", {"as": "retry"}, 409)],
)
def test_a_delivery_with_a_known_outcome_cannot_be_resolved(
    home: RunningSystem, platform: str, body: dict[str, str], status: int
) -> None:
    job_id = home.create().body["job_id"]
    assert resolve(home, job_id, platform, **body)[0] == status


def test_who_may_not_approve_cannot_send_again_what_is_not_approved(home: RunningSystem) -> None:
    job_id = unconfirmed(home, out=False)
    owner = owner_of(home)
    editor = editor_of(home)
    status, body = resolve(editor, job_id, **{"as": "retry"})
    assert (status, body["code"]) == (409, "approval_needed")
    assert home.ask("GET", f"/api/v1/social/posts/{job_id}").body["platforms"][0]["state"] == "unconfirmed"
    answer = owner.ask("POST", f"/api/v1/posts/{job_id}/deliveries/facebook/resolve", {"as": "retry"})
    assert answer.status == 200, answer.raw
    until(lambda: home.ask("GET", f"/api/v1/social/posts/{job_id}").body["status"] == "published")
    assert len(home.meta.published_ids()) == 1
