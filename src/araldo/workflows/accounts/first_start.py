"""Prepare the database at every start: its schema, and what has to be there before anybody can use it."""

from __future__ import annotations

from araldo.notify.push_keys import ensure_key_pair
from araldo.storage.database import Database, Transaction
from araldo.storage.vault import Vault
from araldo.workflows.accounts.earlier_credentials import adopt_earlier_credentials
from araldo.workspaces import store as workspace_store
from araldo.workspaces import user_store


async def prepare_database(database: Database, vault: Vault) -> None:
    """Migrate the schema; create the first workspace and user, and the key pair for push, when there are none."""
    await database.migrate()

    def in_transaction(transaction: Transaction) -> None:
        workspace_store.get_or_create_first(transaction, transaction.now)
        user_store.get_or_create_first(transaction, transaction.now)

    await database.write(in_transaction)
    await adopt_earlier_credentials(database, vault)
    await ensure_key_pair(database, vault)
