"""Retries back off with jitter that depends on the delivery alone."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.errors import TryLater
from araldo.storage.database import Database
from araldo.workflows.deliveries.backoff import BACKOFF_MAX_S, add_jitter, compute_backoff_s
from tests.support.clock import FakeClock
from tests.support.publisher_harness import SAD, PublisherHarness


@pytest.fixture
async def harness(database: Database, clock: FakeClock, tmp_path: Path) -> PublisherHarness:
    return await PublisherHarness.create(database, clock, tmp_path)


async def test_deliveries_that_fail_together_are_retried_apart(harness: PublisherHarness) -> None:
    """The service asked for 30 s, so the retries fill the 7.5 s after that."""
    ids = [f"dlv_{number:030x}" for number in range(20)]
    harness.platform.prepare_errors = [TryLater(SAD, after_s=30, service="made_up") for _ in ids]
    failed_at, retried_after = harness.clock.now(), []
    for delivery_id in ids:
        row = await harness.work(await harness.add(id=delivery_id))
        assert row.next_at is not None
        retried_after.append((row.next_at - failed_at).total_seconds())
    assert len(set(retried_after)) == len(ids)
    assert 30 <= min(retried_after) < 31
    assert 37 < max(retried_after) <= 37.5


@pytest.mark.parametrize("tries", range(12))
def test_a_hundred_deliveries_are_spread_at_every_try(tries: int) -> None:
    """In each tenth of the quarter above the shortest pause there are some of them, and nowhere a crowd."""
    shortest_s = min(BACKOFF_MAX_S, 2.0**tries)
    pauses = [compute_backoff_s(f"dlv_{number:030x}", tries) for number in range(100)]
    tenths = Counter(int((pause - shortest_s) / (shortest_s / 4) * 10) for pause in pauses)
    assert set(tenths) == set(range(10))
    assert max(tenths.values()) <= 25


@given(
    delivery_id=st.text(max_size=40),
    tries=st.integers(0, 10_000),
    asked_s=st.floats(0, 86_400),
    first_s=st.sampled_from([1.0, 5.0]),
)
def test_a_pause_is_never_shorter_than_asked_and_at_most_a_quarter_longer(
    delivery_id: str, tries: int, asked_s: float, first_s: float
) -> None:
    backoff_s = compute_backoff_s(delivery_id, tries, asked_s=asked_s, first_s=first_s)
    shortest_s = max(asked_s, min(BACKOFF_MAX_S, first_s * 2.0 ** min(tries, 20)))
    assert shortest_s <= backoff_s <= shortest_s + min(shortest_s, BACKOFF_MAX_S) / 4
    assert backoff_s == compute_backoff_s(delivery_id, tries, asked_s=asked_s, first_s=first_s)


def test_the_jitter_of_one_delivery_differs_from_try_to_try() -> None:
    jitters = [add_jitter(100, "dlv_1", tries) for tries in range(20)]
    assert all(abs(after - before) > 0.001 for before, after in itertools.pairwise(jitters))


def test_a_pause_in_another_process_is_the_same() -> None:
    assert round(compute_backoff_s("dlv_1", 3), 6) == 8.93406
