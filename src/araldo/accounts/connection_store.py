"""Connections in the database: begun, come back once, chosen from once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update

from araldo.accounts.login_state import LoginState
from araldo.errors import NotFound
from araldo.messages import Message
from araldo.storage.database import Transaction
from araldo.storage.schema import api_keys, connections
from araldo.storage.user_tables import members, sessions, users
from araldo.workspaces.audit import Actor, ActorKind

_c = connections.c
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Connection:
    """`found` is sealed: the places with their tokens, until one has chosen.

    `status`: begun, pending, done, failed, expired. `browser_hash`: of the browser that may come back from the log-in.
    `complete`: False where not everything that the log-in opens could be listed.
    """

    id: str
    workspace_id: str
    api_key_id: str | None
    session_id: str | None
    service: str
    status: str
    nonce_hash: str | None
    browser_hash: str | None
    complete: bool
    found: str | None = field(repr=False)
    notes: list[dict[str, Any]] | None
    error: dict[str, Any] | None
    created_at: datetime
    expires_at: datetime


_FIELDS = tuple(Connection.__dataclass_fields__)


async def add(transaction: Transaction, connection: Connection) -> None:
    """Also sweeps: what nobody chose from in time holds tokens."""
    await sweep(transaction, connection.created_at)
    await transaction.execute(insert(connections).values(**{name: getattr(connection, name) for name in _FIELDS}))


async def sweep(transaction: Transaction, now: datetime) -> None:
    """What is past its time gives up its tokens at once, and after a day its row."""
    open_still = _c.status.in_(("begun", "pending"))
    over = {"status": "expired", "found": None, "nonce_hash": None}
    await transaction.execute(update(connections).where(_c.expires_at <= now, open_still).values(**over))
    await transaction.execute(delete(connections).where(_c.expires_at < now - _KEPT))


async def get(transaction: Transaction, workspace_id: str, connection_id: str) -> Connection:
    rows = await transaction.execute(select(connections).where(_c.id == connection_id, _c.workspace_id == workspace_id))
    row = rows.one_or_none()
    if row is None:
        raise NotFound(Message("connect.not_found"))
    return Connection(**{name: row._asdict()[name] for name in _FIELDS})


async def take(transaction: Transaction, service: str, state: LoginState, now: datetime) -> Connection | None:
    """Come back from the log-in: once, in time, from the service it was begun with, while its caller may call."""
    return await _change_begun(transaction, service, state, now, {"nonce_hash": None})


async def bind(
    transaction: Transaction, service: str, state: LoginState, browser_hash: str, now: datetime
) -> Connection | None:
    """Let only this browser come back; under the conditions of `take`, and without using the state up."""
    return await _change_begun(transaction, service, state, now, {"browser_hash": browser_hash})


async def find_begun(transaction: Transaction, service: str, state: LoginState, now: datetime) -> Connection | None:
    """What `take` would take."""
    found = await transaction.execute(select(connections).where(*_begun(service, state, now)))
    return _read(found.one_or_none())


async def _change_begun(
    transaction: Transaction, service: str, state: LoginState, now: datetime, values: dict[str, Any]
) -> Connection | None:
    changed = await transaction.execute(
        update(connections).where(*_begun(service, state, now)).values(**values).returning(*connections.c)
    )
    return _read(changed.one_or_none())


def _read(row: Row[Any] | None) -> Connection | None:
    return None if row is None else Connection(**{name: row._asdict()[name] for name in _FIELDS})


def _begun(service: str, state: LoginState, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _c.id == state.connection_id,
        _c.service == service,
        _c.nonce_hash == state.nonce_hash,
        _c.status == "begun",
        _c.expires_at > now,
        *_good_callers(now),
    )


async def may_go_on(transaction: Transaction, connection: Connection, now: datetime) -> bool:
    """Whether whoever began it could still call; always, where the command line did."""
    found = select(_c.id).where(_c.id == connection.id, *_good_callers(now))
    return (await transaction.execute(found)).first() is not None


async def beginner(transaction: Transaction, connection: Connection, address: str) -> Actor:
    """Who began it, for the audit log: a key, a person, or the command line."""
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
    row = (await transaction.execute(found)).one_or_none()
    return Actor(kind, address=address) if row is None else Actor(kind, row.id, row.name, address)


def _good_callers(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The key is good that it was begun with, or the session, by one who still belongs to the workspace."""
    k, s, m = api_keys.c, sessions.c, members.c
    key = select(k.id).where(
        k.id == _c.api_key_id, k.revoked_at.is_(None), or_(k.expires_at.is_(None), k.expires_at > now)
    )
    session = (
        select(s.id)
        .join(members, m.user_id == s.user_id)
        .where(s.id == _c.session_id, s.expires_at > now, m.workspace_id == _c.workspace_id)
    )
    return or_(_c.api_key_id.is_(None), key.exists()), or_(_c.session_id.is_(None), session.exists())


async def move(transaction: Transaction, connection: Connection, **changes: Any) -> bool:
    """By compare-and-set on the status: of two that choose, one does."""
    done = await transaction.execute(
        update(connections).where(_c.id == connection.id, _c.status == connection.status).values(**changes)
    )
    return bool(done.rowcount)
