"""What a Page's post and its story share: an unpublished photo, and when two empty looks count as "nothing is out".

Facts: the reference of /{page}/photos. That photo ids are single-use (1366051) is field-reported, not promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from araldo.platforms.base import Destination, Finding, Picture, PlatformContext, Ready, Ticket, Waiting
from araldo.platforms.meta.concurrency import gather_in_order
from araldo.platforms.meta.graph import Graph, id_of


class Photos:
    def __init__(self, context: PlatformContext) -> None:
        self._graph = Graph(context)
        self._clock = context.clock
        self._look_gap_s = context.check_gap_s

    async def upload_all(self, to: Destination, pictures: Sequence[Picture]) -> tuple[str, ...]:
        """Their ids in order. When one fails, those that were taken in are deleted, for the next try makes new ones.

        Only ids that Meta gave out in this very call: no post shows them yet, and no ticket names them.
        """
        return await gather_in_order(
            (self.upload(to, picture) for picture in pictures),
            undo=lambda photo_id: self._graph.delete(photo_id, to.token),
        )

    async def upload(self, to: Destination, picture: Picture) -> str:
        """The id of a photo that nobody sees yet. By multipart, so this works from a private network."""
        form = {"published": "false"}
        if picture.alt:
            form["alt_text_custom"] = picture.alt
        files = {"source": ("picture.jpg", picture.data, "image/jpeg")}
        photo = await self._graph.write(f"{to.remote_id}/photos", to.token, form, files)
        return id_of(photo)

    def nothing_found(self, ticket: Ticket) -> Finding:
        """A list can lag behind a write, so one empty look is none."""
        now, first = self._clock.now(), ticket.empty_read_at
        gap = timedelta(seconds=self._look_gap_s)
        if first is None:
            return Waiting(after_s=self._look_gap_s, ticket=replace(ticket, empty_read_at=now))
        if now - first < gap:
            return Waiting(after_s=(gap - (now - first)).total_seconds())
        return Ready()
