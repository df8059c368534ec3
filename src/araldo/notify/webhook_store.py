"""Webhooks and what was sent to them: claimed under a lease, each attempt noted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update

from araldo.errors import NotFound
from araldo.messages import Message
from araldo.notify.models import Webhook, WebhookDelivery
from araldo.storage.database import Transaction
from araldo.storage.paging import encode_cursor, newest_first
from araldo.storage.schema import webhook_deliveries, webhooks

_w = webhooks.c
_d = webhook_deliveries.c


async def add(transaction: Transaction, webhook: Webhook) -> None:
    await transaction.execute(insert(webhooks).values(**asdict(webhook)))


async def get(transaction: Transaction, workspace_id: str, webhook_id: str) -> Webhook:
    """Raises NotFound, also for another workspace's."""
    rows = await transaction.execute(select(webhooks).where(_w.id == webhook_id, _w.workspace_id == workspace_id))
    row = rows.one_or_none()
    if row is None:
        raise NotFound(Message("webhooks.not_found"))
    return Webhook(**row._asdict())


async def list_for_workspace(transaction: Transaction, workspace_id: str) -> list[Webhook]:
    rows = await transaction.execute(
        select(webhooks).where(_w.workspace_id == workspace_id).order_by(_w.created_at, _w.id)
    )
    return [Webhook(**row._asdict()) for row in rows]


async def list_active(transaction: Transaction, workspace_ids: Iterable[str]) -> list[Webhook]:
    rows = await transaction.execute(select(webhooks).where(_w.workspace_id.in_(list(workspace_ids)), _w.active))
    return [Webhook(**row._asdict()) for row in rows]


async def change_webhook(transaction: Transaction, webhook_id: str, now: datetime, **values: Any) -> None:
    await transaction.execute(update(webhooks).where(_w.id == webhook_id).values(**values, updated_at=now))


async def remove(transaction: Transaction, webhook_id: str) -> None:
    await transaction.execute(delete(webhooks).where(_w.id == webhook_id))


async def record_health(transaction: Transaction, webhook: Webhook, now: datetime, *, well: bool) -> None:
    """Since when it does nothing but fail; None once it has taken something."""
    if well:
        await transaction.execute(update(webhooks).where(_w.id == webhook.id).values(failing_since=None))
    else:
        fine = (_w.id == webhook.id, _w.failing_since.is_(None))
        await transaction.execute(update(webhooks).where(*fine).values(failing_since=now))


async def disable(transaction: Transaction, webhook: Webhook, why: Mapping[str, str], now: datetime) -> bool:
    """Give the receiver up, with all that waits for it; False when it was already."""
    stopped = await transaction.execute(
        update(webhooks).where(_w.id == webhook.id, _w.active).values(active=False, stopped=dict(why), updated_at=now)
    )
    await transaction.execute(
        update(webhook_deliveries)
        .where(_d.webhook_id == webhook.id, _d.state == "pending")
        .values(state="failed", next_at=None, error=dict(why), updated_at=now)
    )
    return bool(stopped.rowcount)


async def add_deliveries(transaction: Transaction, rows: list[WebhookDelivery]) -> None:
    if rows:
        await transaction.execute(insert(webhook_deliveries), [asdict(row) for row in rows])


async def get_delivery(transaction: Transaction, webhook: Webhook, delivery_id: str) -> WebhookDelivery:
    rows = await transaction.execute(
        select(webhook_deliveries).where(_d.id == delivery_id, _d.webhook_id == webhook.id)
    )
    row = rows.one_or_none()
    if row is None:
        raise NotFound(Message("webhooks.delivery_unknown"))
    return WebhookDelivery(**row._asdict())


async def list_deliveries(
    transaction: Transaction, webhook: Webhook, *, limit: int, cursor: str | None, state: str | None
) -> tuple[list[WebhookDelivery], str | None]:
    """The newest first, and the cursor of the next page, None on the last."""
    wanted = select(webhook_deliveries).where(_d.webhook_id == webhook.id)
    if state is not None:
        wanted = wanted.where(_d.state == state)
    wanted = newest_first(wanted, webhook_deliveries, limit=limit, cursor=cursor)
    found = [WebhookDelivery(**row._asdict()) for row in await transaction.execute(wanted)]
    shown = found[:limit]
    return shown, encode_cursor(shown[-1].created_at, shown[-1].id) if len(found) > limit else None


def _is_unleased(now: datetime) -> ColumnElement[bool]:
    return or_(_d.lease_until.is_(None), _d.lease_until <= now)


async def list_due(
    transaction: Transaction, now: datetime, *, limit: int, without: Collection[str]
) -> list[WebhookDelivery]:
    """What is to be sent now, the longest waiting first; `without` names receivers that have enough under way."""
    ripe = and_(_d.state == "pending", _d.next_at <= now, _is_unleased(now))
    wanted = select(webhook_deliveries).join(webhooks, _d.webhook_id == _w.id).where(ripe, _w.active)
    if without:
        wanted = wanted.where(_d.webhook_id.not_in(list(without)))
    rows = await transaction.execute(wanted.order_by(_d.next_at, _d.id).limit(limit))
    return [WebhookDelivery(**row._asdict()) for row in rows]


async def claim(
    transaction: Transaction, delivery_id: str, *, owner: str, now: datetime, until: datetime
) -> WebhookDelivery | None:
    """Take it, and the receiver cannot be deleted from under it unnoticed; None when somebody else was first."""
    taken = await transaction.execute(
        update(webhook_deliveries)
        .where(_d.id == delivery_id, _d.state == "pending", _d.next_at <= now, _is_unleased(now))
        .values(lease_owner=owner, lease_until=until)
        .returning(*_d)
    )
    row = taken.one_or_none()
    return None if row is None else WebhookDelivery(**row._asdict())


async def finish(transaction: Transaction, held: WebhookDelivery, **values: Any) -> bool:
    """The holder's write, which ends the lease; False when another has taken it over, and then nothing is written."""
    done = await transaction.execute(
        update(webhook_deliveries)
        .where(_d.id == held.id, _d.lease_owner == held.lease_owner)
        .values(**values, lease_owner=None, lease_until=None)
    )
    return bool(done.rowcount)


async def reset_delivery(transaction: Transaction, row: WebhookDelivery, now: datetime) -> bool:
    """From the first attempt on, under the same id; False while it is being sent."""
    done = await transaction.execute(
        update(webhook_deliveries)
        .where(_d.id == row.id, _is_unleased(now))
        .values(state="pending", attempts=0, next_at=now, error=None, updated_at=now, lease_owner=None)
    )
    return bool(done.rowcount)


async def free_all_leases(transaction: Transaction) -> None:
    """For the one process that may hold any, at its start: whoever held them is dead."""
    await transaction.execute(
        update(webhook_deliveries).where(_d.lease_until.is_not(None)).values(lease_owner=None, lease_until=None)
    )


async def delete_finished(transaction: Transaction, before: datetime) -> None:
    """What came to its end before then."""
    await transaction.execute(delete(webhook_deliveries).where(_d.state != "pending", _d.updated_at < before))
