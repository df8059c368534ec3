"""Posts over HTTP: drafts, changes, undo, dry runs, lists."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.running_system import Reply, RunningSystem, ask
from tests.support.waiting import until

POSTS = "/api/v1/posts"


def draft(home: RunningSystem, **fields: object) -> Reply:
    return home.ask("POST", POSTS, {"content": "Ciao", "platforms": ["facebook"], "image_provider": "none", **fields})


def codes(reply: Reply, what: str = "problems") -> set[str]:
    return {problem["code"] for problem in reply.body[what]}


def settled(home: RunningSystem, post_id: str) -> dict[str, object]:
    until(lambda: home.ask("GET", f"{POSTS}/{post_id}").body["status"] != "publishing")
    found: dict[str, object] = home.ask("GET", f"{POSTS}/{post_id}").body
    return found


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({}, {"empty"}),
        ({"content": "x" * 3_000, "platforms": ["instagram"]}, {"text_too_long"}),
        ({"content": "ciao"}, {"empty"}),
        ({"content": "ciao", "platforms": ["instagram"], "image_provider": "none"}, {"picture_needed"}),
        ({"content": "ciao", "hashtags": ["a b"], "platforms": ["facebook"]}, {"hashtag_invalid"}),
        ({"content": "ciao", "platforms": ["facebook"], "texts": {"facebook": " "}}, {"empty"}),
        ({"content": "ciao", "platforms": ["facebook", "instagram"]}, set()),
    ],
)
def test_anything_well_formed_is_saved_with_its_problems(
    home: RunningSystem, fields: dict[str, object], problems: set[str]
) -> None:
    made = home.ask("POST", POSTS, fields)
    assert (made.status, made.body["status"]) == (201, "draft")
    assert codes(made) == problems
    assert made.headers["Location"] == f"{POSTS}/{made.body['job_id']}"
    read = home.ask("GET", made.headers["Location"])
    assert (read.body["content"], read.headers["ETag"]) == (fields.get("content", ""), '"1"')
    refused = home.ask("POST", f"{made.headers['Location']}/publish")
    assert refused.status == (422 if problems else 202)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"platforms": ["nowhere"]}, "/platforms/0"),
        ({"texts": {"no/where": "x"}}, "/texts/no~1where"),
        ({"platforms": ["facebook"], "accounts": {"facebook": "acc_other"}}, "/accounts/facebook"),
        ({"schedule_time": "2030-03-31T02:30:00", "zone": "Europe/Rome"}, "/schedule_time"),
        ({"schedule_time": "2030-03-31T02:30:00"}, "/schedule_time"),
        ({"image_provider": "nobody"}, "/image_provider"),
        ({"content": None}, "/content"),
        ({"shapes": {"instagram": "3:4"}}, "/shapes/instagram"),
        ({"shapes": {"nowhere": "1:1"}}, "/shapes/nowhere"),
    ],
)
def test_values_that_cannot_be_stored_are_refused(home: RunningSystem, fields: dict[str, object], pointer: str) -> None:
    made = home.ask("POST", POSTS, fields)
    assert (made.status, made.body["errors"][0]["pointer"]) == (422, pointer)


def test_a_draft_is_edited_and_published(home: RunningSystem) -> None:
    made = home.ask("POST", POSTS, {"content": "C"})
    path = made.headers["Location"]
    first = home.ask("PATCH", path, {"content": "Ciao", "hashtags": ["#uno", "due"]}, If_Match=made.headers["ETag"])
    assert (first.status, first.body["hashtags"], first.headers["ETag"]) == (200, ["uno", "due"], '"2"')
    stale = home.ask("PATCH", path, {"content": "vecchio"}, If_Match=made.headers["ETag"])
    assert (stale.status, stale.body["code"]) == (412, "changed_meanwhile")
    second = home.ask("PATCH", path, {"platforms": ["facebook", "instagram"], "texts": {"instagram": "Solo qui"}})
    assert [one["platform"] for one in second.body["platforms"]] == ["facebook", "instagram"]
    assert home.meta.log() == [] or home.meta.published_ids() == []
    assert home.ask("POST", f"{path}/publish").status == 202
    post = settled(home, made.body["job_id"])
    assert post["status"] == "published"
    state = home.meta.state()
    assert [one["message"] for one in state["posts"]] == ["Ciao\n\n#uno #due"]
    assert [one["caption"] for one in state["media"]] == ["Solo qui\n\n#uno #due"]
    again = home.ask("POST", f"{path}/publish")
    assert (again.status, again.body["code"]) == (409, "already_out")


def test_a_published_delivery_cannot_be_changed_and_409_says_what_can(home: RunningSystem) -> None:
    home.meta.fault(method="POST", path="/media", when="before", kind="graph_error", error={"code": 36003}, times=9)
    post_id = draft(home, platforms=["facebook", "instagram"], image_provider="auto").body["job_id"]
    home.ask("POST", f"{POSTS}/{post_id}/publish")
    assert settled(home, post_id)["status"] == "partial"
    refused = home.ask("PATCH", f"{POSTS}/{post_id}", {"content": "Altro"})
    assert (refused.status, refused.body["code"]) == (409, "already_out")
    (entry,) = refused.body["errors"]
    assert (entry["platform"], "/texts/instagram" in entry["suggestions"]) == ("facebook", True)
    mended = home.ask("PATCH", f"{POSTS}/{post_id}", {"texts": {"instagram": "Altro"}})
    assert mended.status == 200
    home.meta.control("faults", method="DELETE")
    assert home.ask("POST", f"{POSTS}/{post_id}/retry", {"platforms": ["instagram"]}).status == 202
    assert settled(home, post_id)["status"] == "published"
    assert [one["caption"] for one in home.meta.state()["media"]] == ["Altro"]


def test_undo_returns_the_post_to_draft(home: RunningSystem) -> None:
    post_id = draft(home).body["job_id"]
    queued = home.ask("POST", f"{POSTS}/{post_id}/publish", {"undo_s": 60})
    assert (queued.status, queued.body["platforms"][0]["state"]) == (202, "queued")
    back = home.ask("POST", f"{POSTS}/{post_id}/undo")
    assert (back.status, back.body["status"]) == (200, "draft")
    ordered = time.monotonic()
    home.ask("POST", f"{POSTS}/{post_id}/publish", {"undo_s": 1})
    assert settled(home, post_id)["status"] == "published"
    assert time.monotonic() - ordered >= 1
    late = home.ask("POST", f"{POSTS}/{post_id}/undo")
    assert (late.status, late.body["code"]) == (409, "already_out")
    assert len(home.meta.published_ids()) == 1


def test_schedule_move_and_cancel(home: RunningSystem) -> None:
    post_id = draft(home).body["job_id"]
    path = f"{POSTS}/{post_id}"
    assert codes(home.ask("POST", f"{path}/schedule"), "errors") == {"missing"}
    gap = home.ask("POST", f"{path}/schedule", {"schedule_time": "2030-03-31T02:30:00", "zone": "Europe/Rome"})
    assert (gap.status, gap.body["errors"][0]["code"]) == (422, "time_in_gap")
    assert gap.body["errors"][0]["suggestions"]
    first = home.ask("POST", f"{path}/schedule", {"schedule_time": "2030-07-01T10:00:00", "zone": "Europe/Rome"})
    assert (first.body["status"], first.body["schedule_time"]) == ("scheduled", "2030-07-01T08:00:00.000Z")
    moved = home.ask("PATCH", path, {"schedule_time": "2030-12-01T10:00:00", "zone": "Europe/Rome"})
    assert (moved.body["status"], moved.body["wall_time"]) == ("scheduled", "2030-12-01T10:00:00")
    assert moved.body["schedule_time"] == "2030-12-01T09:00:00.000Z"
    cancelled = home.ask("POST", f"{path}/cancel")
    assert (cancelled.status, cancelled.body["status"]) == (200, "cancelled")
    assert home.ask("POST", f"{path}/cancel").status == 200
    revived = home.ask("PATCH", path, {"platforms": ["facebook"]})
    assert revived.body["status"] == "draft"


def test_a_scheduled_post_is_published_on_time(home: RunningSystem) -> None:
    due = datetime.now(UTC) + timedelta(seconds=2)
    post_id = draft(home, schedule_time=due.isoformat()).body["job_id"]
    assert home.ask("POST", f"{POSTS}/{post_id}/schedule").body["status"] == "scheduled"
    until(lambda: len(home.meta.published_ids()) == 1)
    assert datetime.now(UTC) >= due
    assert settled(home, post_id)["status"] == "published"


def test_a_dry_run_lists_all_problems_and_sends_nothing(home: RunningSystem) -> None:
    post_id = draft(home, platforms=["instagram"]).body["job_id"]
    for action in ("publish", "schedule"):
        dry = home.ask("POST", f"{POSTS}/{post_id}/{action}?validate_only=true")
        assert (dry.status, dry.body["valid"]) == (200, False)
        assert "picture_needed" in codes(dry)
    body = {"content": "x" * 3_000, "platforms": ["instagram"], "publish_immediately": True}
    dry = home.ask("POST", "/api/v1/social/create-multi-platform-post?validate_only=true", body)
    assert (dry.status, codes(dry)) == (200, {"text_too_long"})
    assert home.ask("GET", POSTS).body["data"][0]["status"] == "draft"
    assert len(home.ask("GET", POSTS).body["data"]) == 1
    assert home.meta.published_ids() == []


def test_a_dry_run_warns_of_an_account_that_is_unwell(home: RunningSystem) -> None:
    post_id = draft(home).body["job_id"]
    for token in home.meta.state()["tokens"]:
        home.meta.control("tokens/kill", {"access_token": token["access_token"], "subcode": 463})
    account = home.ask("GET", "/api/v1/accounts").body["data"][0]["id"]
    home.ask("POST", f"/api/v1/accounts/{account}/check")
    dry = home.ask("POST", f"{POSTS}/{post_id}/publish?validate_only=true")
    assert (dry.body["valid"], codes(dry, "warnings")) == (True, {"account_unwell"})


def test_a_dry_run_warns_of_what_a_card_cannot_draw(home: RunningSystem) -> None:
    body = {"content": "Ciao 𓀀 e ⭐ नमस्ते", "cta": "Vieni ꦗ", "platforms": ["facebook", "instagram"]}
    create = "/api/v1/social/create-multi-platform-post?validate_only=true"
    dry = home.ask("POST", create, body, Accept_Language="en")
    assert (dry.status, dry.body["valid"]) == (200, True)
    assert [(one["pointer"], one["code"]) for one in dry.body["warnings"]] == [
        ("/content", "letters_not_drawn"),
        ("/cta", "letters_not_drawn"),
    ]
    assert "𓀀" in dry.body["warnings"][0]["detail"]
    drawable = home.ask("POST", create, {**body, "content": "⭐⭐⭐⭐⭐ Ultime ore ⏰ prenota ora", "cta": "Vieni"})
    assert drawable.body["warnings"] == []
    nothing = home.ask("POST", create, {**body, "content": "𓀀𓀁"})
    assert (nothing.body["valid"], codes(nothing)) == (False, {"no_letter_drawn"})
    assert codes(home.ask("POST", create, {**body, "content": "𓀀𓀁", "image_provider": "offline"})) == codes(nothing)
    kept = draft(home, content="Ciao 𓀀", platforms=["facebook"], image_provider="offline").body
    assert codes(home.ask("GET", f"{POSTS}/{kept['job_id']}"), "warnings") == {"letters_not_drawn"}


def test_repeating_an_action_with_the_same_key_has_one_effect(home: RunningSystem) -> None:
    made = [home.ask("POST", POSTS, {"content": "a"}, Idempotency_Key="k1").body["job_id"] for _ in range(2)]
    assert made[0] == made[1]
    post_id = draft(home).body["job_id"]
    for _ in range(3):
        reply = home.ask("POST", f"{POSTS}/{post_id}/publish", {"undo_s": 0}, Idempotency_Key="k2")
        assert reply.status in {200, 202}
    assert settled(home, post_id)["status"] == "published"
    copies = [home.ask("POST", f"{POSTS}/{post_id}/duplicate", Idempotency_Key="k3").body["job_id"] for _ in range(2)]
    assert copies[0] == copies[1] != post_id
    assert len(home.meta.published_ids()) == 1


def test_delete_restore_and_lists(home: RunningSystem) -> None:
    ids = [draft(home, content=f"Perché {number}").body["job_id"] for number in range(3)]
    home.ask("POST", f"{POSTS}/{ids[0]}/publish", {"undo_s": 60})
    busy = home.ask("DELETE", f"{POSTS}/{ids[0]}")
    assert (busy.status, busy.body["code"]) == (409, "publishing")
    home.ask("POST", f"{POSTS}/{ids[0]}/undo")
    assert home.ask("DELETE", f"{POSTS}/{ids[0]}").status == 204
    assert home.ask("GET", f"{POSTS}/{ids[0]}").status == 404
    listed = home.ask("GET", f"{POSTS}?q=perche&status=draft&platform=facebook&limit=1").body
    assert ([one["job_id"] for one in listed["data"]], listed["has_more"]) == ([ids[2]], True)
    rest = home.ask("GET", f"{POSTS}?q=perche&limit=1&cursor={listed['next_cursor']}").body
    assert ([one["job_id"] for one in rest["data"]], rest["has_more"]) == ([ids[1]], False)
    assert home.ask("POST", f"{POSTS}/{ids[0]}/restore").body["status"] == "draft"
    assert len(home.ask("GET", POSTS).body["data"]) == 3
    assert home.ask("GET", f"{POSTS}?status=nonsense").status == 422


def test_a_scheduled_posts_pictures_are_generated_and_regenerated_after_an_edit(home: RunningSystem) -> None:
    post_id = draft(home, image_provider="offline").body["job_id"]
    path = f"{POSTS}/{post_id}"

    def image() -> tuple[str, str | None]:
        one = home.ask("GET", path).body["platforms"][0]
        return one["image_state"], one["image_url"]

    assert image() == ("none", None)
    home.ask("POST", f"{path}/schedule", {"schedule_time": "2030-07-01T10:00:00+02:00"})
    until(lambda: image()[0] == "ready")
    first = image()[1]
    home.ask("PATCH", path, {"content": "Un altro testo"})
    until(lambda: image()[0] == "ready")
    assert str(image()[1]).partition("?")[0] != str(first).partition("?")[0]
    home.ask("POST", f"{path}/undo")
    home.ask("PATCH", path, {"content": "Un terzo testo"})
    assert image()[0] == "stale"
    home.ask("POST", f"{path}/publish")
    assert settled(home, post_id)["status"] == "published"
    assert image()[0] == "ready"


@pytest.mark.parametrize("body", [b"xyz", b"\xff\xfe{", b"[" * 100_000, b"1" * 5_000])
def test_invalid_json_with_an_idempotency_key_is_refused(home: RunningSystem, body: bytes) -> None:
    post_id = home.ask("POST", POSTS, {"content": "Una"}).body["job_id"]
    headers = {"Authorization": f"Bearer {home.key}", "Idempotency-Key": f"odd-{len(body)}"}
    reply = ask("POST", f"{home.url}{POSTS}/{post_id}/duplicate", headers=headers, data=body)
    assert reply.status < 500, reply.raw


@pytest.mark.parametrize("asked", ["from=0001-01-01T00:00:00%2B14:00", "to=9999-12-31T23:59:59-14:00"])
def test_times_near_the_limits_of_datetime_are_refused(home: RunningSystem, asked: str) -> None:
    for path in (POSTS, "/api/v1/images/spend"):
        assert home.ask("GET", f"{path}?{asked}").status == 422
