"""Sending to webhooks: what is due is claimed, sent once, and its outcome written down; at least once each, signed."""

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
from araldo.storage.events import ChangeSignal, record_event, wait_for
from araldo.storage.vault import Vault, VaultKeyLost
from araldo.workflows.webhook_consumer import as_text
from araldo.workspaces import store as workspace_store

log = structlog.get_logger()

_TIMEOUT_S = 10.0
_LEASE = timedelta(seconds=30)
_ANSWER_BYTES = 64_000
_KEPT_LETTERS = 300
_LOG_LINES = 20
_AT_ONCE, _AT_ONCE_EACH = 16, 4
_LOOK_S = 1.0
_KEPT_FOR = timedelta(days=30)
_FORGET_EVERY_S = 3_600.0


@dataclass(frozen=True, slots=True)
class WebhookAttemptResult:
    """Of one attempt: `status` None when there was no answer; `error` None when it was taken."""

    status: int | None
    error: Message | None
    seconds: float
    answer: str = ""


class WebhookSender:
    """`jitter` gives numbers in [0, 1)."""

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
        self._forgotten_at: float | None = None

    async def send_due(self) -> int:
        """Send what is due now and wait for the outcomes; how many were sent. For tests, and one after another."""
        await self._start_due()
        started = list(self._jobs)
        await asyncio.gather(*started)
        return len(started)

    async def run(self) -> None:
        """Until cancelled. What is cut off is sent again when its lease has run out."""
        try:
            await repeat_forever(self._round, every_s=0, event="webhooks_failed", clock=self._clock)
        finally:
            for job in self._jobs:
                job.cancel()
            await asyncio.gather(*self._jobs, return_exceptions=True)

    async def _round(self) -> None:
        change = self._messages_queued.subscribe()
        await self._start_due()
        await self._forget()
        await wait_for(change, _LOOK_S)

    async def _start_due(self) -> None:
        under_way = Counter(self._jobs.values())
        free = _AT_ONCE - len(self._jobs)
        if free <= 0:
            return
        full = [hook for hook, count in under_way.items() if count >= _AT_ONCE_EACH]
        now = self._clock.now()
        async with self._database.reading() as transaction:
            due = await webhook_store.list_due(transaction, now, limit=free, without=full)
        for row in due:
            if under_way[row.webhook_id] < _AT_ONCE_EACH:
                under_way[row.webhook_id] += 1
                job = asyncio.create_task(self._job(row.id), name=f"webhook {row.id}")
                self._jobs[job] = row.webhook_id
                job.add_done_callback(self._ended)

    def _ended(self, job: asyncio.Task[None]) -> None:
        self._jobs.pop(job, None)
        self._messages_queued.notify()

    async def _job(self, delivery_id: str) -> None:
        try:
            leased = await self._claim(delivery_id)
            if leased is not None:
                await self.attempt(leased)
        except NotFound:
            log.info("webhook_deleted_meanwhile", delivery=delivery_id)
        except Exception as failure:
            # One receiver's trouble is not the others'; it is due again when its lease has run out.
            self._failures.write("webhook_failed", failure, delivery=delivery_id)

    async def _claim(self, delivery_id: str) -> WebhookDelivery | None:
        now = self._clock.now()
        async with self._database.transaction() as transaction:
            leased = await webhook_store.claim(
                transaction, delivery_id, owner=secrets.token_hex(8), now=now, until=now + _LEASE
            )
            if leased is None or leased.attempts or leased.event_id is None or not leased.type.endswith(".published"):
                return leased
            return replace(leased, body=await self._with_links(transaction, leased))

    async def _with_links(self, transaction: Transaction, leased: WebhookDelivery) -> str:
        """Good news before its first attempt, with the links that were read meanwhile; after it, it never changes."""
        event = await outbox_store.find_event(transaction, leased.event_id or 0)
        view = None if event is None else await outbox_store.find_post(transaction, event)
        if event is None or view is None:
            return leased.body
        languages = await workspace_store.languages_by_workspace(transaction)
        return as_text(build_payload(leased.type, event, view, languages[leased.workspace_id]))

    async def attempt(self, leased: WebhookDelivery) -> WebhookAttemptResult:
        """One attempt of what is leased, and its outcome kept."""
        async with self._database.reading() as transaction:
            hook = await webhook_store.get(transaction, leased.workspace_id, leased.webhook_id)
        outcome = await self._post(hook, leased)
        await self._keep(hook, leased, outcome)
        return outcome

    async def _post(self, hook: Webhook, leased: WebhookDelivery) -> WebhookAttemptResult:
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
        said = answer.body.decode("utf-8", "replace").replace("\x00", "")[:_KEPT_LETTERS]
        error = None if 200 <= answer.status < 300 else Message("webhooks.receiver_status", {"status": answer.status})
        return WebhookAttemptResult(answer.status, error, self._clock.running() - started, said)

    def _secrets(self, hook: Webhook) -> list[str]:
        sealed = [hook.secret]
        if hook.old_secret is not None and hook.old_secret_until is not None:
            sealed += [hook.old_secret] if self._clock.now() < hook.old_secret_until else []
        return [self._vault.open(secret) for secret in sealed]

    async def _keep(self, hook: Webhook, leased: WebhookDelivery, outcome: WebhookAttemptResult) -> None:
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
        async with self._database.transaction() as transaction:
            if await webhook_store.finish(transaction, leased, **changes):
                await webhook_store.record_health(transaction, hook, now, well=well)
                await self._give_up(transaction, hook, outcome)
        self._messages_queued.notify()

    async def _give_up(self, transaction: Transaction, hook: Webhook, outcome: WebhookAttemptResult) -> None:
        """A receiver that is gone, or that has done nothing but fail for days."""
        now = self._clock.now()
        why = None
        if outcome.status == 410:
            why = Message("webhooks.receiver_gone")
        elif outcome.error is not None and hook.failing_since is not None:
            failing = now - hook.failing_since
            why = Message("webhooks.failing_for_days", {"days": failing.days}) if failing >= DISABLED_AFTER else None
        if why is None or not await webhook_store.disable(transaction, hook, why.as_json(), now):
            return
        data = {"webhook_id": hook.id, "url": hook.url, "message": why.as_json()}
        await record_event(transaction, "webhook.stopped", workspace_id=hook.workspace_id, at=now, data=data)

    async def _forget(self) -> None:
        """What came to its end long ago; looked for once an hour."""
        running = self._clock.running()
        if self._forgotten_at is not None and running - self._forgotten_at < _FORGET_EVERY_S:
            return
        async with self._database.transaction() as transaction:
            await webhook_store.delete_finished(transaction, self._clock.now() - _KEPT_FOR)
        self._forgotten_at = running
