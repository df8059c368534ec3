"""Changes to a delivery, by a person or a worker, as one value. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from araldo.pictures.models import DeliveryPicture
from araldo.posts.models import Delivery, State
from araldo.unchanged import UNCHANGED, Unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryChanges:
    """New values of a delivery's fields; those left out stay. False when all of them do."""

    state: State | Unchanged = UNCHANGED
    position: int | Unchanged = UNCHANGED
    account_id: str | Unchanged | None = UNCHANGED
    due_at: datetime | Unchanged | None = UNCHANGED
    next_at: datetime | Unchanged | None = UNCHANGED
    tries: int | Unchanged = UNCHANGED
    prepares: int | Unchanged = UNCHANGED
    open_attempts: int | Unchanged = UNCHANGED
    ticket: Mapping[str, Any] | Unchanged | None = UNCHANGED
    error: Mapping[str, Any] | Unchanged | None = UNCHANGED
    picture: DeliveryPicture | Unchanged = UNCHANGED

    def __bool__(self) -> bool:
        return bool(self.values())

    def __or__(self, later: DeliveryChanges) -> DeliveryChanges:
        """Return both changes; where both have a value, the later one."""
        return replace(self, **later.values())

    def values(self) -> dict[str, Any]:
        """Return the new values by field."""
        values = {name: getattr(self, name) for name in _NAMES}
        return {name: value for name, value in values.items() if value is not UNCHANGED}

    def apply_to(self, row: Delivery) -> Delivery:
        """Return the delivery with the new values."""
        return replace(row, **self.values())


_NAMES = tuple(one.name for one in fields(DeliveryChanges))
NO_CHANGES = DeliveryChanges()
# Drops a prepared ticket and its counts; only for deliveries of which nothing was sent.
RESET_PREPARATION = DeliveryChanges(tries=0, prepares=0, ticket=None, error=None)
