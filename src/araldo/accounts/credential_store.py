"""Store of sealed credentials: renewed under a lease by compare-and-set on their version, and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from araldo.storage.database import Transaction
from araldo.storage.leases import is_unleased
from araldo.storage.schema import accounts, earlier_credentials

_a = accounts.c
_e = earlier_credentials.c


@dataclass(frozen=True, slots=True)
class EarlierCredentials:
    """Tokens of an account as versions before revision 0025 stored them, each sealed by itself."""

    account_id: str
    token: str = field(repr=False)
    read_token: str | None = field(repr=False)
    facts: Mapping[str, Any]


def acquire_lease(transaction: Transaction, account_id: str, version: int, owner: str, until: datetime) -> bool:
    """Lease the account for a renewal; False when another has the lease, or the credentials are others by now."""
    free = (_a.id == account_id, _a.credentials_version == version, is_unleased(accounts, transaction.now))
    lease = {"lease_owner": owner, "lease_until": until}
    return bool(transaction.execute(update(accounts).where(*free).values(lease)).rowcount)


def release_lease(transaction: Transaction, account_id: str, owner: str) -> None:
    own = (_a.id == account_id, _a.lease_owner == owner)
    transaction.execute(update(accounts).where(*own).values(lease_owner=None, lease_until=None))


def store_renewed(transaction: Transaction, account_id: str, version: int, sealed: str) -> bool:
    """Store renewed credentials and end the lease; False when the credentials are others than of `version` by now.

    The lease itself does not have to be held still: what was renewed is the only working value there is.
    """
    same = (_a.id == account_id, _a.credentials_version == version, _a.disconnected_at.is_(None))
    renewed = {"credentials": sealed, "credentials_version": version + 1, "lease_owner": None, "lease_until": None}
    return bool(transaction.execute(update(accounts).where(*same).values(renewed)).rowcount)


def delete_credentials(transaction: Transaction, account_id: str) -> None:
    """Delete the account's credentials; whoever has read them before cannot open an attempt any more."""
    none = {"credentials": None, "credentials_version": _a.credentials_version + 1, "ends": None, "scopes": None}
    lease = {"lease_owner": None, "lease_until": None}
    transaction.execute(update(accounts).where(_a.id == account_id).values({**none, **lease}))
    transaction.execute(delete(earlier_credentials).where(_e.account_id == account_id))


def list_earlier(transaction: Transaction) -> list[EarlierCredentials]:
    rows = transaction.execute(select(earlier_credentials))
    return [EarlierCredentials(row.account_id, row.token, row.read_token, row.facts) for row in rows]


def adopt(transaction: Transaction, earlier: EarlierCredentials, sealed: str) -> None:
    """Store the credentials that were made of the earlier ones, unless another process has done so meanwhile."""
    same = (_e.account_id == earlier.account_id, _e.token == earlier.token)
    if transaction.execute(delete(earlier_credentials).where(*same)).rowcount:
        made = {"credentials": sealed, "credentials_version": _a.credentials_version + 1}
        transaction.execute(update(accounts).where(_a.id == earlier.account_id).values(made))
