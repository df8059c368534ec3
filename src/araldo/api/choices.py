"""How a request says which picture a platform shows: one of the library, what of it, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Discriminator, Field, Tag

from araldo.api.fields import CleanText, clean_text
from araldo.api.requests import RequestModel
from araldo.errors import PostInvalid, Problem
from araldo.media.models import ALT_MAX
from araldo.messages import Message
from araldo.posts.rules import escape_pointer
from araldo.workflows.custom_pictures import PictureSelection
from araldo.workflows.fitting import CropSelection

AltText = Annotated[str, Field(max_length=ALT_MAX), AfterValidator(clean_text)]
MediumId = Annotated[CleanText, Field(max_length=100)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Side = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]

# What rounding may add to a sum.
_ROUNDING = 1e-4


class CropBox(RequestModel):
    """A part of the upright picture; everything as a share of its width or height."""

    x: Share
    y: Share
    w: Side
    h: Side


class Point(RequestModel):
    """The point to keep, as shares of the upright picture's width and height."""

    x: Share
    y: Share


class ImageChoice(RequestModel):
    """Without `media_id` it is about the picture that is there; `crop` and `focal` are sent together.

    `text_over_picture`: the post's words are drawn over the picture; left out, that stays as it is.
    """

    media_id: MediumId | None = None
    crop: CropBox | None = None
    focal: Point | None = None
    alt: AltText | None = None
    text_over_picture: bool | None = None


def _tag_of(choice: object) -> str:
    return "id" if isinstance(choice, str) else "choice"


# Told apart before they are read, so that what is wrong is said of the one that was meant.
_IdOrChoice = Annotated[Annotated[ImageChoice, Tag("choice")] | Annotated[MediumId, Tag("id")], Discriminator(_tag_of)]
ImageChoices = Annotated[dict[CleanText, _IdOrChoice | None], Field(max_length=50)]


def parse_image_choices(
    asked: Mapping[str, ImageChoice | str | None], pointer: str
) -> dict[str, PictureSelection | None]:
    """Raises PostInvalid for a crop that is no part of a picture."""
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
