"""Generate a delivery's picture: call the provider, store the file, record what it was made from."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from araldo.accounts.models import Account
from araldo.clock import Clock
from araldo.errors import OutsideError, Rejected, TryLater
from araldo.images.fit import FittedPicture
from araldo.images.process import ImageRunner, ThreadImageRunner
from araldo.images.providers import AUTO, FinishedPicture, ImageProviders, ProviderUnavailable
from araldo.images.providers.base import PictureCopy, PictureRequest
from araldo.images.providers.offline import Offline, build_card
from araldo.images.text_overlay import draw_text_overlay
from araldo.images.unusable import UnusablePicture
from araldo.media import store as media_store
from araldo.media.models import ALT_MAX, Medium
from araldo.messages import Message
from araldo.pictures import history_store
from araldo.pictures.models import NO_OPTIONS, PictureOptions, PictureState, SlidePicture
from araldo.pictures.rules import is_same_request, version_of
from araldo.platforms.base import Declaration
from araldo.posts.compose import picture_prompt
from araldo.posts.delivery_changes import DeliveryChanges
from araldo.posts.models import Delivery, Post, State
from araldo.posts.rules import NO_PICTURES
from araldo.posts.wording import wording_of
from araldo.storage.blobs import Blobs
from araldo.storage.database import Database, Transaction, new_id
from araldo.workflows.deliveries.lease import LeasedDelivery, save_leased
from araldo.workflows.deliveries.outcomes import own_error
from araldo.workflows.pictures.branding import Branding
from araldo.workflows.pictures.image_cache import ImageCaches


def picture_request_for(
    post: Post, declared: Declaration, account: Account | None, options: PictureOptions = NO_OPTIONS
) -> PictureRequest:
    """Return the request to a picture provider for one delivery. Pure."""
    content = post.texts.get(declared.name, post.content)
    words = wording_of(content, post.cta)
    shape = declared.shape_for(post.shapes)
    return PictureRequest(
        prompt=options.prompt or picture_prompt(declared.name, content, post.image_prompt, post.platform_prompts),
        style=post.image_style if options.style is None else options.style,
        spec=shape.image,
        suffix=shape.prompt_suffix,
        copy=PictureCopy(words.headline, words.text, post.cta, _handle(account), words.kicker or None),
        variant=options.variant,
        design_seed=_design_seed_for(post, options),
        text_over=options.text_over,
    )


def _design_seed_for(post: Post, options: PictureOptions) -> tuple[str, str] | None:
    """Return the post's design seed; a prompt that a person wrote for this picture alone replaces the seed's."""
    seed = post.design_seed
    return None if seed is None else (options.prompt or seed["prompt"], seed["headline"])


def provider_of(post: Post, options: PictureOptions = NO_OPTIONS) -> str:
    """Return the provider's name; `auto` for a post without generated pictures when a person asks for one anyway."""
    if options.provider is not None:
        return options.provider
    return AUTO if post.image_provider == NO_PICTURES else post.image_provider


def _handle(account: Account | None) -> str | None:
    if account is None:
        return None
    return f"@{account.username}" if account.username else account.name


def digest_of(request: PictureRequest, provider: str) -> str:
    """Return a hash of all that the picture is made from, but the design seed: it stays, and makes no picture stale."""
    stored = {name: value for name, value in asdict(request).items() if name != "design_seed"}
    inputs = json.dumps({"provider": provider, **stored}, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(inputs.encode()).hexdigest()


class PictureGenerator:
    """Generates pictures with the providers and the workspace's brand, and stores their files."""

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
        self._clock = clock
        self._blobs = blobs
        self._providers = providers
        self._branding = branding
        self._image_caches = ImageCaches(database, clock, blobs)
        self._images = images or ThreadImageRunner()

    async def generate_for_delivery(
        self, leased: LeasedDelivery, post: Post, declared: Declaration, account: Account | None
    ) -> None:
        """Generate the one picture of a delivery and record it as `ready`, or as `failed` for good.

        Raises TryLater when the provider may succeed later, LeaseLost.
        """
        options = leased.row.picture.options
        request = picture_request_for(post, declared, account, options)
        await self.mark_generating(leased)
        try:
            medium, notes = await self.generate_medium(post, request, options)
        except TryLater:
            raise
        except (OutsideError, ProviderUnavailable) as failure:
            failed = replace(leased.row.picture, state=PictureState.FAILED, error=error_of(failure))
            await leased.save(DeliveryChanges(picture=failed))
            return

        def in_transaction(transaction: Transaction, row: Delivery) -> Delivery:
            media_store.add(transaction, medium)
            digest = digest_of(request, provider_of(post, options))
            made = replace(
                row.picture,
                state=PictureState.READY,
                medium_id=medium.id,
                digest=digest,
                origin="made",
                source=None,
                notes=notes,
                remade=is_remade(transaction, row, digest),
            )
            saved = save_leased(transaction, row, DeliveryChanges(picture=made))
            record_version(transaction, saved, transaction.now)
            return saved

        await leased.write(in_transaction)

    async def generate_medium(
        self, post: Post, request: PictureRequest, options: PictureOptions
    ) -> tuple[Medium, dict[str, Any]]:
        """Generate a picture and store its file; return the medium and its notes.

        The caller's transaction stores the row. Raises as `generate`.
        """
        started = time.perf_counter()
        finished = await self.generate(post.workspace_id, provider_of(post, options), request, options.not_before())
        inputs = {"prompt": request.prompt, "style": request.style, "variant": request.variant}
        # The designer's cards have the text already.
        if request.text_over and finished.provider != Offline.name:
            over = await self._render_text_over(post.workspace_id, finished.data, request)
            finished = replace(finished, data=over.data, placeholder=over.placeholder)
        notes = notes_of(finished) | inputs | {"seconds": round(time.perf_counter() - started, 3)}
        return await self.store_file(
            finished, post.workspace_id, alt=request.copy.headline if request.copy else ""
        ), notes

    async def draw_text_over(self, medium: Medium, request: PictureRequest) -> Medium:
        """Return the medium with the request's text over it; the caller's transaction stores it. Raises Rejected."""
        over = await self._render_text_over(medium.workspace_id, await self._blobs.get(medium.digest), request)
        digest = await self._blobs.put(over.data)
        return replace(medium, digest=digest, bytes=len(over.data), placeholder=over.placeholder)

    async def _render_text_over(self, workspace_id: str, picture: bytes, request: PictureRequest) -> FittedPicture:
        """Draw the request's text and the workspace's brand over a picture of the same size. Raises Rejected."""
        if request.copy is None or not request.copy.headline.strip():
            raise Rejected(Message("illustrate.no_words"), service="araldo", code="no_words")
        branded = await self._branding.add_brand(workspace_id, request)
        try:
            return await self._images.run(draw_text_overlay, picture, build_card(branded), request.spec)
        except UnusablePicture as unfit:
            raise Rejected(unfit.message, service="araldo", code=unfit.code) from unfit

    async def generate(
        self,
        workspace_id: str,
        provider: str,
        request: PictureRequest,
        not_before: datetime | None = None,
        *,
        apply_branding: bool = True,
    ) -> FinishedPicture:
        """Generate a picture, or return one that the workspace's cache has from `not_before` on (None: from any time).

        The brand is added here and is no part of `digest_of`, so that a new brand makes no picture stale. Raises as
        the providers do.
        """
        branded = await self._branding.add_brand(workspace_id, request) if apply_branding else request
        return await self._providers.generate(provider, branded, self._image_caches.of(workspace_id, not_before))

    async def mark_generating(self, leased: LeasedDelivery, slides: Iterable[SlidePicture] | None = None) -> None:
        """Record the state `making`, and the picture that is replaced in the history."""

        def in_transaction(transaction: Transaction, row: Delivery) -> Delivery:
            record_version(transaction, row, transaction.now)
            making = None if slides is None else tuple(slides)
            picture = replace(row.picture, state=PictureState.MAKING, error=None, slides=making)
            return save_leased(transaction, row, DeliveryChanges(picture=picture))

        await leased.write(in_transaction)

    async def store_file(self, finished: FinishedPicture, workspace_id: str, alt: str = "") -> Medium:
        """Store the picture's file and return the medium; the caller's transaction stores the row."""
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

    def add_medium(self, transaction: Transaction, medium: Medium) -> None:
        media_store.add(transaction, medium)


def record_version(transaction: Transaction, delivery: Delivery, now: datetime) -> None:
    """Add what the delivery shows now to its picture history, so that it can be selected again."""
    cover_id = delivery.picture.cover_id
    medium = None if cover_id is None else media_store.find(transaction, cover_id, delivery.workspace_id)
    version = None if medium is None else version_of(delivery.picture, made_at=medium.created_at, shown_at=now)
    if version is not None:
        history_store.add(transaction, delivery.id, delivery.workspace_id, version)


def is_remade(transaction: Transaction, delivery: Delivery, digest: str | None) -> bool:
    """Return whether a picture with this digest replaces one that was shown, although nobody asked for another.

    In a draft nothing is made anew unless a person asks.
    """
    last = history_store.last_shown(transaction, delivery.id)
    if last is None or delivery.state is State.DRAFT or last.origin != delivery.picture.origin:
        return False
    return is_same_request(last.wish or NO_OPTIONS, delivery.picture.options) and last.digest != digest


def error_of(failure: OutsideError | ProviderUnavailable) -> dict[str, Any]:
    """Return a failure in the shape of a stored error."""
    if isinstance(failure, OutsideError):
        return failure.as_json()
    # The operator has removed the provider's API key since the post was created.
    return own_error(failure.code, failure.message)


def notes_of(finished: FinishedPicture) -> dict[str, Any]:
    """Return what a person may want to know about how the picture was generated."""
    reason = finished.fallback_reason
    return {
        "provider": finished.provider,
        "model": finished.model,
        "cached": finished.cached,
        "fallback_reason": None if reason is None else reason.as_json(),
        "notes": [note.as_json() for note in finished.notes],
    }
