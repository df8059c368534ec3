"""The publish endpoint with one's own picture or none; and signed media URLs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.sandbox.meta import picture_host
from tests.support.running_system import Reply, RunningSystem, ask, start_system
from tests.support.serving import serve
from tests.support.waiting import until


def publish(home: RunningSystem, **body: Any) -> Reply:
    what = {"content": "Ciao", "platforms": ["facebook"], **body}
    return home.ask("POST", "/api/v1/social/publish", what)


def made(home: RunningSystem) -> str:
    reply = home.ask("POST", "/api/v1/marketing/image/batch-generate", {"images": [{"prompt": "mia"}]})
    return str(reply.body["results"][0]["image_url"])


@pytest.fixture
def pictures() -> Iterator[str]:
    with serve(picture_host()) as url:
        yield url


def test_a_text_alone_goes_to_facebook(home: RunningSystem) -> None:
    body = publish(home, hashtags=["uno"]).body
    assert (body["success"], body["published_count"], body["failed_count"]) == (True, 1, 0)
    post = home.meta.state()["posts"][0]
    assert (post["message"], post["attached_media"]) == ("Ciao\n\n#uno", [])


@pytest.mark.parametrize("platform", ["instagram", "instagram_story"])
def test_instagram_needs_a_picture(home: RunningSystem, platform: str) -> None:
    refused = publish(home, platforms=["facebook", platform])
    assert refused.status == 422
    assert [(error["pointer"], error["code"]) for error in refused.body["errors"]] == [
        ("/platforms/1", "picture_needed")
    ]
    assert home.meta.published_ids() == []


def test_videos_are_refused(home: RunningSystem) -> None:
    refused = publish(home, media_type="video", media_url="https://example.com/a.mp4")
    assert (refused.status, refused.body["errors"][0]["code"]) == (422, "video_not_supported")


def test_a_picture_by_its_own_signed_url_is_fitted_for_each_platform(home: RunningSystem) -> None:
    three = ["facebook", "instagram", "instagram_story"]
    body = publish(home, platforms=three, media_url=made(home)).body
    assert (body["success"], body["published_count"]) == (True, 3)
    sizes = [Image.open(io.BytesIO(ask("GET", one["image_url"]).raw)).size for one in body["results"]]
    assert sizes == [(1200, 675), (1080, 1080), (1080, 1920)]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/a.jpg", "http://169.254.169.254/x", "http://[::1]/a.jpg", "file:///etc/passwd", "no url"],
)
def test_a_non_public_address_is_refused(home: RunningSystem, url: str) -> None:
    refused = publish(home, media_url=url)
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/media_url")
    assert home.meta.published_ids() == []


def test_an_allowed_private_address_is_fetched_and_fitted(tmp_path: Path, pictures: str) -> None:
    allow = {"allow": [pictures.removeprefix("http://")]}
    with start_system(tmp_path, fetch=allow) as home:
        done = publish(home, media_url=f"{pictures}/3000x1000.jpg", platforms=["instagram"])
        assert done.body["success"] is True
        refused = publish(home, media_url=f"{pictures}/page.jpg")
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/media_url")
        assert len(home.meta.published_ids()) == 1


def test_one_failed_platform_does_not_affect_the_other(home: RunningSystem) -> None:
    error = {"status": 400, "code": 36003, "error_subcode": 2207009, "message": "ratio"}
    home.meta.fault(method="POST", path="/media", when="before", kind="graph_error", error=error, times=1)
    body = publish(home, platforms=["facebook", "instagram"], media_url=made(home)).body
    assert (body["success"], body["status"]) == (False, "partial")
    assert (body["published_count"], body["failed_count"]) == (1, 1)
    assert len(home.meta.published_ids()) == 1


def test_a_signed_address_serves_the_picture_to_anybody(home: RunningSystem) -> None:
    url = made(home)
    got, head = ask("GET", url), ask("HEAD", url)
    assert (got.status, head.status, head.raw) == (200, 200, b"")
    for reply in (got, head):
        assert reply.headers["content-type"] == "image/jpeg"
        assert int(reply.headers["content-length"]) == len(got.raw)
        assert "set-cookie" not in reply.headers
    assert url.isascii()


def test_a_url_without_a_valid_signature_is_refused(home: RunningSystem) -> None:
    url = made(home)
    base, _, query = url.partition("?")
    assert ask("GET", base).status == 403
    assert ask("GET", url[:-2] + ("AA" if not url.endswith("AA") else "BB")).status == 403
    assert ask("GET", f"{base}?{query.replace('expires=', 'expires=9')}").status == 403
    other = base.rpartition("/")[0] + "/med_0.jpg"
    assert ask("GET", f"{other}?{query}").status == 403
    assert b"Allow: /media/" in ask("GET", f"{home.url}/robots.txt").raw


def test_publishing_accepts_a_time_and_accounts(home: RunningSystem) -> None:
    """Regression: they were ignored, and the post was published at once on the default account."""
    page = next(one for one in home.ask("GET", "/api/v1/accounts").body["data"] if "facebook" in one["platforms"])
    reply = publish(home, schedule_time="2030-07-01T10:00:00+02:00", accounts={"facebook": page["id"]})
    body = reply.body
    assert (reply.status, body["status"], body["success"]) == (200, "scheduled", None)
    assert (body["published_count"], body["failed_count"]) == (0, 0)
    assert [(one["success"], one["state"], one["account_id"]) for one in body["results"]] == [
        (None, "scheduled", page["id"])
    ]
    assert home.ask("GET", f"/api/v1/posts/{body['job_id']}").body["schedule_time"] == "2030-07-01T08:00:00.000Z"
    refused = publish(home, accounts={"facebook": "acc_nobody"})
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/accounts/facebook")
    past = publish(home, schedule_time="2020-07-01T10:00:00+02:00")
    assert (past.status, past.body["errors"][0]["pointer"]) == (422, "/schedule_time")
    assert home.meta.published_ids() == []


def test_a_picture_of_ones_own_is_scheduled_with_its_post(home: RunningSystem) -> None:
    body = publish(
        home, platforms=["instagram"], media_url=made(home), schedule_time="2030-07-01T10:00", zone="Europe/Rome"
    ).body
    assert (body["status"], body["results"][0]["image_state"]) == ("scheduled", "ready")
    home.ask("POST", f"/api/v1/posts/{body['job_id']}/publish", {})
    until(lambda: len(home.meta.published_ids()) == 1, within_s=30)
