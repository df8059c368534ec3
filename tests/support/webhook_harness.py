"""One workspace with webhooks: the outbox, the sender and a receiver, on a real database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet

from araldo.http import Http
from araldo.notify import webhook_store
from araldo.notify.models import Webhook, WebhookDelivery
from araldo.storage.database import Database
from araldo.storage.events import record_event
from araldo.storage.signals import ChangeSignal
from araldo.storage.vault import Vault
from araldo.workflows.notifications.outbox import Outbox
from araldo.workflows.notifications.webhook_consumer import WebhookConsumer
from araldo.workflows.notifications.webhook_delivery import WebhookSender
from araldo.workflows.notifications.webhooks import Webhooks
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace
from tests.support.clock import FakeClock
from tests.support.database import open_reading, open_transaction
from tests.support.receiver import Receiver


@dataclass
class WebhookHarness:
    """One workspace, one receiver, and the outbox and sender between them."""

    database: Database
    clock: FakeClock
    workspace: Workspace
    receiver: Receiver
    outbox: Outbox
    sender: WebhookSender
    webhooks: Webhooks
    secret: str = ""

    async def create_webhook(self, **more: Any) -> Webhook:
        given = {"events": None, "note": "", "secret": None, **more}
        made, self.secret = await self.webhooks.create(self.workspace, self.receiver.url, **given)
        return made

    async def record_health_event(self, health: str = "dead", count: int = 1) -> None:
        with open_transaction(self.database) as transaction:
            for number in range(count):
                said = {"en": "It has ended.", "it": "È finito."}
                data = {"account_id": f"acc_{number}", "name": "Pagina", "health": health, "message": said}
                record_event(
                    transaction, "account.health", workspace_id=self.workspace.id, at=self.clock.now(), data=data
                )

    async def deliveries(self, hook: Webhook) -> list[WebhookDelivery]:
        with open_reading(self.database) as transaction:
            rows, _ = webhook_store.list_deliveries(transaction, hook, limit=100, cursor=None, state=None)
            return rows

    async def only_delivery(self, hook: Webhook) -> WebhookDelivery:
        (row,) = await self.deliveries(hook)
        return row

    async def state_of(self, hook: Webhook) -> Webhook:
        with open_reading(self.database) as transaction:
            return webhook_store.get(transaction, self.workspace.id, hook.id)


async def open_harness(database: Database, clock: FakeClock, receiver: Receiver, http: Http) -> WebhookHarness:
    vault = Vault([Fernet.generate_key().decode()])
    with open_transaction(database) as transaction:
        workspace = workspace_store.add(transaction, "Araldo", clock.now(), language="it")
    sender = WebhookSender(database=database, clock=clock, vault=vault, http=http, jitter=lambda: 0.5)
    outbox = Outbox(
        database=database,
        clock=clock,
        event_feed=ChangeSignal(),
        on_enqueued=sender.nudge,
        consumers=[WebhookConsumer(clock)],
    )
    webhooks = Webhooks(database=database, clock=clock, vault=vault, http=http, sender=sender)
    return WebhookHarness(database, clock, workspace, receiver, outbox, sender, webhooks)
