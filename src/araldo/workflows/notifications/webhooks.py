"""Manage webhooks: create, change, delete and test them, send a message again, rotate the secret."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from araldo.clock import Clock
from araldo.errors import Conflict, PostInvalid, Problem, Rejected
from araldo.http import Http
from araldo.messages import Message, known_language
from araldo.notify import webhook_store
from araldo.notify.models import (
    ALL_TYPES,
    EVENT_TYPES,
    OLD_SECRET_LIFETIME,
    TEST,
    Webhook,
    WebhookChanges,
    WebhookDelivery,
)
from araldo.notify.rules import build_test_payload
from araldo.notify.signing import make_secret, validate_secret
from araldo.storage.database import Database, Transaction, new_id
from araldo.storage.vault import Vault
from araldo.workflows.notifications.webhook_consumer import new_webhook_delivery, serialize_payload
from araldo.workflows.notifications.webhook_delivery import WebhookSender
from araldo.workspaces.models import Workspace

# Longer than the one attempt of a test can take.
_TEST_LEASE = timedelta(minutes=5)


class Webhooks:
    """Manages a workspace's webhooks."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        vault: Vault,
        http: Http,
        sender: WebhookSender,
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._http = http
        self._sender = sender

    async def create(
        self, workspace: Workspace, url: str, *, events: Sequence[str] | None, note: str, secret: str | None
    ) -> tuple[Webhook, str]:
        """Create a webhook; return it with its secret, which cannot be read again. Raises PostInvalid."""
        self._require_valid(url, events)
        opened = make_secret() if secret is None else validate_secret(secret, "/secret")
        now = self._clock.now()
        made = Webhook(
            id=new_id("hook"),
            workspace_id=workspace.id,
            url=url,
            secret=self._vault.seal(opened),
            old_secret=None,
            old_secret_until=None,
            events=None if events is None else list(events),
            active=True,
            note=note,
            failing_since=None,
            stopped=None,
            created_at=now,
            updated_at=now,
        )
        await self._database.write(lambda transaction: webhook_store.add(transaction, made))
        return made, opened

    async def change(self, workspace: Workspace, webhook_id: str, changes: WebhookChanges) -> Webhook:
        """Change any of url, events, active and note. Raises NotFound, PostInvalid."""

        def in_transaction(transaction: Transaction) -> Webhook:
            before = webhook_store.get(transaction, workspace.id, webhook_id)
            after = changes.apply_to(before, self._clock.now())
            self._require_valid(after.url, after.events)
            webhook_store.save(transaction, before, after)
            return after

        after = await self._database.write(in_transaction)
        self._sender.nudge()
        return after

    async def delete(self, workspace: Workspace, webhook_id: str) -> None:
        def in_transaction(transaction: Transaction) -> None:
            webhook_store.get(transaction, workspace.id, webhook_id)
            webhook_store.remove(transaction, webhook_id)

        await self._database.write(in_transaction)

    async def rotate_secret(self, workspace: Workspace, webhook_id: str, secret: str | None) -> tuple[Webhook, str]:
        """Set a new secret; for a day messages are signed with the old one too. Raises NotFound, PostInvalid."""
        opened = make_secret() if secret is None else validate_secret(secret, "/secret")
        now = self._clock.now()

        def in_transaction(transaction: Transaction) -> Webhook:
            before = webhook_store.get(transaction, workspace.id, webhook_id)
            after = replace(
                before,
                secret=self._vault.seal(opened),
                old_secret=before.secret,
                old_secret_until=now + OLD_SECRET_LIFETIME,
                updated_at=now,
            )
            webhook_store.save(transaction, before, after)
            return after

        after = await self._database.write(in_transaction)
        return after, opened

    async def send_test(self, workspace: Workspace, webhook_id: str) -> WebhookDelivery:
        """Send one test message now, also to an inactive webhook, and return it with its result. Raises NotFound."""
        now = self._clock.now()

        def in_transaction(transaction: Transaction) -> tuple[Webhook, WebhookDelivery]:
            hook = webhook_store.get(transaction, workspace.id, webhook_id)
            language = known_language(workspace.language)
            row = new_webhook_delivery(hook, TEST, serialize_payload(build_test_payload(now, language)), self._clock)
            leased = replace(row, lease_owner=secrets.token_hex(8), lease_until=now + _TEST_LEASE)
            webhook_store.add_deliveries(transaction, [leased])
            return hook, leased

        hook, leased = await self._database.write(in_transaction)
        await self._sender.attempt(leased)
        return await self._database.read(lambda transaction: webhook_store.get_delivery(transaction, hook, leased.id))

    async def send_again(self, workspace: Workspace, webhook_id: str, delivery_id: str) -> WebhookDelivery:
        """Send a message again, whatever its state, starting with the first attempt. Raises NotFound, Conflict."""

        def in_transaction(transaction: Transaction) -> WebhookDelivery:
            hook = webhook_store.get(transaction, workspace.id, webhook_id)
            row = webhook_store.get_delivery(transaction, hook, delivery_id)
            if not hook.active:
                raise Conflict(Message("webhooks.not_active"), code="webhook_not_active")
            if not webhook_store.reset_delivery(transaction, row, self._clock.now()):
                raise Conflict(Message("webhooks.being_sent"), code="webhook_under_way")
            return webhook_store.get_delivery(transaction, hook, delivery_id)

        again = await self._database.write(in_transaction)
        self._sender.nudge()
        return again

    def _require_valid(self, url: str, events: Sequence[str] | None) -> None:
        problems = []
        try:
            self._http.validate_untrusted(url)
        except Rejected as refused:
            problems.append(Problem("/url", refused.code, refused.message))
        problems += [
            Problem(f"/events/{index}", "event_unknown", Message("webhooks.unknown_event", {"name": name}))
            for index, name in enumerate(events or [])
            if name not in {*EVENT_TYPES, ALL_TYPES}
        ]
        if problems:
            raise PostInvalid(problems)
