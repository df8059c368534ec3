"""A post's note for colleagues: found by the search, changed at any time, and in nothing that leaves Araldo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.aiohttp_site import opened_in_thread
from tests.support.receiver import running_receiver
from tests.support.running_system import RunningSystem, start_system
from tests.support.waiting import until

POSTS = "/api/v1/posts"
NOTE = "Chiedi ad Anna: riservatissimo"
SECRET = "riservatissimo"
ERROR = {"status": 400, "code": 100, "message": "Invalid parameter"}


def read(home: RunningSystem, post_id: str) -> dict[str, object]:
    found: dict[str, object] = home.ask("GET", f"{POSTS}/{post_id}").body
    return found


def test_the_note_is_in_no_call_to_a_platform_and_in_no_webhook(tmp_path: Path) -> None:
    with (
        opened_in_thread(running_receiver()) as receiver,
        start_system(tmp_path, fetch={"allow": [receiver.pair]}) as home,
    ):
        hook = {"url": receiver.url, "events": ["delivery.published", "delivery.failed", "post.partially_published"]}
        assert home.ask("POST", "/api/v1/webhooks", hook).status == 201
        home.meta.fault(method="POST", path="/media_publish", when="before", kind="graph_error", error=ERROR, times=1)
        platforms = ["facebook", "instagram", "instagram_story"]
        created = home.create(
            content="Apriamo domani", note=NOTE, platforms=platforms, publish_immediately=True, image_provider="offline"
        )
        assert (created.status, created.body["status"]) == (200, "partial")
        until(lambda: len(receiver.got) == 4)
        calls = json.dumps(home.meta.control("log"))
        received = "".join(got.body for got in receiver.got)
        assert SECRET not in calls + received + json.dumps(home.meta.state())
        # What is published is there, so that the note would be seen as well.
        assert "Apriamo domani" in calls
        assert "Apriamo domani" in received
        # The mission's answer is as it was.
        assert SECRET not in created.raw.decode()
        assert read(home, created.body["job_id"])["note"] == NOTE


def test_the_note_of_a_published_post_changes_and_nothing_else_does(home: RunningSystem) -> None:
    post_id = home.create(publish_immediately=True, image_provider="offline").body["job_id"]
    before, calls = read(home, post_id), len(home.meta.log())
    changed = home.ask("PATCH", f"{POSTS}/{post_id}", {"note": NOTE}, If_Match=f'"{before["rev"]}"')
    assert (changed.status, changed.body["note"], changed.body["status"]) == (200, NOTE, "published")
    assert _unchanging(changed.body) == _unchanging(before)
    assert len(home.meta.log()) == calls
    # The text beside it is refused as before, and then the note does not change either.
    refused = home.ask("PATCH", f"{POSTS}/{post_id}", {"note": "Altro", "content": "Altro"})
    assert (refused.status, refused.body["code"]) == (409, "already_out")
    assert read(home, post_id)["note"] == NOTE
    stale = home.ask("PATCH", f"{POSTS}/{post_id}", {"note": "Altro"}, If_Match=f'"{before["rev"]}"')
    assert stale.status == 412


def _unchanging(post: dict[str, object]) -> dict[str, object]:
    """Return what a note leaves as it is. The signatures of the pictures' addresses change with the time."""
    rows = post["platforms"]
    assert isinstance(rows, list)
    platforms = [{**row, "image_url": str(row["image_url"]).partition("?")[0]} for row in rows]
    return {**post, "platforms": platforms, "note": None, "rev": None, "updated_at": None}


def test_posts_are_found_by_their_note(home: RunningSystem) -> None:
    made = home.ask("POST", POSTS, {"content": "Ciao", "note": NOTE}).body
    home.ask("POST", POSTS, {"content": "Ciao"})

    def found(words: str) -> list[str]:
        return [post["job_id"] for post in home.ask("GET", f"{POSTS}?q={words}").body["data"]]

    assert found("RISERVAT") == [made["job_id"]]
    home.ask("PATCH", f"{POSTS}/{made['job_id']}", {"note": "Approvato"})
    assert (found("riservat"), found("approvato")) == ([], [made["job_id"]])
    assert home.ask("PATCH", f"{POSTS}/{made['job_id']}", {"note": None}).body["note"] is None
    assert found("approvato") == []


def test_a_copy_keeps_the_note(home: RunningSystem) -> None:
    post_id = home.ask("POST", POSTS, {"content": "Ciao", "note": NOTE}).body["job_id"]
    assert home.ask("POST", f"{POSTS}/{post_id}/duplicate").body["note"] == NOTE


@pytest.mark.parametrize(("note", "code"), [("x" * 2_001, "string_too_long"), ("a\x00b", "unwritable_text")])
def test_a_note_that_cannot_be_stored_is_refused(home: RunningSystem, note: str, code: str) -> None:
    reply = home.ask("POST", POSTS, {"content": "Ciao", "note": note})
    assert (reply.status, reply.body["errors"][0]["pointer"]) == (422, "/note")
    assert reply.body["errors"][0]["code"] == code
    if code == "string_too_long":
        assert "2000" in reply.body["errors"][0]["detail"]
    assert home.ask("POST", POSTS, {"content": "Ciao", "note": "x" * 2_000}).status == 201
