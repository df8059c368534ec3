"""Store of what this installation remembers of itself, by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from araldo.storage.database import Transaction
from araldo.storage.state_table import system_state

_s = system_state.c


def read_state(transaction: Transaction, name: str) -> dict[str, Any]:
    """Return what is stored under this name; {} when nothing is."""
    found: dict[str, Any] | None = transaction.execute(select(_s.value).where(_s.name == name)).scalar()
    return found or {}


def lock_state(transaction: Transaction, name: str) -> dict[str, Any]:
    """Return what is stored under this name; until the transaction ends, no other one reads it so or changes it."""
    first = {"name": name, "value": {}, "updated_at": transaction.now}
    try:
        with transaction.savepoint():
            transaction.execute(insert(system_state).values(**first))
    except IntegrityError:
        pass
    return dict(transaction.execute(select(_s.value).where(_s.name == name).with_for_update()).scalar_one())


def write_state(transaction: Transaction, name: str, value: dict[str, Any]) -> None:
    """Store the value of a name that `lock_state` has locked."""
    transaction.execute(update(system_state).where(_s.name == name).values(value=value, updated_at=transaction.now))
