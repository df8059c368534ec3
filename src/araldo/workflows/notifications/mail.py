"""Mail notifications: events about one post, account or webhook are gathered for 30 s, then sent as one mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import structlog

from araldo.clock import Clock
from araldo.errors import OutsideError
from araldo.local_faults import TransientFault
from araldo.messages import known_language
from araldo.notify import mail_store, outbox_store
from araldo.notify.mail_content import compose_mail
from araldo.notify.models import Mail, is_subscribed
from araldo.notify.rules import may_notify
from araldo.smtp import Smtp
from araldo.storage.database import Database, Transaction
from araldo.storage.events import Event
from araldo.telemetry.observer import Observer
from araldo.workflows.engine import Engine
from araldo.workflows.notifications.subject import read_subject

log = structlog.get_logger()

# The deliveries of one post end within seconds of each other: one mail covers them all.
GATHER = timedelta(seconds=30)
_LEASE = timedelta(seconds=90)
_POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The operator's settings. `events` None: the default notification types."""

    smtp: Smtp
    sender: str
    to: Sequence[str]
    events: Sequence[str] | None
    own_url: str


class MailConsumer:
    """Outbox consumer that enqueues mails; disabled without settings."""

    name = "mail"

    def __init__(self, clock: Clock, settings: MailSettings | None) -> None:
        self._clock = clock
        self._settings = settings

    @property
    def enabled(self) -> bool:
        return self._settings is not None

    def matches(self, event: Event) -> bool:
        return may_notify(event) or event.kind == "webhook.stopped"

    def enqueue(self, transaction: Transaction, events: Sequence[Event]) -> None:
        now = self._clock.now()
        for event in events:
            about = event.post_id or event.data.get("account_id") or event.data.get("webhook_id")
            if about is not None and self._is_subscribed(transaction, event):
                mail_store.add_event(
                    transaction, event.workspace_id, str(about), event.id, now=now, send_at=now + GATHER
                )

    def _is_subscribed(self, transaction: Transaction, event: Event) -> bool:
        if self._settings is None:
            return False
        if event.kind == "webhook.stopped":
            return True
        names = outbox_store.notification_types_of(transaction, event)
        return any(is_subscribed(self._settings.events, name) for name in names)


class MailSender:
    """Sends due mails, one at a time. `jitter`: numbers in [0, 1); `labels`: the platforms' names for people."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        settings: MailSettings,
        labels: Mapping[str, str],
        jitter: Callable[[], float],
        observer: Observer | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._observer = observer or Observer()
        self._labels = labels
        self._jitter = jitter
        self.engine = Engine(
            name="mail",
            work=self._send_mail,
            claim_due=self._claim_due,
            clock=clock,
            sweep_s=_POLL_S,
            jobs_max=1,
            drain_s=0,
        )

    async def run(self) -> None:
        """Send due mails until cancelled. A mail that is cut off is sent again when its lease has expired."""
        await self.engine.run()

    async def send_due(self) -> int:
        """Send due mails one after another; return how many were due. For tests."""
        count = 0
        while await self.engine.run_due():
            count += 1
        return count

    def nudge(self) -> None:
        """Look when the next mail is due, and send what is due now."""
        self.engine.nudge()

    async def _claim_due(self, limit: int) -> tuple[list[Mail], datetime | None]:
        def look(transaction: Transaction) -> tuple[list[str], datetime | None]:
            return mail_store.list_due(transaction, limit), mail_store.queue.next_due_at(transaction)

        due, next_at = await self._database.read(look)
        if not due:
            return [], next_at
        claimed = await self._database.write(
            lambda transaction: mail_store.queue.claim(transaction, due, transaction.now + _LEASE)
        )
        return claimed, next_at

    async def _send_mail(self, leased: Mail) -> bool:
        attempted = await self._attempt(leased)
        await self._database.write(lambda transaction: mail_store.queue.finish(transaction, attempted))
        return attempted.next_at is not None

    async def _attempt(self, leased: Mail) -> Mail:
        """Send the mail and return it as it is afterwards."""
        try:
            message = await self._build_message(leased)
        except (LookupError, TypeError, ValueError):
            # A bug in the wording must not block the other mails.
            log.exception("mail_not_written", mail=leased.id)
            return replace(leased, state="failed", updated_at=self._clock.now())
        if message is None:
            # Its post was purged meanwhile, with its events.
            return replace(leased, state="sent", updated_at=self._clock.now())
        try:
            refused = await self._send(message)
        except OutsideError as failure:
            failed = leased.after_failure(failure.message.as_json(), self._clock.now(), self._jitter())
            log.warning(
                "mail_not_sent",
                mail=leased.id,
                attempts=failed.attempts,
                why=failure.raw,
                again=failed.next_at is not None,
            )
            return failed
        if refused:
            log.warning("mail_recipients_refused", mail=leased.id, count=len(refused))
        now = self._clock.now()
        return replace(leased.after_success("sent", now), sent_at=now)

    async def _send(self, message: EmailMessage) -> list[str]:
        settings = self._settings
        with self._observer.outgoing_request("mail", "SMTP", settings.smtp.host) as observed:
            try:
                refused = await settings.smtp.send(message, settings.sender, settings.to)
            except TransientFault:
                observed.outcome = "local_fault"
                raise
            observed.outcome = "2xx"
            return refused

    async def _build_message(self, leased: Mail) -> EmailMessage | None:
        about = await self._database.read(
            lambda transaction: read_subject(transaction, leased.workspace_id, leased.event_ids)
        )
        if about is None:
            return None
        language = known_language(about.workspace.language)
        context = about.context(self._labels)
        own_url = self._settings.own_url
        said = compose_mail(about.events, about.view, context, language, own_url, held=about.held_posts)
        message = EmailMessage()
        message["Subject"] = said.subject
        message["From"] = self._settings.sender
        message["To"] = ", ".join(self._settings.to)
        message["Date"] = format_datetime(self._clock.now())
        # The same for every attempt, so that a mail that arrives twice can be recognised.
        message["Message-ID"] = f"<{leased.id}@{Address(addr_spec=self._settings.sender).domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(said.text)
        message.add_alternative(said.html, subtype="html")
        return message
