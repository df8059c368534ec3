"""Rules of a delivery's picture: options after a request, versions for the history, what an edit outdates. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime

from araldo.pictures.models import DeliveryPicture, PictureOptions, PictureState, PictureVersion

_CHANGEABLE = frozenset({"prompt", "style", "provider"})


def change_options(
    before: PictureOptions,
    asked: PictureOptions,
    variant: int | None,
    others: Iterable[PictureOptions],
    now: datetime,
) -> PictureOptions:
    """Return the options with the changes of `asked`. `variant` None: a re-roll, with one not among `others`."""
    changes = {name: value for name, value in asdict(asked).items() if name in _CHANGEABLE and value is not None}
    if variant is not None:
        return replace(before, **changes, variant=variant, since=None)
    highest = max(before.variant, *(other.variant for other in others), 0)
    return replace(before, **changes, variant=highest + 1, since=now.isoformat())


def is_same_request(one: PictureOptions, other: PictureOptions) -> bool:
    """Return whether both ask for the same picture; `since` only says how old a cached one may be."""
    return replace(one, since=None) == replace(other, since=None)


def version_of(picture: DeliveryPicture, *, made_at: datetime, shown_at: datetime) -> PictureVersion | None:
    """Return what the delivery shows now; None while a picture is missing or being replaced."""
    complete = all(slide.state is PictureState.READY for slide in picture.slides or ())
    shown = picture.state in {PictureState.READY, PictureState.STALE}
    if picture.cover_id is None or not complete or not shown:
        return None
    return PictureVersion(
        medium_id=picture.cover_id,
        wish=picture.wish,
        digest=picture.digest,
        origin=picture.origin,
        source=picture.source,
        notes=picture.notes,
        alt=picture.alt,
        slides=picture.slides,
        made_at=made_at,
        shown_at=shown_at,
    )


def outdate(picture: DeliveryPicture) -> DeliveryPicture:
    """Return the picture after a change of what it shows.

    A locked one stays, as does a custom one that shows no text; one that was already asked for is generated anyway.
    """
    if picture.is_own or picture.locked or picture.state is PictureState.NONE:
        return picture
    awaited = picture.state in {PictureState.QUEUED, PictureState.MAKING}
    return replace(picture, state=PictureState.QUEUED if awaited else PictureState.STALE)
