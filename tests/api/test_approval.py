"""Approval by members and keys: nothing goes out unapproved, and every change withdraws what was given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from araldo.workspaces.roles import Role
from tests.api.approvals import (
    LATER,
    POSTS,
    approval,
    approved,
    decide,
    draft,
    editor_of,
    owner_of,
    requested,
    soon,
    state_of,
)
from tests.images.pictures import encode_picture, quarters
from tests.support.browsing import signed_in
from tests.support.running_system import Reply, RunningSystem
from tests.support.waiting import until

PUBLISH = "/api/v1/social/publish"


def is_needed(reply: Reply) -> bool:
    return (reply.status, reply.body["code"]) == (409, "approval_needed")


def test_an_editors_post_goes_out_once_it_is_approved(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor)
    assert is_needed(editor.ask("POST", f"{path}/publish"))
    version = requested(editor, path)
    seen = approval(owner, path)
    assert (seen["state"], seen["requested_by"], seen["required"]) == ("requested", "redazione", True)
    assert seen["actions"] == ["approve", "send_back"]
    assert approval(editor, path)["actions"] == []
    assert is_needed(editor.ask("POST", f"{path}/publish"))
    assert decide(owner, path, "approve", version, "Sì!").body["state"] == "approved"
    assert editor.ask("POST", f"{path}/publish").status in {200, 202}
    until(lambda: state_of(home, path)[0] == "published")
    assert len(home.meta.published_ids()) == 1
    texts = [line["text"] for line in home.ask("GET", f"{path}/timeline").body["data"]]
    assert "Approval requested by redazione: Va bene così?" in texts
    assert "Approved by owner: Sì!" in texts
    audited = owner.ask("GET", "/api/v1/audit?action=post_approved").body["data"]
    assert [one["actor"]["name"] for one in audited] == ["owner"]


def test_sent_back_it_stays_until_it_is_asked_for_again(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor)
    version = requested(editor, path)
    assert editor.ask("POST", f"{path}/approval/request").body["code"] == "already_requested"
    back = decide(owner, path, "send-back", version, "Più breve")
    assert (back.body["state"], back.body["comments"][-1]["text"]) == ("sent_back", "Più breve")
    assert is_needed(editor.ask("POST", f"{path}/publish"))
    assert editor.ask("PATCH", path, {"content": "Pane"}).body["approval"] == "sent_back"
    assert editor.ask("POST", f"{path}/approval/comments", {"text": "Fatto"}).status == 201
    again = requested(editor, path)
    assert decide(owner, path, "approve", version).body["code"] == "post_changed"
    assert decide(owner, path, "approve", again).status == 200


ROADS: dict[str, Any] = {
    "create": lambda editor, _: editor.create(publish_immediately=True),
    "publish": lambda editor, _: editor.ask("POST", PUBLISH, {"content": "Ciao", "platforms": ["facebook"]}),
    "publish a draft": lambda editor, path: editor.ask("POST", f"{path}/publish"),
    "publish with undo": lambda editor, path: editor.ask("POST", f"{path}/publish", {"undo_s": 60}),
}


@pytest.mark.parametrize("road", ROADS)
def test_no_road_publishes_now_without_approval(home: RunningSystem, road: str) -> None:
    owner_of(home)
    editor = editor_of(home)
    refused = ROADS[road](editor, draft(editor))
    assert is_needed(refused), refused.raw
    assert home.meta.published_ids() == []


def test_what_is_not_approved_at_its_time_is_missed_and_never_sent(home: RunningSystem) -> None:
    """Scheduled by an editor; scheduled before approvals were required; and retried."""
    owner, editor = owner_of(home, required=False), editor_of(home)
    before = draft(editor)
    assert editor.ask("POST", f"{before}/schedule", {"schedule_time": soon(2.5)}).body["status"] == "scheduled"
    owner_of(home)
    assert approval(owner, before)["state"] == "requested"
    after = draft(editor)
    assert editor.ask("POST", f"{after}/schedule", {"schedule_time": soon(1.5)}).body["approval"] == "requested"
    until(lambda: {state_of(home, path)[0] for path in (before, after)} == {"missed"})
    for path in (before, after):
        assert state_of(home, path) == ("missed", "not_approved")
        assert is_needed(editor.ask("POST", f"{path}/retry"))
        assert is_needed(editor.ask("POST", f"{path}/publish"))
    assert home.meta.published_ids() == []
    assert decide(owner, after, "approve", approval(owner, after)["version"]).status == 200
    assert editor.ask("POST", f"{after}/retry").status in {200, 202}
    until(lambda: len(home.meta.published_ids()) == 1)


CHANGES: dict[str, dict[str, Any]] = {
    "text": {"content": "Pane di ieri"},
    "text elsewhere": {"texts": {"facebook": "Altro"}},
    "hashtags": {"hashtags": ["pane"]},
    "platforms": {"platforms": ["facebook", "instagram"], "image_provider": "offline"},
    "time": {"schedule_time": "2031-01-01T10:00:00+01:00"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_withdraws_the_approval(home: RunningSystem, change: str) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor, schedule_time=LATER)
    approved(owner, editor, path)
    assert editor.ask("PATCH", path, {"note": "altra nota"}).body["approval"] == "approved"
    changed = editor.ask("PATCH", path, CHANGES[change])
    assert (changed.status, changed.body["approval"]) == (200, "withdrawn"), changed.raw
    assert is_needed(editor.ask("POST", f"{path}/publish"))
    assert "its approval was withdrawn" in editor.ask("GET", f"{path}/timeline").raw.decode()


def test_another_picture_or_another_time_withdraws_it_and_a_cancelled_delivery_does_not(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    medium = home.upload(encode_picture(quarters((900, 900)), "JPEG")).body["id"]
    both = draft(editor, platforms=["facebook", "instagram"], images={"instagram": medium, "facebook": medium})
    until(lambda: approval(editor, both)["pictures_ready"])
    approved(owner, editor, both)
    assert editor.ask("POST", f"{both}/schedule", {"schedule_time": LATER}).body["approval"] == "approved"
    assert editor.ask("POST", f"{both}/cancel", {"platforms": ["instagram"]}).body["approval"] == "approved"
    assert editor.ask("PATCH", both, {"images": {"facebook": None}}).body["approval"] == "withdrawn"
    timed = draft(editor, schedule_time=LATER)
    approved(owner, editor, timed)
    assert is_needed(editor.ask("POST", f"{timed}/publish"))
    moved = editor.ask("POST", f"{timed}/schedule", {"schedule_time": "2030-08-01T10:00:00+02:00"})
    assert (moved.status, moved.body["approval"]) == (200, "requested")


def test_pictures_are_made_on_request_and_an_approval_waits_for_them(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor, image_provider="offline")
    version = requested(editor, path)
    early = decide(owner, path, "approve", version)
    assert early.status in {200, 409}
    until(lambda: approval(owner, path)["pictures_ready"])
    if early.status == 409:
        assert early.body["code"] in {"pictures_not_ready", "post_changed"}
        assert decide(owner, path, "approve", approval(owner, path)["version"]).status == 200
    again = editor.ask("POST", f"{path}/images/facebook/regenerate", {})
    assert again.body["approval"] == "withdrawn"


def test_of_two_decisions_at_once_one_counts(home: RunningSystem) -> None:
    owner, editor = owner_of(home), editor_of(home)
    path = draft(editor)
    version = requested(editor, path)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda step: decide(owner, path, step, version), ("approve", "send-back")))
    assert sorted(reply.status for reply in done) == [200, 409]
    assert next(reply for reply in done if reply.status == 409).body["code"] == "post_changed"


def test_only_who_may_publish_and_approve_approves(home: RunningSystem) -> None:
    owner_of(home)
    editor = editor_of(home)
    path = draft(editor)
    version = requested(editor, path)
    for scopes in (["read", "draft", "publish"], ["read", "approve"], ["read"]):
        narrow = editor_of(home, *scopes)
        for step in ("approve", "send-back"):
            refused = decide(narrow, path, step, version)
            assert (refused.status, refused.body["code"]) == (403, "permission_missing"), scopes
        assert narrow.ask("POST", f"{path}/approval/links", {}).status == 403
    viewer = signed_in(home, "Vera", new=True, role=Role.VIEWER)
    assert approval(viewer, path)["actions"] == []
    assert viewer.ask("POST", f"{path}/approval/comments", {"text": "ciao"}).status == 403
    assert decide(editor_of(home, "read", "publish", "approve"), path, "approve", version).status == 200


def test_who_may_approve_approves_by_publishing(home: RunningSystem) -> None:
    owner = owner_of(home)
    editor = editor_of(home)
    made = home.create(publish_immediately=True, image_provider="offline")
    assert made.status in {200, 201, 202}, made.raw
    until(lambda: len(home.meta.published_ids()) == 1)
    path = draft(editor)
    assert owner.ask("POST", f"{path}/schedule", {"schedule_time": LATER}).body["approval"] == "approved"
    assert editor.ask("PATCH", path, {"content": "Altro"}).body["approval"] == "withdrawn"


def test_occurrences_and_imported_posts_wait_for_approval_too(home: RunningSystem) -> None:
    owner_of(home)
    editor = editor_of(home)
    path = draft(editor, schedule_time=LATER)
    assert editor.ask("POST", f"{path}/recurrence", {"rrule": "FREQ=WEEKLY"}).status == 201
    (made,) = editor.ask("GET", f"{POSTS}?status=scheduled").body["data"]
    assert (made["recurrence_id"] is not None, made["approval"]) == (True, "requested")
    file = f"content,platforms,date\nPane,facebook,{LATER}\n".encode()
    assert editor.import_posts(file, "?image_provider=none&intent=schedule").status in {200, 201}
    listed = editor.ask("GET", f"{POSTS}?approval=requested&approval=withdrawn").body["data"]
    assert [one["approval"] for one in listed] == ["requested"] * 2
    assert editor.ask("GET", f"{POSTS}?approval=approved").body["data"] == []


def test_a_post_that_cannot_be_published_is_not_requested(home: RunningSystem) -> None:
    owner_of(home)
    editor = editor_of(home)
    assert editor.ask("POST", f"{draft(editor, platforms=[])}/approval/request").status == 422
    gone = draft(editor)
    assert editor.ask("POST", f"{gone}/cancel").status == 200
    assert editor.ask("POST", f"{gone}/approval/request").body["code"] == "nothing_to_approve"
    assert editor.ask("DELETE", gone).status == 204
    assert editor.ask("POST", f"{gone}/approval/request").status == 404
