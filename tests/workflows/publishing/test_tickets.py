"""Only a platform's refusals count against a ticket and the tickets of a delivery, never this machine's faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from araldo.errors import NotSent, OutsideError, TryLater
from araldo.platforms.base import TicketUnusable
from araldo.posts.models import State
from araldo.storage.database import Database
from araldo.workflows.publishing.send import PREPARES_MAX
from tests.support.clock import FakeClock
from tests.support.publisher_harness import SAD, PublisherHarness

NOT_SENT = NotSent(SAD, after_s=3, service="made_up", code="local_fault")


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


async def test_a_ticket_whose_request_never_left_is_sent_later(harness: PublisherHarness) -> None:
    harness.platform.publish_plan = [(False, NOT_SENT)] * 5
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, harness.platform.published, harness.platform.calls.count("prepare")) == (
        State.PUBLISHED,
        ["h1"],
        1,
    )


@pytest.mark.parametrize("fault", [NOT_SENT, TryLater(SAD, after_s=3, service="made_up")])
async def test_a_failed_prepare_does_not_count_as_a_ticket(harness: PublisherHarness, fault: OutsideError) -> None:
    harness.platform.prepare_errors = [fault] * PREPARES_MAX
    harness.platform.findings = [TicketUnusable(SAD)] * (PREPARES_MAX - 1)
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, row.prepares) == (State.PUBLISHED, PREPARES_MAX)


async def test_the_tickets_of_a_delivery_are_limited(harness: PublisherHarness) -> None:
    harness.platform.findings = [TicketUnusable(SAD)] * PREPARES_MAX
    row = await harness.work_until_settled(await harness.add())
    assert (row.state, harness.platform.calls.count("prepare")) == (State.FAILED, PREPARES_MAX)
