"""The picture of a platform is shared by its deliveries: made once, and never signed by one of several accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from araldo.accounts.models import Account
from araldo.posts import delivery_store
from araldo.posts import store as post_store
from araldo.posts.models import Delivery, PictureState
from araldo.storage.database import Database, Transaction
from araldo.storage.signals import wait_for
from araldo.workflows.deliveries.lease import LeasedDelivery, save_leased
from araldo.workflows.pictures.custom import custom_picture_of
from araldo.workflows.pictures.generate import is_remade, record_version

# How often to look whether a picture that another process makes is ready, in seconds.
_LOOK_EVERY_S = 1.0
_SHOWN = ("picture_media_id", "picture_digest", "picture_origin", "picture_notes", "pictures")


def signing_account(platforms: Iterable[str], platform: str, account: Account | None) -> Account | None:
    """Return the account that signs the card on `platform`: None where several deliveries share it.

    `platforms`: those of all of the post's deliveries, one entry a delivery.
    """
    return None if list(platforms).count(platform) > 1 else account


def with_shared_picture(row: Delivery, other: Delivery) -> Delivery:
    """Return a new delivery with the picture, options and alt text that `other` has on the same platform."""
    row = replace(row, picture_wish=other.picture_wish, picture_alt=other.picture_alt)
    if other.picture_state is PictureState.NONE:
        return row
    awaited = other.picture_state in {PictureState.QUEUED, PictureState.MAKING}
    row = replace(row, picture_state=PictureState.QUEUED if awaited else other.picture_state)
    if awaited and custom_picture_of(other) is None:
        return row
    row = replace(row, picture_locked=other.picture_locked, picture_error=other.picture_error)
    return replace(row, **_shown_columns(other))


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
            change = self._database.committed.subscribe()
            await leased.write(lambda transaction, row: _take_or_begin(transaction, row, digest))
            if leased.row.picture_state is PictureState.READY:
                return True
            if leased.row.picture_state is PictureState.MAKING:
                return False
            await wait_for(change, _LOOK_EVERY_S)


def _take_or_begin(transaction: Transaction, row: Delivery, digest: str) -> Delivery:
    """Return the delivery: `ready` with another's picture, `making`, or unchanged while another's is being made."""
    others = [other for other in delivery_store.lock_platform_rows(transaction, row) if other.id != row.id]
    ready = next((other for other in others if _shows_the_same(other, row, digest)), None)
    if ready is not None:
        record_version(transaction, row, transaction.now)
        remade = is_remade(transaction, row, digest)
        shown = {"picture_state": PictureState.READY, "picture_error": None, "picture_remade": remade}
        shown |= _shown_columns(ready)
        saved = save_leased(transaction, row, **shown)
        media = [picture["medium_id"] for picture in ready.pictures or [] if "medium_id" in picture]
        post_store.add_media_references(transaction, row.id, media)
        record_version(transaction, saved, transaction.now)
        return saved
    if any(_is_being_made(other, row, transaction) for other in others):
        # A delivery that had begun before a crash waits like any other.
        again = row.picture_state is PictureState.MAKING
        return save_leased(transaction, row, picture_state=PictureState.QUEUED) if again else row
    record_version(transaction, row, transaction.now)
    return save_leased(transaction, row, picture_state=PictureState.MAKING, picture_error=None)


def _shows_the_same(other: Delivery, row: Delivery, digest: str) -> bool:
    ready = other.picture_state is PictureState.READY and other.picture_digest == digest
    return ready and other.picture_origin == row.picture_origin and custom_picture_of(other) == custom_picture_of(row)


def _is_being_made(other: Delivery, row: Delivery, transaction: Transaction) -> bool:
    at_work = other.lease_until is not None and other.lease_until > transaction.now
    same = other.picture_wish == row.picture_wish and custom_picture_of(other) == custom_picture_of(row)
    return at_work and same and other.picture_state is PictureState.MAKING


def _shown_columns(delivery: Delivery) -> dict[str, Any]:
    return {name: getattr(delivery, name) for name in _SHOWN}
