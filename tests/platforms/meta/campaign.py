"""Meta in a campaign: four platforms, containers that expire, lists that lag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from tests.chaos import service
from tests.support.running_system import SandboxClient


def _error(code: int, subcode: int | None = None, status: int = 400) -> dict[str, Any]:
    return {"kind": "graph_error", "error": {"status": status, "code": code, "error_subcode": subcode}}


class ServiceCampaign(service.ServiceCampaign):
    name = "meta"
    platforms = ("facebook", "instagram", "instagram_story", "facebook_story")
    text_platforms = ("facebook",)
    carousel_platforms = ("facebook", "instagram")
    visible_writes = ("/feed", "/media_publish", "/photo_stories")
    own_faults: ClassVar[Mapping[str, Any]] = {
        "500 code 2, not done": {"when": "before", **_error(2, status=500)},
        "500 code 2, done": {"when": "after_commit", **_error(2, status=500)},
        "refused as already posted": {"when": "after_commit", **_error(100, 1366051)},
        "190 while looking": {"method": "GET", "path": "", "when": "before", **_error(190, 463, 401)},
    }
    # A quota for thousands of posts.
    start_settings: ClassVar[Mapping[str, Any]] = {
        "quota_total": 1_000_000,
        "container_limit": 1_000_000,
        "container_delay_s": 0.1,
    }
    well_behaved: ClassVar[Mapping[str, Any]] = {
        "not_ready_after_finished": 0,
        "status_lag_s": 0,
        "list_lag_s": 0,
        "container_life_s": 86_400,
        "republish": "error",
    }
    odd_settings: ClassVar[Mapping[str, Any]] = {
        "9007 flaps": {"not_ready_after_finished": 2},
        "status lags": {"status_lag_s": 3},
        "lists lag": {"list_lag_s": 1.5},
        "containers expire": {"container_life_s": 1.5},
        "a second publish gives the same id": {"republish": "return_same_id"},
        "a second publish is answered 9007": {"republish": "not_ready"},
    }

    def settings(self, sandbox_url: str) -> Mapping[str, Mapping[str, Any]]:
        app = {"app_id": "1000000000000001", "app_secret": "sandbox-secret"}
        return {"meta": {"graph_url": sandbox_url, **app}}

    def connection(self, sandbox: SandboxClient) -> tuple[str, dict[str, str]]:
        return "token", {"token": sandbox.mint()}

    def sandbox_settings(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        # Meta's are at the top level.
        return dict(settings)

    def marks(self, content: str, tickets: Iterable[Mapping[str, Any]]) -> set[str]:
        """Return the ids of the tickets, or the text where there are none: four platforms publish one content."""
        return {mark for ticket in tickets for mark in ticket["ids"] or [ticket["text"]]}

    def visible_posts(self, state: service.State) -> service.VisiblePosts:
        """Return the visible posts by photo, container, or text without a photo. A carousel is one medium."""
        seen: service.VisiblePosts = defaultdict(set)
        for post in state["posts"]:
            if post["is_published"]:
                for mark in [attached["media_fbid"] for attached in post["attached_media"]] or [post["message"]]:
                    seen[mark].add(post["id"])
        for story in state["stories"]:
            seen[story["photo"]].add(story["id"])
        for media in state["media"]:
            if media["parent"] is None:
                seen[media["container"]].add(media["id"])
        return seen
