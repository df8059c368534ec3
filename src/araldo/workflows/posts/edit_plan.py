"""Which deliveries an edit keeps, moves to another account, removes and adds. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from araldo.accounts.models import Account
from araldo.posts.models import Delivery, State


@dataclass(frozen=True, slots=True)
class KeptDelivery:
    """A delivery that stays, with the account and the position that it has after the edit.

    `revived`: it was cancelled and becomes a draft again.
    """

    row: Delivery
    account_id: str | None
    position: int
    revived: bool


@dataclass(frozen=True, slots=True)
class AddedDelivery:
    platform: str
    account: Account | None
    position: int


@dataclass(slots=True)
class DeliveryPlan:
    """What becomes of the deliveries. Cancelled ones that the edit does not name again are in no list."""

    kept: list[KeptDelivery] = field(default_factory=list)
    removed: list[Delivery] = field(default_factory=list)
    added: list[AddedDelivery] = field(default_factory=list)


def live_rows(rows: Sequence[Delivery]) -> list[Delivery]:
    """Return the deliveries without those that are cancelled beside others on the same platform."""
    live = {row.platform for row in rows if row.state is not State.CANCELLED}
    return [row for row in rows if row.state is not State.CANCELLED or row.platform not in live]


def plan_deliveries(
    rows: Sequence[Delivery],
    platforms: Iterable[str],
    chosen: Mapping[str, Sequence[Account]],
    *,
    revives: bool,
    named: Collection[str],
) -> DeliveryPlan:
    """Return the plan for a post that goes to the `chosen` accounts of each platform.

    `revives`: the edit lists the platforms; `named`: the platforms of which it lists the accounts. A delivery whose
    account is no longer chosen takes one that has none yet, so that its picture and history stay.
    """
    plan, positions, wanted = DeliveryPlan(), count(), list(platforms)
    plan.removed = [row for row in rows if row.platform not in wanted and row.state is not State.CANCELLED]
    for name in wanted:
        mine = [row for row in rows if row.platform == name]
        accounts = {account.id: account for account in chosen.get(name, ())}
        revives_mine = revives or (name in named and len(mine) > 1)
        by_account: dict[str | None, Delivery] = {row.account_id: row for row in mine}
        spare = _spare_rows(mine, accounts) if accounts else []
        for account_id in accounts or [row.account_id for row in live_rows(mine)] or [None]:
            row = by_account.get(account_id) or (spare.pop(0) if spare else None)
            position = next(positions)
            if row is None:
                plan.added.append(AddedDelivery(name, accounts.get(account_id or ""), position))
            else:
                revived = row.state is State.CANCELLED and revives_mine
                plan.kept.append(KeptDelivery(row, account_id, position, revived))
        plan.removed += spare
    return plan


def _spare_rows(rows: Sequence[Delivery], chosen: Collection[str]) -> list[Delivery]:
    """Return the deliveries to accounts that are not chosen, those that can be changed first.

    A cancelled one is left as it is, unless the platform has no other.
    """
    spare = [row for row in rows if row.account_id not in chosen]
    if len(rows) > 1:
        spare = [row for row in spare if row.state is not State.CANCELLED]
    return sorted(spare, key=lambda row: not row.changeable)
