"""A workspace's brand: kept, and put on whatever is drawn for it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import structlog

from araldo.clock import Clock
from araldo.errors import PostInvalid, Problem
from araldo.images.logo import shrink_logo
from araldo.images.process import ImageRunner, InThreads
from araldo.images.providers.base import Brand, PictureRequest
from araldo.images.unfit import Unfit
from araldo.media import store as media_store
from araldo.messages import Message
from araldo.storage.blobs import BlobMissing, Blobs
from araldo.storage.database import Database, Transaction
from araldo.workspaces import brand_store
from araldo.workspaces.brand import BrandKit, validate_brand

log = structlog.get_logger()

_LOGOS_KEPT = 32


class Branding:
    def __init__(self, *, database: Database, clock: Clock, blobs: Blobs, images: ImageRunner | None = None) -> None:
        self._database = database
        self._clock = clock
        self._blobs = blobs
        self._images = images or InThreads()
        self._logos: OrderedDict[str, bytes] = OrderedDict()

    async def kit(self, workspace_id: str) -> BrandKit | None:
        """None until it is set for the first time."""
        async with self._database.reading() as transaction:
            return await brand_store.find(transaction, workspace_id)

    async def save(self, workspace_id: str, asked: BrandKit) -> BrandKit:
        """In the place of what was there. Raises PostInvalid; then nothing has changed."""
        async with self._database.transaction() as transaction:
            kit = await _allowed(transaction, workspace_id, asked)
            await brand_store.put(transaction, workspace_id, kit, self._clock.now())
        return kit

    async def tried(self, workspace_id: str, asked: BrandKit) -> BrandKit:
        """As `save`, and nothing is kept. Raises PostInvalid."""
        async with self._database.reading() as transaction:
            return await _allowed(transaction, workspace_id, asked)

    async def branded(self, workspace_id: str, request: PictureRequest) -> PictureRequest:
        """The request with the workspace's brand, as it now is; one that brings its own keeps it."""
        if request.brand is not None:
            return request
        return replace(request, brand=await self.brand(workspace_id, await self.kit(workspace_id)))

    async def brand(self, workspace_id: str, kit: BrandKit | None) -> Brand | None:
        """What a provider is told of a kit that is checked; a logo that is gone since is left out."""
        if kit is None:
            return None
        logo = None if kit.logo is None else await self._logo(workspace_id, kit.logo)
        return Brand(kit.name, kit.colors, kit.fonts, kit.handle, kit.tone, logo)

    async def _logo(self, workspace_id: str, medium_id: str) -> bytes | None:
        async with self._database.reading() as transaction:
            medium = await media_store.find(transaction, medium_id, workspace_id)
        if medium is None:
            return None
        if medium.digest not in self._logos:
            try:
                data = await self._blobs.get(medium.digest)
                self._logos[medium.digest] = await self._images.run(shrink_logo, data)
            except (BlobMissing, Unfit) as gone:
                log.warning("logo_unreadable", workspace=workspace_id, medium=medium_id, why=type(gone).__name__)
                return None
            while len(self._logos) > _LOGOS_KEPT:
                self._logos.popitem(last=False)
        self._logos.move_to_end(medium.digest)
        return self._logos[medium.digest]


async def _allowed(transaction: Transaction, workspace_id: str, asked: BrandKit) -> BrandKit:
    kit = validate_brand(asked)
    if kit.logo is not None and await media_store.find_in_library(transaction, workspace_id, kit.logo) is None:
        raise PostInvalid([Problem("/logo", "media_unknown", Message("library.not_found"))])
    return kit
