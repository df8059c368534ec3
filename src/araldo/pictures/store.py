"""Store of a delivery's picture: its values as columns, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from araldo.pictures.models import CustomSource, DeliveryPicture, PictureOptions, PictureState, SlidePicture

_COLUMNS = ("error", "alt", "locked", "remade", "digest", "origin")


def columns_of(picture: DeliveryPicture) -> dict[str, Any]:
    """Return the delivery's columns for the picture."""
    notes = picture.notes
    if picture.source is not None:
        notes = {**(notes or {}), "given": asdict(picture.source)}
    return {
        **{f"picture_{name}": getattr(picture, name) for name in _COLUMNS},
        "picture_state": picture.state,
        "picture_media_id": picture.medium_id,
        "picture_notes": notes,
        "picture_wish": None if picture.wish is None else picture.wish.as_json(),
        "pictures": slides_as_json(picture.slides),
    }


def picture_of(row: Mapping[str, Any]) -> DeliveryPicture:
    """Return the picture that a delivery's columns hold."""
    notes = dict(row["picture_notes"] or {}) or None
    given = None if notes is None else notes.pop("given", None)
    # A generated picture may still have the notes of the custom one that it replaces.
    is_custom = row["picture_origin"] == "given"
    return DeliveryPicture(
        **{name: row[f"picture_{name}"] for name in _COLUMNS},
        state=PictureState(row["picture_state"]),
        medium_id=row["picture_media_id"],
        source=CustomSource(**given) if given is not None and is_custom else None,
        notes=notes,
        wish=options_of(row["picture_wish"]),
        slides=slides_of(row["pictures"]),
    )


def options_of(stored: Mapping[str, Any] | None) -> PictureOptions | None:
    """Return stored options; fields of a later release are ignored."""
    if stored is None:
        return None
    return PictureOptions(
        **{name: value for name, value in stored.items() if name in PictureOptions.__dataclass_fields__}
    )


def slides_of(stored: Iterable[Mapping[str, Any]] | None) -> tuple[SlidePicture, ...] | None:
    if stored is None:
        return None
    return tuple(SlidePicture(**{**slide, "state": PictureState(slide["state"])}) for slide in stored)


def slides_as_json(slides: Iterable[SlidePicture] | None) -> list[dict[str, Any]] | None:
    return None if slides is None else [asdict(slide) for slide in slides]
