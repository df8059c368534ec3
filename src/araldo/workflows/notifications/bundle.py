"""Composition of notifications: the outbox, its consumers and the senders of webhooks, mail and push messages."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any

from araldo.clock import Clock
from araldo.http import Http
from araldo.storage.database import Database
from araldo.storage.signals import ChangeSignal
from araldo.storage.vault import Vault
from araldo.telemetry.observer import Observer
from araldo.workflows.engine import Engine
from araldo.workflows.notifications.mail import MailConsumer, MailSender, MailSettings
from araldo.workflows.notifications.outbox import Outbox
from araldo.workflows.notifications.push_consumer import PushConsumer
from araldo.workflows.notifications.push_delivery import PushSender
from araldo.workflows.notifications.push_devices import PushDevices
from araldo.workflows.notifications.webhook_consumer import WebhookConsumer
from araldo.workflows.notifications.webhook_delivery import WebhookSender
from araldo.workflows.notifications.webhooks import Webhooks


class Notifications:
    """The notifications of one process. `contact`: how a push service reaches its operator, `mailto:` or `https:`."""

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
        contact: str,
        observer: Observer,
    ) -> None:
        self.sender = WebhookSender(
            database=database,
            clock=clock,
            vault=vault,
            http=http,
            jitter=random.random,
        )
        self.push_sender = PushSender(
            database=database,
            clock=clock,
            vault=vault,
            http=http,
            labels=labels,
            subject=contact,
            jitter=random.random,
        )
        self.push_devices = PushDevices(database=database, clock=clock, vault=vault, http=http, sender=self.push_sender)
        self.outbox = Outbox(
            database=database,
            clock=clock,
            event_feed=event_feed,
            on_enqueued=self._nudge_senders,
            consumers=[WebhookConsumer(clock), MailConsumer(clock, mail), PushConsumer(clock)],
        )
        self.webhooks = Webhooks(database=database, clock=clock, vault=vault, http=http, sender=self.sender)
        self.mailer: MailSender | None = None
        if mail is not None:
            self.mailer = MailSender(
                database=database,
                clock=clock,
                settings=mail,
                labels=labels,
                jitter=random.random,
                observer=observer,
            )

    @property
    def engines(self) -> dict[str, Engine[Any]]:
        """The engines of the senders, for processes that share the work."""
        mails: dict[str, Engine[Any]] = {} if self.mailer is None else {"mails": self.mailer.engine}
        return {"webhooks": self.sender.engine, "push": self.push_sender.engine, **mails}

    def _nudge_senders(self) -> None:
        self.sender.nudge()
        self.push_sender.nudge()
        if self.mailer is not None:
            self.mailer.nudge()

    async def run(self) -> None:
        """Run the outbox and the senders until cancelled."""
        mailer = [] if self.mailer is None else [self.mailer.run()]
        await asyncio.gather(self.outbox.run(), self.sender.run(), self.push_sender.run(), *mailer)
