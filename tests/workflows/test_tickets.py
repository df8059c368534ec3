"""What wears a ticket out, or uses up the tickets that a delivery may have: a platform's word, never this machine's."""

from __future__ import annotations

from pathlib import Path

import pytest

from araldo.errors import NotSent, OutsideError, TryLater
from araldo.platforms.base import TicketUnusable
from araldo.posts.models import State
from araldo.storage.database import Database
from araldo.workflows.send import PREPARES_MAX
from tests.support.clock import FakeClock
from tests.support.publisher_harness import SAD, PublisherHarness

NOT_SENT = NotSent(SAD, after_s=3, service="made_up", code="local_fault")


@pytest.fixture
async def stage(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.set(database, clock, tmp_path)


async def test_a_ticket_whose_request_never_left_is_sent_later(stage: PublisherHarness) -> None:
    stage.platform.publish_plan = [(False, NOT_SENT)] * 5
    row = await stage.work_until_settled(await stage.add())
    assert (row.state, stage.platform.world, stage.platform.calls.count("prepare")) == (State.PUBLISHED, ["h1"], 1)


@pytest.mark.parametrize("fault", [NOT_SENT, TryLater(SAD, after_s=3, service="made_up")])
async def test_a_ticket_that_could_not_be_made_does_not_count_as_one(
    stage: PublisherHarness, fault: OutsideError
) -> None:
    stage.platform.prepare_errors = [fault] * PREPARES_MAX
    stage.platform.findings = [TicketUnusable(SAD)] * (PREPARES_MAX - 1)
    row = await stage.work_until_settled(await stage.add())
    assert (row.state, row.prepares) == (State.PUBLISHED, PREPARES_MAX)


async def test_a_delivery_may_have_so_many_tickets_and_no_more(stage: PublisherHarness) -> None:
    stage.platform.findings = [TicketUnusable(SAD)] * PREPARES_MAX
    row = await stage.work_until_settled(await stage.add())
    assert (row.state, stage.platform.calls.count("prepare")) == (State.FAILED, PREPARES_MAX)
