"""Transactions: a cancelled task leaves no lock and no partial write."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress

from araldo.storage.database import Database
from araldo.workspaces import store as workspace_store
from tests.support.clock import FakeClock


async def test_a_cancelled_writer_releases_the_write_lock(database: Database, clock: FakeClock) -> None:
    async def write(name: str, times: int) -> None:
        for _ in range(times):
            async with database.transaction() as transaction:
                await workspace_store.add(transaction, name, clock.now())
                await workspace_store.languages_by_workspace(transaction)

    started, chance = time.monotonic(), random.Random(1)
    for _ in range(120):
        task = asyncio.create_task(write("cancelled", 1_000))
        # Anywhere: within a statement, a commit, between two.
        await asyncio.sleep(chance.random() * 0.02)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await write("last", 1)
    # SQLite waits 15 s for a lock before it gives up.
    assert time.monotonic() - started < 14
    async with database.reading() as transaction:
        assert (await workspace_store.get_by_id_or_name(transaction, "last")).name == "last"
