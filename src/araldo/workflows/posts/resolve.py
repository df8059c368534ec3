"""Record a person's decision about an unconfirmed delivery: it was published, send it again, or cancel it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from araldo.clock import Clock
from araldo.errors import Conflict
from araldo.messages import Message
from araldo.platforms.base import Ticket
from araldo.posts import change_store, delivery_store
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import Delivery, State
from araldo.posts.references import find_delivery
from araldo.storage.database import Database, Transaction
from araldo.storage.events import record_event
from araldo.workflows.deliveries.claims import ClaimedDelivery
from araldo.workflows.engine import Engine
from araldo.workflows.posts.approval_steps import settle_approval
from araldo.workspaces import audit_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.permissions import ALL_PERMISSIONS, Permissions

Decision = Literal["published", "retry", "cancelled"]


class OutcomeResolver:
    def __init__(self, *, database: Database, clock: Clock, engine: Engine[ClaimedDelivery]) -> None:
        self._database = database
        self._clock = clock
        self._engine = engine

    async def resolve(
        self,
        workspace_id: str,
        post_id: str,
        delivery: str,
        answer: Decision,
        *,
        post_url: str | None = None,
        permissions: Permissions = ALL_PERMISSIONS,
    ) -> None:
        """Close the open attempts as the person decides. `delivery`: its id, or its platform.

        Raises NotFound, Conflict unless it `may_be_decided`, and ApprovalNeeded for what may not be sent again.
        """

        def in_transaction(transaction: Transaction) -> None:
            view = change_store.get_for_change(transaction, workspace_id, post_id)
            row = find_delivery(view, delivery)
            if not row.may_be_decided:
                raise Conflict(Message("resolve.not_unconfirmed", {"state": row.state}), code="not_unconfirmed")
            self._apply_decision(transaction, row, answer, post_url)
            if answer == "retry":
                settle_approval(transaction, workspace_id, post_id, permissions, goes_out_now=True)

        await self._database.write(in_transaction)
        self._engine.nudge()

    def _apply_decision(self, transaction: Transaction, row: Delivery, answer: Decision, post_url: str | None) -> None:
        now = self._clock.now()
        delivery_store.close_attempts(transaction, row.id, {"decided": answer}, now)
        if answer != "cancelled":
            action = AuditAction.PUBLISHED if answer == "published" else AuditAction.PUBLISH_REQUESTED
            audit_store.record(
                transaction,
                action,
                workspace_id=row.workspace_id,
                at=now,
                target=row.post_id,
                target_name=row.platform,
            )
        if answer == "published":
            delivery_store.store_published(transaction, row, now, remote_id=None, permalink=post_url)
            state = State.PUBLISHED
        else:
            state = State.QUEUED if answer == "retry" else State.CANCELLED
            changes = DeliveryChanges(state=state, open_attempts=0, next_at=None, tries=0, error=None)
            if answer == "retry":
                # Due now, so that the late limit does not apply: a person has asked for it.
                changes |= DeliveryChanges(due_at=now, ticket=_ticket_for_resend(row), prepares=0)
            if delivery_store.save_decision(transaction, row, now, changes) is None:
                raise Conflict(Message("resolve.not_unconfirmed", {"state": row.state}), code="not_unconfirmed")
        record_event(
            transaction,
            f"delivery.{state}",
            workspace_id=row.workspace_id,
            at=now,
            post_id=row.post_id,
            delivery_id=row.id,
            data={"platform": row.platform, "state": state, "decided": answer},
        )


def _ticket_for_resend(row: Delivery) -> dict[str, object] | None:
    """Return the same ticket with its count of sends back at 1: as a sent one it is checked first, as people err."""
    if row.ticket is None:
        return None
    return replace(Ticket.from_json(row.ticket), send_before=None, sends=1, empty_read_at=None).as_json()
