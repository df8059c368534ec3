"""Channels: as people write their names, and links to their posts.

Sources: core.telegram.org/bots/api (`chat_id`: a number, or @channelusername); core.telegram.org/api/links, "Message
links": t.me/<username>/<id> of a public channel, t.me/c/<channel>/<id> of a private one, for its members.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(r"@?(?P<name>[A-Za-z]\w{3,31})", re.ASCII)
_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me)/(?:s/)?(?:c/(?P<id>\d{5,15})|(?P<name>[A-Za-z]\w{3,31}))(?:/.*)?",
    re.ASCII,
)
# Ids of channels in the Bot API are -100 followed by the id that links have.
_PREFIX = "-100"
_ID = re.compile(rf"{_PREFIX}\d{{5,15}}", re.ASCII)


def parse_channel(text: str) -> str | None:
    """Return a channel's `chat_id` from its @name, its id or a link to it; None for anything else."""
    text = text.strip()
    if _ID.fullmatch(text):
        return text
    link = _LINK.fullmatch(text)
    if link is not None and link["id"]:
        return f"{_PREFIX}{link['id']}"
    name = link or _NAME.fullmatch(text)
    return None if name is None else f"@{name['name']}"


def link_to(base_url: str, chat: Mapping[str, Any], message_id: object) -> str | None:
    """Return the link to a post of a Chat object; None when the object has neither a name nor a channel's id."""
    username = chat.get("username")
    if isinstance(username, str) and _NAME.fullmatch(username):
        return f"{base_url}/{username}/{message_id}"
    chat_id = str(chat.get("id"))
    return f"{base_url}/c/{chat_id.removeprefix(_PREFIX)}/{message_id}" if _ID.fullmatch(chat_id) else None
