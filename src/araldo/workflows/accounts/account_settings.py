"""Settings of a connected account: the default of its kind, its posting times."""

from __future__ import annotations

from dataclasses import replace

from araldo.accounts import store as account_store
from araldo.accounts.models import Account
from araldo.errors import PostInvalid, Problem
from araldo.posts.slots import PostingTimes
from araldo.storage.database import Database, Transaction


class AccountSettings:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_default(self, workspace_id: str, account_id: str, *, default: bool) -> Account:
        """Make the account the default of its kind, or not, and return it as it is then. Raises NotFound."""

        def in_transaction(transaction: Transaction) -> Account:
            account = account_store.get_connected(transaction, workspace_id, account_id)
            account_store.set_default(transaction, account, default=default)
            return account_store.get(transaction, workspace_id, account_id)

        return await self._database.write(in_transaction)

    async def set_posting_times(
        self, workspace_id: str, account_id: str, times: PostingTimes | list[Problem]
    ) -> PostingTimes:
        """Store the posting times and return them. Raises NotFound, then PostInvalid for a list of problems."""

        def in_transaction(transaction: Transaction) -> PostingTimes:
            account = account_store.get_connected(transaction, workspace_id, account_id)
            if isinstance(times, list):
                raise PostInvalid(times)
            account_store.save(transaction, account, replace(account, posting_times=times.as_json()))
            return times

        return await self._database.write(in_transaction)
