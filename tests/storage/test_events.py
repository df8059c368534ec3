"""Events: ids in the order of commits with concurrent writers, and signals."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from functools import partial

import pytest

from araldo.accounts import store as account_store
from araldo.accounts.models import AccountLogin
from araldo.clock import SystemClock
from araldo.storage import events
from araldo.storage.database import Database, Transaction
from araldo.storage.events import record_event
from araldo.storage.listen import EventFeed, Listener
from araldo.storage.signals import wait_for
from araldo.workspaces import store as workspace_store
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction


@pytest.fixture
async def workspace_id(database: Database, clock: FakeClock) -> str:
    with open_transaction(database) as transaction:
        return workspace_store.get_or_create_first(transaction, clock.now()).id


async def kinds(database: Database, last: int = 0) -> list[str]:
    with open_reading(database) as transaction:
        return [event.kind for event in events.list_after(transaction, last, limit=100)]


async def test_a_rolled_back_event_is_not_recorded(database: Database, clock: FakeClock, workspace_id: str) -> None:
    with suppress(ZeroDivisionError), open_transaction(database) as transaction:
        record_event(transaction, "lost", workspace_id=workspace_id, at=clock.now())
        raise ZeroDivisionError
    with open_transaction(database) as transaction:
        record_event(transaction, "first", workspace_id=workspace_id, at=clock.now())
        record_event(transaction, "second", workspace_id=workspace_id, at=clock.now())
    assert await kinds(database) == ["first", "second"]


async def test_events_are_read_by_workspace_and_by_post(database: Database, clock: FakeClock) -> None:
    with open_transaction(database) as transaction:
        ours, theirs = [workspace_store.add(transaction, name, clock.now()) for name in ("ours", "theirs")]
        record_event(transaction, "a", workspace_id=ours.id, at=clock.now())
        record_event(transaction, "b", workspace_id=theirs.id, at=clock.now())
        record_event(transaction, "c", workspace_id=ours.id, at=clock.now())
    with open_reading(database) as transaction:
        found = events.list_after(transaction, 0, limit=100, workspace_id=ours.id)
        assert [event.kind for event in found] == ["a", "c"]
        assert [event.kind for event in events.list_after(transaction, 0, limit=100, until=found[0].id)] == ["a"]
        assert events.list_after(transaction, 0, limit=100, workspace_id=theirs.id, post_id="post_x") == []
        assert events.newest_id(transaction) == found[-1].id


async def read_on(database: Database, last: int) -> list[events.Event]:
    """Read as every reader does: up to the horizon, which an earlier transaction has found."""
    horizon = await database.read(events.find_horizon)
    return await database.read(partial(events.list_after, last=last, limit=100, until=horizon))


# SQLite has one writer, so ids are assigned in the order of the commits.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_an_event_waits_for_a_lower_id_that_is_not_committed(
    database: Database, clock: FakeClock, workspace_id: str
) -> None:
    """A reader that has seen `quick`, with the higher id, would never see `slow`."""
    inserted, go_on = threading.Event(), threading.Event()

    def wait(_transaction: Transaction, _items: list[object]) -> None:
        inserted.set()
        go_on.wait(20)

    def record_slowly(transaction: Transaction) -> None:
        record_event(transaction, "slow", workspace_id=workspace_id, at=clock.now())
        transaction.before_commit(wait, None)

    slow = asyncio.create_task(database.write(record_slowly))
    await asyncio.to_thread(inserted.wait, 20)
    # The quick one does not wait for the slow one's commit.
    await database.write(
        lambda transaction: record_event(transaction, "quick", workspace_id=workspace_id, at=clock.now())
    )
    assert await kinds(database) == ["quick"]
    assert await read_on(database, 0) == []
    # A client may have seen `quick` before `slow` took its lock: it goes on from the newest id, not from the horizon.
    assert await database.read(events.find_horizon) < await database.read(events.newest_id)
    go_on.set()
    await slow
    assert [event.kind for event in await read_on(database, 0)] == ["slow", "quick"]


@pytest.mark.parametrize("count", [1, 2])
async def test_the_lock_comes_before_the_ids(
    database: Database, clock: FakeClock, workspace_id: str, count: int
) -> None:
    if database.is_sqlite:
        return

    def record(transaction: Transaction) -> tuple[int, list[int]]:
        before = events.newest_id(transaction)
        for _ in range(count):
            record_event(transaction, "e", workspace_id=workspace_id, at=clock.now())
        transaction.finish()
        bound = transaction.execute(events._LOWEST_BOUND).scalar_one()
        return bound, [event.id for event in events.list_after(transaction, before, limit=9)]

    bound, ids = await database.write(record)
    assert len(ids) == count
    assert bound == ids[0] - 1


async def test_ids_of_a_transaction_that_was_rolled_back_are_not_waited_for(
    database: Database, clock: FakeClock, workspace_id: str
) -> None:
    def fail(_transaction: Transaction, _items: list[object]) -> None:
        raise ZeroDivisionError

    def record_and_fail(transaction: Transaction) -> None:
        record_event(transaction, "lost", workspace_id=workspace_id, at=clock.now())
        transaction.before_commit(fail, None)

    with pytest.raises(ZeroDivisionError):
        await database.write(record_and_fail)
    await database.write(
        lambda transaction: record_event(transaction, "kept", workspace_id=workspace_id, at=clock.now())
    )
    assert [event.kind for event in await read_on(database, 0)] == ["kept"]


async def test_a_reader_of_concurrent_writers_misses_no_event(
    database: Database, clock: FakeClock, workspace_id: str
) -> None:
    seen: list[str] = []

    def dawdle(_transaction: Transaction, items: list[int]) -> None:
        time.sleep(0.001 * items[0])  # between the insert, which assigned the id, and the commit: writers overlap

    def record(transaction: Transaction, kind: str) -> None:
        record_event(transaction, kind, workspace_id=workspace_id, at=transaction.now)
        transaction.before_commit(dawdle, hash(kind) % 4)

    async def write(name: str) -> None:
        for number in range(10):
            await database.write(partial(record, kind=f"{name}.{number}"))

    async def read() -> None:
        last = 0
        while len(seen) < 80:
            waiting = database.committed.subscribe()
            found = (await read_on(database, last))[:7]
            seen.extend(event.kind for event in found)
            last = found[-1].id if found else last
            if not found:
                await wait_for(waiting, 1.0)

    async with asyncio.timeout(60):
        await asyncio.gather(read(), *(write(f"w{number}") for number in range(8)))
    assert sorted(seen) == sorted(f"w{writer}.{number}" for writer in range(8) for number in range(10))


async def test_recording_events_before_or_after_other_writes_does_not_deadlock(
    database: Database, clock: FakeClock, workspace_id: str
) -> None:
    with open_transaction(database) as transaction:
        account = AccountLogin(kind="k", service="s", remote_id="1", name="n", health="ok")
        account_id = account_store.connect(transaction, workspace_id, account, clock.now())

    def record_then_write(transaction: Transaction) -> None:
        record_event(transaction, "a", workspace_id=workspace_id, at=transaction.now)
        time.sleep(0.01)  # holds the transaction open, so that others run beside it
        account_store.set_health(transaction, account_id, "ok", None)

    def write_then_record(transaction: Transaction) -> None:
        account_store.set_health(transaction, account_id, "ok", None)
        time.sleep(0.01)  # holds the transaction open, so that others run beside it
        record_event(transaction, "b", workspace_id=workspace_id, at=transaction.now)

    async with asyncio.timeout(30):
        await asyncio.gather(
            *(database.write(work) for _ in range(5) for work in (record_then_write, write_then_record))
        )
    assert sorted(await kinds(database)) == ["a"] * 5 + ["b"] * 5


async def test_events_of_another_process_are_signalled(database: Database, clock: FakeClock, workspace_id: str) -> None:
    event_feed = EventFeed()
    listener = Listener(database=database, feed=event_feed, clock=SystemClock())
    running = asyncio.create_task(listener.run())
    try:
        if not database.is_sqlite:
            await asyncio.wait_for(listener.listening.wait(), 20)
        # The first look is over, whatever it rang for.
        await wait_for(event_feed.subscribe(), 2.0)
        waiting = event_feed.subscribe()
        other = Database(database.url, clock)
        with open_transaction(other) as transaction:
            record_event(transaction, "told", workspace_id=workspace_id, at=clock.now())
        await other.close()
        assert await wait_for(waiting, 5.0)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_wait_cancelled_together_with_its_signal_ends() -> None:
    """Otherwise a worker that is stopped would run another round."""
    for steps_between in range(4):
        change = asyncio.Event()
        waiting = asyncio.create_task(wait_for(change, 60))
        await asyncio.sleep(0.01)
        change.set()
        for _ in range(steps_between):
            await asyncio.sleep(0)
        cancelled = waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled() is cancelled, steps_between
