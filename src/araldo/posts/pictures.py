"""What a person asks of one delivery's picture alone, and the pictures that it had. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from araldo.posts.models import Delivery, PictureState, SlidePicture

# How many pictures of a delivery can still be chosen.
HISTORY_KEPT = 5


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """Instead of the post's own; None leaves that as it is. `variant` counts re-rolls.

    `since`, an instant in ISO 8601: no picture that was made before is good enough, however alike the request.
    `text_over`: the post's words are drawn over the picture, also over a person's own.
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

    def with_(
        self, asked: PictureOptions, variant: int | None, others: Iterable[PictureOptions], now: datetime
    ) -> PictureOptions:
        """This one, changed by what is asked. Without a variant it is a re-roll: one that none of `others` had."""
        changes = {name: value for name, value in asdict(asked).items() if name in _WORDS and value is not None}
        if variant is not None:
            return replace(self, **changes, variant=variant, since=None)
        return replace(
            self,
            **changes,
            variant=max(self.variant, *(other.variant for other in others), 0) + 1,
            since=now.isoformat(),
        )


_WORDS = frozenset({"prompt", "style", "provider"})


def options_of(kept: Mapping[str, Any] | None) -> PictureOptions:
    """What a delivery's row or a past picture says; fields of a later version are let go."""
    known = {name: value for name, value in (kept or {}).items() if name in PictureOptions.__dataclass_fields__}
    return PictureOptions(**known)


def is_own(delivery: Delivery) -> bool:
    """Whether it shows a person's own picture, without the post's words over it."""
    return delivery.picture_origin == "given" and not options_of(delivery.picture_wish).text_over


def is_undescribed(delivery: Delivery) -> bool:
    """Tell whether it shows a person's own picture without a description."""
    return delivery.picture_origin == "given" and not (delivery.picture_alt or "").strip()


@dataclass(frozen=True, slots=True)
class PictureVersion:
    """What a delivery shows or showed; `origin` is `made` or `given`, `digest` what it was made from.

    Of several, `pictures` is each, and `medium_id` is the first of those that were made: by it the whole is chosen.
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
    """The medium that stands for what the delivery shows."""
    made = (one["medium_id"] for one in delivery.pictures or [] if one.get("notes") is not None and "medium_id" in one)
    return next(made, delivery.picture_media_id)


def version_of(delivery: Delivery, *, made_at: datetime, shown_at: datetime) -> PictureVersion | None:
    """What a delivery shows now; None while that is not whole, or is being replaced."""
    face, pictures = cover_media_id(delivery), delivery.pictures
    whole = all(one["state"] == PictureState.READY for one in pictures or [])
    if face is None or not whole or delivery.picture_state not in {PictureState.READY, PictureState.STALE}:
        return None
    return PictureVersion(
        medium_id=face,
        wish=delivery.picture_wish,
        digest=delivery.picture_digest,
        origin=delivery.picture_origin,
        notes=delivery.picture_notes,
        alt=delivery.picture_alt,
        pictures=pictures,
        made_at=made_at,
        shown_at=shown_at,
    )
