"""Open an account for one piece of work: its credentials, and the remote ids that other deliveries own."""

from __future__ import annotations

from dataclasses import replace

from araldo.accounts.models import Account
from araldo.platforms.base import Destination
from araldo.posts import delivery_store
from araldo.posts.models import Delivery
from araldo.storage.database import Database
from araldo.workflows.accounts.credentials import AccountCredentials


class Destinations:
    def __init__(self, database: Database, credentials: AccountCredentials) -> None:
        self._database = database
        self._credentials = credentials

    async def open(self, account: Account) -> Destination:
        """Return the account as a destination, its credentials renewed when due. Raises ReconnectNeeded, TryLater."""
        return Destination(account.remote_id, await self._credentials.open(account))

    async def for_check(self, destination: Destination, row: Delivery) -> Destination:
        """Return the destination with the ids that a check of this delivery must not match.

        None of them matters before the first send, because such a check searches for no post.
        """
        if row.ticket is None or row.ticket["sent_since"] is None:
            return destination
        taken = await self._database.read(lambda transaction: delivery_store.find_taken_ids(transaction, row))
        return replace(destination, excluded_ids=taken)
