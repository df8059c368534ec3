"""Store of connections: a log-in completes once, and accounts are chosen from it once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update

from araldo.accounts.login_state import LoginState
from araldo.errors import NotFound
from araldo.messages import Message
from araldo.storage.changed_fields import changed_fields
from araldo.storage.database import Transaction
from araldo.storage.schema import api_keys, connections
from araldo.storage.user_tables import members, sessions, users
from araldo.workspaces.audit import Actor, ActorKind
from araldo.workspaces.permissions import Permission
from araldo.workspaces.roles import roles_with

_c = connections.c
_MANAGERS = roles_with(Permission.MANAGE)
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Connection:
    """One log-in and the choice among its accounts.

    `remembered`: the log-in's URL and what its service remembers until it is finished, sealed. `found`: the discovered
    accounts with their credentials, sealed, until the choice. `status`: begun, pending, done,
    failed, expired. `browser_hash`: of the browser that may complete the log-in. `complete`: False where not all
    accounts of the log-in could be listed.
    """

    id: str
    workspace_id: str
    api_key_id: str | None
    session_id: str | None
    service: str
    method: str
    status: str
    nonce_hash: str | None
    browser_hash: str | None
    complete: bool
    remembered: str | None = field(repr=False)
    found: str | None = field(repr=False)
    notes: list[dict[str, Any]] | None
    error: dict[str, Any] | None
    created_at: datetime
    expires_at: datetime


_FIELDS = tuple(Connection.__dataclass_fields__)


def add(transaction: Transaction, connection: Connection) -> None:
    """Store a connection, and delete the secrets of expired ones."""
    delete_expired(transaction, connection.created_at)
    transaction.execute(insert(connections).values(**{name: getattr(connection, name) for name in _FIELDS}))


def delete_expired(transaction: Transaction, now: datetime) -> None:
    """Expire the connections past their time, without their secrets; delete their rows after a day."""
    open_still = _c.status.in_(("begun", "pending"))
    over = {"status": "expired", "found": None, "remembered": None, "nonce_hash": None}
    transaction.execute(update(connections).where(_c.expires_at <= now, open_still).values(**over))
    transaction.execute(delete(connections).where(_c.expires_at < now - _KEPT))


def get(transaction: Transaction, workspace_id: str, connection_id: str) -> Connection:
    rows = transaction.execute(select(connections).where(_c.id == connection_id, _c.workspace_id == workspace_id))
    row = rows.one_or_none()
    if row is None:
        raise NotFound(Message("connect.not_found"))
    return Connection(**{name: row._asdict()[name] for name in _FIELDS})


def use_state(transaction: Transaction, service: str, state: LoginState, now: datetime) -> Connection | None:
    """Use up the state of a log-in and return its connection; None when it is used, expired or no longer allowed."""
    return _change_begun(transaction, service, state, now, {"nonce_hash": None})


def bind_browser(
    transaction: Transaction, service: str, state: LoginState, browser_hash: str, now: datetime
) -> Connection | None:
    """Bind the log-in to a browser, under the conditions of `use_state` and without using up the state."""
    return _change_begun(transaction, service, state, now, {"browser_hash": browser_hash})


def find_begun(transaction: Transaction, service: str, state: LoginState, now: datetime) -> Connection | None:
    """Return the connection that `use_state` would return, without using up the state."""
    found = transaction.execute(select(connections).where(*_matches_begun(service, state, now)))
    return _connection_from_row(found.one_or_none())


def _change_begun(
    transaction: Transaction, service: str, state: LoginState, now: datetime, values: Mapping[str, str | None]
) -> Connection | None:
    changed = transaction.execute(
        update(connections).where(*_matches_begun(service, state, now)).values(values).returning(*connections.c)
    )
    return _connection_from_row(changed.one_or_none())


def _connection_from_row(row: Row[Any] | None) -> Connection | None:
    return None if row is None else Connection(**{name: row._asdict()[name] for name in _FIELDS})


def _matches_begun(service: str, state: LoginState, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _c.id == state.connection_id,
        _c.service == service,
        _c.nonce_hash == state.nonce_hash,
        _c.status == "begun",
        _c.expires_at > now,
        *_initiator_is_valid(now),
    )


def may_initiator_call(transaction: Transaction, connection: Connection, now: datetime) -> bool:
    """Return whether the key or session that started the connection is still valid; always for the command line."""
    found = select(_c.id).where(_c.id == connection.id, *_initiator_is_valid(now))
    return transaction.execute(found).first() is not None


def find_initiator(transaction: Transaction, connection: Connection, address: str) -> Actor:
    """Return who started the connection, for the audit log: a key, a user, or the command line."""
    if connection.api_key_id is not None:
        found = select(api_keys.c.id, api_keys.c.name).where(api_keys.c.id == connection.api_key_id)
        kind = ActorKind.KEY
    elif connection.session_id is not None:
        found = (
            select(users.c.id, users.c.name)
            .join(sessions, sessions.c.user_id == users.c.id)
            .where(sessions.c.id == connection.session_id)
        )
        kind = ActorKind.USER
    else:
        return Actor(ActorKind.COMMAND, address=address)
    row = transaction.execute(found).one_or_none()
    return Actor(kind, address=address) if row is None else Actor(kind, row.id, row.name, address)


def _initiator_is_valid(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Match connections whose API key is still valid, or whose session is, of a member who may still connect."""
    k, s, m = api_keys.c, sessions.c, members.c
    key = select(k.id).where(
        k.id == _c.api_key_id, k.revoked_at.is_(None), or_(k.expires_at.is_(None), k.expires_at > now)
    )
    session = (
        select(s.id)
        .join(members, m.user_id == s.user_id)
        .where(s.id == _c.session_id, s.expires_at > now, m.workspace_id == _c.workspace_id, m.role.in_(_MANAGERS))
    )
    return or_(_c.api_key_id.is_(None), key.exists()), or_(_c.session_id.is_(None), session.exists())


def change(transaction: Transaction, before: Connection, after: Connection) -> bool:
    """Write the fields that differ by compare-and-set on the status; False when it was changed meanwhile."""
    stands = (_c.id == before.id, _c.status == before.status)
    done = transaction.execute(update(connections).where(*stands).values(changed_fields(before, after)))
    return bool(done.rowcount)
