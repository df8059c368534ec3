"""For Page posts and stories: upload unpublished photos, and decide when empty checks mean "not published".

Facts: the reference of /{page}/photos. That photo ids are single-use (1366051) is field-reported, not promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from araldo.platforms.base import CheckResult, Destination, Picture, PlatformContext, Ready, Ticket, Waiting
from araldo.platforms.meta.concurrency import gather_in_order
from araldo.platforms.meta.graph import GraphClient, parse_id


class PhotoUploader:
    def __init__(self, context: PlatformContext) -> None:
        self._graph = GraphClient(context)
        self._clock = context.clock
        self._check_gap_s = context.check_gap_s

    async def upload_all(self, destination: Destination, pictures: Sequence[Picture]) -> tuple[str, ...]:
        """Upload the pictures and return their ids in order. When one fails, deletes the others and raises.

        Only ids created by this call are deleted: no post shows them, and no ticket names them.
        """
        return await gather_in_order(
            (self.upload(destination, picture) for picture in pictures),
            undo=lambda photo_id: self._graph.delete(photo_id, destination.token),
        )

    async def upload(self, destination: Destination, picture: Picture) -> str:
        """Upload one unpublished photo and return its id. Multipart, so it works from a private network."""
        form = {"published": "false"}
        if picture.alt:
            form["alt_text_custom"] = picture.alt
        files = {"source": ("picture.jpg", picture.data, "image/jpeg")}
        photo = await self._graph.write(f"{destination.remote_id}/photos", destination.token, form, files)
        return parse_id(photo)

    def handle_empty_check(self, ticket: Ticket) -> CheckResult:
        """Return Ready after two empty checks, `check_gap_s` apart, else Waiting: a list can lag behind a write."""
        now, first = self._clock.now(), ticket.empty_read_at
        gap = timedelta(seconds=self._check_gap_s)
        if first is None:
            return Waiting(after_s=self._check_gap_s, ticket=replace(ticket, empty_read_at=now))
        if now - first < gap:
            return Waiting(after_s=(gap - (now - first)).total_seconds())
        return Ready()
