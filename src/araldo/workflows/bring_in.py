"""Pictures that a person brings: fetched through the guard or found among our own, made to fit, kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from araldo.clock import Clock
from araldo.errors import OutsideError, PostInvalid, Problem, Sentence
from araldo.http import Http
from araldo.images.fit import Fitted, Unfit, fit
from araldo.images.spec import ImageSpec
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.media.urls import MediaUrls
from araldo.platforms.base import Declaration
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database, new_id
from araldo.workspaces.models import Workspace

_LARGEST_BYTES = 25 * 1024 * 1024
_FITTING_AT_ONCE = 2


class BringIn:
    def __init__(self, *, database: Database, clock: Clock, blobs: Blobs, http: Http, media_urls: MediaUrls) -> None:
        self._database = database
        self._clock = clock
        self._blobs = blobs
        self._http = http
        self._media_urls = media_urls
        # A 25-megapixel picture takes some hundred MB while it is fitted.
        self._room = asyncio.Semaphore(_FITTING_AT_ONCE)

    async def for_platforms(
        self, workspace: Workspace, url: str, declarations: Iterable[Declaration], *, pointer: str
    ) -> dict[str, Medium]:
        """One picture, fitted for each platform, stored. Raises PostInvalid with `pointer`; then nothing is kept."""
        data = await self._data(workspace, url, pointer)
        fitted: dict[str, Medium] = {}
        for declared in declarations:
            try:
                async with self._room:
                    picture = await asyncio.to_thread(fit, data, declared.image)
            except Unfit as unfit:
                raise PostInvalid([Problem(pointer, unfit.code, unfit.sentence, declared.name)]) from unfit
            fitted[declared.name] = await self._keep(workspace, picture, declared.image)
        async with self._database.transaction() as transaction:
            for medium in fitted.values():
                await media_store.add(transaction, medium)
        return fitted

    async def _data(self, workspace: Workspace, url: str, pointer: str) -> bytes:
        own = self._media_urls.medium_of(url, self._clock.now())
        if own is not None:
            async with self._database.reading() as transaction:
                medium = await media_store.find(transaction, own, workspace.id)
            if medium is None:
                gone = Sentence("This picture is not among yours.", "Questa immagine non è tra le tue.")
                raise PostInvalid([Problem(pointer, "media_unknown", gone)])
            return await self._blobs.get(medium.digest)
        try:
            return (await self._http.fetch_untrusted(url, max_bytes=_LARGEST_BYTES)).body
        except OutsideError as failure:
            raise PostInvalid([Problem(pointer, "media_not_fetched", failure.sentence)]) from failure

    async def _keep(self, workspace: Workspace, picture: Fitted, spec: ImageSpec) -> Medium:
        return Medium(
            id=new_id("med"),
            workspace_id=workspace.id,
            digest=await self._blobs.put(picture.data),
            mime=spec.mime,
            width=picture.width,
            height=picture.height,
            bytes=len(picture.data),
            origin="fetched",
            provider=None,
            alt="",
            placeholder=picture.placeholder,
            created_at=self._clock.now(),
        )
