"""Event streams over real sockets: replayed, live, resumed, and ended with the client, the key or the server."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import AsyncGeneratorType

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from araldo.app import Araldo
from araldo.asgi import create_web
from araldo.storage.schema import api_keys
from tests.support.browsing import signed_in
from tests.support.database import open_transaction
from tests.support.running_system import RunningSystem, connect_accounts, running_sandbox, settings_for, start_system
from tests.support.serving import serve_made
from tests.support.sse import stream
from tests.support.waiting import until


def test_a_posts_events_are_replayed_in_order(home: RunningSystem) -> None:
    job_id = home.create(publish_immediately=True).body["job_id"]
    with stream(home.url, f"/api/v1/posts/{job_id}/events", home.key) as opened:
        headers = opened.answer.headers
        found = opened.until("delivery.published")
    assert headers["content-type"].startswith("text/event-stream")
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
    assert opened.retry == "2000"
    kinds = [one.event for one in found]
    assert kinds[0] == "post.created"
    assert "delivery.publishing" in kinds
    ids = [int(one.id or 0) for one in found]
    assert ids == sorted(set(ids))
    last = found[-1].data
    assert (last["post_id"], last["platform"], last["state"]) == (job_id, "facebook", "published")
    assert (last["status"], last["error"]) == ("published", None)
    assert last["at"].endswith("Z")


def test_new_events_arrive_at_once_and_only_once(home: RunningSystem) -> None:
    with stream(home.url, "/api/v1/events", home.key) as opened:
        created = home.create(publish_immediately=True, wait=0).body["job_id"]
        found = opened.until("delivery.published")
    assert found[0].event == "post.created"
    assert {one.data["post_id"] for one in found} == {created}
    assert len({one.id for one in found}) == len(found)


@pytest.mark.parametrize("way", ["header", "query"])
def test_a_reconnecting_client_continues_after_its_last_event(home: RunningSystem, way: str) -> None:
    job_id = home.create(publish_immediately=True).body["job_id"]
    path = f"/api/v1/posts/{job_id}/events"
    with stream(home.url, path, home.key) as opened:
        everything = opened.until("delivery.published")
    middle = everything[2].id or ""
    headers = {"Last-Event-ID": middle} if way == "header" else {}
    with stream(home.url, path + (f"?last_event_id={middle}" if way == "query" else ""), home.key, headers) as opened:
        rest = opened.until("delivery.published")
    assert [one.id for one in rest] == [one.id for one in everything[3:]]
    # The workspace's stream resumes by the same ids.
    with stream(home.url, "/api/v1/events", home.key, {"Last-Event-ID": middle}) as opened:
        assert [one.id for one in opened.until("delivery.published")] == [one.id for one in everything[3:]]


def test_a_last_event_id_above_the_newest_still_streams(home: RunningSystem) -> None:
    headers = {"Last-Event-ID": "99999999999999999999"}
    with stream(home.url, "/api/v1/events", home.key, headers) as opened:
        home.create()
        assert opened.until("post.created")


def test_event_errors_are_in_the_callers_language(home: RunningSystem) -> None:
    error = {"status": 400, "code": 100, "message": "no"}
    home.meta.fault(method="POST", path="/feed", when="before", kind="graph_error", error=error, times=9)
    job_id = home.create(publish_immediately=True).body["job_id"]
    said = {}
    for language in ("en", "it"):
        path = f"/api/v1/posts/{job_id}/events"
        with stream(home.url, path, home.key, {"Accept-Language": language}) as opened:
            said[language] = opened.until("delivery.failed")[-1].data["error"]
    assert said["en"]
    assert said["it"]
    assert said["en"] != said["it"]


def test_another_workspaces_post_is_not_found(home: RunningSystem) -> None:
    for path in ("events", "timeline"):
        assert home.ask("GET", f"/api/v1/posts/post_unknown/{path}").status == 404
    assert home.ask("GET", "/api/v1/events?last_event_id=soon").status == 422


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[tuple[RunningSystem, Araldo]]:
    """A system whose idle streams send a comment every 0.2 s."""
    with running_sandbox() as meta:
        made: list[tuple[Araldo, str]] = []

        def make(url: str) -> FastAPI:
            settings = settings_for(tmp_path, meta.url, port=int(url.rpartition(":")[2]))
            key = asyncio.run(connect_accounts(settings, meta.mint()))
            araldo = Araldo(settings)
            made.append((araldo, key))
            web = create_web(araldo)
            web.state.dependencies = replace(web.state.dependencies, heartbeat_s=0.2)
            return web

        with serve_made(make) as url:
            araldo, key = made[0]
            yield RunningSystem(url, key, meta, araldo.settings), araldo


def test_idle_streams_send_comments(quick: tuple[RunningSystem, Araldo]) -> None:
    home, _ = quick
    with stream(home.url, "/api/v1/events", home.key) as opened:
        home.create()
        until(lambda: opened.answer.readline().startswith(b": "))


def test_a_key_revoked_by_another_process_ends_its_streams_before_the_next_sign_of_life(home: RunningSystem) -> None:
    job_id = home.create().body["job_id"]
    with (
        stream(home.url, "/api/v1/events", home.key) as of_all,
        stream(home.url, f"/api/v1/posts/{job_id}/events", home.key) as of_one,
    ):
        asyncio.run(_end_keys(home))
        for opened in (of_all, of_one):
            until(lambda opened=opened: opened.next() is None, 5)  # type: ignore[misc]  # bound now
        assert [one.comments for one in (of_all, of_one)] == [[], []]
    assert home.ask("GET", "/api/v1/events").status == 401


def test_a_session_that_is_ended_elsewhere_ends_its_streams(home: RunningSystem) -> None:
    me, other = signed_in(home), signed_in(home)
    with (
        stream(home.url, "/api/v1/events", None, {"Cookie": f"araldo_session={me.token}"}) as ended,
        stream(home.url, "/api/v1/events", None, {"Cookie": f"araldo_session={other.token}"}) as kept,
    ):
        assert other.ask("DELETE", "/api/v1/sessions").status == 204
        until(lambda: ended.next() is None, 5)
        home.create()
        assert kept.next() is not None


async def _end_keys(home: RunningSystem) -> None:
    beside = Araldo(home.settings)
    with open_transaction(beside.database) as transaction:
        transaction.execute(update(api_keys).values(revoked_at=beside.clock.now()))
    await beside.close()


def test_disconnected_clients_release_everything_and_slow_ones_hold_no_transaction(
    quick: tuple[RunningSystem, Araldo],
) -> None:
    home, araldo = quick
    job_id = home.create().body["job_id"]
    before = len(_streams())
    for _ in range(5):
        with stream(home.url, f"/api/v1/posts/{job_id}/events", home.key) as opened:
            assert opened.next()
            assert len(_streams()) == before + 1
            # This client reads no further: nothing of the database is in use while it does not.
            until(lambda: not araldo.database._reads._unanswered)
        until(lambda: len(_streams()) == before, 5)


def _streams() -> list[object]:
    return [
        one
        for one in gc.get_objects()
        if type(one) is AsyncGeneratorType and one.__name__ == "follow_events" and one.ag_frame is not None
    ]


def test_a_hundred_streams_receive_an_event(quick: tuple[RunningSystem, Araldo]) -> None:
    home, _ = quick
    opened = []
    try:
        for _ in range(100):
            one = stream(home.url, "/api/v1/events", home.key)
            opened.append((one, one.__enter__()))
        home.create(publish_immediately=True)
        for _, listening in opened:
            assert listening.until("delivery.published")
    finally:
        for one, _ in opened:
            one.__exit__(None, None, None)


def test_events_stream_on_postgresql(tmp_path: Path, fresh_postgres: str) -> None:
    with (
        start_system(tmp_path, database={"url": fresh_postgres}) as home,
        stream(home.url, "/api/v1/events", home.key) as opened,
    ):
        home.create(publish_immediately=True, wait=0)
        found = opened.until("delivery.published")
        assert found[0].event == "post.created"
        with stream(home.url, "/api/v1/events", home.key, {"Last-Event-ID": found[0].id or ""}) as again:
            assert [one.id for one in again.until("delivery.published")] == [one.id for one in found[1:]]
