"""Deliver signed webhook messages at least once: claim what is due, send it, record the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from araldo.clock import Clock
from araldo.errors import NotFound, OutsideError
from araldo.http import Http
from araldo.messages import Message
from araldo.notify import outbox_store, webhook_store
from araldo.notify.models import DISABLED_AFTER, TEST, Webhook, WebhookDelivery
from araldo.notify.rules import build_payload
from araldo.notify.signing import signature_headers
from araldo.storage.database import Database, Transaction
from araldo.storage.events import record_event
from araldo.storage.vault import Vault, VaultKeyLost
from araldo.workflows.engine import Engine
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
        vault: Vault,
        http: Http,
        jitter: Callable[[], float],
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._http = http
        self._jitter = jitter
        # By webhook, how many of its messages are being sent.
        self._sending: Counter[str] = Counter()
        self.engine = Engine(
            name="message",
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
        """Send what is due now."""
        self.engine.nudge()

    async def send_due(self) -> int:
        """Send what is due now and wait for the results; return how many were sent. For tests."""
        return await self.engine.run_due()

    async def _claim_due(self, limit: int) -> tuple[list[WebhookDelivery], datetime | None]:
        full = [hook for hook, count in self._sending.items() if count >= _JOBS_PER_WEBHOOK]

        def look(transaction: Transaction) -> tuple[list[WebhookDelivery], datetime | None]:
            due = webhook_store.list_due(transaction, limit=limit, without=full)
            return due, webhook_store.queue.next_due_at(transaction)

        due, next_at = await self._database.read(look)
        running, ids = self._sending.copy(), []
        for row in due:
            if running[row.webhook_id] < _JOBS_PER_WEBHOOK:
                running[row.webhook_id] += 1
                ids.append(row.id)
        if not ids:
            return [], next_at
        claimed = await self._database.write(lambda transaction: self._claim(transaction, ids))
        self._sending.update(row.webhook_id for row in claimed)
        return claimed, next_at

    def _claim(self, transaction: Transaction, ids: Sequence[str]) -> list[WebhookDelivery]:
        claimed = webhook_store.queue.claim(transaction, ids, transaction.now + _LEASE)
        return [replace(row, body=self._current_body(transaction, row)) for row in claimed]

    async def _work(self, leased: WebhookDelivery) -> bool:
        try:
            await self.attempt(leased)
        except NotFound:
            log.info("webhook_deleted_meanwhile", message_id=leased.id)
        finally:
            self._sending[leased.webhook_id] -= 1
        # The webhook may have been at its limit, and the message may be tried again.
        return True

    def _current_body(self, transaction: Transaction, leased: WebhookDelivery) -> str:
        """Return the body; that of a `.published` message with the permalinks read since it was enqueued.

        Only before the first attempt: after that the body never changes.
        """
        if leased.attempts or leased.event_id is None or not leased.type.endswith(".published"):
            return leased.body
        event = outbox_store.find_event(transaction, leased.event_id)
        view = None if event is None else outbox_store.find_post(transaction, event)
        if event is None or view is None:
            return leased.body
        languages = workspace_store.languages_by_workspace(transaction)
        try:
            return serialize_payload(build_payload(leased.type, event, view, languages[leased.workspace_id]))
        except (LookupError, TypeError, ValueError):
            # Raised here, one such message would keep all others from being claimed.
            log.exception("message_not_renewed", message_id=leased.id)
            return leased.body

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
        now, well = self._clock.now(), outcome.error is None
        error = None if outcome.error is None else outcome.error.as_json()
        line = {
            "at": now.isoformat(),
            "status": outcome.status,
            "seconds": round(outcome.seconds, 3),
            "error": error,
            "answer": outcome.answer,
        }
        leased = replace(leased, status_code=outcome.status, log=[*leased.log, line][-_LOG_LINES:])
        if error is None:
            attempted = replace(leased.after_success("delivered", now), delivered_at=now)
        else:
            attempted = leased.after_failure(error, now, self._jitter())
            if leased.type == TEST:
                attempted = replace(attempted, state="failed", next_at=None)

        def in_transaction(transaction: Transaction) -> None:
            if webhook_store.queue.finish(transaction, attempted):
                webhook_store.record_health(transaction, hook, now, well=well)
                self._disable_if_dead(transaction, hook, outcome)

        await self._database.write(in_transaction)

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
