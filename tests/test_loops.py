"""Background loops outlive their failures, with growing pauses and few lines."""

from __future__ import annotations

import asyncio
import errno
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from araldo.loops import repeat_forever, try_until_done
from araldo.posts import delivery_store
from araldo.storage.database import Database
from araldo.storage.local_blobs import LocalBlobs
from araldo.workflows.deliveries.claims import ClaimedDelivery
from araldo.workflows.deliveries.lease import LeasedDelivery, hold_lease
from araldo.workflows.engine import Engine
from araldo.workflows.maintenance.housekeeping import Housekeeping
from tests.support.clock import FakeClock
from tests.support.migrated import copy_migrated_file
from tests.support.publisher_harness import PublisherHarness
from tests.support.waiting import wait_until

NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


async def test_a_repeated_fault_is_logged_once_a_minute_and_work_continues() -> None:
    clock = FakeClock(short_s=60)
    begun, rounds = clock.running(), list[float]()
    done = asyncio.Event()

    async def work() -> None:
        rounds.append(clock.running() - begun)
        if rounds[-1] < 200:
            raise NO_SPACE
        done.set()

    with capture_logs() as lines:
        loop = asyncio.create_task(repeat_forever(work, every_s=2, event="work_failed", clock=clock))
        await asyncio.wait_for(done.wait(), 10)
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
    assert rounds[:7] == [0, 1, 3, 7, 15, 30, 45]
    assert max(after - before for before, after in pairwise(rounds)) <= 15
    assert [line["event"] for line in lines] == ["work_failed"] * 4
    assert [line.get("repeated") for line in lines] == [None, 6, 3, 3]


async def test_a_failure_while_it_is_cancelled_does_not_undo_the_cancellation() -> None:
    begun = list[int]()

    async def work() -> None:
        begun.append(1)
        try:
            await asyncio.Event().wait()
        finally:
            raise NO_SPACE

    with capture_logs() as lines:
        loop = asyncio.create_task(repeat_forever(work, every_s=2, event="work_failed", clock=FakeClock()))
        await wait_until(lambda: begun == [1])
        loop.cancel()
        await asyncio.wait({loop}, timeout=2)
        cancelled = loop.cancelled()
        loop.cancel()
    assert (cancelled, begun) == (True, [1])
    assert [line["event"] for line in lines] == ["work_failed"]


async def test_a_bug_is_logged_with_its_traceback() -> None:
    clock, rounds = FakeClock(), list[int]()

    async def work() -> None:
        rounds.append(1)
        raise ZeroDivisionError("bug")

    with capture_logs() as lines:
        loop = asyncio.create_task(repeat_forever(work, every_s=1, event="work_failed", clock=clock))
        await wait_until(lambda: len(rounds) >= 2)
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
    assert [(line["log_level"], type(line["exc_info"])) for line in lines] == [("error", ZeroDivisionError)]


async def test_housekeeping_does_not_wait_an_hour_after_a_fault(tmp_path: Path) -> None:
    clock = FakeClock(short_s=60)
    database = Database(f"sqlite:///{tmp_path}/absent/araldo.db", clock)
    purge = Housekeeping(database=database, clock=clock, blobs=LocalBlobs(tmp_path / "b")).purge
    keeping = asyncio.create_task(repeat_forever(purge, every_s=3600, event="housekeeping_failed", clock=clock))
    begun = clock.running()
    await wait_until(lambda: clock.running() > begun)
    # Complete at once: while it is migrated, another connection can find it locked.
    copy_migrated_file(tmp_path / "made" / "araldo.db")
    (tmp_path / "made").rename(tmp_path / "absent")
    # Asleep for its hour: a round has succeeded.
    await wait_until(lambda: clock.sleepers == 1)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    await database.close()


def due_delivery(delivery_id: str) -> ClaimedDelivery:
    claimed: Any = SimpleNamespace(id=delivery_id)  # all that the engine reads
    return cast(ClaimedDelivery, claimed)


async def test_the_engine_logs_repeated_failures_once(tmp_path: Path) -> None:
    clock, sweeps = FakeClock(), list[int]()

    async def claim_due(limit: int) -> tuple[list[ClaimedDelivery], None]:
        sweeps.append(1)
        if len(sweeps) % 2:
            raise NO_SPACE
        return [due_delivery(f"del_{len(sweeps)}_{number}") for number in range(20)], None

    async def work(claimed: ClaimedDelivery) -> bool:
        raise NO_SPACE

    with capture_logs() as lines:
        engine = asyncio.create_task(
            Engine(name="delivery", work=work, claim_due=claim_due, clock=clock, sweep_s=2).run()
        )
        await wait_until(lambda: len(sweeps) >= 8)
        engine.cancel()
        await asyncio.gather(engine, return_exceptions=True)
    assert sorted(line["event"] for line in lines if not line.get("repeated")) == ["job_failed", "sweep_failed"]
    # At most one a minute of each, whatever the rounds: the clock runs two seconds with every one.
    assert len(lines) <= 2 * (1 + (clock.running() - 1_000) / 60)


async def test_a_lease_is_renewed_after_a_renewal_that_failed(
    tmp_path: Path, database: Database, clock: FakeClock
) -> None:
    clock.short_s = 0
    harness = await PublisherHarness.create(database, clock, tmp_path)
    delivery_id = await harness.add()

    class Flaky:
        """The database, away for one transaction."""

        fails = 0

        async def write(self, function: Any, **options: Any) -> Any:
            if self.fails:
                self.fails -= 1
                raise NO_SPACE
            return await database.write(function, **options)

    flaky = Flaky()
    asked: Any = flaky  # it has the one method that is called
    claimed = await harness.claims.claim(delivery_id, 1)
    assert claimed is not None
    leased = LeasedDelivery(claimed.row, database, since=claimed.at)
    async with hold_lease(leased, asked, clock, lease_s=15):
        until_first = leased.row.lease_until
        await wait_until(lambda: clock.sleepers == 1)
        flaky.fails = 1
        clock.advance(5)
        await wait_until(lambda: flaky.fails == 0 and clock.sleepers == 1)
        clock.advance(2)
        await wait_until(lambda: clock.sleepers == 1)
        renewed = (await harness.row(delivery_id)).lease_until
        assert renewed is not None
        assert until_first is not None
        assert renewed > until_first
    assert (await harness.row(delivery_id)).lease_owner is None


async def test_a_renewal_that_overtakes_the_workers_own_write_is_tried_again(
    tmp_path: Path, database: Database, clock: FakeClock
) -> None:
    """The intent is committed with a higher fence, and the worker has not been told yet."""
    clock.short_s = 0
    harness = await PublisherHarness.create(database, clock, tmp_path)
    claimed = await harness.claims.claim(await harness.add(), 1)
    assert claimed is not None
    leased = LeasedDelivery(claimed.row, database, since=claimed.at)
    async with hold_lease(leased, database, clock, lease_s=15):
        await wait_until(lambda: clock.sleepers == 1)
        opened = await database.write(
            lambda tx: delivery_store.open_attempt(tx, claimed.row, ticket={}, now=tx.now, send_before=tx.now)
        )
        assert opened is not None
        clock.advance(5)
        await wait_until(lambda: clock.sleepers == 1)
        leased.row = opened.row
        clock.advance(2)
        await wait_until(lambda: clock.sleepers == 1)
        assert (await harness.row(claimed.row.id)).lease_until == clock.now() + timedelta(seconds=15)


async def test_a_lease_that_is_lost_is_renewed_no_more(tmp_path: Path, database: Database, clock: FakeClock) -> None:
    clock.short_s = 0
    harness = await PublisherHarness.create(database, clock, tmp_path)
    claimed = await harness.claims.claim(await harness.add(), 1)
    assert claimed is not None
    async with hold_lease(LeasedDelivery(claimed.row, database, since=claimed.at), database, clock, lease_s=15):
        await wait_until(lambda: clock.sleepers == 1)
        await database.write(lambda tx: harness.take_over(tx, claimed.row))
        clock.advance(5)
        await wait_until(lambda: clock.sleepers == 1)
        clock.advance(2)
        await wait_until(lambda: clock.sleepers == 0)
    assert (await harness.row(claimed.row.id)).lease_owner == "other"


async def test_an_engine_whose_permits_are_all_taken_is_alive() -> None:
    clock, limits, go_on = FakeClock(short_s=0), list[int](), asyncio.Event()

    async def claim_due(limit: int) -> tuple[list[ClaimedDelivery], None]:
        limits.append(limit)
        return [due_delivery(f"del_{len(limits)}_{number}") for number in range(limit)], None

    async def work(claimed: ClaimedDelivery) -> bool:
        await go_on.wait()
        return False

    engine = Engine(name="delivery", work=work, claim_due=claim_due, clock=clock, sweep_s=2, jobs_max=2)
    running = asyncio.create_task(engine.run())
    await wait_until(lambda: clock.sleepers == 1)
    for _ in range(30):
        clock.advance(2)
        await wait_until(lambda: clock.sleepers == 1)
    assert (limits, engine.alive) == ([2], True)
    # The jobs end: there are permits again.
    go_on.set()
    await wait_until(lambda: len(limits) > 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_work_is_retried_after_transient_faults_until_the_deadline() -> None:
    clock = FakeClock(short_s=60)
    begun, tries = clock.running(), list[float]()

    async def work() -> None:
        tries.append(clock.running() - begun)
        if clock.running() - begun < well_after_s:
            raise NO_SPACE

    well_after_s = 20.0
    with capture_logs() as lines:
        await try_until_done(work, within_s=60, event="start_delayed", clock=clock)
    assert tries == [0, 1, 3, 7, 15, 30]
    assert [(line["event"], line["log_level"]) for line in lines] == [("start_delayed", "warning")]
    begun, well_after_s = clock.running(), 1_000.0
    tries.clear()
    with pytest.raises(OSError, match="No space left"):
        await try_until_done(work, within_s=60, event="start_delayed", clock=clock)
    assert tries == [0, 1, 3, 7, 15, 30, 45, 60]


async def test_work_is_not_retried_after_a_bug() -> None:
    tries = 0

    async def work() -> None:
        nonlocal tries
        tries += 1
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - its own, raised here
        await try_until_done(work, within_s=60, event="start_delayed", clock=FakeClock())
    assert tries == 1
