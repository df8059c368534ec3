"""Import pictures by URL: fetch them safely, or find them among our own media; clean, fit and store them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from araldo.clock import Clock
from araldo.errors import OutsideError, PostInvalid, Problem
from araldo.http import Http
from araldo.images.unusable import MAX_BYTES, UnusablePicture
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.media.urls import MediaUrls
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database, Transaction
from araldo.workflows.pictures.discard import delete_unused_files, write_media
from araldo.workflows.pictures.fitting import CropSelection, Fitting
from araldo.workspaces.models import Workspace


class MediaImporter:
    """Imports pictures by URL. Our own signed media URLs are read from disk, all others are fetched."""

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

    async def import_for_platforms(
        self,
        workspace: Workspace,
        url: str,
        declarations: Iterable[Declaration],
        *,
        shapes: Mapping[str, str],
        pointer: str,
    ) -> dict[str, Medium]:
        """Import one picture and store a copy fitted to each platform's shape; return the copies by platform.

        Raises PostInvalid with `pointer`; then nothing is stored.
        """
        own = await self._find_own(workspace, url, pointer)
        source = own or await self.import_source(workspace, url, pointer=pointer)
        made = [] if own else [source]
        fitted: dict[str, Medium] = {}
        try:
            for declared in declarations:
                fitted[declared.name] = await self._fit_copy(source, declared, shapes, pointer)
        except Exception:
            await self.discard([*made, *fitted.values()])
            raise
        made += fitted.values()

        def in_transaction(transaction: Transaction) -> None:
            for medium in made:
                media_store.add(transaction, medium)

        await self.write(made, in_transaction)
        return fitted

    async def write(self, media: Sequence[Medium], function: Callable[[Transaction], None]) -> None:
        """Run `function`, which stores the rows of media just made; see `discard.write_media`."""
        await write_media(self._database, self._blobs, media, function)

    async def discard(self, media: Sequence[Medium]) -> None:
        """Delete the files of media that were not stored; see `discard.delete_unused_files`."""
        await delete_unused_files(self._database, self._blobs, media)

    async def _fit_copy(self, source: Medium, declared: Declaration, shapes: Mapping[str, str], pointer: str) -> Medium:
        try:
            return await self._fitting.fit_copy(source, declared.shape_for(shapes).image, CropSelection())
        except UnusablePicture as unfit:
            raise PostInvalid([Problem(pointer, unfit.code, unfit.message, declared.name)]) from unfit

    async def import_source(
        self, workspace: Workspace, url: str, *, pointer: str, alt: str = "", kept: bool = False
    ) -> Medium:
        """Return the picture at the URL, cleaned; its row is not stored. Raises PostInvalid with `pointer`."""
        own = await self._find_own(workspace, url, pointer)
        try:
            data = await (self._fetch(url, pointer) if own is None else self._blobs.get(own.digest))
            return await self._fitting.clean_source(
                workspace.id,
                data,
                origin="fetched" if own is None else own.origin,
                filename=_filename_of(url) if own is None else own.filename,
                alt=alt or (own.alt if own else ""),
                kept=kept,
            )
        except UnusablePicture as unfit:
            raise PostInvalid([Problem(pointer, unfit.code, unfit.message)]) from unfit

    async def _find_own(self, workspace: Workspace, url: str, pointer: str) -> Medium | None:
        """Return the medium of one of our own signed URLs; None for any other URL. Raises PostInvalid."""
        own = self._media_urls.medium_id_of(url, self._clock.now())
        if own is None:
            return None
        medium = await self._database.read(lambda transaction: media_store.find(transaction, own, workspace.id))
        if medium is None:
            gone = Message("library.not_found")
            raise PostInvalid([Problem(pointer, "media_unknown", gone)])
        return medium

    async def _fetch(self, url: str, pointer: str) -> bytes:
        try:
            return (await self._http.fetch_untrusted(url, max_bytes=MAX_BYTES)).body
        except OutsideError as failure:
            raise PostInvalid([Problem(pointer, "media_not_fetched", failure.message)]) from failure


def _filename_of(url: str) -> str:
    """Return the last segment of the URL's path."""
    try:
        return unquote(urlsplit(url).path.rpartition("/")[2])
    except ValueError:
        return ""
