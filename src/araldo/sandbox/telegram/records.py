"""The records of the Bot API; times are unix seconds of the sandbox's clock, ids texts of whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class TelegramUser:
    """A person or a bot; `token`: a bot's, empty when it was revoked."""

    id: str
    first_name: str
    username: str
    is_bot: bool = False
    token: str = ""
    logged_out_at: float | None = None


@dataclass(slots=True)
class Chat:
    """`type`: channel, supergroup or group. `sent_at`: when the messages of the last minute were sent."""

    id: str
    type: str
    title: str
    username: str | None = None
    migrated_to: str | None = None
    last_message: int = 0
    sent_at: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Membership:
    """`id`: chat and user. `status`: creator, administrator, member, restricted, left or kicked."""

    id: str
    chat: str
    user: str
    status: str
    rights: list[str] = field(default_factory=list)


@dataclass(slots=True)
class PhotoFile:
    """`id`: the file_id; `number`: its name in the storage."""

    id: str
    number: str
    content_type: str
    size: int
    width: int
    height: int


@dataclass(slots=True)
class ChatMessage:
    """`id`: chat and message_id. `text` is the caption where there is a photo."""

    id: str
    chat: str
    message_id: int
    bot: str
    date: float
    text: str
    entities: list[dict[str, Any]]
    photo: str | None = None
    media_group_id: str | None = None
