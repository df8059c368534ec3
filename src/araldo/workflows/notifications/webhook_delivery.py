"""Deliver signed webhook messages at least once: claim what is due, send it, record the result."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog

from araldo.clock import Clock
from araldo.errors import NotFound, OutsideError
from araldo.http import Http
from araldo.loops import FailureLog, repeat_forever
from araldo.messages import Message
from araldo.notify import outbox_store, webhook_store
from araldo.notify.models import DISABLED_AFTER, TEST, Webhook, WebhookDelivery, next_attempt_at
from araldo.notify.rules import build_payload
from araldo.notify.signing import signature_headers
from araldo.storage.database import Database, Transaction
from araldo.storage.events import record_event
from araldo.storage.signals import ChangeSignal, wait_for
from araldo.storage.vault import Vault, VaultKeyLost
from araldo.workflows.notifications.webhook_consumer import serialize_payload
from araldo.workspaces import store as workspace_store

log = structlog.get_logger()

_TIMEOUT_S = 10.0
_LEASE = timedelta(seconds=30)
_ANSWER_BYTES = 64_000
_ANSWER_CHARACTERS = 300
_LOG_LINES = 20
_JOBS_MAX, _JOBS_PER_WEBHOOK = 16, 4
_POLL_S = 1.0
_KEPT_FOR = timedelta(days=30)
_DELETE_EVERY_S = 3_600.0


@dataclass(frozen=True, slots=True)
class WebhookAttemptResult:
    """The result of one attempt. `status` None: no answer; `error` None: the receiver accepted it."""

    status: int | None
    error: Message | None
    seconds: float
    answer: str = ""


class WebhookSender:
    """Sends due webhook messages, several at once. `jitter` returns numbers in [0, 1)."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        messages_queued: ChangeSignal,
        vault: Vault,
        http: Http,
        jitter: Callable[[], float],
    ) -> None:
        self._database = database
        self._clock = clock
        self._messages_queued = messages_queued
        self._vault = vault
        self._http = http
        self._jitter = jitter
        self._failures = FailureLog(clock)
        self._jobs: dict[asyncio.Task[None], str] = {}
        self._deleted_at: float | None = None

    async def send_due(self) -> int:
        """Send what is due now and wait for the results; return how many were sent. For tests."""
        await self._start_due()
        started = list(self._jobs)
        await asyncio.gather(*started)
        return len(started)

    async def run(self) -> None:
        """Send due messages until cancelled. A message that is cut off is sent again when its lease has expired."""
        try:
            await repeat_forever(self._run_once, every_s=0, event="webhooks_failed", clock=self._clock)
        finally:
            for job in self._jobs:
                job.cancel()
            await asyncio.gather(*self._jobs, return_exceptions=True)

    async def _run_once(self) -> None:
        change = self._messages_queued.subscribe()
        await self._start_due()
        await self._delete_old()
        await wait_for(change, _POLL_S)

    async def _start_due(self) -> None:
        running = Counter(self._jobs.values())
        free = _JOBS_MAX - len(self._jobs)
        if free <= 0:
            return
        full = [hook for hook, count in running.items() if count >= _JOBS_PER_WEBHOOK]
        now = self._clock.now()
        due = await self._database.read(
            lambda transaction: webhook_store.list_due(transaction, now, limit=free, without=full)
        )
        for row in due:
            if running[row.webhook_id] < _JOBS_PER_WEBHOOK:
                running[row.webhook_id] += 1
                job = asyncio.create_task(self._run_job(row.id), name=f"webhook {row.id}")
                self._jobs[job] = row.webhook_id
                job.add_done_callback(self._forget_job)

    def _forget_job(self, job: asyncio.Task[None]) -> None:
        self._jobs.pop(job, None)
        self._messages_queued.notify()

    async def _run_job(self, delivery_id: str) -> None:
        try:
            leased = await self._claim(delivery_id)
            if leased is not None:
                await self.attempt(leased)
        except NotFound:
            log.info("webhook_deleted_meanwhile", delivery=delivery_id)
        except Exception as failure:
            # One receiver must not stop the others; the message is due again when its lease has expired.
            self._failures.write("webhook_failed", failure, delivery=delivery_id)

    async def _claim(self, delivery_id: str) -> WebhookDelivery | None:
        now = self._clock.now()

        def in_transaction(transaction: Transaction) -> WebhookDelivery | None:
            leased = webhook_store.claim(
                transaction, delivery_id, owner=secrets.token_hex(8), now=now, until=now + _LEASE
            )
            if leased is None or leased.attempts or leased.event_id is None or not leased.type.endswith(".published"):
                return leased
            return replace(leased, body=self._body_with_permalinks(transaction, leased))

        return await self._database.write(in_transaction)

    def _body_with_permalinks(self, transaction: Transaction, leased: WebhookDelivery) -> str:
        """Return the body of a `.published` message with the permalinks read since it was enqueued.

        Only before the first attempt: after that the body never changes.
        """
        event = outbox_store.find_event(transaction, leased.event_id or 0)
        view = None if event is None else outbox_store.find_post(transaction, event)
        if event is None or view is None:
            return leased.body
        languages = workspace_store.languages_by_workspace(transaction)
        return serialize_payload(build_payload(leased.type, event, view, languages[leased.workspace_id]))

    async def attempt(self, leased: WebhookDelivery) -> WebhookAttemptResult:
        """Send a leased message once and store the result."""
        hook = await self._database.read(
            lambda transaction: webhook_store.get(transaction, leased.workspace_id, leased.webhook_id)
        )
        outcome = await self._send_request(hook, leased)
        await self._store_result(hook, leased, outcome)
        return outcome

    async def _send_request(self, hook: Webhook, leased: WebhookDelivery) -> WebhookAttemptResult:
        started = self._clock.running()
        try:
            answer = await self._http.post_untrusted(
                hook.url,
                leased.body.encode(),
                headers={
                    "Content-Type": "application/json",
                    **signature_headers(leased.id, self._clock.now(), leased.body, self._secrets(hook)),
                },
                timeout_s=_TIMEOUT_S,
                max_bytes=_ANSWER_BYTES,
            )
        except OutsideError as failure:
            return WebhookAttemptResult(None, failure.message, self._clock.running() - started)
        except VaultKeyLost as lost:
            return WebhookAttemptResult(None, lost.message, 0.0)
        said = answer.body.decode("utf-8", "replace").replace("\x00", "")[:_ANSWER_CHARACTERS]
        error = None if 200 <= answer.status < 300 else Message("webhooks.receiver_status", {"status": answer.status})
        return WebhookAttemptResult(answer.status, error, self._clock.running() - started, said)

    def _secrets(self, hook: Webhook) -> list[str]:
        sealed = [hook.secret]
        if hook.old_secret is not None and hook.old_secret_until is not None:
            sealed += [hook.old_secret] if self._clock.now() < hook.old_secret_until else []
        return [self._vault.open(secret) for secret in sealed]

    async def _store_result(self, hook: Webhook, leased: WebhookDelivery, outcome: WebhookAttemptResult) -> None:
        now, attempts, well = self._clock.now(), leased.attempts + 1, outcome.error is None
        error = None if outcome.error is None else outcome.error.as_json()
        line = {
            "at": now.isoformat(),
            "status": outcome.status,
            "seconds": round(outcome.seconds, 3),
            "error": error,
            "answer": outcome.answer,
        }
        again = None if well or leased.type == TEST else next_attempt_at(attempts, now, self._jitter())
        changes: dict[str, Any] = {
            "state": "delivered" if well else "failed" if again is None else "pending",
            "attempts": attempts,
            "next_at": again,
            "status_code": outcome.status,
            "error": error,
            "body": leased.body,
            "log": [*leased.log, line][-_LOG_LINES:],
            "updated_at": now,
        }
        if well:
            changes["delivered_at"] = now

        def in_transaction(transaction: Transaction) -> None:
            if webhook_store.finish(transaction, leased, **changes):
                webhook_store.record_health(transaction, hook, now, well=well)
                self._disable_if_dead(transaction, hook, outcome)

        await self._database.write(in_transaction)
        self._messages_queued.notify()

    def _disable_if_dead(self, transaction: Transaction, hook: Webhook, outcome: WebhookAttemptResult) -> None:
        """Disable a webhook whose receiver answers 410, or has only failed for `DISABLED_AFTER`."""
        now = self._clock.now()
        why = None
        if outcome.status == 410:
            why = Message("webhooks.receiver_gone")
        elif outcome.error is not None and hook.failing_since is not None:
            failing = now - hook.failing_since
            why = Message("webhooks.failing_for_days", {"days": failing.days}) if failing >= DISABLED_AFTER else None
        if why is None or not webhook_store.disable(transaction, hook, why.as_json(), now):
            return
        data = {"webhook_id": hook.id, "url": hook.url, "message": why.as_json()}
        record_event(transaction, "webhook.stopped", workspace_id=hook.workspace_id, at=now, data=data)

    async def _delete_old(self) -> None:
        """Delete messages that were finished 30 days ago; at most once an hour."""
        running = self._clock.running()
        if self._deleted_at is not None and running - self._deleted_at < _DELETE_EVERY_S:
            return
        await self._database.write(
            lambda transaction: webhook_store.delete_finished(transaction, self._clock.now() - _KEPT_FOR)
        )
        self._deleted_at = running
