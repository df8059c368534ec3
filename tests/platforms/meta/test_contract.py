"""The contract of every platform: checks that are true, one visible write, errors of the right class."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from araldo.errors import OutcomeUnknown, ReconnectNeeded, TryLater
from araldo.platforms.base import Published, Ready, Ticket, Waiting
from tests.platforms.meta.conftest import PlatformCase
from tests.support.running_system import ask

VISIBLE = ("/feed", "/media_publish", "/photo_stories")


async def prepare_ready(case: PlatformCase) -> Ticket:
    ticket = await case.platform.prepare(case.destination, case.publication)
    assert isinstance(await case.platform.check(case.destination, ticket), Ready)
    assert case.meta.published_ids() == []
    return case.intent(ticket)


def inject_fault_on_visible_writes(case: PlatformCase, **fault: object) -> None:
    for path in VISIBLE:
        case.meta.fault(method="POST", path=path, **fault)


async def test_a_post_is_published_once_and_check_finds_it(case: PlatformCase) -> None:
    ticket = await prepare_ready(case)
    published = await case.platform.publish(case.destination, ticket)
    assert published.remote_id is not None
    assert len(case.meta.published_ids()) == 1
    seen = await case.platform.check(case.destination, ticket)
    assert isinstance(seen, Published)
    assert seen.remote_id == published.remote_id
    assert await case.platform.count_visible_pictures(case.destination, published.remote_id) == len(
        case.publication.pictures
    )
    link = await case.platform.read_permalink(case.destination, published.remote_id)
    assert link is not None
    assert ask("GET", link).status == 200


@pytest.mark.parametrize("kind", ["reset", "html", "graph_error"])
async def test_check_finds_a_post_whose_answer_was_lost(case: PlatformCase, kind: str) -> None:
    ticket = await prepare_ready(case)
    error = {"status": 500, "code": 2, "message": "unexpected"}
    inject_fault_on_visible_writes(case, when="after_commit", kind=kind, error=error, times=1)
    with pytest.raises(OutcomeUnknown):
        await case.platform.publish(case.destination, ticket)
    assert len(case.meta.published_ids()) == 1
    assert isinstance(await case.platform.check(case.destination, ticket), Published)


async def test_a_request_that_never_arrived_is_ready_again_only_after_the_check_gap(case: PlatformCase) -> None:
    ticket = await prepare_ready(case)
    inject_fault_on_visible_writes(case, when="before", kind="reset", times=1)
    with pytest.raises(OutcomeUnknown):
        await case.platform.publish(case.destination, ticket)
    assert len(case.meta.published_ids()) == 0
    finding = await case.platform.check(case.destination, ticket)
    if isinstance(finding, Waiting):
        assert finding.ticket is not None
        assert isinstance(await case.platform.check(case.destination, finding.ticket), Waiting)
        case.clock.moved_s += 31
        ticket, finding = finding.ticket, await case.platform.check(case.destination, finding.ticket)
    assert isinstance(finding, Ready)
    await case.platform.publish(case.destination, case.intent(ticket))
    assert len(case.meta.published_ids()) == 1


async def test_sending_the_same_ticket_twice_publishes_one_post(case: PlatformCase) -> None:
    ticket = await prepare_ready(case)
    await case.platform.publish(case.destination, ticket)
    with pytest.raises((OutcomeUnknown, TryLater)):
        await case.platform.publish(case.destination, case.intent(ticket))
    assert len(case.meta.published_ids()) == 1


async def test_check_never_matches_the_post_of_another_delivery(case: PlatformCase) -> None:
    first = await prepare_ready(case)
    published = await case.platform.publish(case.destination, first)
    second = case.intent(await case.platform.prepare(case.destination, replace(case.publication, text="Altro")))
    assert published.remote_id is not None
    owned = replace(case.destination, excluded_ids=frozenset({published.remote_id}))
    assert not isinstance(await case.platform.check(owned, second), Published)


async def test_too_late_to_send_sends_nothing(case: PlatformCase) -> None:
    ticket = replace(await prepare_ready(case), send_before=case.clock.now() - timedelta(seconds=1))
    with pytest.raises(TryLater):
        await case.platform.publish(case.destination, ticket)
    assert len(case.meta.published_ids()) == 0


async def test_a_revoked_token_raises_reconnect_needed(case: PlatformCase) -> None:
    ticket = await prepare_ready(case)
    for token in (case.destination.token, case.destination.read_token):
        case.meta.control("tokens/kill", {"access_token": token, "subcode": 460})
    with pytest.raises(ReconnectNeeded):
        await case.platform.publish(case.destination, ticket)
    with pytest.raises(ReconnectNeeded):
        await case.platform.prepare(case.destination, case.publication)
