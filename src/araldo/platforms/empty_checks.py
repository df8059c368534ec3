"""When a check that finds no post may say that nothing was published."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from araldo.platforms.base import Ready, Ticket, Waiting


def confirm_absence(ticket: Ticket, *, now: datetime, gap_s: float) -> Ready | Waiting:
    """Return Ready after two checks, `gap_s` apart, that found nothing, else Waiting: a list can lag behind a write.

    Call it when a check after a send has read a list to its end and found no candidate. `gap_s`:
    `PlatformContext.check_gap_s`.
    """
    first, gap = ticket.empty_read_at, timedelta(seconds=gap_s)
    if first is None:
        return Waiting(after_s=gap_s, ticket=replace(ticket, empty_read_at=now))
    if now - first < gap:
        return Waiting(after_s=(gap - (now - first)).total_seconds())
    return Ready()
