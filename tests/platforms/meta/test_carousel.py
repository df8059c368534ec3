"""Several pictures in one publication: their order and alt texts, and what happens when one of them fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from araldo.errors import Rejected, TryLater
from araldo.platforms.base import Published, Ready, Ticket, TicketUnusable, Waiting
from araldo.platforms.meta.facebook_page import FacebookPage
from araldo.platforms.meta.facebook_story import FacebookStory
from araldo.platforms.meta.instagram_feed import InstagramFeed
from araldo.platforms.meta.instagram_story import InstagramStory
from tests.platforms.contract import COLORS
from tests.platforms.meta.conftest import PlatformCase

several = pytest.mark.parametrize("case", [(FacebookPage, 3), (InstagramFeed, 3)], indirect=True)
on_page = pytest.mark.parametrize("case", [(FacebookPage, 3)], indirect=True)
on_instagram = pytest.mark.parametrize("case", [(InstagramFeed, 3)], indirect=True)
as_stories = pytest.mark.parametrize("case", [(FacebookStory, 3), (InstagramStory, 3)], indirect=True)


async def prepare_with_intent(case: PlatformCase) -> Ticket:
    return case.intent(await case.prepare())


def children(case: PlatformCase) -> list[dict[str, Any]]:
    return [item for item in case.meta.state()["media"] if item["parent"] is not None]


@on_instagram
async def test_a_carousel_is_one_post_with_its_pictures_in_order(case: PlatformCase) -> None:
    ticket = await prepare_with_intent(case)
    assert (len(ticket.ids), len(ticket.state["children"]), ticket.picture_count) == (1, 3, 3)
    published = await case.publish(ticket)
    [whole] = [item for item in case.meta.state()["media"] if item["parent"] is None]
    assert (whole["id"], whole["media_type"], whole["caption"]) == (
        published.remote_id,
        "CAROUSEL_ALBUM",
        case.publication.text,
    )
    assert whole["children"] == [child["id"] for child in children(case)]
    assert [child["alt_text"] for child in children(case)] == list(COLORS)
    assert {child["caption"] for child in children(case)} == {""}
    assert [child["container"] for child in children(case)] == ticket.state["children"]


@on_page
async def test_a_page_shows_the_photos_in_their_order(case: PlatformCase) -> None:
    ticket = await prepare_with_intent(case)
    await case.publish(ticket)
    state = case.meta.state()
    assert [item["media_fbid"] for item in state["posts"][0]["attached_media"]] == list(ticket.ids)
    alt = {photo["id"]: photo["alt_text"] for photo in state["photos"]}
    assert [alt[name] for name in ticket.ids] == list(COLORS)


@as_stories
async def test_a_story_shows_the_first_picture(case: PlatformCase) -> None:
    await case.publish(await prepare_with_intent(case))
    assert len(case.meta.published_ids()) == 1
    assert len(case.meta.state()["photos"]) + len(case.meta.state()["containers"]) == 1


@several
async def test_a_ticket_survives_json(case: PlatformCase) -> None:
    ticket = await prepare_with_intent(case)
    assert Ticket.from_json(ticket.as_json()) == ticket


@on_instagram
async def test_a_child_whose_picture_cannot_be_fetched_makes_the_ticket_unusable(case: PlatformCase) -> None:
    case.meta.control("settings", {"image_errors": "container"})
    square, _, last = case.publication.pictures
    lost = replace(square, url=square.url.replace("/teal/", "/nothing/there/"))
    case.publication = replace(case.publication, pictures=(square, lost, last))
    ticket = await case.prepare()
    finding = await case.platform.check(case.destination, ticket)
    assert isinstance(finding, TicketUnusable)
    assert "ARALDO_PUBLIC_URL" in finding.why.to("en")
    case.publication = replace(case.publication, pictures=(square, last))
    assert isinstance(
        await case.platform.check(case.destination, await case.prepare()),
        Ready,
    )
    assert case.meta.published_ids() == []


@on_instagram
async def test_a_child_in_progress_waits_and_an_expired_child_makes_the_ticket_unusable(case: PlatformCase) -> None:
    case.meta.control("settings", {"container_delay_s": 100})
    ticket = await case.prepare()
    assert isinstance(await case.platform.check(case.destination, ticket), Waiting)
    case.meta.control("clock", {"advance_s": 101})
    assert isinstance(await case.platform.check(case.destination, ticket), Ready)
    case.meta.control("clock", {"advance_s": 86_400})
    assert isinstance(await case.platform.check(case.destination, ticket), TicketUnusable)


@on_instagram
async def test_after_publishing_the_children_are_not_read(case: PlatformCase) -> None:
    ticket = await prepare_with_intent(case)
    await case.publish(ticket)
    assert isinstance(await case.platform.check(case.destination, ticket), Published)


@on_instagram
async def test_a_dropped_carousel_child_is_not_counted(case: PlatformCase) -> None:
    case.meta.control("settings", {"drop_carousel_child": True})
    published = await case.publish(await prepare_with_intent(case))
    assert published.remote_id is not None
    assert await case.platform.count_visible_pictures(case.destination, published.remote_id) == 2


@on_instagram
async def test_eleven_pictures_are_rejected_by_instagram(case: PlatformCase) -> None:
    case.publication = replace(case.publication, pictures=case.publication.pictures[:1] * 11)
    with pytest.raises(Rejected) as refused:
        await case.prepare()
    assert (refused.value.code, refused.value.subcode) == ("100", "2207028")


@several
async def test_a_failed_upload_leaves_no_call_running(case: PlatformCase) -> None:
    case.meta.fault(method="POST", path="/photos", when="before", kind="reset", times=1)
    case.meta.fault(method="POST", path="/media", when="before", kind="reset", times=1)
    with pytest.raises(TryLater):
        await case.prepare()
    before = len(case.meta.log())
    await case.publish(await prepare_with_intent(case))
    assert len(case.meta.log()) > before
    assert len(case.meta.published_ids()) == 1


@several
async def test_an_unreadable_post_has_no_picture_count(case: PlatformCase) -> None:
    assert await case.platform.count_visible_pictures(case.destination, "1") is None


NO = {"code": 100, "message": "no"}
AWAY = {"code": 2, "message": "An unexpected error has occurred. Please retry your request later."}


@on_page
@pytest.mark.parametrize(("error", "raised"), [(NO, Rejected), (AWAY, TryLater)], ids=["rejected", "later"])
async def test_when_one_upload_fails_the_other_photos_are_deleted(
    case: PlatformCase, error: dict[str, Any], raised: type[Exception]
) -> None:
    published = await case.publish(await prepare_with_intent(case))
    theirs = await prepare_with_intent(case)
    kept = {photo["id"] for photo in case.meta.state()["photos"]}
    for _ in range(2):
        case.meta.fault(method="POST", path="/photos", when="before", kind="graph_error", error=error, skip=2)
        with pytest.raises(raised):
            await case.prepare()
        # What is out and what another ticket names stays.
        assert {photo["id"] for photo in case.meta.state()["photos"]} == kept
    assert len(case.meta.log(method="DELETE")) == 4
    assert case.meta.published_ids() == [published.remote_id]
    await case.publish(theirs)
    assert len(case.meta.published_ids()) == 2


@on_page
async def test_a_failed_deletion_does_not_replace_the_upload_error(case: PlatformCase) -> None:
    case.meta.fault(method="POST", path="/photos", when="before", kind="graph_error", error=NO, skip=2)
    case.meta.fault(method="DELETE", when="before", kind="graph_error", error=AWAY, times=2)
    with pytest.raises(Rejected):
        await case.prepare()
    assert len(case.meta.log(method="DELETE")) == 2
    ticket = await prepare_with_intent(case)
    await case.publish(ticket)
    assert len(case.meta.published_ids()) == 1
