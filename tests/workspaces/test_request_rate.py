"""The pure parts of limiting an API key's requests: windows and slices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from araldo.workspaces.request_rate import KeyUsage, current_window, is_exhausted, reserve_slice, seconds_left

NOON = datetime(2030, 1, 31, 12, 0, tzinfo=UTC)
WINDOW = int(NOON.timestamp()) // 60


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (0, WINDOW),
        (WINDOW - 1, WINDOW),
        (WINDOW, WINDOW),
        # Another machine's clock is a little ahead.
        (WINDOW + 1, WINDOW + 1),
        # A clock was set back by hours.
        (WINDOW + 2, WINDOW),
    ],
)
def test_the_window_that_counts_now(stored: int, expected: int) -> None:
    assert current_window(KeyUsage(stored, 7), NOON) == expected


def test_a_window_ends_at_the_next_minute() -> None:
    assert seconds_left(WINDOW, NOON) == 60
    assert seconds_left(WINDOW, NOON + timedelta(seconds=59.5)) == 0.5


@given(limit=st.integers(1, 100_000))
def test_slices_add_up_to_the_limit_in_few_writes(limit: int) -> None:
    usage, sizes = KeyUsage(0, 7), []
    while not is_exhausted(usage, WINDOW, limit):
        usage, size = reserve_slice(usage, NOON, limit)
        sizes.append(size)
    assert (usage, sum(sizes)) == (KeyUsage(WINDOW, limit), limit)
    assert min(sizes) > 0
    assert len(sizes) <= 40
    assert reserve_slice(usage, NOON, limit) == (usage, 0)
    assert reserve_slice(usage, NOON + timedelta(minutes=1), limit)[1] > 0
