"""Store of a restore: deliveries that may have been published after the backup, and their change of state."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update

from araldo.posts.models import WORKING, Delivery, State
from araldo.posts.store import deliveries_of
from araldo.storage.database import Transaction
from araldo.storage.schema import deliveries

_d = deliveries.c
# Publishing goes on by itself from these: at once, or when the account is connected again.
_UNDER_WAY = sorted({*WORKING, State.NEEDS_RECONNECT})


def find_maybe_published(transaction: Transaction, now: datetime) -> list[Delivery]:
    """Return the deliveries that were under way at the time of the backup, or due between then and now."""
    was_due = and_(_d.state == State.SCHEDULED, or_(_d.due_at.is_(None), _d.due_at <= now))
    rows = transaction.execute(select(deliveries).where(or_(_d.state.in_(_UNDER_WAY), was_due)).order_by(_d.post_id))
    return deliveries_of(transaction, rows)


def hold_back(
    transaction: Transaction, row: Delivery, now: datetime, *, error: dict[str, Any], ticket: dict[str, Any] | None
) -> Delivery:
    """Set a delivery to `unconfirmed` and return it. Open attempts stay open.

    From any state, also those from which `MOVES` does not lead there: nobody has published it here, but somebody may
    have elsewhere.
    """
    held = replace(
        row,
        state=State.UNCONFIRMED,
        error=error,
        ticket=ticket,
        next_at=None,
        tries=0,
        rev=row.rev + 1,
        fence=row.fence + 1,
        updated_at=now,
    )
    changed = ("state", "error", "ticket", "next_at", "tries", "rev", "fence", "updated_at")
    values = {name: getattr(held, name) for name in changed}
    transaction.execute(update(deliveries).where(_d.id == row.id).values(**values))
    return held


def release_all(transaction: Transaction) -> None:
    """Release the leases of the processes of then."""
    transaction.execute(
        update(deliveries).where(_d.lease_until.is_not(None)).values(lease_owner=None, lease_until=None)
    )
