"""Make credentials of the tokens that versions before schema revision 0025 stored, which a migration cannot open."""

from __future__ import annotations

from functools import partial

import structlog

from araldo.accounts import credential_store
from araldo.accounts.credential_store import EarlierCredentials
from araldo.platforms.credentials import Credentials
from araldo.storage.database import Database
from araldo.storage.vault import Vault, VaultKeyLost

log = structlog.get_logger()


async def adopt_earlier_credentials(database: Database, vault: Vault) -> None:
    """Seal the tokens of earlier versions as credentials. Those whose key is missing stay until it is back."""
    for earlier in await database.read(credential_store.list_earlier):
        try:
            sealed = vault.seal(_credentials_of(earlier, vault).as_json())
        except VaultKeyLost:
            log.warning("earlier_credentials_unreadable", account=earlier.account_id)
            continue
        await database.write(partial(credential_store.adopt, earlier=earlier, sealed=sealed))


def _credentials_of(earlier: EarlierCredentials, vault: Vault) -> Credentials:
    tokens = {"page_token": vault.open(earlier.token)}
    if earlier.read_token is not None:
        tokens["person_token"] = vault.open(earlier.read_token)
    return Credentials(tokens, earlier.facts)
