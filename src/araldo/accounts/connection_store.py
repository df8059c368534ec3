"""Connections in the database: begun, come back once, chosen from once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, insert, or_, select, update

from araldo.errors import NotFound, Sentence
from araldo.storage.database import Transaction
from araldo.storage.schema import api_keys, connections

_c = connections.c
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Connection:
    """`found` is sealed: the places with their tokens, until one has chosen.

    `status`: begun, pending, done, failed, expired.
    """

    id: str
    workspace_id: str
    api_key_id: str | None
    service: str
    status: str
    nonce_hash: str | None
    found: str | None = field(repr=False)
    notes: list[dict[str, str]] | None
    error: dict[str, str] | None
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
        raise NotFound(Sentence("There is no such connection.", "Questo collegamento non esiste."))
    return Connection(**{name: row._asdict()[name] for name in _FIELDS})


async def take(
    transaction: Transaction, service: str, connection_id: str, nonce_hash: str, now: datetime
) -> Connection | None:
    """Come back from the log-in: once, in time, from the service it was begun with, while its key is good."""
    taken = await transaction.execute(
        update(connections)
        .where(
            _c.id == connection_id,
            _c.service == service,
            _c.nonce_hash == nonce_hash,
            _c.status == "begun",
            _c.expires_at > now,
            or_(_c.api_key_id.is_(None), _c.api_key_id.in_(_good_keys(now))),
        )
        .values(nonce_hash=None)
        .returning(*connections.c)
    )
    row = taken.one_or_none()
    return None if row is None else Connection(**{name: row._asdict()[name] for name in _FIELDS})


async def key_is_good(transaction: Transaction, connection: Connection, now: datetime) -> bool:
    """Whether whoever began it could still call; always, where the command line did."""
    if connection.api_key_id is None:
        return True
    return (
        await transaction.execute(_good_keys(now).where(api_keys.c.id == connection.api_key_id))
    ).first() is not None


def _good_keys(now: datetime) -> Select[tuple[str]]:
    lives = or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now)
    return select(api_keys.c.id).where(api_keys.c.revoked_at.is_(None), lives)


async def move(transaction: Transaction, connection: Connection, **changes: Any) -> bool:
    """By compare-and-set on the status: of two that choose, one does."""
    done = await transaction.execute(
        update(connections).where(_c.id == connection.id, _c.status == connection.status).values(**changes)
    )
    return bool(done.rowcount)
