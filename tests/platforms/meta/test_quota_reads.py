"""The quota is read once for each container, while that is being prepared."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from araldo.errors import TryLater
from araldo.messages import Message
from araldo.platforms.base import Quota
from araldo.platforms.meta.quota_reads import QuotaReads

QUOTA = Quota(100, 1, 86_400, datetime(2030, 1, 1, tzinfo=UTC), Message("send.identical_post"))


class Reads:
    """Counts the reads; the first `failures` of them fail."""

    def __init__(self, failures: int = 0) -> None:
        self.count, self._failures = 0, failures

    async def __call__(self) -> Quota | None:
        self.count += 1
        await asyncio.sleep(0)
        if self.count <= self._failures:
            raise TryLater(Message("send.identical_post"), after_s=1, service="meta", code="1")
        return QUOTA


async def test_it_is_read_once_however_often_the_container_is_checked() -> None:
    quotas, read = QuotaReads(), Reads()
    for _ in range(3):
        quotas.begin("c1", "a1", read)
    assert await quotas.take("c1", read) is QUOTA
    assert read.count == 1


async def test_it_is_read_again_for_the_next_container_and_when_the_first_read_failed() -> None:
    quotas, read = QuotaReads(), Reads(failures=1)
    quotas.begin("c1", "a1", read)
    assert await quotas.take("c1", read) is QUOTA
    assert read.count == 2
    assert await quotas.take("c2", read) is QUOTA
    assert read.count == 3


async def test_a_failed_read_raises_only_for_whoever_needs_it() -> None:
    quotas, read = QuotaReads(), Reads(failures=9)
    quotas.begin("c1", "a1", read)
    await asyncio.sleep(0)
    with pytest.raises(TryLater):
        await quotas.take("c1", read)


async def test_containers_of_one_account_share_a_read_that_is_under_way() -> None:
    quotas, read = QuotaReads(), Reads()
    for number, account in enumerate(("a1", "a1", "a1", "a2")):
        quotas.begin(f"c{number}", account, read)
    assert [await quotas.take(f"c{number}", read) for number in range(4)] == [QUOTA] * 4
    assert read.count == 2
    quotas.begin("c4", "a1", read)
    assert await quotas.take("c4", read) is QUOTA
    assert read.count == 3


async def test_who_is_cancelled_does_not_end_the_read_that_others_share() -> None:
    quotas, read = QuotaReads(), Reads()
    quotas.begin("c1", "a1", read)
    quotas.begin("c2", "a1", read)
    first = asyncio.create_task(quotas.take("c1", read))
    await asyncio.sleep(0)
    first.cancel()
    assert await quotas.take("c2", read) is QUOTA
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_failed_read_is_repeated_by_each_that_shared_it() -> None:
    quotas, read = QuotaReads(), Reads(failures=1)
    quotas.begin("c1", "a1", read)
    quotas.begin("c2", "a1", read)
    assert [await quotas.take(name, read) for name in ("c1", "c2")] == [QUOTA, QUOTA]
    assert read.count == 3


async def test_containers_that_nobody_asks_for_are_forgotten() -> None:
    quotas, read = QuotaReads(), Reads()
    for number in range(1_500):
        quotas.begin(f"c{number}", "a1", read)
    assert len(quotas._reads) == 1_000
    assert await quotas.take("c1499", read) is QUOTA
