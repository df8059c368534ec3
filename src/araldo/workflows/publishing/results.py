"""Record what a publish has led to: the result, the link, and how many pictures the post shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from araldo.clock import Clock
from araldo.loops import FailureLog
from araldo.messages import Message
from araldo.platforms.base import Published
from araldo.posts import claim_store, delivery_store
from araldo.posts.delivery_store import StoredPublish
from araldo.posts.models import Delivery, State
from araldo.storage.database import Database, Transaction
from araldo.workflows.deliveries.lease import record_delivery_event
from araldo.workflows.deliveries.outcomes import DeliveryOutcomes
from araldo.workflows.deliveries.resume import AccountRecovery
from araldo.workflows.publishing.job import DeliveryJob, ticket_of
from araldo.workspaces import audit_store

# A post may show fewer pictures than were sent only where that is several.
_COUNTED_FROM = 2
# The number of the attempt that was answered, and the seconds that took.
_Answered = tuple[int, float]


def _store_details_and_release(
    transaction: Transaction, row: Delivery, *, link: str | None, note: Message | None
) -> Delivery:
    if note is not None:
        delivery_store.store_notes(transaction, row.id, [note.as_json()])
    claim_store.release_published(transaction, row, link)
    return replace(row, permalink=link, lease_owner=None, lease_until=None)


def _store_published(
    transaction: Transaction,
    row: Delivery,
    published: Published,
    answered: _Answered | None,
    *,
    unless_owned: bool = False,
) -> StoredPublish | None:
    return delivery_store.store_published(
        transaction,
        row,
        transaction.now,
        remote_id=published.remote_id,
        permalink=published.permalink,
        answered=answered,
        unless_owned=unless_owned,
        released=row.lease_owner if _is_complete(row, published) else None,
    )


def _is_complete(row: Delivery, published: Published) -> bool:
    """Return whether nothing is left to be read of the post: its link is known, and there are no pictures to count."""
    return published.permalink is not None and ticket_of(row).picture_count < _COUNTED_FROM


class PublishResults:
    def __init__(self, *, database: Database, clock: Clock, outcomes: DeliveryOutcomes) -> None:
        self._database = database
        self._clock = clock
        self._outcomes = outcomes
        self._recovery = AccountRecovery(clock)
        self._failures = FailureLog(clock)

    async def record_published(
        self, job: DeliveryJob, published: Published, *, number: int | None = None, seconds: float = 0.0
    ) -> None:
        """Record a confirmed publish, of attempt `number` if an attempt was answered with it.

        Written without a fence check, because a confirmed publish is final. Looking up the permalink is best effort.
        """
        row = job.leased.row

        def in_transaction(transaction: Transaction) -> tuple[Published | None, Delivery]:
            answered = None if number is None else (number, seconds)
            stored = self._store_at_once(transaction, row, published, answered)
            if stored is not None:
                return published, self._record_effects(transaction, row, published, stored, answered)
            known = self._resolve_remote_id_owner(transaction, row, published)
            if known is None:
                return None, row
            stored = _store_published(transaction, row, known, answered)
            return known, self._record_effects(transaction, row, known, stored, answered)

        known, job.leased.row = await self._database.write(in_transaction)
        if known is None:
            # Two of our posts have the same text, and a match by text cannot tell them apart: a person can.
            await self._outcomes.record_unconfirmed(job.leased, Message("send.identical_post"))
        elif known.remote_id is not None and job.leased.row.lease_owner is not None:
            await self._read_details(job, known, known.remote_id)

    async def _read_details(self, job: DeliveryJob, known: Published, remote_id: str) -> None:
        """Read the permalink and count the pictures. Best effort: the post is published whatever fails here."""
        try:
            link = known.permalink or await job.platform.read_permalink(job.destination, remote_id)
            note = await self._find_missing_pictures(job, remote_id)
            # With the release of the lease, because a caller waits for that.
            await job.leased.write(partial(_store_details_and_release, link=link, note=note))
        except Exception as failure:
            self._failures.write("details_not_read", failure)

    def _resolve_remote_id_owner(
        self, transaction: Transaction, row: Delivery, published: Published
    ) -> Published | None:
        """Return `published`, without its id when another delivery owns that id or may own it.

        None when the match itself rests on such an id, so that nothing is confirmed.
        """
        if published.remote_id is None:
            return published
        if published.matched_by_text and delivery_store.has_identical_text(transaction, row, self._clock.now()):
            return Published() if published.certain else None
        if not delivery_store.is_remote_id_owned(transaction, row, published.remote_id):
            return published
        # The other delivery may have recorded this id while we were checking; its post is no evidence for ours.
        return Published() if published.certain else None

    def _store_at_once(
        self, transaction: Transaction, row: Delivery, published: Published, answered: _Answered | None
    ) -> StoredPublish | None:
        """Record the publish in one statement where its id is no match by text and no other delivery's; else None."""
        if published.remote_id is None or published.matched_by_text:
            return None
        return _store_published(transaction, row, published, answered, unless_owned=True)

    def _record_effects(
        self,
        transaction: Transaction,
        row: Delivery,
        published: Published,
        stored: StoredPublish | None,
        answered: _Answered | None,
    ) -> Delivery:
        """Record what follows from a publish, and return the delivery as it is then. `stored` None: it did before."""
        now = transaction.now
        if stored is not None:
            audit_store.record_published(
                transaction, workspace_id=row.workspace_id, post_id=row.post_id, platform=row.platform, at=now
            )
            row = replace(row, state=State.PUBLISHED, error=None)
            if _is_complete(row, published):
                # Released with it.
                row = replace(row, permalink=published.permalink, lease_owner=None, lease_until=None)
            record_delivery_event(transaction, row)
        # What the account was flagged for is over, if it was flagged.
        if answered is not None and (stored is None or stored.account_health == "action_needed"):
            began_at = now - timedelta(seconds=answered[1])
            self._recovery.clear_flag(transaction, row.workspace_id, row.account_id, row.platform, began_at)
        return row

    async def _find_missing_pictures(self, job: DeliveryJob, remote_id: str) -> Message | None:
        """Return a note when the published post shows another number of pictures than were sent."""
        sent = ticket_of(job.leased.row).picture_count
        if sent < _COUNTED_FROM:
            return None
        shown = await job.platform.count_visible_pictures(job.destination, remote_id)
        if shown is None or shown == sent:
            return None
        label = job.platform.declaration.label
        return Message("send.pictures_missing", {"label": label, "shown": shown, "sent": sent})
