"""Webhooks and their deliveries in the database; deliveries are sent under a lease."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from araldo.errors import NotFound
from araldo.messages import Message
from araldo.notify.models import Webhook, WebhookDelivery
from araldo.notify.queue_store import MessageQueue
from araldo.storage import paging
from araldo.storage.changed_fields import changed_fields
from araldo.storage.database import Transaction
from araldo.storage.leases import is_unleased
from araldo.storage.schema import webhook_deliveries, webhooks

_w = webhooks.c
_d = webhook_deliveries.c

queue = MessageQueue(webhook_deliveries, WebhookDelivery)


def add(transaction: Transaction, webhook: Webhook) -> None:
    transaction.execute(insert(webhooks).values(**asdict(webhook)))


def get(transaction: Transaction, workspace_id: str, webhook_id: str) -> Webhook:
    """Return a webhook of the workspace. Raises NotFound, also for another workspace's."""
    rows = transaction.execute(select(webhooks).where(_w.id == webhook_id, _w.workspace_id == workspace_id))
    row = rows.one_or_none()
    if row is None:
        raise NotFound(Message("webhooks.not_found"))
    return Webhook(**row._asdict())


def list_for_workspace(transaction: Transaction, workspace_id: str) -> list[Webhook]:
    rows = transaction.execute(select(webhooks).where(_w.workspace_id == workspace_id).order_by(_w.created_at, _w.id))
    return [Webhook(**row._asdict()) for row in rows]


def list_active(transaction: Transaction, workspace_ids: Iterable[str]) -> list[Webhook]:
    rows = transaction.execute(select(webhooks).where(_w.workspace_id.in_(list(workspace_ids)), _w.active))
    return [Webhook(**row._asdict()) for row in rows]


def save(transaction: Transaction, before: Webhook, after: Webhook) -> None:
    """Write the fields in which the two differ."""
    if changes := changed_fields(before, after):
        transaction.execute(update(webhooks).where(_w.id == before.id).values(changes))


def remove(transaction: Transaction, webhook_id: str) -> None:
    transaction.execute(delete(webhooks).where(_w.id == webhook_id))


def record_health(transaction: Transaction, webhook: Webhook, now: datetime, *, well: bool) -> None:
    """Set `failing_since` at the first failure, and clear it after a success."""
    if well:
        transaction.execute(update(webhooks).where(_w.id == webhook.id).values(failing_since=None))
    else:
        fine = (_w.id == webhook.id, _w.failing_since.is_(None))
        transaction.execute(update(webhooks).where(*fine).values(failing_since=now))


def disable(transaction: Transaction, webhook: Webhook, why: Mapping[str, str], now: datetime) -> bool:
    """Disable the webhook and fail its pending deliveries; return False when it was disabled before."""
    stopped = transaction.execute(
        update(webhooks).where(_w.id == webhook.id, _w.active).values(active=False, stopped=dict(why), updated_at=now)
    )
    transaction.execute(
        update(webhook_deliveries)
        .where(_d.webhook_id == webhook.id, _d.state == "pending")
        .values(state="failed", next_at=None, error=dict(why), updated_at=now)
    )
    return bool(stopped.rowcount)


def add_deliveries(transaction: Transaction, rows: list[WebhookDelivery]) -> None:
    if rows:
        transaction.execute(insert(webhook_deliveries), [asdict(row) for row in rows])


def get_delivery(transaction: Transaction, webhook: Webhook, delivery_id: str) -> WebhookDelivery:
    rows = transaction.execute(select(webhook_deliveries).where(_d.id == delivery_id, _d.webhook_id == webhook.id))
    row = rows.one_or_none()
    if row is None:
        raise NotFound(Message("webhooks.delivery_unknown"))
    return WebhookDelivery(**row._asdict())


def list_deliveries(
    transaction: Transaction, webhook: Webhook, *, limit: int, cursor: str | None, state: str | None
) -> tuple[list[WebhookDelivery], str | None]:
    """Return the deliveries, newest first, and the cursor of the next ones, None after the last."""
    wanted = select(webhook_deliveries).where(_d.webhook_id == webhook.id)
    if state is not None:
        wanted = wanted.where(_d.state == state)
    rows = transaction.execute(paging.newest_first(wanted, webhook_deliveries, limit=limit, cursor=cursor)).all()
    shown, following = paging.split(rows, limit)
    return [WebhookDelivery(**row._asdict()) for row in shown], following


def list_due(transaction: Transaction, *, limit: int, without: Collection[str]) -> list[WebhookDelivery]:
    """Return the deliveries to send now, the longest due first. `without`: ids of webhooks that are at their limit."""
    due = queue.is_due(transaction.now)
    wanted = select(webhook_deliveries).join(webhooks, _d.webhook_id == _w.id).where(due, _w.active)
    if without:
        wanted = wanted.where(_d.webhook_id.not_in(list(without)))
    rows = transaction.execute(wanted.order_by(_d.next_at, _d.id).limit(limit))
    return [WebhookDelivery(**row._asdict()) for row in rows]


def reset_delivery(transaction: Transaction, row: WebhookDelivery, now: datetime) -> bool:
    """Make a delivery due again from its first attempt, under the same id; return False while it is being sent."""
    done = transaction.execute(
        update(webhook_deliveries)
        .where(_d.id == row.id, is_unleased(webhook_deliveries, now))
        .values(state="pending", attempts=0, next_at=now, error=None, updated_at=now, lease_owner=None)
    )
    return bool(done.rowcount)
