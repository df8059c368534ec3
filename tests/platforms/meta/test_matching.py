"""Checks after a lost answer: posts with equal text, stories without text, a container status that lags."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from araldo.errors import OutcomeUnknown
from araldo.platforms.base import Published, Ready, Ticket
from araldo.platforms.meta.facebook_page import FacebookPage
from araldo.platforms.meta.instagram_feed import InstagramFeed
from araldo.platforms.meta.instagram_story import InstagramStory
from tests.platforms.meta.conftest import PlatformCase

on_page = pytest.mark.parametrize("case", [FacebookPage], indirect=True)
on_instagram = pytest.mark.parametrize("case", [InstagramFeed, InstagramStory], indirect=True)


async def send_with_lost_answer(case: PlatformCase, when: str) -> Ticket:
    """Return a ticket whose send was cut off before or after Meta committed it."""
    ticket = case.intent(await case.prepare())
    case.meta.fault(method="POST", path=case.destination.remote_id, when=when, kind="reset", times=1)
    with pytest.raises(OutcomeUnknown):
        await case.publish(ticket)
    return ticket


@on_page
async def test_a_post_with_the_same_text_and_another_photo_is_not_matched(case: PlatformCase) -> None:
    await case.publish(case.intent(await case.prepare()))
    ticket = await send_with_lost_answer(case, "before")
    looked = replace(ticket, empty_read_at=case.clock.now() - timedelta(seconds=40))
    assert isinstance(await case.platform.check(case.destination, looked), Ready)


@on_page
async def test_a_match_by_text_alone_is_not_certain(case: PlatformCase) -> None:
    case.publication = replace(case.publication, pictures=())
    found = await case.platform.check(case.destination, await send_with_lost_answer(case, "after_commit"))
    assert isinstance(found, Published)
    assert (found.matched_by_text, found.certain) == (True, False)


@on_page
async def test_a_match_by_our_photo_is_certain(case: PlatformCase) -> None:
    found = await case.platform.check(case.destination, await send_with_lost_answer(case, "after_commit"))
    assert isinstance(found, Published)
    assert (found.matched_by_text, found.certain) == (False, True)


@on_instagram
async def test_a_published_container_is_certain_and_its_id_is_matched_by_text(case: PlatformCase) -> None:
    found = await case.platform.check(case.destination, await send_with_lost_answer(case, "after_commit"))
    assert isinstance(found, Published)
    assert (found.matched_by_text, found.certain) == (True, True)
    assert [found.remote_id] == case.meta.published_ids()


@on_instagram
async def test_while_the_status_lags_a_caption_matches_uncertainly_and_a_story_not_at_all(case: PlatformCase) -> None:
    case.meta.control("settings", {"status_lag_s": 60})
    found = await case.platform.check(case.destination, await send_with_lost_answer(case, "after_commit"))
    if case.publication.text:
        assert isinstance(found, Published)
        assert (found.matched_by_text, found.certain) == (True, False)
    else:
        assert isinstance(found, Ready)


async def test_ready_carries_the_quota_of_an_instagram_account(case: PlatformCase) -> None:
    ticket = await case.prepare()
    case.meta.control("settings", {"quota_total": 7})
    ready = await case.platform.check(case.destination, ticket)
    assert isinstance(ready, Ready)
    if case.platform.declaration.account_kind == "instagram_account":
        assert ready.quota is not None
        assert (ready.quota.used, ready.quota.total, ready.quota.window_s) == (0, 7, 86_400)
    else:
        assert ready.quota is None
