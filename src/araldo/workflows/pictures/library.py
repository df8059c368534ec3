"""The picture library: add pictures, set their alt text, remove them unless a post that may go out shows them."""

from __future__ import annotations

from collections.abc import Sequence

from araldo.clock import Clock
from araldo.errors import Conflict, NotFound, PostInvalid, Problem, TooLarge
from araldo.images.unusable import UnusablePicture
from araldo.media import store as media_store
from araldo.media.models import Medium
from araldo.messages import Message
from araldo.storage import idempotency
from araldo.storage.database import Database, Transaction
from araldo.storage.idempotency import IdempotentRequest
from araldo.workflows.pictures.fitting import Fitting
from araldo.workflows.pictures.media_import import MediaImporter
from araldo.workspaces import audit_store, brand_store
from araldo.workspaces.audit import AuditAction
from araldo.workspaces.models import Workspace


class Library:
    def __init__(self, *, database: Database, clock: Clock, fitting: Fitting, media_importer: MediaImporter) -> None:
        self._database = database
        self._clock = clock
        self._fitting = fitting
        self._media_importer = media_importer

    async def add_file(
        self,
        workspace: Workspace,
        data: bytes,
        *,
        filename: str,
        alt: str,
        tags: Sequence[str] = (),
        request: IdempotentRequest | None = None,
    ) -> str:
        """Add an uploaded picture and return its id. Its format is detected from the bytes.

        Raises TooLarge, PostInvalid; then nothing is stored.
        """
        try:
            medium = await self._fitting.clean_source(
                workspace.id, data, origin="uploaded", filename=filename, alt=alt, kept=True
            )
        except UnusablePicture as unfit:
            if unfit.code == "too_big":
                raise TooLarge(unfit.message) from unfit
            raise PostInvalid([Problem("/file", unfit.code, unfit.message)]) from unfit
        return await self._store(medium, tags, request)

    async def add_url(
        self,
        workspace: Workspace,
        url: str,
        *,
        alt: str,
        tags: Sequence[str] = (),
        request: IdempotentRequest | None = None,
    ) -> str:
        """Import a picture by URL and return its id. Raises PostInvalid."""
        medium = await self._media_importer.import_source(workspace, url, pointer="/url", alt=alt, kept=True)
        return await self._store(medium, tags, request)

    async def describe(
        self, workspace: Workspace, medium_id: str, *, alt: str | None, tags: Sequence[str] | None
    ) -> None:
        """Set the alt text and the tags; None leaves them unchanged. Raises NotFound.

        Posts that show the picture keep their alt text; those that will show it take the new one.
        """

        def in_transaction(transaction: Transaction) -> None:
            medium = _get_medium(transaction, workspace, medium_id)
            media_store.describe(transaction, medium, alt=alt, tags=tags)

        await self._database.write(in_transaction)

    async def remove(self, workspace: Workspace, medium_id: str) -> None:
        """Remove a picture. Raises NotFound; Conflict for the brand's logo, or with the unsent posts that show it."""

        def in_transaction(transaction: Transaction) -> None:
            medium = _get_medium(transaction, workspace, medium_id)
            unsent = [use for use in media_store.list_usages(transaction, medium) if use.open]
            if unsent:
                raise Conflict(
                    Message("library.in_use", {"count": len({use.post_id for use in unsent})}),
                    code="media_in_use",
                    problems=[
                        Problem(
                            "",
                            "media_in_use",
                            Message("library.used_by", {"post": use.post_id}),
                            use.platform,
                            (use.post_id,),
                        )
                        for use in unsent
                    ],
                )
            if brand_store.has_logo(transaction, workspace.id, medium.id):
                raise Conflict(Message("library.is_logo"), code="media_in_use")
            now = self._clock.now()
            media_store.remove(transaction, medium, now)
            audit_store.record(
                transaction,
                AuditAction.MEDIA_DELETED,
                workspace_id=workspace.id,
                at=now,
                target=medium.id,
                target_name=medium.filename,
            )

        await self._database.write(in_transaction)

    async def _store(self, medium: Medium, tags: Sequence[str], request: IdempotentRequest | None) -> str:
        def in_transaction(transaction: Transaction) -> None:
            media_store.add(transaction, medium, tags)
            if request is not None:
                idempotency.finish(transaction, request, answer={"medium_id": medium.id})

        await self._media_importer.write([medium], in_transaction)
        return medium.id


def _get_medium(transaction: Transaction, workspace: Workspace, medium_id: str) -> Medium:
    medium = media_store.find_in_library(transaction, workspace.id, medium_id)
    if medium is None:
        raise NotFound(Message("library.not_found"))
    return medium
