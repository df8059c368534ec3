"""Mail about what went wrong, or well where asked for: gathered for a moment, then one letter about one thing."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from araldo.clock import Clock
from araldo.errors import OutsideError
from araldo.loops import repeat_forever
from araldo.messages import known_language
from araldo.notify import mail_store, outbox_store
from araldo.notify.mail_content import compose_mail
from araldo.notify.mail_store import Mail
from araldo.notify.models import is_subscribed, next_attempt_at
from araldo.notify.rules import may_notify
from araldo.posts import delivery_store
from araldo.posts.timeline import Telling
from araldo.smtp import Smtp
from araldo.storage.database import Database, Transaction
from araldo.storage.events import Event
from araldo.workspaces import store as workspace_store

log = structlog.get_logger()

# The places of one post end within seconds of each other: one letter tells of them all.
GATHER = timedelta(seconds=30)
_LEASE = timedelta(seconds=90)
_LOOK_S = 1.0
_AT_ONCE = 10
_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What the operator has set. `events` None: what is told unasked."""

    smtp: Smtp
    sender: str
    to: Sequence[str]
    events: Sequence[str] | None
    own_url: str


class MailConsumer:
    """Writes down which letters are to be sent; without a plan nobody is written to."""

    name = "mail"

    def __init__(self, clock: Clock, plan: MailSettings | None) -> None:
        self._clock = clock
        self._plan = plan

    @property
    def enabled(self) -> bool:
        return self._plan is not None

    def matches(self, event: Event) -> bool:
        return may_notify(event) or event.kind == "webhook.stopped"

    async def enqueue(self, transaction: Transaction, events: Sequence[Event]) -> None:
        now = self._clock.now()
        for event in events:
            about = event.post_id or event.data.get("account_id") or event.data.get("webhook_id")
            if about is not None and await self._wanted(transaction, event):
                await mail_store.add_event(
                    transaction, event.workspace_id, str(about), event.id, now=now, send_at=now + GATHER
                )

    async def _wanted(self, transaction: Transaction, event: Event) -> bool:
        if self._plan is None:
            return False
        if event.kind == "webhook.stopped":
            return True
        names = await outbox_store.notification_types_of(transaction, event)
        return any(is_subscribed(self._plan.events, name) for name in names)


class MailSender:
    """`jitter` gives numbers in [0, 1); `labels` are the platforms' names for people."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        plan: MailSettings,
        labels: Mapping[str, str],
        jitter: Callable[[], float],
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._labels = labels
        self._jitter = jitter

    async def run(self) -> None:
        """Until cancelled."""
        await repeat_forever(self.send_due, every_s=_LOOK_S, event="mail_failed", clock=self._clock)

    async def send_due(self) -> int:
        """How many letters were tried, one after another."""
        now = self._clock.now()
        async with self._database.reading() as transaction:
            due = await mail_store.list_due(transaction, now, _AT_ONCE)
        for mail_id in due:
            async with self._database.transaction() as transaction:
                owner, until = secrets.token_hex(8), self._clock.now() + _LEASE
                leased = await mail_store.claim(transaction, mail_id, owner=owner, now=self._clock.now(), until=until)
            if leased is not None:
                await self._one(leased)
        return len(due)

    async def _one(self, leased: Mail) -> None:
        try:
            message = await self._message(leased)
        except (LookupError, TypeError, ValueError):
            # A bug in the wording must not stand in the way of every other letter.
            log.exception("mail_not_written", mail=leased.id)
            await self._keep(leased, state="failed")
            return
        if message is None:
            # Its post was deleted meanwhile, with all that happened to it.
            await self._keep(leased, state="sent")
            return
        try:
            refused = await self._plan.smtp.send(message, self._plan.sender, self._plan.to)
        except OutsideError as failure:
            await self._failed(leased, failure)
            return
        if refused:
            log.warning("mail_recipients_refused", mail=leased.id, count=len(refused))
        await self._keep(leased, state="sent", sent_at=self._clock.now(), attempts=leased.attempts + 1, error=None)

    async def _failed(self, leased: Mail, failure: OutsideError) -> None:
        attempts = leased.attempts + 1
        again = next_attempt_at(attempts, self._clock.now(), self._jitter())
        log.warning("mail_not_sent", mail=leased.id, attempts=attempts, why=failure.raw, again=again is not None)
        state = "failed" if again is None else "pending"
        await self._keep(leased, state=state, attempts=attempts, next_at=again, error=failure.message.as_json())

    async def _keep(self, leased: Mail, **values: Any) -> None:
        now = self._clock.now()
        async with self._database.transaction() as transaction:
            await mail_store.finish(transaction, leased, **values, updated_at=now)
            await mail_store.delete_finished(transaction, now - _KEPT_FOR)

    async def _message(self, leased: Mail) -> EmailMessage | None:
        async with self._database.reading() as transaction:
            found = [await outbox_store.find_event(transaction, event_id) for event_id in leased.event_ids]
            events = [event for event in found if event is not None]
            if not events:
                return None
            view = await outbox_store.find_post(transaction, events[-1])
            account_id = events[-1].data.get("account_id") if events[-1].post_id is None else None
            held_posts = (
                0
                if account_id is None
                else await delivery_store.count_waiting_for_account(transaction, str(account_id))
            )
            workspace = await workspace_store.get_by_id_or_name(transaction, leased.workspace_id)
        zone = ZoneInfo((view.post.zone if view else None) or workspace.zone)
        language = known_language(workspace.language)
        telling = Telling(self._labels, zone)
        said = compose_mail(events, view, telling, language, self._plan.own_url, held=held_posts)
        message = EmailMessage()
        message["Subject"] = said.subject
        message["From"] = self._plan.sender
        message["To"] = ", ".join(self._plan.to)
        message["Date"] = format_datetime(self._clock.now())
        # The same at every try: a letter that comes twice can be known by it.
        message["Message-ID"] = f"<{leased.id}@{Address(addr_spec=self._plan.sender).domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(said.text)
        message.add_alternative(said.html, subtype="html")
        return message
