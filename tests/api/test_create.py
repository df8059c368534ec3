"""The create endpoint through the real pipeline: publish, schedule, draft, refuse."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.running_system import RunningSystem, ask, start_system
from tests.support.waiting import until

THREE = ["facebook", "instagram", "instagram_story"]
TEXT = "Ciao a tutti\n\nVieni →\n\n#Uno #due"
SIZES = {"facebook": (1200, 675), "instagram": (1080, 1080), "instagram_story": (1080, 1920)}


def test_one_post_is_published_on_three_platforms(home: RunningSystem) -> None:
    reply = home.create(
        platforms=THREE,
        cta="Vieni →",
        hashtags=["#Uno", "due", "UNO"],
        publish_immediately=True,
        image_style="baroque",
    )
    body = reply.body
    assert (reply.status, body["status"]) == (200, "published")
    assert [result["platform"] for result in body["platforms"]] == THREE
    assert (body["total_platforms"], body["successful"], body["failed"], body["images_generated"]) == (3, 3, 0, 3)
    state = home.meta.state()
    assert [post["message"] for post in state["posts"]] == [TEXT]
    by_kind = {media["media_product_type"]: media for media in state["media"]}
    assert by_kind["FEED"]["caption"] == TEXT
    assert by_kind["STORY"]["caption"] == ""
    assert sorted(home.meta.published_ids()) == sorted(result["post_id"] for result in body["platforms"])
    for result in body["platforms"]:
        assert result["success"] is True
        assert result["error"] is None
        assert "baroque" in result["image_notes"][0]
        assert ask("GET", result["post_url"]).status == 200
        picture = ask("GET", result["image_url"])
        assert picture.headers["content-type"] == "image/jpeg"
        opened = Image.open(io.BytesIO(picture.raw))
        assert (opened.format, opened.size) == ("JPEG", SIZES[result["platform"]])


def test_hashtags_are_published_once_and_line_ends_are_normalized(home: RunningSystem) -> None:
    written = "Oggi #Uno\r\ne (https://example.com/a#tre) #2"
    body = home.create(content=written, hashtags=["uno", "#due"], platforms=["facebook"], publish_immediately=True).body
    post = home.ask("GET", f"/api/v1/posts/{body['job_id']}").body
    assert post["content"] == written.replace("\r\n", "\n")
    assert post["platforms"][0]["image_alt"] == "Oggi"
    messages = [post["message"] for post in home.meta.state()["posts"]]
    assert messages[-1] == "Oggi #Uno\ne (https://example.com/a#tre) #2\n\n#due"


def test_a_post_can_be_read_again_and_listed_page_by_page(home: RunningSystem) -> None:
    ids = [home.create(content=f"Numero {number}").body["job_id"] for number in range(3)]
    read = home.ask("GET", f"/api/v1/social/posts/{ids[0]}").body
    assert (read["job_id"], read["content"], read["status"]) == (ids[0], "Numero 0", "draft")
    first = home.ask("GET", "/api/v1/social/posts?limit=2").body
    assert [post["job_id"] for post in first["data"]] == [ids[2], ids[1]]
    second = home.ask("GET", f"/api/v1/social/posts?limit=2&cursor={first['next_cursor']}").body
    assert [post["job_id"] for post in second["data"]] == [ids[0]]
    assert (second["has_more"], second["next_cursor"]) == (False, None)
    assert home.ask("GET", "/api/v1/social/posts?cursor=nonsense").status == 422
    assert home.ask("GET", "/api/v1/social/posts/post_none").status == 404


def test_a_draft_has_its_pictures_and_sends_nothing(home: RunningSystem) -> None:
    body = home.create(platforms=THREE).body
    assert (body["status"], body["images_generated"]) == ("draft", 3)
    assert {result["success"] for result in body["platforms"]} == {None}
    assert all(ask("GET", result["image_url"]).status == 200 for result in body["platforms"])
    assert home.meta.log(method="POST", path="/photos") == []
    assert home.meta.published_ids() == []


def test_a_scheduled_post_goes_out_when_it_is_due(home: RunningSystem) -> None:
    due = datetime.now(UTC) + timedelta(seconds=2.5)
    body = home.create(schedule_time=due.isoformat(), platforms=["facebook", "instagram"]).body
    assert (body["status"], body["images_generated"]) == ("scheduled", 2)
    assert home.meta.published_ids() == []
    until(lambda: home.ask("GET", f"/api/v1/social/posts/{body['job_id']}").body["status"] == "published")
    assert len(home.meta.published_ids()) == 2
    created = [entry["at"] for entry in home.meta.log("/feed", "POST")]
    assert all(datetime.fromisoformat(at) >= due for at in created)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"content": "  "}, "/content", "empty"),
        ({"platforms": ["facebook", "myspace"]}, "/platforms/1", "platform_unknown"),
        ({"platforms": ["facebook", "facebook"]}, "/platforms/1", "platform_duplicate"),
        ({"platforms": []}, "/platforms", "empty"),
        ({"schedule_time": "2001-01-01T00:00:00Z"}, "/schedule_time", "time_past"),
        ({"schedule_time": "2101-01-01T00:00:00"}, "/schedule_time", "time_without_zone"),
        ({"schedule_time": "soon"}, "/schedule_time", "datetime_from_date_parsing"),
        (
            {"schedule_time": "2101-01-01T00:00:00Z", "publish_immediately": True},
            "/schedule_time",
            "publish_and_schedule",
        ),
        ({"hashtags": ["ok", "no good"]}, "/hashtags/1", "hashtag_invalid"),
        ({"platforms": ["instagram"], "content": "x" * 2201}, "/content", "text_too_long"),
        ({"platforms": ["instagram"], "hashtags": [f"t{n}" for n in range(31)]}, "/hashtags", "too_many_hashtags"),
        ({"image_provider": "google"}, "/image_provider", "provider_not_configured"),
        ({"image_provider": "magic"}, "/image_provider", "provider_unknown"),
        ({"accounts": {"facebook": "acc_none"}}, "/accounts/facebook", "account_unknown"),
        ({"platform_prompts": {"myspace": "x"}}, "/platform_prompts/myspace", "platform_unknown"),
        ({"content": None}, "/content", "string_type"),
        ({"content": "a\x00b"}, "/content", "unwritable_text"),
    ],
)
def test_an_invalid_post_is_refused_with_a_pointer(
    home: RunningSystem, body: dict[str, Any], pointer: str, code: str
) -> None:
    wanted = {"publish_immediately": "schedule_time" not in body, **body}
    reply = home.create(**wanted)
    assert reply.status == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in reply.body["errors"]]
    assert home.ask("GET", "/api/v1/social/posts").body["data"] == []
    assert home.meta.log(method="POST", path="/photos") == []


def test_problems_are_in_the_callers_language(home: RunningSystem) -> None:
    what = {"content": " ", "platforms": ["facebook"]}
    path = "/api/v1/social/create-multi-platform-post"
    italian = home.ask("POST", path, what, Accept_Language="it-IT,it;q=0.9,en;q=0.8").body
    spanish = home.ask("POST", path, what, Accept_Language="ca-ES,es-MX;q=0.9,en;q=0.8").body
    english = home.ask("POST", path, what).body
    assert spanish["errors"][0]["detail"] == "La publicación no tiene texto. Escribe algo."
    assert italian["errors"][0]["detail"] == "Il post non ha testo. Scrivine uno."
    assert english["errors"][0]["detail"] == "The post has no text. Write some."


def test_one_platform_failing_leaves_the_others_published(home: RunningSystem) -> None:
    error = {"code": 100, "message": "no"}
    home.meta.fault(path="/media_publish", kind="graph_error", error=error)
    body = home.create(platforms=["facebook", "instagram"], publish_immediately=True).body
    assert (body["status"], body["successful"], body["failed"]) == ("partial", 1, 1)
    by_name = {result["platform"]: result for result in body["platforms"]}
    assert by_name["instagram"]["success"] is False
    assert by_name["instagram"]["state"] == "failed"
    assert by_name["instagram"]["error"]
    assert by_name["facebook"]["success"] is True


def test_an_expired_token_affects_only_its_platform(home: RunningSystem) -> None:
    home.meta.fault(path="/photos", kind="graph_error", error={"code": 190, "error_subcode": 460, "message": "x"})
    body = home.create(platforms=["facebook", "instagram"], publish_immediately=True).body
    by_name = {result["platform"]: result for result in body["platforms"]}
    assert body["status"] == "partial"
    assert (by_name["facebook"]["state"], by_name["facebook"]["success"]) == ("needs_reconnect", False)
    assert "password was changed" in by_name["facebook"]["error"]
    health = {account["kind"]: account["health"] for account in home.ask("GET", "/api/v1/accounts").body["data"]}
    assert health == {"facebook_page": "action_needed", "instagram_account": "ok"}


def test_a_failed_picture_is_never_published(tmp_path: Path) -> None:
    # A server of pictures that nobody listens at.
    with start_system(tmp_path, images={"openai_base_url": "http://127.0.0.1:9/v1"}) as home:
        body = home.create(platforms=["facebook"], publish_immediately=True, image_provider="openai").body
        assert (body["status"], body["failed"], body["images_generated"]) == ("failed", 1, 0)
        assert body["platforms"][0]["image_state"] == "failed"
        assert body["platforms"][0]["error"] == "openai cannot be reached right now."
        assert home.meta.log(method="POST", path="/photos") == []
        draft = home.create(platforms=["facebook"]).body
        assert (draft["status"], draft["platforms"][0]["image_provider"]) == ("draft", "offline")


def test_slow_work_is_answered_with_202_and_a_location(home: RunningSystem) -> None:
    home.meta.control("settings", {"container_delay_s": 1.5})
    reply = home.create(wait=0.2, platforms=["instagram"], publish_immediately=True)
    assert (reply.status, reply.body["status"]) == (202, "publishing")
    assert reply.body["platforms"][0]["success"] is None
    where = reply.headers["location"]
    until(lambda: home.ask("GET", where).body["status"] == "published")
    assert len(home.meta.published_ids()) == 1


def test_the_same_key_twice_is_one_post(home: RunningSystem) -> None:
    def send(_: int) -> tuple[int, str]:
        what = {"content": "Una volta", "platforms": ["facebook"], "publish_immediately": True}
        reply = home.ask("POST", "/api/v1/social/create-multi-platform-post", what, Idempotency_Key="once")
        return reply.status, reply.body["job_id"]

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(send, range(5)))
    assert {status for status, _ in answers} == {200}
    assert len({job for _, job in answers}) == 1
    assert len(home.meta.published_ids()) == 1
    other = {"content": "Altro", "platforms": ["facebook"], "publish_immediately": True}
    reply = home.ask("POST", "/api/v1/social/create-multi-platform-post", other, Idempotency_Key="once")
    assert (reply.status, reply.body["errors"][0]["code"]) == (422, "idempotency_key_reused")


def test_a_refused_request_leaves_its_key_free(home: RunningSystem) -> None:
    path = "/api/v1/social/create-multi-platform-post"
    assert home.ask("POST", path, {"content": "", "platforms": ["facebook"]}, Idempotency_Key="k").status == 422
    assert home.ask("POST", path, {"content": "Ora sì", "platforms": ["facebook"]}, Idempotency_Key="k").status == 200


def test_without_a_key_nothing_is_created(home: RunningSystem) -> None:
    for method, path in (
        ("GET", "/api/v1/social/posts"),
        ("GET", "/api/v1/platforms"),
        ("GET", "/api/v1/accounts"),
        ("POST", "/api/v1/social/create-multi-platform-post"),
        ("POST", "/api/v1/social/publish"),
        ("POST", "/api/v1/marketing/image/batch-generate"),
    ):
        for headers in ({}, {"Authorization": "Bearer ara_wrong"}, {"Authorization": "Basic eA=="}):
            reply = ask(method, home.url + path, {} if method == "POST" else None, headers)
            assert (reply.status, reply.headers["content-type"]) == (401, "application/problem+json")


def test_a_missing_permalink_is_filled_in_later(home: RunningSystem) -> None:
    """Instagram's permalink needs a second read, which may fail after the post is published."""
    error = {"status": 400, "code": 1, "message": "no"}
    home.meta.fault(method="GET", path="/v26.0/1", kind="graph_error", error=error, times=1, skip=1)
    home.meta.control("settings", {"container_delay_s": 0})
    created = home.create(platforms=["instagram"], publish_immediately=True).body
    assert created["platforms"][0]["state"] == "published"
    home.meta.control("faults", method="DELETE")
    path = f"/api/v1/social/posts/{created['job_id']}"
    until(lambda: home.ask("GET", path).body["platforms"][0]["post_url"] is not None)
