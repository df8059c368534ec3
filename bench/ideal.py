"""The ideal client: it makes the calls that a delivery needs, as soon as it can, and keeps no record of anything.

The quota is read and the container's status asked for while the container is prepared, to the point; connections are
kept. Nothing that publishes exactly once could be faster.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from bench.responder import CALL_S, CONTAINER_S

PLATFORMS = ("facebook", "instagram", "instagram_story")
_PICTURE_URL = "http://127.0.0.1/media/med_0123456789/0123456789abcdef"


@dataclass(frozen=True, slots=True)
class IdealPost:
    """What is published: a text, on the Page and the Instagram account with this number, so long after the first."""

    text: str
    account: int
    after_s: float = 0.0


class IdealClient:
    """Publishes posts through the responder at `url`; `picture`: the JPEG that Pages get."""

    def __init__(self, url: str, picture: bytes, platforms: Sequence[str] = PLATFORMS) -> None:
        self._url = f"{url}/v26.0"
        self._picture = picture
        self._platforms = platforms
        # By the id of what was published: the post and the platform.
        self.published: dict[str, tuple[IdealPost, str]] = {}

    async def publish(self, posts: Sequence[IdealPost], at: float | None = None) -> float:
        """Publish from the Unix time `at` on (None: now), read the links, and return the CPU seconds that it took."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            if at is not None:
                await asyncio.sleep(at - time.time())
            before = time.process_time()
            await asyncio.gather(
                *(self._deliver(session, post, platform) for post in posts for platform in self._platforms)
            )
            return time.process_time() - before

    async def _deliver(self, session: aiohttp.ClientSession, post: IdealPost, platform: str) -> None:
        await asyncio.sleep(post.after_s)
        if platform == "facebook":
            remote_id = await self._publish_on_page(session, post)
        else:
            form = {"media_type": "STORIES"} if platform == "instagram_story" else {"caption": post.text}
            remote_id = await self._publish_on_instagram(session, f"2{post.account:05}", form)
        self.published[remote_id] = (post, platform)

    async def _publish_on_page(self, session: aiohttp.ClientSession, post: IdealPost) -> str:
        node = f"1{post.account:05}"
        form = aiohttp.FormData({"published": "false"})
        form.add_field("source", self._picture, filename="picture.jpg", content_type="image/jpeg")
        photo = await self._call(session, "POST", f"{node}/photos", data=form)
        shown = f'[{{"media_fbid":"{photo["id"]}"}}]'
        fields = {"fields": "id,permalink_url", "message": post.text, "attached_media": shown}
        return str((await self._call(session, "POST", f"{node}/feed", data=fields))["id"])

    async def _publish_on_instagram(self, session: aiohttp.ClientSession, node: str, form: dict[str, str]) -> str:
        container = await self._call(session, "POST", f"{node}/media", data={"image_url": _PICTURE_URL, **form})
        await asyncio.gather(
            self._wait_until_ready(session, container["id"]),
            self._call(session, "GET", f"{node}/content_publishing_limit"),
        )
        media = await self._call(session, "POST", f"{node}/media_publish", data={"creation_id": container["id"]})
        await self._call(session, "GET", media["id"])
        return str(media["id"])

    async def _wait_until_ready(self, session: aiohttp.ClientSession, container: str) -> None:
        # Asked so early that the answer comes when the container is ready.
        await asyncio.sleep(CONTAINER_S - CALL_S)
        while (await self._call(session, "GET", container))["status_code"] != "FINISHED":
            pass

    async def _call(self, session: aiohttp.ClientSession, method: str, path: str, data: Any = None) -> dict[str, Any]:
        headers = {"Authorization": "Bearer bench-page-token"}
        async with session.request(method, f"{self._url}/{path}", data=data, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
        assert response.status == 200, (path, answer)
        return answer
