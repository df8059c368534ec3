"""Open an account for one piece of work: its decrypted tokens, and the remote ids that other deliveries own."""

from __future__ import annotations

from dataclasses import replace

from araldo.accounts.models import Account
from araldo.errors import ReconnectNeeded
from araldo.messages import Message
from araldo.platforms.base import Destination
from araldo.posts import delivery_store
from araldo.posts.models import Delivery
from araldo.storage.database import Database
from araldo.storage.vault import Vault, VaultKeyLost


class Destinations:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def open(self, account: Account) -> Destination:
        """Return the account as a destination. Raises ReconnectNeeded without a token that can be decrypted."""
        try:
            token = None if account.token is None else self._vault.open(account.token)
            read_token = None if account.read_token is None else self._vault.open(account.read_token)
        except VaultKeyLost as lost:
            raise ReconnectNeeded(lost.message, service=account.service, code=lost.code) from lost
        if token is None:
            again = Message("accounts.reconnect", {"name": account.name})
            raise ReconnectNeeded(again, service=account.service, code="no_token")
        return Destination(account.remote_id, token, read_token)

    async def for_check(self, destination: Destination, row: Delivery) -> Destination:
        """Return the destination with the ids that a check of this delivery must not match.

        None of them matters before the first send, because such a check searches for no post.
        """
        if row.ticket is None or row.ticket["sent_since"] is None:
            return destination
        taken = await self._database.read(lambda transaction: delivery_store.find_taken_ids(transaction, row))
        return replace(destination, excluded_ids=taken)
