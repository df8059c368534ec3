"""The picture of a delivery with its slides, the options that a person set for it, and its earlier versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

Origin = Literal["made", "given"]

# How many of a delivery's last pictures can be selected again.
HISTORY_KEPT = 5


class PictureState(StrEnum):
    """State of a delivery's pictures. `stale`: generated from a text that has changed since."""

    NONE = "none"
    QUEUED = "queued"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    STALE = "stale"


PICTURE_WANTED = frozenset({PictureState.QUEUED, PictureState.MAKING, PictureState.STALE})


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


NO_OPTIONS = PictureOptions()


@dataclass(frozen=True, slots=True)
class CustomSource:
    """The library picture that a custom picture is cropped from. `crop`: x, y, w and h as fractions; `focal`: x, y."""

    media_id: str | None
    crop: Mapping[str, float] | None = None
    focal: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class SlidePicture:
    """The picture of one slide on one delivery. `digest` identifies what it is made from, as `DeliveryPicture`'s."""

    state: PictureState
    digest: str | None
    medium_id: str | None = None
    error: dict[str, Any] | None = None
    notes: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class DeliveryPicture:
    """What a delivery shows; of a carousel the other fields sum up `slides`. `digest`: hash of what it is made from.

    `origin`: `made` or `given`, a custom picture cropped from `source`. `alt`: as a person wrote it; None: the post's
    headline. `wish`: what a person asked of this picture alone. A `locked` one is never regenerated. `remade`: made
    anew from changed words, without a request, after another one was shown.
    """

    state: PictureState = PictureState.NONE
    medium_id: str | None = None
    digest: str | None = None
    origin: Origin = "made"
    source: CustomSource | None = None
    error: dict[str, Any] | None = None
    notes: dict[str, Any] | None = None
    alt: str | None = None
    wish: PictureOptions | None = None
    locked: bool = False
    remade: bool = False
    slides: tuple[SlidePicture, ...] | None = None

    @property
    def options(self) -> PictureOptions:
        return self.wish or NO_OPTIONS

    @property
    def is_custom(self) -> bool:
        return self.origin == "given"

    @property
    def is_own(self) -> bool:
        """Whether it is a custom picture without the post's text over it."""
        return self.is_custom and not self.options.text_over

    @property
    def is_undescribed(self) -> bool:
        """Whether it is a custom picture without alt text."""
        return self.is_custom and not (self.alt or "").strip()

    @property
    def medium_ids(self) -> list[str]:
        """The ids of the media to publish, in order. Raises LookupError while a carousel's picture is not ready."""
        if self.slides is None:
            return [] if self.medium_id is None else [self.medium_id]
        ids = [slide.medium_id for slide in self.slides if slide.state is PictureState.READY]
        if len(ids) < len(self.slides) or None in ids:
            raise LookupError("a picture of the carousel is not ready")
        return [medium_id for medium_id in ids if medium_id is not None]

    @property
    def cover_id(self) -> str | None:
        """The medium that identifies what is shown: of a carousel, the first generated picture."""
        generated = (
            slide.medium_id for slide in self.slides or () if slide.notes is not None and slide.medium_id is not None
        )
        return next(generated, self.medium_id)


@dataclass(frozen=True, slots=True)
class PictureVersion:
    """A picture that a delivery shows or showed. `medium_id`, by which it is selected, is the picture's `cover_id`."""

    medium_id: str
    wish: PictureOptions | None
    digest: str | None
    origin: Origin
    source: CustomSource | None
    notes: dict[str, Any] | None
    alt: str | None
    slides: tuple[SlidePicture, ...] | None
    made_at: datetime
    shown_at: datetime
