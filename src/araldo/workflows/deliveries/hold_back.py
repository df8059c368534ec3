"""After a restore: hold back every delivery that may have been published since the backup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from araldo.messages import Message
from araldo.messages.times import ZonedInstant
from araldo.platforms.base import Ticket
from araldo.posts import approval_store, restore_store
from araldo.storage.database import Transaction
from araldo.workflows.deliveries.lease import record_delivery_event
from araldo.workflows.deliveries.outcomes import own_error
from araldo.workspaces import store as workspace_store


def hold_back_deliveries(transaction: Transaction, made_at: datetime) -> int:
    """Set what was under way at `made_at`, or due since, to `unconfirmed`; return how many deliveries.

    `made_at`: the time of the backup. Nothing of it is sent by itself again: a person decides. What is due later stays
    scheduled, and approvals are withdrawn, because somebody may have sent a post back since.
    """
    restore_store.release_all(transaction)
    approval_store.withdraw_all(transaction)
    zones = {workspace.id: workspace.zone for workspace in workspace_store.list_all(transaction)}
    # A clock that was set back does not make what was due a matter of the future.
    rows = restore_store.find_maybe_published(transaction, max(transaction.now, made_at))
    for row in rows:
        why = Message("restore.maybe_published", {"when": ZonedInstant(made_at, zones[row.workspace_id])})
        held = restore_store.hold_back(
            transaction,
            row,
            transaction.now,
            error=own_error("restored", why),
            ticket=_ticket_maybe_sent(row.ticket, made_at),
        )
        record_delivery_event(transaction, held)
    return len(rows)


def _ticket_maybe_sent(ticket: Mapping[str, Any] | None, made_at: datetime) -> dict[str, Any] | None:
    """Return the ticket as one that was sent after the backup: when a person chooses "retry", it is checked first."""
    if ticket is None:
        return None
    known = Ticket.from_json(ticket)
    return replace(known, sends=max(1, known.sends), sent_since=known.sent_since or made_at).as_json()
