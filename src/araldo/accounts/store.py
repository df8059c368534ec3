"""Store of accounts; callers seal the credentials."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from araldo.accounts.models import Account, AccountLogin
from araldo.errors import NotFound
from araldo.messages import Message
from araldo.storage.changed_fields import changed_fields
from araldo.storage.database import Transaction, new_id
from araldo.storage.schema import accounts, earlier_credentials

_a = accounts.c
_SELECT = select(accounts).where(_a.id == bindparam("b_id"), _a.workspace_id == bindparam("b_workspace_id"))
_STORE_QUOTA = (
    update(accounts)
    .where(_a.id == bindparam("b_id"))
    .values(quota=bindparam("quota"))
    .returning(_a.credentials_version)
)
_SELECT_BY_IDS = select(accounts).where(_a.id.in_(bindparam("b_ids", expanding=True)))
_SELECT_ACTION_NEEDED = _SELECT.where(_a.health == "action_needed")
_SELECT_VERSION = select(_a.credentials_version).where(_a.id == bindparam("b_id"))
_FIELDS = tuple(Account.__dataclass_fields__)
# A service, and the host of an account there where the service has many.
Place = tuple[str, str | None]


_IS_CONNECTED = _a.disconnected_at.is_(None)


def list_for_workspace(transaction: Transaction, workspace_id: str) -> list[Account]:
    """Return the workspace's connected accounts."""
    found = select(accounts).where(_a.workspace_id == workspace_id, _IS_CONNECTED)
    rows = transaction.execute(found.order_by(_a.created_at, _a.kind, _a.name, _a.id))
    return [_account_of(row._asdict()) for row in rows]


def list_all(transaction: Transaction) -> list[Account]:
    """Return the connected accounts of every workspace, for the operator."""
    found = select(accounts).where(_IS_CONNECTED)
    rows = transaction.execute(found.order_by(_a.workspace_id, _a.created_at, _a.kind, _a.name, _a.id))
    return [_account_of(row._asdict()) for row in rows]


def list_places_in_use(transaction: Transaction, workspace_id: str) -> list[Place]:
    """Return service and host of the workspace's connected accounts, each once."""
    used = select(_a.service, _a.host).where(_a.workspace_id == workspace_id, _IS_CONNECTED)
    rows = transaction.execute(used.distinct())
    return [(row.service, row.host) for row in rows]


def get(transaction: Transaction, workspace_id: str, account_id: str) -> Account:
    """Return the account, also a disconnected one. Raises NotFound."""
    row = transaction.execute(_SELECT, {"b_id": account_id, "b_workspace_id": workspace_id}).one_or_none()
    if row is None:
        raise NotFound(Message("accounts.not_found"))
    return _account_of(row._asdict())


def get_connected(transaction: Transaction, workspace_id: str, account_id: str) -> Account:
    """Return the account. Raises NotFound, also for one that was disconnected."""
    account = get(transaction, workspace_id, account_id)
    if account.disconnected_at is not None:
        raise NotFound(Message("accounts.not_found"))
    return account


def find(transaction: Transaction, workspace_id: str, account_id: str | None) -> Account | None:
    """Return the account; None when `account_id` is None. Raises NotFound."""
    return None if account_id is None else get(transaction, workspace_id, account_id)


def find_action_needed(transaction: Transaction, workspace_id: str, account_id: str | None) -> Account | None:
    """Return the account if its health is `action_needed`."""
    keys = {"b_id": account_id, "b_workspace_id": workspace_id}
    row = transaction.execute(_SELECT_ACTION_NEEDED, keys).one_or_none()
    return None if row is None else _account_of(row._asdict())


def find_all(transaction: Transaction, ids: Collection[str]) -> dict[str, Account]:
    """Return these accounts by id, of all workspaces: for the publisher."""
    return {row.id: _account_of(row._asdict()) for row in transaction.execute(_SELECT_BY_IDS, {"b_ids": list(ids)})}


def get_credentials_version(transaction: Transaction, account_id: str) -> int:
    """Return the version of the account's credentials, which changes whenever others are stored or none are left."""
    version: int = transaction.execute(_SELECT_VERSION, {"b_id": account_id}).scalar_one()
    return version


def connect(transaction: Transaction, workspace_id: str, login: AccountLogin, now: datetime) -> str:
    """Connect an account, or reconnect it under the same id, and return the id. It does not become the default."""
    known = _find_id(transaction, workspace_id, login)
    values = {**asdict(login), "connected_at": now, "disconnected_at": None, "lease_owner": None, "lease_until": None}
    if known is None:
        account_id = new_id("acc")
        row = {
            "id": account_id,
            "workspace_id": workspace_id,
            "is_default": False,
            "credentials_version": 1,
            "created_at": now,
        }
        try:
            with transaction.savepoint():
                transaction.execute(insert(accounts).values(**row, **values))
            return account_id
        except IntegrityError:
            # Two people connect it at once: the second waited here for the first and now reconnects it.
            known = _find_id(transaction, workspace_id, login)
    versioned = {**values, "credentials_version": _a.credentials_version + 1}
    transaction.execute(update(accounts).where(_a.id == known).values(versioned))
    transaction.execute(delete(earlier_credentials).where(earlier_credentials.c.account_id == known))
    return str(known)


def _find_id(transaction: Transaction, workspace_id: str, login: AccountLogin) -> str | None:
    same_account = (_a.workspace_id == workspace_id, _a.kind == login.kind, _a.remote_id == login.remote_id)
    found: str | None = transaction.execute(select(_a.id).where(*same_account)).scalar_one_or_none()
    return found


def _account_of(row: Mapping[str, Any]) -> Account:
    return Account(**{name: row[name] for name in _FIELDS})


def set_health(transaction: Transaction, account_id: str, health: str, detail: Mapping[str, Any] | None) -> None:
    transaction.execute(update(accounts).where(_a.id == account_id).values(health=health, health_detail=detail))


def save(transaction: Transaction, before: Account, after: Account) -> None:
    """Write the fields in which the two differ."""
    if changes := changed_fields(before, after):
        transaction.execute(update(accounts).where(_a.id == before.id).values(changes))


def store_quota(transaction: Transaction, account_id: str, quota: Mapping[str, Any]) -> int:
    """Store the quota that was read and return the version of the credentials, as `get_credentials_version` does.

    On PostgreSQL this locks the account's row until the transaction ends.
    """
    version: int = transaction.execute(_STORE_QUOTA, {"b_id": account_id, "quota": quota}).scalar_one()
    return version


def lock(transaction: Transaction, account_id: str) -> None:
    """Lock the account's row until this transaction ends, by a write without a change, on both databases."""
    transaction.execute(update(accounts).where(_a.id == account_id).values(id=_a.id))


def set_default(transaction: Transaction, account: Account, *, default: bool) -> None:
    """Make the account the default of its kind in its workspace, or leave the kind without a default."""
    same = (_a.workspace_id == account.workspace_id, _a.kind == account.kind)
    transaction.execute(update(accounts).where(*same).values(is_default=False))
    if default:
        transaction.execute(update(accounts).where(_a.id == account.id).values(is_default=True))


def mark_disconnected(transaction: Transaction, account_id: str) -> None:
    """Mark the account as disconnected. Its row stays for its deliveries; connecting it again keeps the id."""
    gone = {"disconnected_at": transaction.now, "is_default": False, "health": "dead", "health_detail": None}
    transaction.execute(update(accounts).where(_a.id == account_id).values(**gone, quota=None))


def list_flagged(transaction: Transaction, limit: int) -> list[Account]:
    """Return accounts of all workspaces with health `action_needed`, the longest not inspected first."""
    lacking = (
        select(accounts).where(_a.health == "action_needed", _IS_CONNECTED).order_by(_a.checked_at, _a.id).limit(limit)
    )
    return [_account_of(row._asdict()) for row in transaction.execute(lacking)]


def list_not_inspected_since(transaction: Transaction, moment: datetime, limit: int) -> list[Account]:
    """Return accounts of all workspaces that were not inspected since then, the longest not inspected first."""
    last = func.coalesce(_a.checked_at, _a.connected_at)
    rows = transaction.execute(select(accounts).where(last <= moment, _IS_CONNECTED).order_by(last).limit(limit))
    return [_account_of(row._asdict()) for row in rows]
