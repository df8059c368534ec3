"""Field types that requests share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, PlainSerializer, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from araldo.api.requests import RequestModel
from araldo.messages import LANGUAGES, Language
from araldo.posts.compose import normalize_newlines
from araldo.posts.content import Slide
from araldo.posts.rules import SLIDES_MAX


def clean_text(text: str) -> str:
    """Return the text with `\\n` for each line end. Raises for NUL, which PostgreSQL, and unpaired surrogates, which no
    database stores."""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise PydanticCustomError("unwritable_text", "text with characters that cannot be stored")
    return normalize_newlines(text)


def _known_language(code: str) -> Language:
    if code not in LANGUAGES:
        raise PydanticCustomError("language_unknown", "a language that there are no texts in")
    return code


# A language of the studio and of all messages: one of the catalogues that there are.
KnownLanguage = Annotated[
    Language, AfterValidator(_known_language), WithJsonSchema({"type": "string", "enum": list(LANGUAGES)})
]
# The state of a post's approval; `none`: never asked for or given.
ApprovalStateName = Literal["none", "requested", "approved", "sent_back", "withdrawn"]
DryRun = Annotated[bool, Query(description="Validate only: change nothing and return the problems and warnings.")]
CleanText = Annotated[str, AfterValidator(clean_text)]
Shapes = Annotated[
    dict[CleanText, Annotated[CleanText, Field(max_length=20)]],
    Field(max_length=50, description="The ratio of the picture by platform: one of its `shapes` in /platforms."),
]
PostOptions = Annotated[
    dict[
        CleanText,
        Annotated[dict[CleanText, StrictBool | Annotated[CleanText, Field(max_length=10_000)]], Field(max_length=50)],
    ],
    Field(max_length=50, description="By platform, the values of its options by name: see `options` in /platforms."),
]


class SlideFields(RequestModel):
    """One picture of a carousel: generated from `prompt`, with `headline` and `text`; or `media_id` of the library.

    Fields that are left out are taken from the post.
    """

    prompt: Annotated[CleanText, Field(max_length=10_000)] = ""
    headline: Annotated[CleanText, Field(max_length=1_000)] = ""
    text: Annotated[CleanText, Field(max_length=2_000)] = ""
    media_id: Annotated[CleanText, Field(max_length=48)] | None = None

    def as_slide(self) -> Slide:
        slide: Slide = {}
        for name in ("prompt", "headline", "text"):
            if getattr(self, name).strip():
                slide[name] = getattr(self, name).strip()
        if self.media_id is not None:
            slide["media_id"] = self.media_id
        return slide


PictureCount = Annotated[
    int,
    Field(
        ge=1,
        le=SLIDES_MAX,
        description="Number of pictures, generated from parts of the text; two or more: a carousel.",
    ),
]
Slides = Annotated[list[SlideFields], Field(max_length=SLIDES_MAX, description="The pictures one by one, in order.")]


def slides_of(pictures: int, slides: Sequence[SlideFields]) -> list[Slide]:
    """Return a post's slides, from `slides` or their number; none for a single picture."""
    if slides:
        return [slide.as_slide() for slide in slides]
    return [{} for _ in range(pictures)] if pictures > 1 else []


def rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Instant = Annotated[AwareDatetime, PlainSerializer(rfc3339, when_used="json")]


def _to_utc(moment: datetime) -> datetime:
    """Convert to UTC. Raises ValueError near datetime's limits, where UTC lacks times that some zones have."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as beyond:
        raise ValueError("beyond the calendar") from beyond


def _require_text(moment: object) -> object:
    """Refuse numbers, also as text, which pydantic would read as seconds since 1970."""
    if isinstance(moment, datetime) or (isinstance(moment, str) and _BEGINS_WITH_DATE.match(moment)):
        return moment
    raise PydanticCustomError("datetime_parsing", "not a date and a time of day")


_BEGINS_WITH_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]", re.ASCII)

InputInstant = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_require_text), AfterValidator(_to_utc)]
