"""Acme in a campaign: a check finds a post by its reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from tests.chaos import service
from tests.support.running_system import SandboxClient

from tools.scaffold.acme.sandbox.state import ACCESS_TOKEN


class ServiceCampaign(service.ServiceCampaign):
    name = "acme"
    platforms = ("acme",)
    text_platforms = platforms
    carousel_platforms = platforms
    visible_writes = ("/acme/v1/posts",)
    own_faults: ClassVar[Mapping[str, Any]] = {
        "503, done": {"when": "after_commit", "kind": "status", "error": {"status": 503}}
    }

    def settings(self, sandbox_url: str) -> Mapping[str, Mapping[str, Any]]:
        return {"acme": {"url": sandbox_url}}

    def connection(self, sandbox: SandboxClient) -> tuple[str, dict[str, str]]:
        return "token", {"token": ACCESS_TOKEN}

    def visible_posts(self, state: service.State) -> service.VisiblePosts:
        return service.posts_by_first_line((post["id"], post["text"]) for post in state["acme"]["posts"])
