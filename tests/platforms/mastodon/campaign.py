"""Mastodon in a campaign: a repeat with the same idempotency key answers with the same status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from tests.chaos import service
from tests.support.running_system import SandboxClient


def _error(status: int, error: str, **more: Any) -> dict[str, Any]:
    return {"kind": "mastodon_error", "error": {"status": status, "error": error, **more}}


class ServiceCampaign(service.ServiceCampaign):
    name = "mastodon"
    platforms = ("mastodon",)
    text_platforms = platforms
    carousel_platforms = platforms
    visible_writes = ("/api/v1/statuses",)
    own_faults: ClassVar[Mapping[str, Any]] = {
        "503, not done": {"when": "before", **_error(503, "Service Unavailable")},
        "503, done": {"when": "after_commit", **_error(503, "Service Unavailable")},
        "429, not done": {"when": "before", **_error(429, "Too many requests", rate_limit_reset_s=1)},
        "a picture's upload is refused": {"path": "/api/v2/media", "when": "before", **_error(500, "Error")},
        "401 while looking": {
            "method": "GET",
            "path": "/api/v1/",
            "when": "before",
            **_error(401, "The access token is invalid"),
        },
    }
    # Room for thousands of posts.
    start_settings: ClassVar[Mapping[str, Any]] = {"rate_limit": 1_000_000, "media_rate_limit": 1_000_000}
    well_behaved: ClassVar[Mapping[str, Any]] = {"media_delay_s": 0.1, "media_fails": False}
    odd_settings: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "pictures are processed slowly": {"media_delay_s": 1.5},
        "pictures cannot be processed": {"media_delay_s": 0.3, "media_fails": True},
    }

    def settings(self, sandbox_url: str) -> Mapping[str, Mapping[str, Any]]:
        return {"fetch": {"allow": [urlsplit(sandbox_url).netloc]}}

    def connection(self, sandbox: SandboxClient) -> tuple[str, dict[str, str]]:
        token = sandbox.control("mastodon/tokens", {})["access_token"]
        return "token", {"instance": sandbox.url, "token": str(token)}

    def visible_posts(self, state: service.State) -> service.VisiblePosts:
        return service.posts_by_first_line((status["id"], status["text"]) for status in state["mastodon"]["statuses"])
