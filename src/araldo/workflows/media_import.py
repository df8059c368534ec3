"""Pictures that a person brings: fetched through the guard or found among our own, made to fit, kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from urllib.parse import unquote, urlsplit

from araldo.clock import Clock
from araldo.errors import OutsideError, PostInvalid, Problem
from araldo.http import Http
from araldo.images.unfit import MAX_BYTES, Unfit
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.media.urls import MediaUrls
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database, Transaction
from araldo.workflows.discard import delete_unused_files, storing
from araldo.workflows.fitting import CropSelection, Fitting
from araldo.workspaces.models import Workspace


class MediaImporter:
    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        blobs: Blobs,
        http: Http,
        media_urls: MediaUrls,
        fitting: Fitting,
    ) -> None:
        self._database = database
        self._clock = clock
        self._blobs = blobs
        self._http = http
        self._media_urls = media_urls
        self._fitting = fitting

    async def for_platforms(
        self,
        workspace: Workspace,
        url: str,
        declarations: Iterable[Declaration],
        *,
        shapes: Mapping[str, str],
        pointer: str,
    ) -> dict[str, Medium]:
        """One picture, fitted for each platform in the shape asked for, stored.

        Raises PostInvalid with `pointer`; then no row is kept.
        """
        own = await self._own(workspace, url, pointer)
        source = own or await self.source(workspace, url, pointer=pointer)
        made = [] if own else [source]
        fitted: dict[str, Medium] = {}
        try:
            for declared in declarations:
                fitted[declared.name] = await self._copy(source, declared, shapes, pointer)
        except Exception:
            await self.discard([*made, *fitted.values()])
            raise
        made += fitted.values()
        async with storing(self._database, self._blobs, made) as transaction:
            for medium in made:
                await media_store.add(transaction, medium)
        return fitted

    def storing(self, media: Sequence[Medium]) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that writes the rows of media just made; see `discard.storing`."""
        return storing(self._database, self._blobs, media)

    async def discard(self, media: Sequence[Medium]) -> None:
        """Delete the files of media that are not to be kept; see `discard.delete_unused_files`."""
        await delete_unused_files(self._database, self._blobs, media)

    async def _copy(self, source: Medium, declared: Declaration, shapes: Mapping[str, str], pointer: str) -> Medium:
        try:
            return await self._fitting.fit_copy(source, declared.shape_for(shapes).image, CropSelection())
        except Unfit as unfit:
            raise PostInvalid([Problem(pointer, unfit.code, unfit.message, declared.name)]) from unfit

    async def source(
        self, workspace: Workspace, url: str, *, pointer: str, alt: str = "", kept: bool = False
    ) -> Medium:
        """What stands at the URL, cleaned; its row is not stored yet. Raises PostInvalid with `pointer`."""
        own = await self._own(workspace, url, pointer)
        try:
            data = await (self._fetch(url, pointer) if own is None else self._blobs.get(own.digest))
            return await self._fitting.clean_source(
                workspace.id,
                data,
                origin="fetched" if own is None else own.origin,
                filename=_last_part(url) if own is None else own.filename,
                alt=alt or (own.alt if own else ""),
                kept=kept,
            )
        except Unfit as unfit:
            raise PostInvalid([Problem(pointer, unfit.code, unfit.message)]) from unfit

    async def _own(self, workspace: Workspace, url: str, pointer: str) -> Medium | None:
        """None for an address that is not of our own making."""
        own = self._media_urls.medium_id_of(url, self._clock.now())
        if own is None:
            return None
        async with self._database.reading() as transaction:
            medium = await media_store.find(transaction, own, workspace.id)
        if medium is None:
            gone = Message("library.not_found")
            raise PostInvalid([Problem(pointer, "media_unknown", gone)])
        return medium

    async def _fetch(self, url: str, pointer: str) -> bytes:
        try:
            return (await self._http.fetch_untrusted(url, max_bytes=MAX_BYTES)).body
        except OutsideError as failure:
            raise PostInvalid([Problem(pointer, "media_not_fetched", failure.message)]) from failure


def _last_part(url: str) -> str:
    try:
        return unquote(urlsplit(url).path.rpartition("/")[2])
    except ValueError:
        return ""
