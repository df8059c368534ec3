"""Upload unpublished photos, for Page posts and stories.

Facts: the reference of /{page}/photos. That photo ids are single-use (1366051) is field-reported, not promised.
"""

from __future__ import annotations

from collections.abc import Sequence

from araldo.platforms.base import Destination, Picture, PlatformContext
from araldo.platforms.meta.concurrency import gather_in_order
from araldo.platforms.meta.graph import GraphClient, parse_id
from araldo.platforms.meta.tokens import page_token


class PhotoUploader:
    def __init__(self, context: PlatformContext) -> None:
        self._graph = GraphClient(context)

    async def upload_all(self, destination: Destination, pictures: Sequence[Picture]) -> tuple[str, ...]:
        """Upload the pictures and return their ids in order. When one fails, deletes the others and raises.

        Only ids created by this call are deleted: no post shows them, and no ticket names them.
        """
        return await gather_in_order(
            (self.upload(destination, picture) for picture in pictures),
            undo=lambda photo_id: self._graph.delete(photo_id, page_token(destination)),
        )

    async def upload(self, destination: Destination, picture: Picture) -> str:
        """Upload one unpublished photo and return its id. Multipart, so it works from a private network."""
        form = {"published": "false"}
        if picture.alt:
            form["alt_text_custom"] = picture.alt
        files = {"source": ("picture.jpg", picture.data, "image/jpeg")}
        photo = await self._graph.write(f"{destination.remote_id}/photos", page_token(destination), form, files)
        return parse_id(photo)
