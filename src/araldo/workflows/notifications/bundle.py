"""Composition of notifications: the outbox, its consumers and the senders of webhooks and mail."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping

from araldo.clock import Clock
from araldo.http import Http
from araldo.storage.database import Database
from araldo.storage.signals import ChangeSignal
from araldo.storage.vault import Vault
from araldo.workflows.notifications.mail import MailConsumer, MailSender, MailSettings
from araldo.workflows.notifications.outbox import Outbox
from araldo.workflows.notifications.webhook_consumer import WebhookConsumer
from araldo.workflows.notifications.webhook_delivery import WebhookSender
from araldo.workflows.notifications.webhooks import Webhooks


class Notifications:
    """The notifications of one process."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        event_feed: ChangeSignal,
        vault: Vault,
        http: Http,
        mail: MailSettings | None,
        labels: Mapping[str, str],
    ) -> None:
        self._sender = WebhookSender(
            database=database,
            clock=clock,
            vault=vault,
            http=http,
            jitter=random.random,
        )
        self._outbox = Outbox(
            database=database,
            clock=clock,
            event_feed=event_feed,
            on_enqueued=self._sender.nudge,
            consumers=[WebhookConsumer(clock), MailConsumer(clock, mail)],
        )
        self.webhooks = Webhooks(database=database, clock=clock, vault=vault, http=http, sender=self._sender)
        self._mailer: MailSender | None = None
        if mail is not None:
            self._mailer = MailSender(
                database=database, clock=clock, settings=mail, labels=labels, jitter=random.random
            )

    async def run(self) -> None:
        """Run the outbox and the senders until cancelled."""
        mailer = [] if self._mailer is None else [self._mailer.run()]
        await asyncio.gather(self._outbox.run(), self._sender.run(), *mailer)
