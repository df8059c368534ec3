"""One job of publishing a delivery: what its steps need, and what follows a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from araldo.accounts.models import Account
from araldo.media.models import Medium
from araldo.platforms.base import Destination, Platform, Ticket
from araldo.posts.models import Delivery, Post
from araldo.workflows.deliveries.lease import LeasedDelivery


class Step(Enum):
    """What follows in a job: check the ticket again, or end, because the outcome is recorded or has to wait."""

    CHECK = "check"
    END = "end"


@dataclass(frozen=True, slots=True)
class DeliveryJob:
    """A leased delivery with the values that its steps need, read once when it was claimed.

    `destination`: for writes; what a check must not match is read before it (`Destinations.for_check`).
    """

    leased: LeasedDelivery
    post: Post
    account: Account
    platform: Platform
    destination: Destination
    media: Mapping[str, Medium]


def ticket_of(row: Delivery) -> Ticket:
    if row.ticket is None:
        raise LookupError(f"{row.id} has no ticket")
    return Ticket.from_json(row.ticket)
