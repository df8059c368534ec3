"""Accounts as they are kept."""

from __future__ import annotations

import asyncio
import threading

from araldo.accounts import store as account_store
from araldo.accounts.models import AccountLogin
from araldo.storage.database import Database, Transaction
from araldo.workspaces import store as workspace_store
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction


async def test_an_account_connected_twice_at_once_is_stored_once(database: Database, clock: FakeClock) -> None:
    with open_transaction(database) as transaction:
        workspace = workspace_store.create(transaction, "Bottega", clock.now())
    values = AccountLogin(kind="k", service="s", remote_id="1", name="n", health="ok")
    all_looked = threading.Barrier(1 if database.is_sqlite else 4)

    def connect(transaction: Transaction) -> str:
        account_store.list_for_workspace(transaction, workspace.id)
        all_looked.wait(timeout=30)
        return account_store.connect(transaction, workspace.id, values, clock.now())

    ids = await asyncio.gather(*(database.write(connect) for _ in range(4)))
    with open_reading(database) as transaction:
        assert [one.id for one in account_store.list_for_workspace(transaction, workspace.id)] == [ids[0]]
    assert len(set(ids)) == 1
