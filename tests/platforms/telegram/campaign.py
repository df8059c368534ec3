"""Telegram in a campaign: a lost answer can only be asked of a person, and so ends `unconfirmed`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from tests.chaos import service
from tests.support.running_system import SandboxClient

_TOKEN = "7000000001:AASandbox_Telegram_Bot_Token_000000"


def _error(code: int, **more: Any) -> dict[str, Any]:
    return {"kind": "telegram_error", "error": {"error_code": code, **more}}


class ServiceCampaign(service.ServiceCampaign):
    name = "telegram"
    platforms = ("telegram",)
    text_platforms = platforms
    carousel_platforms = platforms
    visible_writes = ("/sendMessage", "/sendPhoto", "/sendMediaGroup")
    own_faults: ClassVar[Mapping[str, Any]] = {
        "500, not done": {"when": "before", **_error(500, description="Internal Server Error")},
        "500, done": {"when": "after_commit", **_error(500, description="Internal Server Error")},
        "429, not done": {"when": "before", **_error(429, retry_after=1)},
        "401 before the send": {"path": "/getChat", "when": "before", **_error(401, description="Unauthorized")},
    }
    # Room for thousands of posts.
    start_settings: ClassVar[Mapping[str, Any]] = {"messages_per_minute": 0}

    def settings(self, sandbox_url: str) -> Mapping[str, Mapping[str, Any]]:
        return {"telegram": {"api_url": sandbox_url, "link_url": f"{sandbox_url}/t.me"}}

    def connection(self, sandbox: SandboxClient) -> tuple[str, dict[str, str]]:
        return "bot", {"token": _TOKEN, "channel": "@studio_demo"}

    def visible_posts(self, state: service.State) -> service.VisiblePosts:
        """Return the posts by the first line of the text or the caption, which an album has on its first message."""
        texts: dict[str, str] = {}
        for message in state["telegram"]["messages"]:
            text = message.get("text") or message.get("caption") or ""
            post_id = str(message.get("media_group_id") or message["message_id"])
            texts[post_id] = texts.get(post_id) or text
        return service.posts_by_first_line(texts.items())
