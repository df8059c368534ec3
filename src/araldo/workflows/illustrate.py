"""Making a delivery's picture: ask the provider, keep what fits, remember what it was made from."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import OutsideError, Rejected, TryLater
from araldo.images.fit import Fitted
from araldo.images.over import draw_over
from araldo.images.process import ImageRunner, InThreads
from araldo.images.providers import AUTO, Finished, ImageProviders, ProviderUnavailable
from araldo.images.providers.base import PictureCopy, PictureRequest
from araldo.images.providers.offline import Offline, card_for
from araldo.images.unfit import Unfit
from araldo.media import store as media_store
from araldo.media.models import ALT_MAX, Medium
from araldo.messages import Message
from araldo.platforms.base import Declaration
from araldo.posts import history_store
from araldo.posts.compose import picture_prompt
from araldo.posts.models import Delivery, PictureState, Post, SlidePicture
from araldo.posts.pictures import PictureOptions, cover_media_id, options_of, version_of
from araldo.posts.rules import NO_PICTURES
from araldo.posts.wording import words_of
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database, Transaction, new_id
from araldo.workflows.branding import Branding
from araldo.workflows.image_cache import ImageCaches
from araldo.workflows.lease import LeasedDelivery
from araldo.workflows.outcomes import own_error

NO_WISH = PictureOptions()


def request_for(
    post: Post, declared: Declaration, account: Account | None, wish: PictureOptions = NO_WISH
) -> PictureRequest:
    """What is asked of a provider for one delivery. Pure."""
    content = post.texts.get(declared.name, post.content)
    words = words_of(content, post.cta)
    shape = declared.shape(post.shapes)
    return PictureRequest(
        prompt=wish.prompt or picture_prompt(declared.name, content, post.image_prompt, post.platform_prompts),
        style=post.image_style if wish.style is None else wish.style,
        spec=shape.image,
        suffix=shape.prompt_suffix,
        copy=PictureCopy(words.headline, words.text, post.cta, _handle(account), words.kicker or None),
        variant=wish.variant,
        text_over=wish.text_over,
    )


def provider_for(post: Post, wish: PictureOptions = NO_WISH) -> str:
    """Who is asked. A post without pictures may have one all the same, when a person asks for it."""
    if wish.provider is not None:
        return wish.provider
    return AUTO if post.image_provider == NO_PICTURES else post.image_provider


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
        self,
        *,
        database: Database,
        clock: Clock,
        blobs: Blobs,
        providers: ImageProviders,
        branding: Branding,
        images: ImageRunner | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._blobs = blobs
        self._providers = providers
        self._branding = branding
        self._image_caches = ImageCaches(database, clock, blobs)
        self._images = images or InThreads()

    async def illustrate(
        self, leased: LeasedDelivery, post: Post, declared: Declaration, account: Account | None
    ) -> None:
        """Leaves the delivery's picture `ready`, or `failed` where it can never work.

        Raises TryLater when the provider may manage later, LeaseLost.
        """
        wish = options_of(leased.row.picture_wish)
        request = request_for(post, declared, account, wish)
        await self.begin(leased)
        try:
            medium, notes = await self.draw(post, request, wish)
        except TryLater:
            raise
        except (OutsideError, ProviderUnavailable) as failure:
            await leased.save(picture_state=PictureState.FAILED, picture_error=error_of(failure))
            return
        async with self._database.transaction() as transaction:
            await media_store.add(transaction, medium)
            await leased.save_in(
                transaction,
                picture_state=PictureState.READY,
                picture_media_id=medium.id,
                picture_digest=digest_of(request, provider_for(post, wish)),
                picture_origin="made",
                picture_notes=notes,
            )
            await record_picture(transaction, leased.row, self._clock.now())

    async def draw(self, post: Post, request: PictureRequest, wish: PictureOptions) -> tuple[Medium, dict[str, Any]]:
        """A picture, kept, and what a person should know of it. Its row is for the caller's transaction.

        Raises as `make`.
        """
        started = time.perf_counter()
        finished = await self.make(post.workspace_id, provider_for(post, wish), request, wish.not_before())
        asked = {"prompt": request.prompt, "style": request.style, "variant": request.variant}
        # The designer's cards have the words already.
        if request.text_over and finished.provider != Offline.name:
            over = await self.over(post.workspace_id, finished.data, request)
            finished = replace(finished, data=over.data, placeholder=over.placeholder)
        notes = notes_of(finished) | asked | {"seconds": round(time.perf_counter() - started, 3)}
        return await self.keep(finished, post.workspace_id, alt=request.copy.headline if request.copy else ""), notes

    async def with_words(self, medium: Medium, request: PictureRequest) -> Medium:
        """The same with the request's words over it; its row is for the caller's transaction. Raises Rejected."""
        over = await self.over(medium.workspace_id, await self._blobs.get(medium.digest), request)
        digest = await self._blobs.put(over.data)
        return replace(medium, digest=digest, bytes=len(over.data), placeholder=over.placeholder)

    async def over(self, workspace_id: str, picture: bytes, request: PictureRequest) -> Fitted:
        """The request's words, and the workspace's brand, over a picture of its size. Raises Rejected."""
        if request.copy is None or not request.copy.headline.strip():
            raise Rejected(Message("illustrate.no_words"), service="araldo", code="no_words")
        branded = await self._branding.branded(workspace_id, request)
        try:
            return await self._images.run(draw_over, picture, card_for(branded), request.spec)
        except Unfit as unfit:
            raise Rejected(unfit.message, service="araldo", code=unfit.code) from unfit

    async def make(
        self,
        workspace_id: str,
        provider: str,
        request: PictureRequest,
        not_before: datetime | None = None,
        *,
        apply_branding: bool = True,
    ) -> Finished:
        """With the workspace's brand, unless told otherwise; what it has paid for since `not_before` is used again.

        What a picture was made from is told without the brand: another brand makes none stale. Raises as
        ImageProviders.make.
        """
        branded = await self._branding.branded(workspace_id, request) if apply_branding else request
        return await self._providers.make(provider, branded, self._image_caches.of(workspace_id, not_before))

    async def begin(self, leased: LeasedDelivery, pictures: list[SlidePicture] | None = None) -> None:
        """What is replaced can be chosen again."""
        async with self._database.transaction() as transaction:
            await record_picture(transaction, leased.row, self._clock.now())
            making = {"picture_state": PictureState.MAKING, "picture_error": None, "pictures": pictures}
            await leased.save_in(transaction, **making)

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


async def record_picture(transaction: Transaction, delivery: Delivery, now: datetime) -> None:
    """What the delivery shows joins its history, to be chosen again."""
    face = cover_media_id(delivery)
    medium = None if face is None else await media_store.find(transaction, face, delivery.workspace_id)
    past = None if medium is None else version_of(delivery, made_at=medium.created_at, shown_at=now)
    if past is not None:
        await history_store.keep(transaction, delivery, past)


def error_of(failure: OutsideError | ProviderUnavailable) -> dict[str, Any]:
    """As a row keeps it."""
    if isinstance(failure, OutsideError):
        return failure.as_json()
    # The provider was there when it was asked for; the operator has taken its key away since.
    return own_error(failure.code, failure.message)


def notes_of(finished: Finished) -> dict[str, Any]:
    """What a person should know of how the picture came about."""
    reason = finished.fallback_reason
    return {
        "provider": finished.provider,
        "model": finished.model,
        "cached": finished.cached,
        "fallback_reason": None if reason is None else reason.as_json(),
        "notes": [note.as_json() for note in finished.notes],
    }
