"""Making a delivery's picture: ask the provider, keep what fits, remember what it was made from."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict
from typing import Any

from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import OutsideError
from araldo.images.providers import Finished, ImageProviders
from araldo.images.providers.base import PictureCopy, PictureRequest
from araldo.media import store as media_store
from araldo.media.models import ALT_MAX, Medium
from araldo.platforms.base import Declaration
from araldo.posts.compose import picture_prompt
from araldo.posts.models import PictureState, Post
from araldo.posts.wording import words_of
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database, Transaction, new_id
from araldo.workflows.branding import Branding
from araldo.workflows.lease import Held


def request_for(post: Post, declared: Declaration, account: Account | None) -> PictureRequest:
    """What is asked of a provider for one delivery. Pure."""
    content = post.texts.get(declared.name, post.content)
    words = words_of(content, post.cta)
    return PictureRequest(
        prompt=picture_prompt(declared.name, content, post.image_prompt, post.platform_prompts),
        style=post.image_style,
        spec=declared.image,
        suffix=declared.prompt_suffix,
        copy=PictureCopy(words.headline, words.text, post.cta, _handle(account), words.kicker or None),
    )


def _handle(account: Account | None) -> str | None:
    if account is None:
        return None
    return f"@{account.username}" if account.username else account.name


def digest_of(request: PictureRequest, provider: str) -> str:
    """Changes when anything that the picture is made from changes."""
    asked = json.dumps({"provider": provider, **asdict(request)}, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(asked.encode()).hexdigest()


class Illustrator:
    def __init__(
        self, *, database: Database, clock: Clock, blobs: Blobs, providers: ImageProviders, branding: Branding
    ) -> None:
        self._database = database
        self._clock = clock
        self._blobs = blobs
        self._providers = providers
        self._branding = branding

    async def illustrate(self, held: Held, post: Post, declared: Declaration, account: Account | None) -> None:
        """Leaves the delivery's picture `ready` or `failed`, never in between unless we die. Raises Lost."""
        request = request_for(post, declared, account)
        await held.save(picture_state=PictureState.MAKING, picture_error=None)
        started = time.perf_counter()
        try:
            finished = await self.make(post.workspace_id, post.image_provider, request)
        except OutsideError as failure:
            await held.save(picture_state=PictureState.FAILED, picture_error=failure.as_json())
            return
        notes = notes_of(finished) | {"seconds": round(time.perf_counter() - started, 3)}
        medium = await self.keep(finished, post.workspace_id, alt=request.copy.headline if request.copy else "")
        async with self._database.transaction() as transaction:
            await media_store.add(transaction, medium)
            await held.save_in(
                transaction,
                picture_state=PictureState.READY,
                picture_media_id=medium.id,
                picture_digest=digest_of(request, post.image_provider),
                picture_notes=notes,
            )

    async def make(self, workspace_id: str, provider: str, request: PictureRequest) -> Finished:
        """With the workspace's brand. What a picture was made from is told without it: another brand makes none stale.

        Raises as ImageProviders.make.
        """
        return await self._providers.make(provider, await self._branding.branded(workspace_id, request))

    async def keep(self, finished: Finished, workspace_id: str, alt: str = "") -> Medium:
        """The bytes are on disk when this returns; its row is for the caller's transaction."""
        return Medium(
            id=new_id("med"),
            workspace_id=workspace_id,
            digest=await self._blobs.put(finished.data),
            mime="image/jpeg",
            width=finished.width,
            height=finished.height,
            bytes=len(finished.data),
            origin="generated",
            provider=finished.provider,
            alt=alt[:ALT_MAX],
            placeholder=finished.placeholder,
            created_at=self._clock.now(),
        )

    async def add(self, transaction: Transaction, medium: Medium) -> None:
        await media_store.add(transaction, medium)


def notes_of(finished: Finished) -> dict[str, Any]:
    """What a person should know of how the picture came about."""
    reason = finished.fallback_reason
    return {
        "provider": finished.provider,
        "fallback_reason": None if reason is None else reason.as_json(),
        "notes": [note.as_json() for note in finished.notes],
    }
