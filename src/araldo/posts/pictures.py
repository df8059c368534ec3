"""Options for one delivery's picture, and the versions in its picture history. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from araldo.posts.models import Delivery, PictureState, SlidePicture

# How many of a delivery's last pictures can be selected again.
HISTORY_KEPT = 5


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """What a person set for one delivery's picture; None: the post's own value. `variant` numbers the re-rolls.

    `since`, an instant in ISO 8601: no cached picture made before it is used, even for an equal request.
    `text_over`: the post's text is drawn over the picture, also over a custom one.
    """

    prompt: str | None = None
    style: str | None = None
    provider: str | None = None
    variant: int = 0
    since: str | None = None
    text_over: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def not_before(self) -> datetime | None:
        return None if self.since is None else datetime.fromisoformat(self.since)

    def same_as(self, other: PictureOptions) -> bool:
        """Return whether both ask for the same picture; `since` only says how old a cached one may be."""
        return replace(self, since=None) == replace(other, since=None)

    def with_changes(
        self, asked: PictureOptions, variant: int | None, others: Iterable[PictureOptions], now: datetime
    ) -> PictureOptions:
        """Return these options with the changes of `asked`. `variant` None: a re-roll, with one not among `others`."""
        changes = {name: value for name, value in asdict(asked).items() if name in _CHANGEABLE and value is not None}
        if variant is not None:
            return replace(self, **changes, variant=variant, since=None)
        return replace(
            self,
            **changes,
            variant=max(self.variant, *(other.variant for other in others), 0) + 1,
            since=now.isoformat(),
        )


_CHANGEABLE = frozenset({"prompt", "style", "provider"})


def options_of(stored: Mapping[str, Any] | None) -> PictureOptions:
    """Return the options stored with a delivery or a version; fields of a later release are ignored."""
    known = {name: value for name, value in (stored or {}).items() if name in PictureOptions.__dataclass_fields__}
    return PictureOptions(**known)


def is_own(delivery: Delivery) -> bool:
    """Return whether it shows a custom picture without the post's text over it."""
    return delivery.picture_origin == "given" and not options_of(delivery.picture_wish).text_over


def is_undescribed(delivery: Delivery) -> bool:
    """Return whether it shows a custom picture without alt text."""
    return delivery.picture_origin == "given" and not (delivery.picture_alt or "").strip()


@dataclass(frozen=True, slots=True)
class PictureVersion:
    """A picture that a delivery shows or showed. `origin`: `made` or `given`; `digest`: hash of what it is made from.

    Of a carousel, `pictures` are its slides' and `medium_id`, by which it is selected, is the first generated one.
    """

    medium_id: str
    wish: dict[str, Any] | None
    digest: str | None
    origin: str
    notes: dict[str, Any] | None
    alt: str | None
    pictures: list[SlidePicture] | None
    made_at: datetime
    shown_at: datetime


def cover_media_id(delivery: Delivery) -> str | None:
    """Return the medium that identifies what the delivery shows: of a carousel, the first generated picture."""
    generated = (
        picture["medium_id"]
        for picture in delivery.pictures or []
        if picture.get("notes") is not None and "medium_id" in picture
    )
    return next(generated, delivery.picture_media_id)


def version_of(delivery: Delivery, *, made_at: datetime, shown_at: datetime) -> PictureVersion | None:
    """Return what the delivery shows now; None while a picture is missing or being replaced."""
    cover_id, pictures = cover_media_id(delivery), delivery.pictures
    complete = all(picture["state"] == PictureState.READY for picture in pictures or [])
    if cover_id is None or not complete or delivery.picture_state not in {PictureState.READY, PictureState.STALE}:
        return None
    return PictureVersion(
        medium_id=cover_id,
        wish=delivery.picture_wish,
        digest=delivery.picture_digest,
        origin=delivery.picture_origin,
        notes=delivery.picture_notes,
        alt=delivery.picture_alt,
        pictures=pictures,
        made_at=made_at,
        shown_at=shown_at,
    )
