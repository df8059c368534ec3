"""What the guard stands on, for every platform that there is: truthful looks, one visible write, errors by class."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from araldo.errors import OutcomeUnknown, ReconnectNeeded, TryLater
from araldo.platforms.base import Published, Ready, Ticket, Waiting
from tests.platforms.meta.conftest import Place
from tests.support.house import ask

VISIBLE = ("/feed", "/media_publish", "/photo_stories")


async def ready(place: Place) -> Ticket:
    ticket = await place.platform.prepare(place.to, place.publication)
    assert isinstance(await place.platform.check(place.to, ticket), Ready)
    assert place.meta.out() == []
    return place.intent(ticket)


def on_visible_writes(place: Place, **fault: object) -> None:
    for path in VISIBLE:
        place.meta.fault(method="POST", path=path, **fault)


async def test_it_is_published_once_and_seen(place: Place) -> None:
    ticket = await ready(place)
    published = await place.platform.publish(place.to, ticket)
    assert published.remote_id is not None
    assert len(place.meta.out()) == 1
    seen = await place.platform.check(place.to, ticket)
    assert isinstance(seen, Published)
    assert seen.remote_id == published.remote_id
    assert await place.platform.pictures_shown(place.to, published.remote_id) == len(place.publication.pictures)
    link = await place.platform.link(place.to, published.remote_id)
    assert link is not None
    assert ask("GET", link).status == 200


@pytest.mark.parametrize("kind", ["reset", "html", "graph_error"])
async def test_an_answer_lost_after_the_commit_is_found_by_a_look(place: Place, kind: str) -> None:
    ticket = await ready(place)
    error = {"status": 500, "code": 2, "message": "unexpected"}
    on_visible_writes(place, when="after_commit", kind=kind, error=error, times=1)
    with pytest.raises(OutcomeUnknown):
        await place.platform.publish(place.to, ticket)
    assert len(place.meta.out()) == 1
    assert isinstance(await place.platform.check(place.to, ticket), Published)


async def test_what_never_arrived_is_ready_again_only_after_the_gap(place: Place) -> None:
    ticket = await ready(place)
    on_visible_writes(place, when="before", kind="reset", times=1)
    with pytest.raises(OutcomeUnknown):
        await place.platform.publish(place.to, ticket)
    assert len(place.meta.out()) == 0
    finding = await place.platform.check(place.to, ticket)
    if isinstance(finding, Waiting):
        assert finding.ticket is not None
        assert isinstance(await place.platform.check(place.to, finding.ticket), Waiting)
        place.clock.moved_s += 31
        ticket, finding = finding.ticket, await place.platform.check(place.to, finding.ticket)
    assert isinstance(finding, Ready)
    await place.platform.publish(place.to, place.intent(ticket))
    assert len(place.meta.out()) == 1


async def test_sending_the_same_ticket_twice_makes_one(place: Place) -> None:
    ticket = await ready(place)
    await place.platform.publish(place.to, ticket)
    with pytest.raises((OutcomeUnknown, TryLater)):
        await place.platform.publish(place.to, place.intent(ticket))
    assert len(place.meta.out()) == 1


async def test_what_another_delivery_owns_is_no_candidate(place: Place) -> None:
    first = await ready(place)
    published = await place.platform.publish(place.to, first)
    second = place.intent(await place.platform.prepare(place.to, replace(place.publication, text="Altro")))
    assert published.remote_id is not None
    owned = replace(place.to, taken=frozenset({published.remote_id}))
    assert not isinstance(await place.platform.check(owned, second), Published)


async def test_too_late_to_send_sends_nothing(place: Place) -> None:
    ticket = replace(await ready(place), send_before=place.clock.now() - timedelta(seconds=1))
    with pytest.raises(TryLater):
        await place.platform.publish(place.to, ticket)
    assert len(place.meta.out()) == 0


async def test_a_dead_token_needs_a_person(place: Place) -> None:
    ticket = await ready(place)
    for token in (place.to.token, place.to.read_token):
        place.meta.control("tokens/kill", {"access_token": token, "subcode": 460})
    with pytest.raises(ReconnectNeeded):
        await place.platform.publish(place.to, ticket)
    with pytest.raises(ReconnectNeeded):
        await place.platform.prepare(place.to, place.publication)
