"""Accounts as they are kept."""

from __future__ import annotations

import asyncio

from araldo.accounts import store as account_store
from araldo.storage.database import Database
from araldo.workspaces import store as workspace_store
from tests.support.clock import FakeClock


async def test_an_account_connected_twice_at_once_is_stored_once(database: Database, clock: FakeClock) -> None:
    async with database.transaction() as transaction:
        workspace = await workspace_store.create(transaction, "Bottega", clock.now())
    values = {"kind": "k", "service": "s", "remote_id": "1", "name": "n", "health": "ok", "token_expiry": "never"}
    both_looked = asyncio.Barrier(1 if database.is_sqlite else 4)

    async def connect() -> str:
        async with database.transaction() as transaction:
            await account_store.list_for_workspace(transaction, workspace.id)
            await both_looked.wait()
            return await account_store.connect(transaction, workspace.id, values, clock.now())

    async with asyncio.timeout(60):
        ids = await asyncio.gather(*(connect() for _ in range(4)))
    async with database.reading() as transaction:
        assert [one.id for one in await account_store.list_for_workspace(transaction, workspace.id)] == [ids[0]]
    assert len(set(ids)) == 1
