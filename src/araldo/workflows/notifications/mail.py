"""Mail notifications: events about one post, account or webhook are gathered for 30 s, then sent as one mail."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from typing import Any

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
from araldo.posts.models import PostView
from araldo.posts.timeline import TimelineContext, account_names
from araldo.smtp import Smtp
from araldo.storage.database import Database, Transaction
from araldo.storage.events import Event
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace

log = structlog.get_logger()

# The deliveries of one post end within seconds of each other: one mail covers them all.
GATHER = timedelta(seconds=30)
_LEASE = timedelta(seconds=90)
_POLL_S = 1.0
_BATCH = 10
_KEPT_FOR = timedelta(days=30)


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
    """Sends due mails. `jitter` returns numbers in [0, 1); `labels` are the platforms' names for people."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        settings: MailSettings,
        labels: Mapping[str, str],
        jitter: Callable[[], float],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._labels = labels
        self._jitter = jitter

    async def run(self) -> None:
        """Send due mails, once a second, until cancelled."""
        await repeat_forever(self.send_due, every_s=_POLL_S, event="mail_failed", clock=self._clock)

    async def send_due(self) -> int:
        """Send due mails one after another; return how many were due."""
        now = self._clock.now()
        due = await self._database.read(lambda transaction: mail_store.list_due(transaction, now, _BATCH))
        for mail_id in due:
            leased = await self._database.write(partial(_claim, mail_id=mail_id, owner=secrets.token_hex(8)))
            if leased is not None:
                await self._send_mail(leased)
        return len(due)

    async def _send_mail(self, leased: Mail) -> None:
        try:
            message = await self._build_message(leased)
        except (LookupError, TypeError, ValueError):
            # A bug in the wording must not block the other mails.
            log.exception("mail_not_written", mail=leased.id)
            await self._store_result(leased, state="failed")
            return
        if message is None:
            # Its post was purged meanwhile, with its events.
            await self._store_result(leased, state="sent")
            return
        try:
            refused = await self._settings.smtp.send(message, self._settings.sender, self._settings.to)
        except OutsideError as failure:
            await self._record_failure(leased, failure)
            return
        if refused:
            log.warning("mail_recipients_refused", mail=leased.id, count=len(refused))
        await self._store_result(
            leased, state="sent", sent_at=self._clock.now(), attempts=leased.attempts + 1, error=None
        )

    async def _record_failure(self, leased: Mail, failure: OutsideError) -> None:
        attempts = leased.attempts + 1
        again = next_attempt_at(attempts, self._clock.now(), self._jitter())
        log.warning("mail_not_sent", mail=leased.id, attempts=attempts, why=failure.raw, again=again is not None)
        state = "failed" if again is None else "pending"
        await self._store_result(leased, state=state, attempts=attempts, next_at=again, error=failure.message.as_json())

    async def _store_result(self, leased: Mail, **values: Any) -> None:
        now = self._clock.now()

        def in_transaction(transaction: Transaction) -> None:
            mail_store.finish(transaction, leased, **values, updated_at=now)
            mail_store.delete_finished(transaction, now - _KEPT_FOR)

        await self._database.write(in_transaction)

    async def _build_message(self, leased: Mail) -> EmailMessage | None:
        about = await self._database.read(lambda transaction: _read_subject(transaction, leased))
        if about is None:
            return None
        events, view, held_posts, workspace = about
        language = known_language(workspace.language)
        names = {} if view is None else account_names(view)
        context = TimelineContext(self._labels, workspace.zone, names)
        said = compose_mail(events, view, context, language, self._settings.own_url, held=held_posts)
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


def _claim(transaction: Transaction, *, mail_id: str, owner: str) -> Mail | None:
    return mail_store.claim(transaction, mail_id, owner=owner, now=transaction.now, until=transaction.now + _LEASE)


def _read_subject(transaction: Transaction, mail: Mail) -> tuple[list[Event], PostView | None, int, Workspace] | None:
    """Return the mail's events, their post, how many posts wait for the account, and the workspace.

    None when the events were purged meanwhile.
    """
    found = [outbox_store.find_event(transaction, event_id) for event_id in mail.event_ids]
    events = [event for event in found if event is not None]
    if not events:
        return None
    view = outbox_store.find_post(transaction, events[-1])
    account_id = events[-1].data.get("account_id") if events[-1].post_id is None else None
    held_posts = 0 if account_id is None else delivery_store.count_waiting_for_account(transaction, str(account_id))
    return events, view, held_posts, workspace_store.get_by_id_or_name(transaction, mail.workspace_id)
