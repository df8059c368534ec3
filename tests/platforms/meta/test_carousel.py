"""Several pictures in one publication: in their order, each described, dead as a whole when one of them is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from araldo.errors import Rejected, TryLater
from araldo.platforms.base import Gone, Published, Ready, Ticket, Waiting
from araldo.platforms.meta.facebook_page import FacebookPage
from araldo.platforms.meta.facebook_story import FacebookStory
from araldo.platforms.meta.instagram_feed import InstagramFeed
from araldo.platforms.meta.instagram_story import InstagramStory
from tests.platforms.meta.conftest import COLORS, Place

several = pytest.mark.parametrize("place", [(FacebookPage, 3), (InstagramFeed, 3)], indirect=True)
on_page = pytest.mark.parametrize("place", [(FacebookPage, 3)], indirect=True)
on_instagram = pytest.mark.parametrize("place", [(InstagramFeed, 3)], indirect=True)
as_stories = pytest.mark.parametrize("place", [(FacebookStory, 3), (InstagramStory, 3)], indirect=True)


async def prepared(place: Place) -> Ticket:
    return place.intent(await place.platform.prepare(place.to, place.publication))


def children(place: Place) -> list[dict[str, Any]]:
    return [one for one in place.meta.state()["media"] if one["parent"] is not None]


@on_instagram
async def test_a_carousel_is_one_post_with_its_pictures_in_order(place: Place) -> None:
    ticket = await prepared(place)
    assert (len(ticket.handles), len(ticket.parts), ticket.pictures) == (1, 3, 3)
    published = await place.platform.publish(place.to, ticket)
    [whole] = [one for one in place.meta.state()["media"] if one["parent"] is None]
    assert (whole["id"], whole["media_type"], whole["caption"]) == (
        published.remote_id,
        "CAROUSEL_ALBUM",
        place.publication.text,
    )
    assert whole["children"] == [child["id"] for child in children(place)]
    assert [child["alt_text"] for child in children(place)] == list(COLORS)
    assert {child["caption"] for child in children(place)} == {""}
    assert [child["container"] for child in children(place)] == list(ticket.parts)


@on_page
async def test_a_page_shows_the_photos_in_their_order(place: Place) -> None:
    ticket = await prepared(place)
    await place.platform.publish(place.to, ticket)
    state = place.meta.state()
    assert [one["media_fbid"] for one in state["posts"][0]["attached_media"]] == list(ticket.handles)
    alt = {photo["id"]: photo["alt_text"] for photo in state["photos"]}
    assert [alt[name] for name in ticket.handles] == list(COLORS)


@as_stories
async def test_a_story_shows_the_first(place: Place) -> None:
    await place.platform.publish(place.to, await prepared(place))
    assert len(place.meta.out()) == 1
    assert len(place.meta.state()["photos"]) + len(place.meta.state()["containers"]) == 1


@several
async def test_a_ticket_is_the_same_after_it_was_stored(place: Place) -> None:
    ticket = await prepared(place)
    assert Ticket.from_json(ticket.as_json()) == ticket
    old = {name: value for name, value in ticket.as_json().items() if name != "parts"}
    assert Ticket.from_json(old).parts == ()


@on_instagram
async def test_a_child_that_cannot_be_taken_in_is_the_end_of_the_ticket(place: Place) -> None:
    place.meta.control("settings", {"image_errors": "container"})
    square, _, last = place.publication.pictures
    lost = replace(square, url=square.url.replace("/teal/", "/nothing/there/"))
    place.publication = replace(place.publication, pictures=(square, lost, last))
    ticket = await place.platform.prepare(place.to, place.publication)
    finding = await place.platform.check(place.to, ticket)
    assert isinstance(finding, Gone)
    assert "ARALDO_PUBLIC_URL" in finding.why.to("en")
    place.publication = replace(place.publication, pictures=(square, last))
    assert isinstance(
        await place.platform.check(place.to, await place.platform.prepare(place.to, place.publication)), Ready
    )
    assert place.meta.out() == []


@on_instagram
async def test_while_a_child_is_taken_in_it_waits_and_an_expired_one_is_dead(place: Place) -> None:
    place.meta.control("settings", {"container_delay_s": 100})
    ticket = await place.platform.prepare(place.to, place.publication)
    assert isinstance(await place.platform.check(place.to, ticket), Waiting)
    place.meta.control("clock", {"advance_s": 101})
    assert isinstance(await place.platform.check(place.to, ticket), Ready)
    place.meta.control("clock", {"advance_s": 86_400})
    assert isinstance(await place.platform.check(place.to, ticket), Gone)


@on_instagram
async def test_once_it_is_out_its_children_say_nothing(place: Place) -> None:
    ticket = await prepared(place)
    await place.platform.publish(place.to, ticket)
    assert isinstance(await place.platform.check(place.to, ticket), Published)


@on_instagram
async def test_fewer_pictures_than_were_sent_are_seen(place: Place) -> None:
    place.meta.control("settings", {"drop_carousel_child": True})
    published = await place.platform.publish(place.to, await prepared(place))
    assert published.remote_id is not None
    assert await place.platform.pictures_shown(place.to, published.remote_id) == 2


@on_instagram
async def test_eleven_are_refused_by_its_own_rule(place: Place) -> None:
    place.publication = replace(place.publication, pictures=place.publication.pictures[:1] * 11)
    with pytest.raises(Rejected) as refused:
        await place.platform.prepare(place.to, place.publication)
    assert (refused.value.code, refused.value.subcode) == ("100", "2207028")


@several
async def test_one_picture_that_fails_to_arrive_leaves_no_call_under_way(place: Place) -> None:
    place.meta.fault(method="POST", path="/photos", when="before", kind="reset", times=1)
    place.meta.fault(method="POST", path="/media", when="before", kind="reset", times=1)
    with pytest.raises(TryLater):
        await place.platform.prepare(place.to, place.publication)
    before = len(place.meta.log())
    await place.platform.publish(place.to, await prepared(place))
    assert len(place.meta.log()) > before
    assert len(place.meta.out()) == 1


@several
async def test_what_is_out_and_cannot_be_read_is_no_number(place: Place) -> None:
    assert await place.platform.pictures_shown(place.to, "1") is None


NO = {"code": 100, "message": "no"}
AWAY = {"code": 2, "message": "An unexpected error has occurred. Please retry your request later."}


@on_page
@pytest.mark.parametrize(("error", "raised"), [(NO, Rejected), (AWAY, TryLater)], ids=["rejected", "later"])
async def test_photos_beside_one_that_fails_are_deleted_at_every_round(
    place: Place, error: dict[str, Any], raised: type[Exception]
) -> None:
    published = await place.platform.publish(place.to, await prepared(place))
    theirs = await prepared(place)
    kept = {photo["id"] for photo in place.meta.state()["photos"]}
    for _ in range(2):
        place.meta.fault(method="POST", path="/photos", when="before", kind="graph_error", error=error, skip=2)
        with pytest.raises(raised):
            await place.platform.prepare(place.to, place.publication)
        # What is out and what another ticket names stays.
        assert {photo["id"] for photo in place.meta.state()["photos"]} == kept
    assert len(place.meta.log(method="DELETE")) == 4
    assert place.meta.out() == [published.remote_id]
    await place.platform.publish(place.to, theirs)
    assert len(place.meta.out()) == 2


@on_page
async def test_photos_that_cannot_be_deleted_change_nothing_of_why_it_failed(place: Place) -> None:
    place.meta.fault(method="POST", path="/photos", when="before", kind="graph_error", error=NO, skip=2)
    place.meta.fault(method="DELETE", when="before", kind="graph_error", error=AWAY, times=2)
    with pytest.raises(Rejected):
        await place.platform.prepare(place.to, place.publication)
    assert len(place.meta.log(method="DELETE")) == 2
    ticket = await prepared(place)
    await place.platform.publish(place.to, ticket)
    assert len(place.meta.out()) == 1
