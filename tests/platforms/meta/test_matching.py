"""A match is unique or it is nothing: posts that say the same, stories that say nothing, a status that lags."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from araldo.errors import OutcomeUnknown
from araldo.platforms.base import Published, Ready, Ticket
from araldo.platforms.meta.facebook_page import FacebookPage
from araldo.platforms.meta.instagram_feed import InstagramFeed
from araldo.platforms.meta.instagram_story import InstagramStory
from tests.platforms.meta.conftest import Place

on_page = pytest.mark.parametrize("place", [FacebookPage], indirect=True)
on_instagram = pytest.mark.parametrize("place", [InstagramFeed, InstagramStory], indirect=True)


async def lost(place: Place, when: str) -> Ticket:
    """A ticket that was sent, its answer lost before or after the commit, looked at twice."""
    ticket = place.intent(await place.platform.prepare(place.to, place.publication))
    place.meta.fault(method="POST", path=place.to.remote_id, when=when, kind="reset", times=1)
    with pytest.raises(OutcomeUnknown):
        await place.platform.publish(place.to, ticket)
    return ticket


@on_page
async def test_a_post_that_says_the_same_and_shows_another_photo_is_not_ours(place: Place) -> None:
    await place.platform.publish(place.to, place.intent(await place.platform.prepare(place.to, place.publication)))
    ticket = await lost(place, "before")
    looked = replace(ticket, empty_read_at=place.clock.now() - timedelta(seconds=40))
    assert isinstance(await place.platform.check(place.to, looked), Ready)


@on_page
async def test_words_alone_are_no_certainty(place: Place) -> None:
    place.publication = replace(place.publication, pictures=())
    found = await place.platform.check(place.to, await lost(place, "after_commit"))
    assert isinstance(found, Published)
    assert (found.by_text, found.sure) == (True, False)


@on_page
async def test_a_photo_of_ours_is_certainty(place: Place) -> None:
    found = await place.platform.check(place.to, await lost(place, "after_commit"))
    assert isinstance(found, Published)
    assert (found.by_text, found.sure) == (False, True)


@on_instagram
async def test_a_published_container_is_certainty_and_its_id_is_known_by_its_words(place: Place) -> None:
    found = await place.platform.check(place.to, await lost(place, "after_commit"))
    assert isinstance(found, Published)
    assert (found.by_text, found.sure) == (True, True)
    assert [found.remote_id] == place.meta.out()


@on_instagram
async def test_while_the_status_lags_a_caption_is_a_hint_and_a_story_says_nothing(place: Place) -> None:
    place.meta.control("settings", {"status_lag_s": 60})
    found = await place.platform.check(place.to, await lost(place, "after_commit"))
    if place.publication.text:
        assert isinstance(found, Published)
        assert (found.by_text, found.sure) == (True, False)
    else:
        assert isinstance(found, Ready)


async def test_the_allowance_comes_with_being_ready(place: Place) -> None:
    ticket = await place.platform.prepare(place.to, place.publication)
    place.meta.control("settings", {"quota_total": 7})
    ready = await place.platform.check(place.to, ticket)
    assert isinstance(ready, Ready)
    if place.platform.declaration.account_kind == "instagram_account":
        assert ready.quota is not None
        assert (ready.quota.used, ready.quota.total, ready.quota.window_s) == (0, 7, 86_400)
    else:
        assert ready.quota is None
