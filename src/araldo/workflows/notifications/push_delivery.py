"""Deliver push messages to browsers' push services (RFC 8030): claim what is due, send it, record the result.

A message that is cut off after it was sent is sent again. It has the same `Topic` and tag, so a browser that was away
gets one of the two, and one that was there shows the second in place of the first.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import structlog

from araldo.clock import Clock
from araldo.errors import OutsideError, Rejected
from araldo.http import Http
from araldo.http_exchange import HttpResponse
from araldo.messages import Message, known_language
from araldo.notify import push_store
from araldo.notify.push_content import compose_push, compose_test
from araldo.notify.push_encryption import SALT_BYTES, encrypt, make_private_key, topic_of, vapid_authorization
from araldo.notify.push_keys import open_private_key
from araldo.notify.push_models import (
    MESSAGE_LIFETIME,
    TEST,
    PushMessage,
    Recipient,
    is_urgent,
    load_subscription,
)
from araldo.storage.database import Database, Transaction
from araldo.storage.vault import Vault, VaultKeyLost
from araldo.workflows.engine import Engine
from araldo.workflows.notifications.subject import NotificationSubject, read_subject
from araldo.workspaces import store as workspace_store
from araldo.workspaces.models import Workspace

log = structlog.get_logger()

_TIMEOUT_S = 10.0
_LEASE = timedelta(seconds=30)
_ANSWER_BYTES = 64_000
_JOBS_MAX = 8
_POLL_S = 1.0
# The subscription has ended: the browser or its person took it back.
_GONE = (404, 410)
# Worth another try: the service is busy or out of order.
_TRANSIENT = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class PushResult:
    """The result of one attempt. `error` None: accepted. `is_gone`: the browser takes no more messages.

    `is_final`: another try would end the same. `after_s`: how long the push service asked to wait.
    """

    error: Message | None = None
    is_gone: bool = False
    is_final: bool = False
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """Everything that a message is made of, read in one snapshot. `about` None: a test, or its events were purged."""

    recipient: Recipient
    about: NotificationSubject | None
    workspace: Workspace
    private_key: str


class PushSender:
    """Sends due push messages, several at once.

    `labels`: the platforms' names for people; `subject`: how a push service reaches this server's operator, `mailto:`
    or `https:`; `jitter` returns numbers in [0, 1).
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        vault: Vault,
        http: Http,
        labels: Mapping[str, str],
        subject: str,
        jitter: Callable[[], float],
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._http = http
        self._labels = labels
        self._subject = subject
        self._jitter = jitter
        self.engine = Engine(
            name="push",
            work=self._work,
            claim_due=self._claim_due,
            clock=clock,
            sweep_s=_POLL_S,
            jobs_max=_JOBS_MAX,
            drain_s=0,
        )

    async def run(self) -> None:
        """Send due messages until cancelled. A message that is cut off is sent again when its lease has expired."""
        await self.engine.run()

    def nudge(self) -> None:
        """Look when the next message is due, and send what is due now."""
        self.engine.nudge()

    async def send_due(self) -> int:
        """Send what is due now and wait for the results; return how many were due. For tests."""
        return await self.engine.run_due()

    async def _claim_due(self, limit: int) -> tuple[list[PushMessage], datetime | None]:
        def look(transaction: Transaction) -> tuple[list[str], datetime | None]:
            return push_store.list_due(transaction, limit), push_store.queue.next_due_at(transaction)

        due, next_at = await self._database.read(look)
        if not due:
            return [], next_at
        claimed = await self._database.write(
            lambda transaction: push_store.queue.claim(transaction, due, transaction.now + _LEASE)
        )
        return claimed, next_at

    async def _work(self, leased: PushMessage) -> bool:
        await self.attempt(leased)
        # It may be tried again.
        return True

    async def attempt(self, leased: PushMessage) -> PushResult:
        """Send a leased message once and store the result."""
        outgoing = await self._database.read(lambda transaction: _read_outgoing(transaction, leased))
        if outgoing is None or (outgoing.about is None and leased.about != TEST):
            # The device, its session or its membership has ended since, or the events were purged: nothing to send.
            result = PushResult(Message("push.device_gone"), is_final=True)
        else:
            result = await self._send(outgoing, leased)
        await self._database.write(lambda transaction: self._store_result(transaction, leased, result))
        return result

    async def _send(self, outgoing: _Outgoing, leased: PushMessage) -> PushResult:
        now = self._clock.now()
        remaining_s = int((leased.created_at + MESSAGE_LIFETIME - now).total_seconds())
        if remaining_s <= 0:
            return PushResult(Message("push.too_late"), is_final=True)
        try:
            payload = self._compose(outgoing)
            subscription = load_subscription(self._vault.open(outgoing.recipient.device.subscription))
            key = open_private_key(self._vault, outgoing.private_key)
        except VaultKeyLost as lost:
            return PushResult(lost.message, is_final=True)
        except (LookupError, TypeError, ValueError):
            # A bug in the wording: another try would end the same.
            log.exception("push_not_written", message_id=leased.id)
            return PushResult(Message("push.not_written"), is_final=True)
        urgent = outgoing.about is None or any(is_urgent(event) for event in outgoing.about.events)
        headers = {
            "Authorization": vapid_authorization(key, subscription.endpoint, self._subject, now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(remaining_s),
            "Topic": topic_of(leased.about),
            "Urgency": "high" if urgent else "normal",
        }
        body = encrypt(payload, subscription, sender=make_private_key(), salt=secrets.token_bytes(SALT_BYTES))
        try:
            answer = await self._http.call_untrusted(
                "POST",
                subscription.endpoint,
                service="push",
                body=body,
                headers=headers,
                timeout_s=_TIMEOUT_S,
                max_bytes=_ANSWER_BYTES,
            )
        except OutsideError as failure:
            return PushResult(failure.message, is_final=isinstance(failure, Rejected))
        return _result_of(answer, now)

    def _compose(self, outgoing: _Outgoing) -> bytes:
        workspace = outgoing.workspace
        language = outgoing.recipient.user_language or known_language(workspace.language)
        if outgoing.about is None:
            return compose_test(language, workspace)
        about = outgoing.about
        return compose_push(about.events, about.view, about.context(self._labels), language, workspace)

    def _store_result(self, transaction: Transaction, leased: PushMessage, result: PushResult) -> None:
        now = self._clock.now()
        if result.is_gone:
            log.info("push_device_gone", device=leased.device_id)
            push_store.delete_device(transaction, leased.device_id)
            return
        error = None if result.error is None else result.error.as_json()
        if push_store.queue.finish(transaction, self._after_attempt(leased, result, error, now)):
            push_store.record_result(transaction, leased.device_id, error)
            if error is not None:
                log.warning("push_not_sent", message_id=leased.id, code=error["key"], again=not result.is_final)

    def _after_attempt(
        self, leased: PushMessage, result: PushResult, error: dict[str, object] | None, now: datetime
    ) -> PushMessage:
        if error is None:
            return replace(leased.after_success("sent", now), sent_at=now)
        failed = leased.after_failure(error, now, self._jitter())
        if failed.next_at is not None:
            failed = replace(failed, next_at=max(failed.next_at, now + timedelta(seconds=result.after_s)))
        is_over = failed.next_at is None or failed.next_at >= leased.created_at + MESSAGE_LIFETIME
        if result.is_final or is_over or leased.about == TEST:
            return replace(failed, state="failed", next_at=None)
        return failed


def _read_outgoing(transaction: Transaction, leased: PushMessage) -> _Outgoing | None:
    recipient = push_store.find_recipient(transaction, leased.device_id)
    pair = push_store.find_key_pair(transaction)
    if recipient is None or pair is None:
        return None
    about = read_subject(transaction, leased.workspace_id, leased.event_ids)
    return _Outgoing(recipient, about, workspace_store.get(transaction, leased.workspace_id), pair[1])


def _result_of(answer: HttpResponse, now: datetime) -> PushResult:
    status = answer.status
    if 200 <= status < 300:
        return PushResult()
    error = Message("push.service_status", {"status": status})
    if status in _GONE:
        return PushResult(error, is_gone=True, is_final=True)
    if status >= 500 or status in _TRANSIENT:
        return PushResult(error, after_s=_retry_after_s(answer.headers.get("Retry-After", ""), now))
    # 413 and 400: the message; 401 and 403: our signature, or another key pair's subscription.
    return PushResult(error, is_final=True)


def _retry_after_s(value: str, now: datetime) -> float:
    """Return the seconds of a `Retry-After` header, a number or a date; 0 for a malformed one."""
    if value.strip().isdecimal():
        return min(float(value), MESSAGE_LIFETIME.total_seconds())
    try:
        return min(max(0.0, (parsedate_to_datetime(value) - now).total_seconds()), MESSAGE_LIFETIME.total_seconds())
    except (TypeError, ValueError):
        return 0.0
