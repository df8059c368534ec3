"""An outcome that nobody can tell is decided by a person: it is out, send it again, or drop it."""

from __future__ import annotations

import pytest

from tests.support.house import House
from tests.support.waiting import until


def unconfirmed(home: House, *, out: bool) -> str:
    """A text alone whose answer was lost, and that cannot be seen: nobody knows whether it is out."""
    when = "after_commit" if out else "before"
    home.meta.fault(method="POST", path="/feed", when=when, kind="reset", times=1)
    error = {"status": 400, "code": 190, "message": "look away"}
    body = {"content": "Solo testo", "platforms": ["facebook"]}
    if out:
        home.meta.fault(method="GET", path="/published_posts", kind="graph_error", error=error | {"code": 100}, times=9)
    reply = home.ask("POST", "/api/v1/social/publish", body)
    assert reply.body["results"][0]["state"] == "unconfirmed", reply.body
    home.meta.control("faults", method="DELETE")
    return str(reply.body["job_id"])


def resolve(home: House, job_id: str, platform: str = "facebook", **body: str) -> tuple[int, dict[str, object]]:
    reply = home.ask("POST", f"/api/v1/posts/{job_id}/deliveries/{platform}/resolve", body)
    return reply.status, reply.body


def test_it_is_out(home: House) -> None:
    job_id = unconfirmed(home, out=True)
    status, body = resolve(home, job_id, **{"as": "published", "post_url": "https://example.com/1"})
    assert (status, body["status"]) == (200, "published")
    assert home.ask("GET", f"/api/v1/social/posts/{job_id}").body["platforms"][0]["post_url"] == "https://example.com/1"
    assert len(home.meta.out()) == 1


def test_send_it_again(home: House) -> None:
    job_id = unconfirmed(home, out=False)
    assert home.meta.out() == []
    assert resolve(home, job_id, **{"as": "retry"})[0] == 200
    until(lambda: home.ask("GET", f"/api/v1/social/posts/{job_id}").body["status"] == "published")
    assert len(home.meta.out()) == 1


def test_drop_it(home: House) -> None:
    job_id = unconfirmed(home, out=False)
    assert resolve(home, job_id, **{"as": "cancelled"})[1]["status"] == "cancelled"
    assert resolve(home, job_id, **{"as": "retry"})[0] == 409
    assert home.meta.out() == []


@pytest.mark.parametrize(
    ("platform", "body", "status"),
    [("instagram", {"as": "retry"}, 404), ("facebook", {"as": "maybe"}, 422), ("facebook", {"as": "retry"}, 409)],
)
def test_what_is_not_asked_is_not_decided(home: House, platform: str, body: dict[str, str], status: int) -> None:
    job_id = home.create().body["job_id"]
    assert resolve(home, job_id, platform, **body)[0] == status
