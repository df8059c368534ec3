"""The picture of a platform is shared by its deliveries: made once, and never signed by one of several accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from araldo.accounts.models import Account
from araldo.pictures.models import DeliveryPicture, PictureState
from araldo.posts import delivery_store
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import Delivery
from araldo.storage.database import Database, Transaction
from araldo.storage.signals import wait_for
from araldo.workflows.deliveries.lease import LeasedDelivery, save_leased
from araldo.workflows.pictures.generate import is_remade, record_version

# How often to look whether a picture that another process makes is ready, in seconds.
_LOOK_EVERY_S = 1.0


def signing_account(platforms: Iterable[str], platform: str, account: Account | None) -> Account | None:
    """Return the account that signs the card on `platform`: None where several deliveries share it.

    `platforms`: those of all of the post's deliveries, one entry a delivery.
    """
    return None if list(platforms).count(platform) > 1 else account


def with_shared_picture(row: Delivery, other: Delivery) -> Delivery:
    """Return a new delivery with the picture, options and alt text that `other` has on the same platform."""
    picture = replace(row.picture, wish=other.picture.wish, alt=other.picture.alt)
    if other.picture.state is not PictureState.NONE:
        awaited = other.picture.state in {PictureState.QUEUED, PictureState.MAKING}
        state = PictureState.QUEUED if awaited else other.picture.state
        is_kept = not awaited or other.picture.is_custom
        picture = replace(other.picture if is_kept else picture, state=state, remade=False)
    return replace(row, picture=picture)


class SharedPictures:
    """Lets the deliveries of a post on one platform take each other's picture."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_or_begin(self, leased: LeasedDelivery, digest: str) -> bool:
        """Store the ready picture of another delivery that is made from the same, and return True.

        While a worker makes it for another delivery, wait. False: nobody has it, and this delivery is marked as the one
        that it is being made for. Raises LeaseLost.
        """
        while True:
            change = self._database.changed.subscribe()
            await leased.write(lambda transaction, row: _take_or_begin(transaction, row, digest))
            if leased.row.picture.state is PictureState.READY:
                return True
            if leased.row.picture.state is PictureState.MAKING:
                return False
            await wait_for(change, _LOOK_EVERY_S)


def _take_or_begin(transaction: Transaction, row: Delivery, digest: str) -> Delivery:
    """Return the delivery: `ready` with another's picture, `making`, or unchanged while another's is being made."""
    others = [other for other in delivery_store.lock_platform_rows(transaction, row) if other.id != row.id]
    ready = next((other for other in others if _shows_the_same(other, row, digest)), None)
    if ready is not None:
        record_version(transaction, row, transaction.now)
        remade = is_remade(transaction, row, digest)
        taken = _taken_from(ready.picture, row.picture, remade=remade)
        saved = save_leased(transaction, row, DeliveryChanges(picture=taken))
        record_version(transaction, saved, transaction.now)
        return saved
    if any(_is_being_made(other, row, transaction) for other in others):
        # A delivery that had begun before a crash waits like any other.
        again = row.picture.state is PictureState.MAKING
        queued = replace(row.picture, state=PictureState.QUEUED)
        return save_leased(transaction, row, DeliveryChanges(picture=queued)) if again else row
    record_version(transaction, row, transaction.now)
    making = replace(row.picture, state=PictureState.MAKING, error=None)
    return save_leased(transaction, row, DeliveryChanges(picture=making))


def _shows_the_same(other: Delivery, row: Delivery, digest: str) -> bool:
    ready = other.picture.state is PictureState.READY and other.picture.digest == digest
    return ready and (other.picture.origin, other.picture.source) == (row.picture.origin, row.picture.source)


def _is_being_made(other: Delivery, row: Delivery, transaction: Transaction) -> bool:
    at_work = other.lease_until is not None and other.lease_until > transaction.now
    same = (other.picture.wish, other.picture.source) == (row.picture.wish, row.picture.source)
    return at_work and same and other.picture.state is PictureState.MAKING


def _taken_from(ready: DeliveryPicture, before: DeliveryPicture, *, remade: bool) -> DeliveryPicture:
    """Return the ready picture of another delivery with this one's options, alt text and lock."""
    return replace(ready, error=None, alt=before.alt, wish=before.wish, locked=before.locked, remade=remade)
