"""Counts of what waits and of what needs a person, each from an index that holds nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, bindparam, func, select, text

from araldo.storage.database import Transaction
from araldo.storage.derived import COUNTED, IS_COUNTED
from araldo.storage.push_tables import push_messages
from araldo.storage.schema import accounts, deliveries, mails, webhook_deliveries
from araldo.storage.utc import UtcTime

_d, _a = deliveries.c, accounts.c
# The condition leads to the index, the list of states to its entries.
_BY_STATE = (
    select(_d.platform, _d.state, func.count())
    .where(text(IS_COUNTED), _d.state.in_(COUNTED))
    .group_by(_d.state, _d.platform)
)
_DUE = select(func.count(), func.min(_d.wake_at)).where(_d.wake_at <= bindparam("b_now", type_=UtcTime()))
_ACCOUNTS = select(_a.service, _a.health, func.count()).group_by(_a.service, _a.health)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many wait, and since when the one does that has waited longest; None when none waits."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class DatabaseFigures:
    """`deliveries`: by platform and state, without those published and cancelled. `accounts`: by service and health.

    `due`: deliveries that a worker could claim now.
    """

    at: datetime
    deliveries: Sequence[tuple[str, str, int]]
    accounts: Sequence[tuple[str, str, int]]
    due: Backlog
    webhooks: Backlog
    mails: Backlog
    push: Backlog


def read_figures(transaction: Transaction) -> DatabaseFigures:
    now = transaction.now
    due = transaction.execute(_DUE, {"b_now": now}).one()
    return DatabaseFigures(
        now,
        [(row[0], row[1], row[2]) for row in transaction.execute(_BY_STATE)],
        [(row[0], row[1], row[2]) for row in transaction.execute(_ACCOUNTS)],
        Backlog(due[0], due[1]),
        _pending(transaction, webhook_deliveries),
        _pending(transaction, mails),
        _pending(transaction, push_messages),
    )


def _pending(transaction: Transaction, table: Table) -> Backlog:
    wanted = select(func.count(), func.min(table.c.created_at)).where(table.c.state == "pending")
    count, oldest = transaction.execute(wanted).one()
    return Backlog(count, oldest)
