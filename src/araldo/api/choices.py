"""Request models for a platform's accounts, and for its picture: a library picture, its crop, its alt text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Discriminator, Field, Tag

from araldo.api.fields import CleanText, clean_text
from araldo.api.requests import RequestModel
from araldo.errors import PostInvalid, Problem
from araldo.media.models import ALT_MAX
from araldo.messages import Message
from araldo.posts.pointers import escape_pointer
from araldo.workflows.pictures.custom import PictureSelection
from araldo.workflows.pictures.fitting import CropSelection

AltText = Annotated[str, Field(max_length=ALT_MAX), AfterValidator(clean_text)]
MediumId = Annotated[CleanText, Field(max_length=100)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Side = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]

# Tolerance for rounding.
_ROUNDING = 1e-4


class CropBox(RequestModel):
    """A part of the upright picture, in fractions of its width and height."""

    x: Share
    y: Share
    w: Side
    h: Side


class Point(RequestModel):
    """The focal point to keep, in fractions of the upright picture's width and height."""

    x: Share
    y: Share


class ImageChoice(RequestModel):
    """`media_id`: left out, the current picture is changed. `crop` and `focal` are replaced together.

    `text_over_picture`: draw the post's text over the picture; left out, it stays as it is.
    """

    media_id: MediumId | None = None
    crop: CropBox | None = None
    focal: Point | None = None
    alt: AltText | None = None
    text_over_picture: bool | None = None


def _tag_of(choice: object) -> str:
    return "id" if isinstance(choice, str) else "choice"


AccountId = Annotated[CleanText, Field(max_length=100)]
_IdOrIds = Annotated[
    Annotated[list[AccountId], Field(min_length=1, max_length=50), Tag("ids")] | Annotated[AccountId, Tag("id")],
    Discriminator(lambda asked: "ids" if isinstance(asked, list) else "id"),
]
AccountChoices = Annotated[
    dict[CleanText, _IdOrIds],
    Field(max_length=50, description="By platform, the id of its account, or a list: the post goes to each of them."),
]


def account_ids_of(asked: Mapping[str, list[str] | str]) -> dict[str, list[str]]:
    """Return the ids of the chosen accounts by platform."""
    return {name: [ids] if isinstance(ids, str) else ids for name, ids in asked.items()}


def pictured_platforms(asked: Mapping[str, ImageChoice | str | None]) -> list[str]:
    """Return the platforms for which a library picture is chosen."""
    return [name for name, choice in asked.items() if _media_id_of(choice) is not None]


def plain_picture_platforms(asked: Mapping[str, ImageChoice | str | None]) -> list[str]:
    """Return the platforms for which a library picture is chosen, without the post's text over it."""
    return [
        name
        for name in pictured_platforms(asked)
        if not (isinstance(choice := asked[name], ImageChoice) and choice.text_over_picture)
    ]


def _media_id_of(choice: ImageChoice | str | None) -> str | None:
    return choice.media_id if isinstance(choice, ImageChoice) else choice


# Discriminated before validation, so that errors are about the variant that was sent.
_IdOrChoice = Annotated[Annotated[ImageChoice, Tag("choice")] | Annotated[MediumId, Tag("id")], Discriminator(_tag_of)]
ImageChoices = Annotated[dict[CleanText, _IdOrChoice | None], Field(max_length=50)]


def parse_image_choices(
    asked: Mapping[str, ImageChoice | str | None], pointer: str
) -> dict[str, PictureSelection | None]:
    """Convert the choices by platform. Raises PostInvalid for a crop outside of its picture."""
    problems = [
        Problem(f"{pointer}/{escape_pointer(name)}/crop", "crop_outside", Message("choices.crop_outside"), name)
        for name, choice in asked.items()
        if isinstance(choice, ImageChoice) and choice.crop is not None and _is_outside_picture(choice.crop)
    ]
    if problems:
        raise PostInvalid(problems)
    return {name: _selection_of(choice) for name, choice in asked.items()}


def _is_outside_picture(crop: CropBox) -> bool:
    return crop.x >= 1 or crop.y >= 1 or max(crop.x + crop.w, crop.y + crop.h) > 1 + _ROUNDING


def _selection_of(asked: ImageChoice | str | None) -> PictureSelection | None:
    if asked is None:
        return None
    if isinstance(asked, str):
        return PictureSelection(asked)
    cut = None
    if asked.media_id is not None or {"crop", "focal"} & asked.model_fields_set:
        crop, focal = asked.crop, asked.focal
        cut = CropSelection(
            None if crop is None else (crop.x, crop.y, min(crop.w, 1 - crop.x), min(crop.h, 1 - crop.y)),
            None if focal is None else (focal.x, focal.y),
        )
    return PictureSelection(
        asked.media_id,
        cut,
        asked.alt,
        text_over=asked.text_over_picture,
        says_alt="alt" in asked.model_fields_set or asked.text_over_picture is None,
    )
