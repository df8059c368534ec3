"""A workspace's brand kit: store it, and add it to picture requests."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import structlog

from araldo.clock import Clock
from araldo.errors import PostInvalid, Problem
from araldo.images.logo import shrink_logo
from araldo.images.process import ImageRunner, ThreadImageRunner
from araldo.images.providers.base import Brand, PictureRequest
from araldo.images.unusable import UnusablePicture
from araldo.media import store as media_store
from araldo.messages import Message
from araldo.storage.blobs import BlobMissing, Blobs
from araldo.storage.database import Database, Transaction
from araldo.workspaces import brand_store
from araldo.workspaces.brand import BrandKit, validate_brand

log = structlog.get_logger()

_LOGOS_KEPT = 32


class Branding:
    """Reads and stores brand kits, and caches the last logos, shrunk."""

    def __init__(self, *, database: Database, clock: Clock, blobs: Blobs, images: ImageRunner | None = None) -> None:
        self._database = database
        self._clock = clock
        self._blobs = blobs
        self._images = images or ThreadImageRunner()
        self._logos: OrderedDict[str, bytes] = OrderedDict()

    async def kit(self, workspace_id: str) -> BrandKit | None:
        """Return the workspace's brand kit; None until it is set for the first time."""
        return await self._database.read(lambda transaction: brand_store.find(transaction, workspace_id))

    async def save(self, workspace_id: str, asked: BrandKit) -> BrandKit:
        """Replace the workspace's brand kit. Raises PostInvalid; then nothing has changed."""

        def in_transaction(transaction: Transaction) -> BrandKit:
            kit = _require_valid(transaction, workspace_id, asked)
            brand_store.put(transaction, workspace_id, kit, self._clock.now())
            return kit

        return await self._database.write(in_transaction)

    async def validate(self, workspace_id: str, asked: BrandKit) -> BrandKit:
        """Return the kit as `save` would store it, and store nothing. Raises PostInvalid."""
        return await self._database.read(lambda transaction: _require_valid(transaction, workspace_id, asked))

    async def add_brand(self, workspace_id: str, request: PictureRequest) -> PictureRequest:
        """Return the request with the workspace's present brand; one that has a brand keeps it."""
        if request.brand is not None:
            return request
        return replace(request, brand=await self.resolve_brand(workspace_id, await self.kit(workspace_id)))

    async def resolve_brand(self, workspace_id: str, kit: BrandKit | None) -> Brand | None:
        """Return a valid kit in the form for providers, with its logo's bytes; a deleted logo is left out."""
        if kit is None:
            return None
        logo = None if kit.logo is None else await self._logo(workspace_id, kit.logo)
        return Brand(kit.name, kit.colors, kit.fonts, kit.handle, kit.tone, logo)

    async def _logo(self, workspace_id: str, medium_id: str) -> bytes | None:
        medium = await self._database.read(lambda transaction: media_store.find(transaction, medium_id, workspace_id))
        if medium is None:
            return None
        if medium.digest not in self._logos:
            try:
                data = await self._blobs.get(medium.digest)
                self._logos[medium.digest] = await self._images.run(shrink_logo, data)
            except (BlobMissing, UnusablePicture) as gone:
                log.warning("logo_unreadable", workspace=workspace_id, medium=medium_id, why=type(gone).__name__)
                return None
            while len(self._logos) > _LOGOS_KEPT:
                self._logos.popitem(last=False)
        self._logos.move_to_end(medium.digest)
        return self._logos[medium.digest]


def _require_valid(transaction: Transaction, workspace_id: str, asked: BrandKit) -> BrandKit:
    kit = validate_brand(asked)
    if kit.logo is not None and media_store.find_in_library(transaction, workspace_id, kit.logo) is None:
        raise PostInvalid([Problem("/logo", "media_unknown", Message("library.not_found"))])
    return kit
