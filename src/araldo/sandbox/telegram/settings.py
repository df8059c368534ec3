"""The settings of the Bot API: its limits, and what its documentation leaves open."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class TelegramSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    message_limit: int = Field(default=4096, ge=1, description="length of a text")
    caption_limit: int = Field(default=1024, ge=0, description="length of a caption")
    count: Literal["utf16", "code_points"] = Field(
        default="utf16", description="how texts are measured; entities always count in UTF-16"
    )
    photo_size_limit: int = Field(default=10_485_760, ge=1, description="bytes of an uploaded photo")
    photo_url_size_limit: int = Field(default=5_242_880, ge=1, description="bytes of a photo sent by URL")
    messages_per_minute: int = Field(
        default=20, ge=0, description="messages to one chat before 429 (documented for groups); 0: no limit"
    )
