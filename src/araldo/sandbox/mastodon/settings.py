"""The settings of the Mastodon instance: its limits, and how it misbehaves."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

# IMAGE_MIME_TYPES of app/models/media_attachment.rb that the sandbox can decode.
_MIME_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"]


class MastodonSettings(BaseModel):
    """In seconds where a name ends in `_s`. The first seven are in `configuration` of `GET /api/v2/instance`."""

    model_config = ConfigDict(extra="forbid")

    max_characters: int = Field(default=500, ge=1, description="graphemes of text and content warning together")
    characters_reserved_per_url: int = Field(default=23, ge=1, description="what each link counts")
    max_media_attachments: int = Field(default=4, ge=0, description="media of one status")
    description_limit: int = Field(default=1500, ge=0, description="characters of a medium's description")
    image_size_limit: int = Field(default=16_777_216, ge=1, description="bytes of a picture")
    image_matrix_limit: int = Field(default=33_177_600, ge=1, description="pixels of a picture")
    supported_mime_types: list[str] = Field(default=_MIME_TYPES, description="types of pictures")

    version: str = Field(default="4.4.5", description="what the instance says that it runs")
    media_delay_s: float = Field(
        default=0.0, ge=0, le=1e9, description="how long a picture is being processed (202, then 206); 0: answered 200"
    )
    media_fails: bool = Field(default=False, description="processing a picture fails: 422 when it is asked for")
    idempotency_s: float = Field(default=3600.0, ge=0, le=1e9, description="how long an Idempotency-Key is kept")
    rate_limit: int = Field(default=300, ge=1, description="API calls of one token in five minutes")
    media_rate_limit: int = Field(default=30, ge=1, description="uploads of one account in thirty minutes")
    default_visibility: Literal["public", "unlisted", "private"] = Field(
        default="public", description="visibility where a status names none"
    )
